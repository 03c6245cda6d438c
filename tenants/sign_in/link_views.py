"""Where a person changes their email address, and what is behind links that work once: confirm one, choose a password.

No link signs anybody in: the sign-in that follows asks for the second factor as ever.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants import mailing, throttle
from tenants.clients import client_network
from tenants.models import AccountLink
from tenants.redirects import redirect_to
from tenants.security_log import Kind, log_in_companies
from tenants.sessions import end_sessions

from . import account_links, addresses, guessing, told
from .forms import WRONG_PASSWORDS, KeyUsed, NewPasswordForm, Throttled

# Each may be a mail to a stranger, or a question whether somebody has the address.
CHANGES = throttle.Limit(5, pause=600)
NOT_VALID = "This link is not valid"


class AddressForm(Throttled, forms.Form):
    """The new address, and the password of who is signed in."""

    email = forms.EmailField(
        label="New email address", max_length=254, widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"})
    )
    password = forms.CharField(
        label="Your password", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """The password; a wrong one counts as a guess."""
        counters = guessing.session_counters(self.request)
        self.take(counters, WRONG_PASSWORDS, person=self.person)
        password = str(self.cleaned_data["password"])
        if not self.person.check_password(password):
            raise forms.ValidationError("That password is not correct.")
        throttle.give_back(counters)
        return password


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_address(request: HttpRequest) -> HttpResponse:
    """Show a person their email address; POST changes it, or mails a link to the new one that confirms it."""
    assert isinstance(request.user, User)
    person = request.user
    if not person.has_usable_password():
        return redirect("account_reset_password")  # without a password the mailbox has to prove the identity
    form = AddressForm(request.POST if request.method == "POST" else None, request=request, person=person)
    if form.is_valid():
        try:
            throttle.take({f"changes of the address of person {person.pk}": CHANGES})
            return _change_address(request, person, form.cleaned_data["email"])
        except throttle.TooManyTries as refused:
            form.wait = refused.seconds
            form.add_error("email", f"You have changed it several times. {refused}")
        except addresses.AddressRefused as refused:
            form.add_error("email", str(refused))
    waiting = account_links.find_waiting(person, account_links.ADDRESS)
    status = 429 if form.wait else 422 if form.is_bound else 200
    answer = render(request, "account/email_address.html", {"form": form, "waiting": waiting}, status=status)
    if form.wait:
        answer["Retry-After"] = str(form.wait)
    return answer


def _change_address(request: HttpRequest, person: User, email: str) -> HttpResponse:
    token = addresses.request_change(person, email, request)
    if token:
        link = mailing.make_link(reverse("email_confirm", args=[token]))
        told.mail_person([email], "Confirm your email address", "address_confirm", person=person, link=link)
        messages.info(request, f"We have sent a link to {email}. Your address changes when you open it.")
    else:
        messages.success(request, f"Your email address is now {email}.")
    return redirect_to(request, reverse("email_address"))


def _behind_link(
    purpose: AccountLink.Purpose,
) -> Callable[[Callable[[HttpRequest, AccountLink, str], HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view have the link of its token, if that can be used; count all else as a guess."""

    def decorate(view: Callable[[HttpRequest, AccountLink, str], HttpResponse]) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def find(request: HttpRequest, token: str) -> HttpResponse:
            guesses = {f"account link, {client_network(request)}": account_links.TRIES}
            try:
                throttle.take(guesses)
                link = account_links.find_link(token, purpose)
                if link is None:
                    return _refuse(request, 404, NOT_VALID, "It is incomplete, or a newer one was made since.")
                account_links.check_usable(link)
                throttle.give_back(guesses)
                if request.user.is_authenticated and request.user.pk != link.person_id:
                    return _refuse(request, 403, "This link is not for you", "Sign out, then open the link again.")
                return view(request, link, token)
            except throttle.TooManyTries as refused:
                answer = _refuse(request, 429, "Too many links were tried", str(refused))
                answer["Retry-After"] = str(refused.seconds)
                return answer
            except account_links.LinkClosed as refused:
                return _refuse(request, 410, "This link is no longer valid", str(refused))

        return find

    return decorate


def _refuse(request: HttpRequest, status: int, title: str, why: str) -> HttpResponse:
    return render(request, "account/link_refused.html", {"title": title, "why": why}, status=status)


@_behind_link(account_links.ADDRESS)
def email_confirm(request: HttpRequest, link: AccountLink, token: str) -> HttpResponse:
    """Show which address the link confirms; POST confirms it, for the person who has asked for it and nobody else."""
    assert isinstance(request.user, User)
    if request.method != "POST":
        return render(request, "account/email_confirm.html", {"link": link})
    try:
        addresses.confirm_change(request.user, token, request)
    except addresses.AddressRefused as refused:
        return _refuse(request, 409, "This address cannot be used", str(refused))
    messages.success(request, f"Your email address is now {link.email}.")
    return redirect_to(request, reverse("email_address"))


@_behind_link(account_links.PASSWORD)
def password_link(request: HttpRequest, link: AccountLink, token: str) -> HttpResponse:
    """Let the person choose a password; POST sets it and ends every session of theirs."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=link.person)
    if not form.is_valid():
        context = {"form": form, "link": link}
        return render(request, "account/password_link.html", context, status=422 if form.is_bound else 200)
    _set_password(request, token, form)
    messages.success(request, "Your new password is set. Sign in with it.")
    return redirect_to(request, reverse("account_login"))


@transaction.atomic
def _set_password(request: HttpRequest, token: str, form: Any) -> None:
    link = account_links.lock_usable(token, account_links.PASSWORD)
    form.user = person = link.person
    try:
        form.save()
    except KeyUsed:
        raise account_links.LinkClosed("The password was changed meanwhile. Ask for a new link.") from None
    account_links.note_used(link)
    end_sessions(person)
    by = link.made_by_name or told.NOBODY
    log_in_companies(Kind.PASSWORD_CHANGED, person, request=request, through=f"a link that {by} made")
    told.mail_person([person.email], "Your password was changed", "password_set", person=person, by=by)
