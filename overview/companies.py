"""The list of one's companies, which is also the switcher between them.

The switcher says in which section it is, and leads to the same section of another company.
"""

from collections.abc import Iterable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import registry
from records.searching import explain_too_long, is_found, make_sort_key, rank_name
from tenants.models import Membership, Tenant

SHOWN = 50
HOME = "home"
SECTIONS = {HOME: "", "customer_list": "customers", "bill_list": "bills", "edit_list": "", "connection": ""}  # → kind


class CompanySearch(forms.Form):
    """The query of the company list: words of the name, the current company, and the section of it."""

    q = forms.CharField(required=False)
    now = forms.SlugField(required=False)
    at = forms.CharField(required=False)


@require_safe
@never_cache
def company_list(request: HttpRequest) -> HttpResponse:
    """List the companies of the signed-in person.

    With a single company and no query, redirect to it; from the switcher also to the only one that is found.
    """
    own = Membership.objects.filter(person_id=request.user.pk).select_related("tenant")
    form = CompanySearch(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "now": "", "at": ""}
    found = _find_companies(own, asked["q"])[: SHOWN + 1]
    htmx = getattr(request, "htmx", None)
    if len(found) == 1 and (not request.GET or (asked["q"] and asked["at"] and not htmx)):
        return redirect(find_section(found[0].tenant, asked["at"]))
    shown = [(one, find_section(one.tenant, asked["at"])) for one in found[:SHOWN]]
    context = {"found": found[:SHOWN], "shown": shown, "more": len(found) > SHOWN, **asked}
    answer = render(request, "overview/company_list.html#found" if htmx else "overview/company_list.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _find_companies(own: Iterable[Membership], q: str) -> list[Membership]:
    """Return one's companies that a search finds, the best matches first, then by name. A person has few enough."""
    if explain_too_long(q):
        return []
    found = [one for one in own if is_found(one.tenant.name, q)]
    return sorted(found, key=lambda one: (rank_name(one.tenant.name, q), make_sort_key(one.tenant.name), one.pk))


def find_section(tenant: Tenant, section: str) -> str:
    """The address of a section of a company; of its home if it has no such section."""
    kind = SECTIONS.get(section, "")
    is_there = section in SECTIONS and (not kind or kind in registry.get_description(tenant).tables)
    return reverse(section if is_there else HOME, args=[tenant.slug])
