"""The demo's one-click sign-in."""

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from .person_settings import find_first_page
from .redirects import is_own_page

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
