"""The list of one's companies with what waits in each, and the switcher between them.

The switcher says in which section it is, and leads to the same section of another company. As many queries for a
thousand companies as for one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books.models import SyncRun
from records.searching import explain_too_long, is_found, make_sort_key, rank_name
from tenants.access import Member, list_closed

from .figures.companies import BILLS, CUSTOMERS, CompanyFigures, CurrencyFigures, Figure, load_figures, load_statuses
from .inbox.counts import count_by_company
from .inbox.items import Reader, make_reader
from .inbox.sources.companies import describe_off
from .sections import find_section

SHOWN = 50


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company with its figures: how many things wait for the person, and why and since when nothing is read.

    `as_of` is the age of its bills, or of its customers where it has no bills.
    """

    member: Member
    needs: int
    figures: CompanyFigures
    off: str
    off_since: datetime | None
    as_of: datetime | None
    url: str

    @property
    def overdue(self) -> int:
        return self.figures.count("overdue")

    @property
    def soon(self) -> int:
        return self.figures.count("soon")

    @property
    def bill_cells(self) -> list["Cell"]:
        """The figures of bills, a line for each currency, with the query of the list that each counts."""
        return [Cell(SORTS[part][0], query, _list_lines(self.figures.bills, part)) for part, query in BILL_CELLS]

    @property
    def owed_lines(self) -> list["CellLine"]:
        return _list_lines(self.figures.owed, "owed")


class CellLine(NamedTuple):
    """A figure in one currency, and what an address adds to name that one of several."""

    code: str
    figure: Figure
    only: str


class Cell(NamedTuple):
    """The figures of one column, and the query of the list that they count."""

    label: str
    query: str
    lines: list[CellLine]


BILL_CELLS = (("open", "state=unpaid"), ("overdue", "state=overdue"), ("soon", "state=unpaid&due=next-7"))


def _list_lines(found: Sequence[CurrencyFigures] | None, part: str) -> list[CellLine]:
    """Return the currencies in which there is something."""
    some = found or ()
    return [
        CellLine(one.code, one.part(part), f"&{urlencode({'currency': one.name})}" if len(some) > 1 else "")
        for one in some
        if one.part(part).count
    ]


def _by_amount(part: str, kind: str) -> Callable[[CompanyRow], Any]:
    """Amounts are sorted within each currency: the company's main one counts."""

    def get_key(row: CompanyRow) -> tuple[str, Any]:
        found = row.figures.owed if kind == CUSTOMERS else row.figures.bills
        return (found[0].code, found[0].part(part).sum) if found else ("", 0)

    return get_key


# By the name of a column in an address: its title, and what it is sorted by. Numbers start with the largest.
SORTS: Mapping[str, tuple[str, Callable[[CompanyRow], Any]]] = {
    "name": ("Company", lambda row: make_sort_key(row.member.tenant.name)),
    "needs": ("Needs you", lambda row: row.needs),
    "open": ("Open bills", _by_amount("open", BILLS)),
    "overdue": ("Overdue", _by_amount("overdue", BILLS)),
    "soon": ("Due in 7 days", _by_amount("soon", BILLS)),
    "owed": ("Owed by customers", _by_amount("owed", CUSTOMERS)),
    "age": ("Data", lambda row: (row.off_since or row.as_of or timezone.now()).timestamp()),
}
ASCENDING = ("name", "age")  # at the first click


@dataclass(frozen=True, slots=True)
class SortLink:
    """The title of a column, what a click on it sorts by, and how it is sorted now: "ascending", "descending" or ""."""

    title: str
    query: str
    now: str
    is_number: bool


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
    rows = _sort_rows(_make_rows(reader, found, asked["at"]), asked["sort"]) if found else []
    context = {"found": rows[:SHOWN], "more": len(rows) > SHOWN, "columns": _list_columns(asked["sort"]), **asked}
    context["closed"] = [own.tenant for own in closed]
    part = ("#switch" if asked["now"] else "#found") if htmx else ""
    answer = render(request, f"overview/company_list.html{part}", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _find_companies(reader: Reader, q: str) -> list[Member]:
    """Return one's companies that a search finds, the best matches first, then by name. A person has few enough."""
    if explain_too_long(q):
        return []
    found = [own for own in reader.members.values() if is_found(own.tenant.name, q)]
    return sorted(found, key=lambda one: (rank_name(one.tenant.name, q), make_sort_key(one.tenant.name), one.tenant.pk))


def _make_rows(reader: Reader, found: Sequence[Member], section: str) -> list[CompanyRow]:
    statuses = load_statuses(one.tenant.pk for one in found)
    figures = load_figures(found, timezone.localdate(), statuses)
    needs, ages = count_by_company(reader), _load_ages(one.tenant.pk for one in found)
    return [
        CompanyRow(
            one,
            needs.get(one.tenant.pk, 0),
            figures[one.tenant.pk],
            *describe_off(statuses.get(one.tenant.pk)),
            ages.get(one.tenant.pk),
            find_section(one.tenant, section),
        )
        for one in found
    ]


def _load_ages(companies: Iterable[int]) -> dict[int, datetime | None]:
    runs = SyncRun.objects.filter(tenant__in=list(companies), kind__in=(BILLS, CUSTOMERS)).order_by("-kind")
    return dict(runs.values_list("tenant", "as_of"))  # the last one counts: bills, where there are any


def _sort_rows(rows: list[CompanyRow], sort: str) -> list[CompanyRow]:
    """Return the rows in the order asked for; without one, as they are."""
    if not sort:
        return rows
    return sorted(rows, key=SORTS[sort.removeprefix("-")][1], reverse=sort.startswith("-"))


def _list_columns(sort: str) -> list[SortLink]:
    now = {"-": "descending"}.get(sort[:1], "ascending") if sort else ""
    links = []
    for name, (title, _) in SORTS.items():
        first, other = (name, f"-{name}") if name in ASCENDING else (f"-{name}", name)
        is_now = sort.removeprefix("-") == name
        links.append(SortLink(title, other if sort == first else first, now if is_now else "", name not in ASCENDING))
    return links
