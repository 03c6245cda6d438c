"""What the security log notes of sign-in, passwords and second factors. Changes nothing but sessions it ends."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from tenants import throttle
from tenants.clients import client_network
from tenants.security_log import Kind, log_event
from tenants.sessions import end_sessions

from .factors import NAMES
from .people import people_called

# A lock-out is logged once an hour for each network and person, and for all names together that nobody has: whoever is
# locked out may try as often as they like, under as many names.
ONE_AN_HOUR = throttle.Limit(1, pause=3600)


@receiver(user_logged_in)
def note_sign_in(sender: Any, request: HttpRequest, user: User, **sent: Any) -> None:
    log_event(Kind.SIGNED_IN, request=request, actor=user, person=user)


@receiver(user_logged_out)
def note_sign_out(sender: Any, request: HttpRequest, user: User | None, **sent: Any) -> None:
    if user is not None:
        log_event(Kind.SIGNED_OUT, request=request, actor=user, person=user)


def note_failure(request: HttpRequest, login: str) -> None:
    """Note a wrong password. A name that nobody has is not stored: it may be a password typed into the wrong box."""
    known = people_called(login)
    log_event(Kind.SIGN_IN_FAILED, request=request, person=known[0] if known else None, tried="password")


def note_wrong_code(request: HttpRequest, person: User, tried: str) -> None:
    """Note a second step that failed; `tried` says what: code or passkey."""
    log_event(Kind.SIGN_IN_FAILED, request=request, person=person, tried=tried)


def note_lock_out(request: HttpRequest, login: str = "", person: User | None = None) -> None:
    """Note that no further try is allowed for a while to whoever tries from here to be this person."""
    known = [person] if person else people_called(login)
    whom = f"person {known[0].pk}" if known else "nobody"
    try:
        throttle.take({f"logged lock-out, {client_network(request)}, {whom}": ONE_AN_HOUR})
    except throttle.TooManyTries:
        return
    log_event(Kind.LOCKED_OUT, request=request, person=known[0] if known else None)


@receiver(password_changed)
def note_password_change(sender: Any, request: HttpRequest, user: User, **sent: Any) -> None:
    end_sessions(user, except_key=request.session.session_key)
    log_event(Kind.PASSWORD_CHANGED, request=request, actor=user, person=user)


@receiver(password_reset)
def note_password_reset(sender: Any, request: HttpRequest, user: User, **sent: Any) -> None:
    end_sessions(user)
    log_event(Kind.PASSWORD_CHANGED, request=request, person=user, through="a link")


@receiver(authenticator_added)
def note_factor(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **sent: Any) -> None:
    """Note it; with the first factor all sessions end that were opened without one."""
    log_event(Kind.SECOND_FACTOR_ADDED, request=request, person=user, what=NAMES[authenticator.type])
    others = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES and others.count() == 1:
        end_sessions(user, except_key=request.session.session_key)


@receiver(authenticator_reset)
def note_new_codes(sender: Any, request: HttpRequest, user: User, **sent: Any) -> None:
    log_event(Kind.SECOND_FACTOR_ADDED, request=request, person=user, what="new recovery codes")


@receiver(authenticator_removed)
def note_factor_gone(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **sent: Any) -> None:
    log_event(Kind.SECOND_FACTOR_REMOVED, request=request, person=user, what=NAMES[authenticator.type])
