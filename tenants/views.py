"""The pages before a company is entered: the list of one's companies, and the demo's one-click sign-in."""

from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from records.searching import explain_too_long, is_found, make_sort_key, rank_name

from .models import Membership
from .redirects import is_own_page

SHOWN = 50
DEMO_PEOPLE = {
    "alice": "admin",
    "bob": "bookkeeper",
    "carol": "viewer",
    "dave": "no company",
}


class CompanySearch(forms.Form):
    """The query of the company list: words of the name, and the current company."""

    q = forms.CharField(required=False)
    now = forms.SlugField(required=False)


class DemoSignIn(forms.Form):
    person = forms.ChoiceField(choices=list(DEMO_PEOPLE.items()))
    next = forms.CharField(required=False)


@require_safe
@never_cache
def company_list(request: HttpRequest) -> HttpResponse:
    """List the companies of the signed-in person; with a single company and no query, redirect to it."""
    own = Membership.objects.filter(person_id=request.user.pk).select_related("tenant")
    form = CompanySearch(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "now": ""}
    found = _find_companies(own, asked["q"])[: SHOWN + 1]
    if len(found) == 1 and not request.GET:
        return redirect("home", found[0].tenant.slug)
    context = {"found": found[:SHOWN], "more": len(found) > SHOWN, **asked}
    htmx = getattr(request, "htmx", None)
    answer = render(request, "tenants/company_list.html#found" if htmx else "tenants/company_list.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _find_companies(own: Iterable[Membership], q: str) -> list[Membership]:
    """Return one's companies that a search finds, the best matches first, then by name. A person has few enough."""
    if explain_too_long(q):
        return []
    found = [one for one in own if is_found(one.tenant.name, q)]
    return sorted(found, key=lambda one: (rank_name(one.tenant.name, q), make_sort_key(one.tenant.name), one.pk))


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign a demo person in with one click. Exists only in the demo, which has no real company."""
    if not settings.DEMO:
        raise Http404("Only the demo signs people in without a password.")
    form = DemoSignIn(request.POST)
    if not form.is_valid():
        raise Http404("The demo has no such person.")
    person = get_object_or_404(get_user_model(), username=form.cleaned_data["person"])
    assert isinstance(person, AbstractBaseUser)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    back = form.cleaned_data["next"]
    return redirect(back if is_own_page(request, back) else "company_list")
