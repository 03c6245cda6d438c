"""The pages of the second factor: the second step of a sign-in, and those on which people set one up for themselves.

allauth's, with a status code for the outcome. Whoever sets one up, or takes it away, has given the password just now.
"""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenants.access import is_second_factor_due, list_closed

from .factor_forms import SECRET
from .factors import count_codes, list_factors
from .known_browsers import remember
from .pages import AccountPage, OwnPage

PASSWORD_OF = "second_step_password"  # noqa: S105 - what a session holds of the password that was given first
APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES


class SecondStep(AccountPage, AuthenticateView):  # type: ignore[misc]  # allauth ships no types
    """The second step of a sign-in: a code or a passkey of whoever has given their password in the first."""

    template_name = "account/second_step.html"

    def _build_forms(self) -> Any:
        person: User = self.stage.login.user
        was = str(self.request.session.get(PASSWORD_OF, ""))
        if not (person.is_active and constant_time_compare(was, person.get_session_auth_hash())):
            raise ImmediateHttpResponse(self.stage.abort())  # turned off, or another password since the first step
        return super()._build_forms()

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        self.request.session.pop(PASSWORD_OF, None)
        remember(self.request, answer, self.stage.login.user)
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        types = {factor.type for factor in list_factors(self.stage.login.user)}
        return context | {"has_passkey": PASSKEY in types, "has_app": APP in types, "has_codes": CODES in types}


def show_second_step(request: HttpRequest, carried: str) -> HttpResponse:
    """Answer the first step with the page of the second, which carries on the form that the sign-in page carried."""
    request.method = "GET"
    request.carried = carried  # type: ignore[attr-defined]  # session_rescue.carried reads it, for the template
    answer: Any = SecondStep.as_view()(request)
    shown: HttpResponse = answer.render() if hasattr(answer, "render") else answer
    return shown


class PasswordAgain(OwnPage, ReauthenticateView):  # type: ignore[misc]  # allauth ships no types
    """Give the password again, then go on with what was asked for."""

    template_name = "account/password_again.html"


@never_cache
@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Show a person their second factor, and why they are asked for one."""
    assert isinstance(request.user, User)
    factors = list_factors(request.user)
    codes = next((factor for factor in factors if factor.type == CODES), None)
    context = {
        "app": next((factor for factor in factors if factor.type == APP), None),
        "passkeys": [factor for factor in factors if factor.type == PASSKEY],
        "codes": codes,
        "codes_left": count_codes(codes) if codes else 0,
        "is_due": is_second_factor_due(request.user),
        "closed": [own.tenant for own in list_closed(request.user)],
        "is_by_number": request.get_host().split(":")[0].replace(".", "").isdecimal(),
    }
    return render(request, "account/second_factor.html", context)


class NewApp(OwnPage, ActivateTOTPView):  # type: ignore[misc]  # allauth ships no types
    """Set up an app: its secret as a QR code and as text, then its first code."""

    template_name = "account/new_app.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if Authenticator.objects.filter(user_id=request.user.pk, type=APP).exists():
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except IntegrityError:  # a double click: the first one has set it up
            return redirect("mfa_index")
        self.request.session.pop(SECRET, None)
        return answer


class AppRemoval(OwnPage, DeactivateTOTPView):  # type: ignore[misc]  # allauth ships no types
    """Take the app away."""

    template_name = "account/app_removal.html"


class NewPasskey(OwnPage, AddWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """Set up a passkey."""

    template_name = "account/new_passkey.html"


class PasskeyRemoval(OwnPage, RemoveWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """Take one of one's own passkeys away."""

    template_name = "account/passkey_removal.html"
    success_url = reverse_lazy("mfa_index")


class RecoveryCodesPage(OwnPage, ViewRecoveryCodesView):  # type: ignore[misc]  # allauth ships no types
    """Show the recovery codes that are left."""

    template_name = "account/recovery_codes.html"


class NewRecoveryCodes(OwnPage, GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth ships no types
    """Replace the recovery codes."""

    template_name = "account/new_recovery_codes.html"
