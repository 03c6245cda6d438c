"""The bills that a list shows and every figure around them, in few queries: rows, sums by age and currency, flags."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from django.db.models import Case, CharField, Count, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.http import QueryDict
from django.utils import timezone

from bills.checks.duplicates import find_flagged
from books.mirror.cache_version import cache_sums
from books.mirror.order import select_columns
from books.mirror.projection import hide_cells
from books.mirror.query import RecordPage, search_records
from books.models import Record
from edits.models.edit import Edit
from record_forms.filters.state import AT_ONCE, ListKind, ListState
from records.fields import Table
from records.numbers import round_amount
from tenants.access import Member
from tenants.models import Tenant

from .aging import Aging, make_aging
from .badges import UNFINISHED
from .filters import AGES, FILTERS, UNPAID
from .table import COLUMNS, READS

LISTED = "listed"
BY_AGE = ("state", "age")  # filters that the sums by age do not go by
BILL_LIST = ListKind(
    kind="bills",
    columns=COLUMNS,
    filters=FILTERS,
    sorts=("due_date", "name"),
    reads=READS,
    named="vendor_name_key",
    number="name",
)
Sums = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BillsPage:
    """One page of the list, what all that is listed adds up to by currency, and what is open by age."""

    listing: RecordPage
    totals: list[Sums]
    aging: Aging
    flagged: frozenset[str]  # ids of those on the page whose number another bill of the vendor has


class ListedBill:
    """A row of a file: a bill, and whether another bill of the vendor has its number."""

    __slots__ = ("_row", "is_duplicate")

    def __init__(self, row: Any, is_duplicate: bool) -> None:
        self._row, self.is_duplicate = row, is_duplicate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


class BillRows(ListState):
    """The bills that a member asks for, for the list itself and for the way through it."""

    def __init__(self, member: Member, data: QueryDict) -> None:
        super().__init__(member, data, BILL_LIST)

    def annotate(self, found: QuerySet[Record]) -> QuerySet[Record]:
        """Add the state of each bill's latest edit that still asks for something."""
        return _annotate_edits(found)

    def rows(self) -> Iterator[Any]:
        rows = super().rows()
        while some := list(islice(rows, AT_ONCE)):
            flagged = _find_flagged(self.tenant, self.table, some)
            yield from (ListedBill(row, row.remote_id in flagged) for row in some)

    def find_page(self, edition: str = "") -> BillsPage:
        """Return the page asked for, and what its figures are at this edition of the mirror.

        A page beyond the last is the last.
        """
        asked, table = self.asked, self.table
        totals, by_age = self._add_up(edition)
        total, size = sum(row["count"] for row in totals), asked["size"]
        page = min(asked["page"], max(1, -(-total // size)))
        start = (page - 1) * size
        shown = self._list_rows(start, size, total)
        if "currency" in table.hidden_columns:
            totals = [{**row, "currency": ""} for row in totals]
        return BillsPage(
            RecordPage(self.complete(shown), total, page, size),
            totals,
            make_aging(by_age),
            _find_flagged(self.tenant, table, shown),
        )

    def _list_rows(self, start: int, size: int, total: int) -> list[Any]:
        asked, columns = self.asked, self.list_needed()
        if not total:
            return []
        if asked["q"]:
            rows = select_columns(self.annotate(self.filter()).order_by(*self.order()), columns)
            return hide_cells(list(rows[start : start + size]), self.table)
        found = search_records(
            self.tenant, self.table, filters=self.matches, sort=asked["sort"] or asked["then"], start=start, size=size,
            columns=columns, total=total, main=self.main, annotate=_annotate_edits,
        )  # fmt: skip
        return found.rows

    def _add_up(self, edition: str) -> tuple[list[Sums], list[Sums]]:
        """Return what all that is listed adds up to by currency, the most frequent first, and what is open by age.

        Without a search, they are added up once for each edition of the mirror.
        """
        asked, told = self.asked, self.tell(BY_AGE)
        is_open = asked.get("state") == "unpaid" and not (asked["q"] or asked.get("age"))  # then both are of the same
        which = "" if asked["q"] or not told else self.tell()
        sums = cache_sums(self.tenant, edition, which, partial(self._ask_sums, is_open))
        by_age = [row for row in sums if row["age"] != LISTED]
        totals = _join_ages(by_age) if is_open else [row for row in sums if row["age"] == LISTED]
        return sorted(totals, key=lambda row: (-row["count"], row["currency"] or "")), by_age

    def _ask_sums(self, is_open: bool) -> list[Sums]:
        by_age = _sum_by_age(self.filter(BY_AGE, q=False).filter(UNPAID), _age_expression())
        if not is_open:
            by_age = _sum_by_age(self.filter(), Value(LISTED)).union(by_age, all=True)
        return _round_sums(by_age)


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


def _join_ages(sums: Iterable[Sums]) -> list[Sums]:
    """Return the sums of all ages, by currency."""
    found: dict[str | None, Sums] = {}
    for row in sums:
        whole = found.setdefault(row["currency"], {**row, "age": LISTED, "count": 0, "amount_sum": 0, "open_sum": 0})
        for name in ("count", "amount_sum", "open_sum"):
            whole[name] += row[name]
    return list(found.values())


def _round_sums(rows: Iterable[Sums]) -> list[Sums]:
    """SQLite adds up in floating point; whole cents are exact again."""
    sums = ("amount_sum", "open_sum")
    return [{**row, **{name: round_amount(Decimal(str(row[name] or 0))) for name in sums}} for row in rows]


def _annotate_edits(bills: QuerySet[Record]) -> QuerySet[Record]:
    """Each bill with the state of its latest edit that still asks for something."""
    own = Edit.objects.filter(tenant=OuterRef("tenant"), kind=OuterRef("kind"), remote_id=OuterRef("remote_id"))
    asking = own.filter(state__in=list(UNFINISHED), resolved_by__isnull=True)
    return bills.annotate(unfinished=Subquery(asking.order_by("-sent_at", "-pk").values("state")[:1]))
