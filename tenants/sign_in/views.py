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
from django.views.decorators.http import require_POST

from tenants.access import has_second_factor
from tenants.person_settings import find_first_page
from tenants.redirects import is_own_page

from .factor_views import PASSWORD_OF, show_second_step
from .forms import KeyUsed
from .known_browsers import remember
from .pages import AccountPage, TakesRequest

CARRIED = "carried"  # the input in which the sign-in page carries a form (edits/editor/session_rescue.py)


class SignIn(TakesRequest, views.LoginView):  # type: ignore[misc]  # allauth ships no types
    """Sign in with a password, or take the first of two steps. The browser is known when somebody has signed in."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            remember(self.request, answer, form.user)
            return answer
        self.request.session[PASSWORD_OF] = form.user.get_session_auth_hash()
        carried = self.request.POST.get(CARRIED)
        return show_second_step(self.request, carried) if carried else answer

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Who opens this page instead of the second step starts again."""


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
        if not has_second_factor(self.reset_user):  # of two steps this is none: the second is still to come
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
