"""The list of one's companies with what waits in each, and the switcher between them.

The switcher says in which section it is, and leads to the same section of another company. As many queries for a
thousand companies as for one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books.models import SyncRun
from edits.lifecycle.queue import map_usual_seconds
from records.searching import explain_too_long, is_found, make_sort_key, rank_name
from tenants.access import Member, list_closed

from .company_table import SORTS, CompanyRow, list_columns, list_orders, sort_rows
from .figures.changes import count_changes, link_changes
from .figures.companies import BILLS, CUSTOMERS, load_figures, load_statuses
from .inbox.counts import count_by_company
from .inbox.items import Reader, make_reader
from .inbox.sources.companies import describe_off
from .sections import find_section

SHOWN = 50


class CompanySearch(forms.Form):
    """The query of the company list: words of the name, the current company, the section of it, and the order."""

    q = forms.CharField(required=False)
    now = forms.SlugField(required=False)
    at = forms.CharField(required=False)
    sort = forms.ChoiceField(required=False, choices=[(f"{sign}{name}", name) for name in SORTS for sign in ("", "-")])

    def read(self) -> Mapping[str, str]:
        """Return the valid parts of the query, a blank for others."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


@require_safe
@never_cache
def company_list(request: HttpRequest) -> HttpResponse:
    """List the companies of the signed-in person.

    With a single company and no query, redirect to it; from the switcher also to the only one that is found.
    """
    reader = make_reader(cast(User, request.user))
    asked = CompanySearch(request.GET).read()
    found = _find_companies(reader, asked["q"])
    htmx = getattr(request, "htmx", None)
    closed = list_closed(reader.person)
    if len(found) == 1 and not closed and (not request.GET or (asked["q"] and asked["at"] and not htmx)):
        return redirect(find_section(found[0].tenant, asked["at"]))
    part = ("#switch" if asked["now"] else "#found") if htmx else ""
    rows = _make_rows(reader, found, asked["at"], is_whole=part != "#switch") if found else []
    rows = sort_rows(rows, asked["sort"])
    context = {"found": rows[:SHOWN], "more": len(rows) > SHOWN, "columns": list_columns(asked["sort"]), **asked}
    context |= {"closed": [own.tenant for own in closed], "orders": list_orders()}
    answer = render(request, f"overview/company_list.html{part}", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _find_companies(reader: Reader, q: str) -> list[Member]:
    """Return one's companies that a search finds, the best matches first, then by name. A person has few enough."""
    if explain_too_long(q):
        return []
    found = [own for own in reader.members.values() if is_found(own.tenant.name, q)]
    return sorted(found, key=lambda one: (rank_name(one.tenant.name, q), make_sort_key(one.tenant.name), one.tenant.pk))


def _make_rows(reader: Reader, found: Sequence[Member], section: str, *, is_whole: bool) -> list[CompanyRow]:
    """Return a row for each company; what the switcher does not show is read for the whole table alone."""
    companies, today = [one.tenant.pk for one in found], timezone.localdate()
    statuses = load_statuses(companies)
    figures = load_figures(found, today, statuses)
    needs, ages = count_by_company(reader), _load_ages(companies)
    changed = count_changes(companies, today) if is_whole else {}
    saves = map_usual_seconds(companies) if is_whole else {}
    return [
        CompanyRow(
            one,
            needs.get(one.tenant.pk, 0),
            figures[one.tenant.pk],
            *describe_off(statuses.get(one.tenant.pk)),
            ages.get(one.tenant.pk),
            find_section(one.tenant, section),
            changed.get(one.tenant.pk, 0),
            link_changes(one.tenant, today),
            saves.get(one.tenant.pk),
            getattr(statuses.get(one.tenant.pk), "seconds_per_request", None),
        )
        for one in found
    ]


def _load_ages(companies: Iterable[int]) -> dict[int, datetime | None]:
    """Return the age of each company's older list, of customers or of bills; None where one was never read whole."""
    runs = SyncRun.objects.filter(tenant__in=list(companies), kind__in=(BILLS, CUSTOMERS))
    ages: dict[int, datetime | None] = {}
    for tenant, as_of in runs.values_list("tenant", "as_of"):
        known = ages.get(tenant, as_of)
        ages[tenant] = min(known, as_of) if known and as_of else None
    return ages
