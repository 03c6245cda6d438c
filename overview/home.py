"""The key figures of a company's home: payables by age and soon due, and receivables. Reads columns only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from bills.list.filters import AGES, AGING
from books.mirror.currencies import get_code
from books.mirror.query import RecordPage, filter_records, search_records
from books.registry import get_description, get_visible_table
from records.numbers import round_amount
from tenants.access import Member
from tenants.models import Tenant

SOON = timedelta(days=7)
DUE_NEXT = 5
OWING = 10
OPEN = Q(is_paid=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of records and their total in one currency."""

    count: int
    sum: Decimal


@dataclass(frozen=True, slots=True)
class AgeFigure:
    """Open bills of one age: its number from cool to hot, its label, its figure and its share of the longest bar."""

    age: int
    label: str
    figure: Figure
    share: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures in the currency of most open bills; `others` are the figures in further currencies.

    `owing` replaces the bills if the provider has none. `shows_bills` and `shows_owed` say whether there are figures of
    bills and of balances that the member may see.
    """

    currency: str
    code: str
    open: Figure
    overdue: Figure
    soon: Figure
    today: Figure
    ages: list[AgeFigure]
    owed: Figure
    owed_in: str
    owed_code: str
    others: list[str]
    due_next: RecordPage | None
    owing: RecordPage | None
    shows_bills: bool
    shows_owed: bool


def compute_figures(member: Member) -> Figures:
    """Return all figures of a company's home, in three queries."""
    tenant, today = member.tenant, timezone.localdate()
    named, has_bills = _name_customers(today), "bills" in get_description(tenant).tables
    bills = _group_by_currency(tenant, "bills", "open_amount", named, OPEN)
    owed = _group_by_currency(tenant, "customers", "balance", {"owed": Q(pk__isnull=False)}, Q(balance__gt=0))
    main = bills[0] if bills else {}
    owing = owed[0] if owed else {}
    return Figures(
        currency=main.get("currency") or "",
        code=get_code(tenant, main.get("currency")),
        open=_make_figure(main, "open"),
        overdue=_make_figure(main, "overdue"),
        soon=_make_figure(main, "soon"),
        today=_make_figure(main, "today"),
        ages=_sum_ages(main),
        owed=_make_figure(owing, "owed"),
        owed_in=owing.get("currency") or "",
        owed_code=get_code(tenant, owing.get("currency")),
        others=[_list_other(tenant, row) for row in bills[1:]],
        due_next=_list_due_next(member, today),
        owing=None if has_bills else _list_owing(member),
        shows_bills=has_bills and _shows(member, "bills", AGING),
        shows_owed=_shows(member, "customers", ("balance", "currency")),
    )


def _shows(member: Member, kind: str, columns: Iterable[str]) -> bool:
    """Whether the member may see what the figures of a kind are made of."""
    return get_visible_table(member, kind).hidden_columns.isdisjoint(columns)


def _list_due_next(member: Member, today: date) -> RecordPage | None:
    """Return the bills that are due next; None if the provider has no bills."""
    if "bills" not in get_description(member.tenant).tables:
        return None
    bills, filters = get_visible_table(member, "bills"), OPEN & Q(due_date__gte=today)
    found = search_records(member.tenant, bills, filters=filters, sort="due_date", size=DUE_NEXT)
    return _add_codes(member.tenant, found)


def _list_owing(member: Member) -> RecordPage:
    """Return the customers with the largest balances."""
    customers = get_visible_table(member, "customers")
    found = search_records(member.tenant, customers, filters={"balance__gt": 0}, sort="-balance", size=OWING)
    return _add_codes(member.tenant, found)


def _add_codes(tenant: Tenant, found: RecordPage) -> RecordPage:
    """Give each row the `code` of its currency, as the figures beside it have theirs."""
    for row in found.rows:
        row.code = get_code(tenant, row.currency)
    return found


def _name_customers(today: date) -> dict[str, Q]:
    """Return the condition for the open bills of each figure, by due date."""
    return {
        "open": Q(pk__isnull=False),
        **{f"age_{number}": age.due(today) for number, age in enumerate(AGES, 1)},
        "overdue": Q(due_date__lt=today),
        "soon": Q(due_date__gte=today, due_date__lte=today + SOON),
        "today": Q(due_date=today),
    }


def _group_by_currency(
    tenant: Tenant, kind: str, column: str, named: Mapping[str, Q], filters: Q
) -> list[dict[str, Any]]:
    """Return one row per currency, the most frequent first, with count and total of each named part."""
    parts: dict[str, Any] = {}
    for name, part in named.items():
        parts |= {f"{name}_count": Count("id", filter=part), f"{name}_sum": Sum(column, filter=part)}
    first = f"{next(iter(named))}_count"
    rows = [dict(row) for row in filter_records(tenant, kind, filters=filters).values("currency").annotate(**parts)]
    return sorted(rows, key=lambda row: (-row[first], row["currency"] or ""))


def _make_figure(row: Mapping[str, Any], name: str) -> Figure:
    return Figure(row.get(f"{name}_count") or 0, round_amount(Decimal(row.get(f"{name}_sum") or 0)))


def _sum_ages(row: Mapping[str, Any]) -> list[AgeFigure]:
    found = [_make_figure(row, f"age_{number}") for number in range(1, len(AGES) + 1)]
    longest = max([figure.sum for figure in found]) or 1
    return [
        AgeFigure(number, age.span, figure, f"{max(figure.sum, Decimal()) * 100 / longest:.1f}")
        for number, (age, figure) in enumerate(zip(AGES, found, strict=True), 1)
    ]


def _list_other(tenant: Tenant, row: Mapping[str, Any]) -> str:
    figure = _make_figure(row, "open")
    return f"{figure.sum:,.2f} {get_code(tenant, row['currency']) or 'without a currency'}"
