"""The bills that a list shows and every figure around them, in few queries: rows, sums by age and currency, flags."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.utils import timezone

from bills.checks.duplicates import find_flagged
from books.mirror.currencies import get_code
from books.mirror.order import make_order, rank_matches, select_columns
from books.mirror.projection import hide_cells
from books.mirror.query import RecordPage, filter_records
from books.models import Record
from edits.models.edit import Edit
from records.fields import Table
from records.numbers import round_amount
from records.searching import explain_too_long
from tenants.models import Tenant

from .aging import Aging, make_aging
from .badges import UNFINISHED
from .filters import AGES, UNPAID, make_filter

LISTED = "listed"
NAMES = "vendor_name_key"
Sums = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BillsPage:
    """One page of the list, what all that is listed adds up to by currency, and what is open by age."""

    listing: RecordPage
    totals: list[Sums]
    aging: Aging
    flagged: frozenset[str]  # ids of those on the page whose number another bill of the vendor has


def find_bills(
    tenant: Tenant,
    table: Table,
    asked: Mapping[str, Any],
    columns: Sequence[str],
    lines: Sequence[int] | None = None,
) -> BillsPage:
    """The bills that a person asked for, as `BillFilter.asked` says it. A page beyond the last is the last.

    Their rows are `columns`; `lines` are those of the searched columns in which words may stand, None for all.
    """
    wanted = filter_bills(tenant, table, asked, lines)
    sums = _round_sums(
        _sum_by_age(wanted, Value(LISTED)).union(
            _sum_by_age(filter_records(tenant, table.kind, filters=UNPAID), _age_expression()), all=True
        )
    )
    totals = sorted(
        (row for row in sums if row["age"] == LISTED), key=lambda row: (-row["count"], row["currency"] or "")
    )
    total, size = sum(row["count"] for row in totals), asked["size"]
    page = min(asked["page"], max(1, -(-total // size)))
    start = (page - 1) * size
    rows = select_columns(_annotate_edits(wanted).order_by(*order_bills(table, asked)), columns)
    shown = hide_cells(list(rows[start : start + size]), table) if total else []
    if "currency" in table.hidden_columns:
        totals = [{**row, "currency": ""} for row in totals]
    return BillsPage(
        RecordPage(shown, total, page, size),
        totals,
        make_aging([row for row in sums if row["age"] != LISTED]),
        _find_flagged(tenant, table, shown),
    )


def filter_bills(
    tenant: Tenant, table: Table, asked: Mapping[str, Any], lines: Sequence[int] | None = None
) -> QuerySet[Record]:
    """Return the bills that a person asked for, unordered."""
    found = filter_records(tenant, table.kind, asked["q"], make_filter(asked), lines=lines)
    return found.none() if explain_too_long(asked["q"]) else found


def order_bills(table: Table, asked: Mapping[str, Any]) -> list[Any]:
    """Return the order that they asked for; the best matches of a search come first."""
    order: list[Any] = make_order(asked["sort"] or asked["then"], table)
    if asked["sort"]:
        return order
    return [rank_matches(NAMES, asked["q"], number="name" if "name" in table.columns else ""), *order]


def _find_flagged(tenant: Tenant, table: Table, rows: Sequence[Any]) -> frozenset[str]:
    if not rows or table.hidden_columns & {"number", "vendor_id"}:
        return frozenset()
    return find_flagged(tenant, table.kind, [row.remote_id for row in rows])


def _age_expression() -> Case:
    today = timezone.localdate()
    return Case(*(When(age.due(today), then=Value(age.name)) for age in AGES), output_field=CharField())


def _sum_by_age(bills: QuerySet[Record], age: Value | Case) -> QuerySet[Any, Any]:
    added = {"amount_sum": Sum("amount"), "open_sum": Sum("open_amount"), "count": Count("id")}
    return bills.order_by().annotate(age=age).values("age", "currency").annotate(**added)


def _round_sums(rows: Iterable[Sums]) -> list[Sums]:
    """SQLite adds up in floating point; whole cents are exact again."""
    sums = ("amount_sum", "open_sum")
    return [{**row, **{name: round_amount(Decimal(str(row[name] or 0))) for name in sums}} for row in rows]


def _annotate_edits(bills: QuerySet[Record]) -> QuerySet[Record]:
    """Each bill with the state of its latest edit that still asks for something."""
    own = Edit.objects.filter(tenant=OuterRef("tenant"), kind=OuterRef("kind"), remote_id=OuterRef("remote_id"))
    asking = own.filter(state__in=list(UNFINISHED), resolved_by__isnull=True)
    return bills.annotate(unfinished=Subquery(asking.order_by("-sent_at", "-pk").values("state")[:1]))


def name_currencies(tenant: Tenant, totals: Iterable[Sums], codes: Mapping[str, str]) -> list[Sums]:
    """The sums with what stands before their amounts, `code`, and the short name of their currency."""
    return [
        {**total, "code": codes.get(total["currency"], ""), "currency": get_code(tenant, total["currency"])}
        for total in totals
    ]
