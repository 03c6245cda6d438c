"""The list of one's companies, which is also the switcher between them."""

from collections.abc import Iterable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from records.searching import explain_too_long, is_found, make_sort_key, rank_name
from tenants.models import Membership

SHOWN = 50


class CompanySearch(forms.Form):
    """The query of the company list: words of the name, and the current company."""

    q = forms.CharField(required=False)
    now = forms.SlugField(required=False)


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
    answer = render(request, "overview/company_list.html#found" if htmx else "overview/company_list.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _find_companies(own: Iterable[Membership], q: str) -> list[Membership]:
    """Return one's companies that a search finds, the best matches first, then by name. A person has few enough."""
    if explain_too_long(q):
        return []
    found = [one for one in own if is_found(one.tenant.name, q)]
    return sorted(found, key=lambda one: (rank_name(one.tenant.name, q), make_sort_key(one.tenant.name), one.pk))
