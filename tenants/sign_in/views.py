"""The account pages: allauth's, with a status code for the outcome, and the demo's one-click sign-in.

No other allauth view is mounted. `config/urls.py` lists them; the forms count the attempts.
"""

from typing import Any

from allauth.account import views
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tenants.person_settings import find_first_page
from tenants.redirects import is_own_page

from .forms import KeyUsed
from .known_browsers import remember


class AccountPage:
    """A page with one form: 422 when it is refused, 429 after too many attempts."""

    http_method_names = ("get", "head", "post", "options")
    request: HttpRequest

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # allauth's, below
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # allauth's view has the method
        wait = getattr(form, "wait", 0)
        answer.status_code = 429 if wait else 422
        if wait:
            answer["Retry-After"] = str(wait)
        return answer


class TakesRequest(AccountPage):
    """A page whose form needs the request."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}  # type: ignore[misc]  # allauth's view has the method


class SignIn(TakesRequest, views.LoginView):  # type: ignore[misc]  # allauth ships no types
    """Sign in with a password; the browser is known from then on."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            remember(self.request, answer, form.user)
        return answer


class PasswordChange(TakesRequest, views.PasswordChangeView):  # type: ignore[misc]  # allauth ships no types
    """Change one's password with the old one; every other session of that person ends."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")  # without an old password the mailbox has to prove the identity
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class PasswordReset(TakesRequest, views.PasswordResetView):  # type: ignore[misc]  # allauth ships no types
    """Request a link by mail, if a mail server is configured."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse
        if settings.HAS_MAIL:
            answer = super().post(request, *args, **kwargs)
        else:
            answer = self.render_to_response(self.get_context_data(form=None), status=422)
        return answer


class NewPassword(AccountPage, views.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth ships no types
    """Choose a password through a link, once; every session of that person ends."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except KeyUsed:
            return self.render_to_response(self.get_context_data(token_fail=True))
        remember(self.request, answer, self.reset_user)
        return answer

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        status = 404 if context.get("token_fail") else 200
        answer: HttpResponse = super().render_to_response(context, status=status, **options)
        return answer


DEMO_PEOPLE = {
    "alice": "admin",
    "bob": "bookkeeper",
    "carol": "viewer",
    "dave": "no company",
}


class DemoSignIn(forms.Form):
    person = forms.ChoiceField(choices=list(DEMO_PEOPLE.items()))
    next = forms.CharField(required=False)


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign a demo person in with one click. Exists only in the demo, which has no real company."""
    if not settings.DEMO:
        raise Http404("Only the demo signs people in without a password.")
    form = DemoSignIn(request.POST)
    if not form.is_valid():
        raise Http404("The demo has no such person.")
    person = get_object_or_404(get_user_model(), username=form.cleaned_data["person"])
    assert isinstance(person, User)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    back = form.cleaned_data["next"]
    return redirect(back if is_own_page(request, back) else find_first_page(person))
