"""Where a Ledgerdesk administrator makes somebody a link to choose a password, or corrects their address."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants import throttle
from tenants.access import ledgerdesk_administrator
from tenants.mailing import make_link
from tenants.redirects import redirect_to
from tenants.sign_in.account_links import VALID_FOR

from . import accounts, mails
from .actors import PeopleRefused, make_actor
from .views import BITS

MADE = throttle.Limit(5, pause=600)  # of one person: each may be a mail to them


class CorrectAddressForm(forms.Form):
    """The address that is right."""

    email = forms.EmailField(
        label="Email address", max_length=254, widget=forms.EmailInput({"autocomplete": "off", "dir": "ltr"})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def administration_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what can be done for an account; POST does it, once who does it has given their password just now."""
    ledgerdesk_administrator(request)
    if pk.bit_length() >= BITS:
        raise Http404("There is no such person.")
    person = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return _show(request, person)
    if person.is_staff:
        raise PermissionDenied(accounts.OFFICE)
    raise_if_reauthentication_required(request, app="administration")
    try:
        return _make_link(request, person) if "password" in request.POST else _correct_address(request, person)
    except throttle.TooManyTries as refused:
        answer = _show(request, person, error=f"Too many links were made. {refused}", status=429)
        answer["Retry-After"] = str(refused.seconds)
        return answer
    except PeopleRefused as refused:
        return _show(request, person, error=str(refused), status=422)


def _make_link(request: HttpRequest, person: User) -> HttpResponse:
    """Mail the link to the person alone; where Ledgerdesk cannot send email, show it this once."""
    if settings.HAS_MAIL and not person.email:
        raise PeopleRefused(f"{person} has no email address to which a link could be sent. Enter it first.")
    throttle.take({f"password links of person {person.pk}": MADE})
    actor, email = make_actor(request), person.email if settings.HAS_MAIL else ""
    token = accounts.make_password_link(actor, person, email=email)
    page = reverse("password_link", args=[token])
    if not settings.HAS_MAIL:
        shown = request.build_absolute_uri(page)
        context = {"person": person, "link": shown, "expires_at": timezone.now() + VALID_FOR}
        return render(request, "administration/people/made_password_link.html", context, status=201)
    if why := mails.mail_password_link(person, email, make_link(page), by=actor.name):
        return _show(request, person, error=f"The link was not sent to {email}. {why}", status=422)
    messages.success(request, f"A link was sent to {email}. It works once, for an hour.")
    return redirect_to(request, request.path)


def _correct_address(request: HttpRequest, person: User) -> HttpResponse:
    form = CorrectAddressForm(request.POST)
    if not form.is_valid():
        return _show(request, person, form, status=422)
    accounts.correct_address(make_actor(request), person, form.cleaned_data["email"])
    messages.success(request, f"The email address of {person} is now {form.cleaned_data['email']}.")
    return redirect_to(request, request.path)


def _show(
    request: HttpRequest, person: User, form: CorrectAddressForm | None = None, *, error: str = "", status: int = 200
) -> HttpResponse:
    form = form or CorrectAddressForm(initial={"email": person.email})
    context: dict[str, Any] = {"person": person, "form": form, "error": error, "office": accounts.OFFICE}
    return render(request, "administration/people/administration_account.html", context, status=status)
