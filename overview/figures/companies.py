"""What companies owe and are owed, by company and currency, for Home and for the list of companies. Reads columns only.

Amounts of different currencies are never added up. As many queries for a thousand companies as for one; what they find
of a company is kept until its data changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum

from bills.checks.duplicates import count_unpaid_flagged
from bills.list.filters import AGES, AGING, UNPAID
from bills.terms.discounts import EndingDiscount, find_ending
from books.mirror.currencies import Currency, load_currencies
from books.models import Record, SyncStatus, fetch_statuses
from books.registry import get_description, get_visible_table
from record_forms.filters.conditions import NO_CURRENCY
from records.numbers import round_amount
from tenants.access import Member
from tenants.models import Tenant

BILLS, CUSTOMERS = "bills", "customers"
SOON = timedelta(days=7)
KEPT_SECONDS = 3600
OWED = ("balance", "currency")
NUMBER = ("vendor_id", "number")
DISCOUNT = ("terms_name", "bill_date")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of records and their total in one currency."""

    count: int = 0
    sum: Decimal = Decimal("0.00")


NOTHING = Figure()


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """The figures of one currency of a company: its name in the mirror, its code, and what an address calls it."""

    currency: str
    code: str
    name: str
    parts: Mapping[str, Figure]

    def part(self, name: str) -> Figure:
        """Return the figure of one part: open, overdue, soon, today, age_1 to age_5 of bills; discount; owed."""
        return self.parts.get(name, NOTHING)


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """What is open by currency, that of most open bills first, and likewise what customers owe.

    `discounts` are the unpaid bills whose discount ends within a week. None where the provider has none, or the member
    may not see what it is made of. `duplicates` are the unpaid bills with the number of another one of their vendor.
    """

    bills: Sequence[CurrencyFigures] | None = None
    owed: Sequence[CurrencyFigures] | None = None
    discounts: Sequence[CurrencyFigures] | None = None
    duplicates: int = 0

    def count(self, part: str) -> int:
        """Return how many bills a part has in all currencies."""
        return sum(one.part(part).count for one in self.bills or ())


@dataclass(slots=True)
class _Kept:
    """What is kept of a company; a member may be shown less."""

    bills: list[dict[str, Any]] = field(default_factory=list)
    owed: list[dict[str, Any]] = field(default_factory=list)
    discounts: list[dict[str, Any]] = field(default_factory=list)
    duplicates: int = 0


def load_figures(
    members: Iterable[Member], today: date, statuses: Mapping[int, SyncStatus] | None = None
) -> dict[int, CompanyFigures]:
    """Return the figures of each company by its number; `statuses` are those of the companies, if they are at hand."""
    by_company = {member.tenant.pk: member for member in members}
    known = load_statuses(by_company) if statuses is None else statuses
    keys = {f"figures-of-{pk}-{known[pk].edition}-{today}": pk for pk in by_company if pk in known}
    found: dict[int, _Kept] = {keys[key]: kept for key, kept in cache.get_many(keys).items()}
    missing = [by_company[pk].tenant for pk in sorted(by_company.keys() - found.keys())]
    if missing:
        found |= (computed := _compute(missing, today))
        cache.set_many({key: computed[pk] for key, pk in keys.items() if pk in computed}, KEPT_SECONDS)
    currencies = load_currencies(member.tenant for member in by_company.values())
    return {pk: _show(member, found[pk], currencies[pk]) for pk, member in by_company.items()}


def load_statuses(companies: Iterable[int]) -> dict[int, SyncStatus]:
    """Return how the reading of each company goes, by its number; a company that was never read has none."""
    return {status.tenant_id: status for status in fetch_statuses(list(companies))}


def name_parts(today: date) -> dict[str, Q]:
    """Return the condition for the open bills of each figure, by due date."""
    return {
        "open": Q(pk__isnull=False),
        **{f"age_{number}": age.due(today) for number, age in enumerate(AGES, 1)},
        "overdue": Q(due_date__lt=today),
        "soon": Q(due_date__gte=today, due_date__lte=today + SOON),
        "today": Q(due_date=today),
    }


def _compute(tenants: Sequence[Tenant], today: date) -> dict[int, _Kept]:
    companies = [tenant.pk for tenant in tenants]
    found: dict[int, _Kept] = defaultdict(_Kept)
    held = Record.objects.filter(tenant__in=companies, deleted_at__isnull=True)
    for row in _sum_parts(held.filter(UNPAID, kind=BILLS), "open_amount", name_parts(today)):
        found[row["tenant"]].bills.append(row)
    owing = held.filter(kind=CUSTOMERS, balance__gt=0)
    for row in _sum_parts(owing, "balance", {"owed": Q(pk__isnull=False)}):
        found[row["tenant"]].owed.append(row)
    for pk, ending in find_ending(tenants, BILLS, today).items():
        found[pk].discounts = _sum_discounts(ending)
    for pk, count in count_unpaid_flagged(companies, BILLS).items():
        found[pk].duplicates = count
    return {pk: found[pk] for pk in companies}


def _sum_parts(records: QuerySet[Record], column: str, parts: Mapping[str, Q]) -> Iterable[dict[str, Any]]:
    """Return a row for each company and currency, with count and total of each part."""
    added: dict[str, Any] = {}
    for name, part in parts.items():
        added |= {f"{name}_count": Count("id", filter=part), f"{name}_sum": Sum(column, filter=part)}
    return map(dict, records.order_by().values("tenant", "currency").annotate(**added))


def _sum_discounts(ending: Iterable[EndingDiscount]) -> list[dict[str, Any]]:
    """Return a row for each currency, as `_sum_parts` does."""
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for one in ending:
        amounts[one.currency].append(one.open_amount)
    return [
        {"currency": currency or None, "discount_count": len(some), "discount_sum": sum(some)}
        for currency, some in amounts.items()
    ]


def _show(member: Member, kept: _Kept, known: Mapping[str, Currency]) -> CompanyFigures:
    """Return what the member may see of a company's figures."""
    may_see = {kind: _may_see(member, kind, columns) for kind, columns in ((BILLS, AGING), (CUSTOMERS, OWED))}
    sees_discounts = may_see[BILLS] and _may_see(member, BILLS, DISCOUNT)
    bills = _name_currencies(known, kept.bills, "open")
    # Of bills in a currency that was stored just now, the discounts may be read alone.
    order = {one.currency: place for place, one in enumerate(bills)}
    discounts = _name_currencies(known, kept.discounts, "discount")
    return CompanyFigures(
        bills=bills if may_see[BILLS] else None,
        owed=_name_currencies(known, kept.owed, "owed") if may_see[CUSTOMERS] else None,
        discounts=sorted(discounts, key=lambda one: order.get(one.currency, len(order))) if sees_discounts else None,
        duplicates=kept.duplicates if may_see[BILLS] and _may_see(member, BILLS, NUMBER) else 0,
    )


def _may_see(member: Member, kind: str, columns: Iterable[str]) -> bool:
    """Whether the provider has the kind, and the member may see what its figures are made of."""
    has_kind = kind in get_description(member.tenant).tables
    return has_kind and get_visible_table(member, kind).hidden_columns.isdisjoint(columns)


def _name_currencies(known: Mapping[str, Currency], rows: list[dict[str, Any]], first: str) -> list[CurrencyFigures]:
    found = []
    for row in sorted(rows, key=lambda row: (-row[f"{first}_count"], row["currency"] or "")):
        name = row["currency"] or ""
        code = known[name].code if name in known else name
        parts = {part.removesuffix("_count"): _make_figure(row, part) for part in row if part.endswith("_count")}
        found.append(CurrencyFigures(name, code, code or NO_CURRENCY, parts))
    return found


def _make_figure(row: Mapping[str, Any], name: str) -> Figure:
    total = row[f"{name.removesuffix('_count')}_sum"]
    return Figure(row[name], round_amount(Decimal(str(total or 0))))  # SQLite adds up in floating point
