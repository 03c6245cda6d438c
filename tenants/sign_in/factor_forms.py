"""The forms of the second factor: to use one at sign-in, to set one up, and to give the password again before."""

import json
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret, validate_totp_code
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.contrib.auth.models import User

from tenants import throttle
from tenants.sealing import CannotUnseal, seal, unseal

from . import events, guessing
from .factors import find_by_code
from .forms import WRONG_PASSWORDS, Throttled

SECRET = "second_factor_secret"  # noqa: S105 - where a session holds it, sealed, until the app shows its first code
WRONG_CODES = "Too many wrong codes have been entered."
WRONG_CODE = "That code is not correct."
NO_PASSKEY = "That passkey could not be used. Try again."
# What the libraries below raise for JSON that is no answer of a browser.
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)
LARGEST = 20_000  # letters of such an answer; browsers' have about a thousand


def make_code_field(label: str) -> forms.CharField:
    box = forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})
    return forms.CharField(label=label, max_length=40, widget=box)


class CodeForm(Throttled, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """A code of the app, or a recovery code, in the second step of a sign-in."""

    code = make_code_field("Code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, request=context.request, **kwargs)

    def clean_code(self) -> str:
        counters = guessing.code_counters(self.request, self.user)
        self.take(counters, WRONG_CODES, person=self.user)
        code: str = self.cleaned_data["code"]
        found = find_by_code(self.user, code)
        if found is None:
            events.note_wrong_code(self.request, self.user, "code")
            raise forms.ValidationError(WRONG_CODE)
        throttle.give_back(counters)
        self.authenticator = found
        return code


class PasskeyForm(Throttled, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey's answer in the second step of a sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, request=context.request, **kwargs)

    def clean_credential(self) -> Authenticator:
        counters = guessing.code_counters(self.request, self.user)
        self.take(counters, WRONG_CODES, person=self.user)
        try:
            found: Authenticator = super().clean_credential()
        except (forms.ValidationError, *MALFORMED):
            events.note_wrong_code(self.request, self.user, "passkey")
            raise forms.ValidationError(NO_PASSKEY) from None
        throttle.give_back(counters)
        return found


class NewAppForm(forms.Form):
    """The first code of an app that has taken the secret of this session."""

    code = make_code_field("Code that the app shows")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = _take_secret(anew=not self.is_bound)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code):
            raise forms.ValidationError("That code is not correct. Wait for the next one, then type it.")
        return code


def _take_secret(*, anew: bool) -> str:
    session = context.request.session
    try:
        secret = "" if anew else unseal(session.get(SECRET, ""))
    except CannotUnseal:
        secret = ""
    if not secret:
        secret = generate_totp_secret()
        session[SECRET] = seal(secret)
    return str(secret)


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A new passkey and what its owner calls it."""

    name = forms.CharField(label="Name", max_length=60, required=False, help_text="For example: office PC, my phone.")

    def clean_credential(self) -> Any:
        found = self.cleaned_data["credential"]
        if len(json.dumps(found)) > LARGEST:
            raise forms.ValidationError(NO_PASSKEY)
        return found

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (forms.ValidationError, *MALFORMED):
            raise forms.ValidationError(NO_PASSKEY) from None
        return cleaned


class PasswordAgainForm(Throttled, ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The password of who is signed in already, before what somebody at an unlocked screen must not do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, request=context.request, **kwargs)

    def clean_password(self) -> str:
        counters = guessing.session_counters(self.request)
        self.take(counters, WRONG_PASSWORDS, person=self.user)
        password: str = super().clean_password()
        throttle.give_back(counters)
        return password
