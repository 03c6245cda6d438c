"""The page behind the link of an invitation, for whoever holds it: a new person, or one with that very address."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants import throttle
from tenants.clients import client_network
from tenants.models import Invitation, Membership, Role
from tenants.redirects import redirect_to
from tenants.sign_in.known_browsers import remember
from tenants.sign_in.people import people_at

from . import invitations
from .actors import Actor, PeopleRefused, make_actor
from .forms import NewPersonForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation to the person with its address; POST accepts it. A new person chooses name and password."""
    guesses = {f"invitation, {client_network(request)}": invitations.TRIES}
    try:
        throttle.take(guesses)
        found = invitations.find_invitation(token)
        if found is None:
            why = "It is incomplete, or a newer one was sent. Open the link of the newest email."
            return _refuse(request, 404, "This link is not valid", why)
        invitations.check_open(found)
        throttle.give_back(guesses)
        return _accept(request, found, token) if request.method == "POST" else _show(request, found)
    except throttle.TooManyTries as refused:
        answer = _refuse(request, 429, "Too many links were tried", str(refused))
        answer["Retry-After"] = str(refused.seconds)
        return answer
    except invitations.InvitationClosed as refused:
        return _refuse(request, 410, "This invitation is no longer valid", str(refused))
    except PermissionDenied as refused:
        return _refuse(request, 403, "This invitation is not for you", f"{refused} Sign out, then open the link again.")
    except PeopleRefused as refused:
        return _refuse(request, 409, "Nothing to accept", str(refused))


def _accept(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    if isinstance(request.user, User):
        return _welcome(request, invitations.accept(make_actor(request), token))
    form = NewPersonForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    name, password = form.cleaned_data["username"], form.cleaned_data["password2"]
    try:
        joined = invitations.accept_as_new(Actor(request=request), token, name, password)
    except ValidationError as error:
        taken = "username" if hasattr(error, "error_dict") and "username" in error.error_dict else "password1"
        form.add_error(taken, error.messages)
        return _show(request, found, form, status=422)
    login(request, joined.person, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, joined.person, "password")  # given just now, so it is not asked for again
    answer = _welcome(request, joined)
    remember(request, answer, joined.person)
    return answer


def _welcome(request: HttpRequest, joined: Membership) -> HttpResponse:
    messages.success(request, f"Welcome to {joined.tenant}. You are {Role(joined.role).label} there.")
    return redirect_to(request, reverse("home", args=[joined.tenant.slug]))


def _show(
    request: HttpRequest, found: Invitation, form: NewPersonForm | None = None, *, status: int = 200
) -> HttpResponse:
    if isinstance(request.user, User) and not invitations.has_address(request.user, found):
        raise PermissionDenied("It was sent to another email address than that of your account.")
    known = people_at(found.email)
    context = {"invitation": found, "role": Role(found.role).label, "form": form or NewPersonForm()}
    context |= {"has_account": bool(known), "is_off": bool(known) and not any(one.is_active for one in known)}
    return render(request, "administration/people/invitation.html", context, status=status)


def _refuse(request: HttpRequest, status: int, title: str, why: str) -> HttpResponse:
    context = {"title": title, "why": why}
    return render(request, "account/link_refused.html", context, status=status)
