"""Links that work once for an account, for an hour: to choose a password, or to confirm an email address.

A link is void as soon as the account is no longer as it was when the link was made, or whoever made it may no longer.
Sends no mail and changes no account.
"""

import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from tenants.models import AccountLink
from tenants.security_log import Kind, log_in_companies
from tenants.throttle import Limit

VALID_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=30)  # to say of a used one that it was used
TRIES = Limit(10, pause=60)  # guesses at a link, by network; an office shares one
PASSWORD, ADDRESS = AccountLink.Purpose.PASSWORD, AccountLink.Purpose.ADDRESS


class LinkClosed(Exception):
    """A link that was right once: used, expired or void; the text says which, and what to do."""


def make_link(person: User, purpose: AccountLink.Purpose, *, by: User | None, email: str = "") -> str:
    """Store a new link and return its token, which is stored nowhere. An earlier one of the same purpose is void.

    `by` is who has it made, None for the operator; `email` where it is sent, or the address that it confirms.
    """
    token, now = secrets.token_urlsafe(32), timezone.now()
    _list_own(person, purpose).filter(used_at=None).delete()
    AccountLink.objects.create(
        purpose=purpose,
        person=person,
        token_hash=_hash(token),
        email=email,
        account=_describe_account(User.objects.get(pk=person.pk), purpose),
        made_by=by,
        made_by_name=by.get_username() if by else "",
        made_at=now,
        expires_at=now + VALID_FOR,
    )
    return token


def make_reset_link(person: User, *, by: User | None, email: str = "", request: HttpRequest | None = None) -> str:
    """Return the token of a link that somebody else has made for this person, and log it in each of their companies.

    `email` is where it is sent, "" if it is shown to who makes it. The caller has checked who may do so.
    """
    token = make_link(person, PASSWORD, by=by, email=email)
    how = {"sent_to": email} if email else {"shown_to": by.get_username() if by else "the operator"}
    log_in_companies(Kind.PASSWORD_RESET, person, request=request, actor=by, **how)
    return token


def find_waiting(person: User, purpose: AccountLink.Purpose) -> AccountLink | None:
    """Return the person's link of this purpose that can still be used."""
    found = _list_own(person, purpose).filter(used_at=None, expires_at__gt=timezone.now()).first()
    return found if found and _is_as_it_was(found) else None


def find_link(token: str, purpose: AccountLink.Purpose) -> AccountLink | None:
    """Return the link with this token, usable or not; None for one that never was, or was made again since."""
    return AccountLink.objects.select_related("person").filter(token_hash=_hash(token), purpose=purpose).first()


def lock_usable(token: str, purpose: AccountLink.Purpose) -> AccountLink:
    """Return a link that can be used, locked with its person until the caller's transaction ends.

    Raises LinkClosed.
    """
    found = AccountLink.objects.filter(token_hash=_hash(token), purpose=purpose).select_for_update().first()
    if found is None:
        raise LinkClosed("A newer link was made since. Use that one.")
    found.person = User.objects.select_for_update().get(pk=found.person_id)
    check_usable(found)
    return found


def check_usable(link: AccountLink) -> None:
    """Raise LinkClosed unless the link can still be used."""
    if link.used_at is not None:
        raise LinkClosed("It was already used. If it was not you, tell your Ledgerdesk administrator at once.")
    if link.expires_at <= timezone.now():
        raise LinkClosed("It has expired. Ask for a new one.")
    if not _is_as_it_was(link):
        raise LinkClosed("The account has changed since the link was made. Ask for a new one.")


def note_used(link: AccountLink) -> None:
    """Note that the link was used, in the caller's transaction: it never works again."""
    AccountLink.objects.filter(pk=link.pk).update(used_at=timezone.now())


def clear_away() -> None:
    """Forget links that ended long ago."""
    AccountLink.objects.filter(expires_at__lt=timezone.now() - KEPT_FOR).delete()


def _list_own(person: User, purpose: AccountLink.Purpose) -> QuerySet[AccountLink]:
    return AccountLink.objects.filter(person=person, purpose=purpose)


def _is_as_it_was(link: AccountLink) -> bool:
    """Whether account and maker are still such that the link may be used."""
    if not link.person.is_active:
        return False
    if link.purpose == PASSWORD and link.made_by_name:
        maker = link.made_by
        if maker is None or not (maker.is_active and maker.is_staff):
            return False
    now = _describe_account(link.person, AccountLink.Purpose(link.purpose))
    return constant_time_compare(link.account, now)


def _describe_account(person: User, purpose: AccountLink.Purpose) -> str:
    """Return a hash of what must not change meanwhile: after a sign-in no new password is needed any more."""
    facts = [person.pk, person.password, person.email]
    if purpose == PASSWORD:
        facts += [person.last_login.timestamp() if person.last_login else None, person.is_staff]
    return salted_hmac("tenants.account_links.account", repr(facts), algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return salted_hmac("tenants.account_links", token, algorithm="sha256").hexdigest()
