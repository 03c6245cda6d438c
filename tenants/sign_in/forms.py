"""The forms to sign in, change a password and set a new one. Each form counts attempts that could be a guess.

A form that refuses because of too many attempts has the seconds to wait in `wait`.
"""

import logging
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    UserTokenForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from tenants import mailing, throttle
from tenants.clients import client_network

from . import events, guessing
from .people import people_at

log = logging.getLogger(__name__)
WRONG_PASSWORDS = "Too many wrong passwords have been entered."


class KeyUsed(Exception):
    """The key of a link has already set a password."""


class PlainNames:
    """An allauth form whose fields are named as ours are: "New password", and not once more inside the input."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Mapping[str, forms.Field] = self.fields  # type: ignore[attr-defined]  # of the form that it is mixed into
        for field in fields.values():
            field.label = str(field.label or "").capitalize()
            field.widget.attrs.pop("placeholder", None)


class Throttled(PlainNames):
    """An allauth form that takes the request, and refuses too many attempts."""

    wait = 0

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def take(
        self, counters: Mapping[str, throttle.Limit], too_many: str, *, login: str = "", person: User | None = None
    ) -> None:
        """Count an attempt to be `person`, or who is called `login`.

        Raises ValidationError with this message and the time to wait if there were too many.
        """
        try:
            throttle.take(counters)
        except throttle.TooManyTries as refused:
            self.wait = refused.seconds
            events.note_lock_out(self.request, login, person)
            raise forms.ValidationError(f"{too_many} {refused}") from None


class SignInForm(Throttled, LoginForm):  # type: ignore[misc]  # allauth ships no types
    """A user name or email address, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        request: HttpRequest = kwargs["request"]
        super().__init__(*args, **kwargs)
        self.request = request  # allauth's own form takes it from its arguments, where it is missing
        name = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
        self.fields["login"] = forms.CharField(label="Username or email", max_length=254, widget=name)
        self.fields["remember"].label = "Keep me signed in"
        self.order_fields(["login", "password", "remember"])

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return dict(self.cleaned_data)
        counters = guessing.sign_in_counters(self.request, self.cleaned_data["login"])
        login = self.cleaned_data["login"]
        self.take(counters, WRONG_PASSWORDS, login=login)
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            log.warning("A sign-in from %s failed.", client_network(self.request))
            events.note_failure(self.request, login)
            raise
        if not self.user.is_active:
            raise get_adapter().validation_error("account_inactive")
        throttle.give_back(counters)
        return cleaned

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        answer: HttpResponse = super().login(request, redirect_url)
        if self.cleaned_data["remember"]:
            request.session.set_expiry(settings.KEEP_SIGNED_IN_AGE)
        return answer


class PasswordChangeForm(Throttled, ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The old password and a new one."""

    def clean_oldpassword(self) -> str:
        counters = guessing.session_counters(self.request)
        self.take(counters, WRONG_PASSWORDS, person=self.user)
        old: str = super().clean_oldpassword()
        throttle.give_back(counters)
        return old


class PasswordResetForm(Throttled, ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The email address to send a link to, if it belongs to somebody who may sign in."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.take(
            {f"reset, {client_network(self.request)}": guessing.RESETS_FROM_AN_ADDRESS},
            "Too many links have been requested.",
            login=email,
        )
        self.users = [person for person in people_at(email) if person.is_active]
        try:
            throttle.take({f"reset, {email.lower()}": guessing.RESETS_FOR_A_MAILBOX})
        except throttle.TooManyTries:
            self.users = []  # in silence: earlier links still work, and nobody learns whether it exists
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        save = super().save
        mailing.send_later(lambda: save(request, **kwargs))
        return str(self.cleaned_data["email"])


class NewPasswordForm(PlainNames, ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    """The new password for the key of a link."""

    def save(self) -> None:
        """Set the password. Raises KeyUsed if the same key has set one since this request began."""
        was = self.user.password
        self.user.set_password(self.cleaned_data["password1"])
        if not User.objects.filter(pk=self.user.pk, password=was).update(password=self.user.password):
            raise KeyUsed


class KeyForm(UserTokenForm):  # type: ignore[misc]  # allauth ships no types
    """The key of a link; it is invalid for a disabled account."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.reset_user.is_active:
            raise get_adapter().validation_error("invalid_password_reset")
        return cleaned
