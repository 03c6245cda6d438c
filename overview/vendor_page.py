"""A vendor as its bills show it: what is open and how old, its terms and address, what changed of its bills lately.

Reads columns, and the content of the newest bill and of the vendor's entry alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from bills.list.aging import Aging, make_aging
from bills.list.filters import AGES, AGING, UNPAID
from bills.naming import name_bill
from books.mirror import lookup
from books.mirror.currencies import find_main, get_code, map_codes, show_amounts_in
from books.mirror.query import RecordPage, filter_records, search_records
from books.models import Record
from books.providers.errors import NotMirrored
from books.registry import get_description, get_visible_table
from edits.history.entries import HistoryEntry
from edits.history.search import HistoryQuery, list_latest
from record_forms.filters.conditions import NO_CURRENCY
from records.content import Content
from records.fields import Table
from records.formatting import format_address
from records.numbers import round_amount
from tenants.access import Member

BILLS, VENDORS = "bills", "vendors"
OPEN_SHOWN = 100
CHANGES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Said:
    """The terms and the address of a vendor in one place; `where` names it, with the id of a bill or ""."""

    where: str
    bill_id: str
    terms: str
    address: Sequence[str]

    def adds_nothing_to(self, other: "Said") -> bool:
        """Whether the other says all of this, and more or from a bill."""
        is_within = self.terms in ("", other.terms) and self.address in ([], other.address)
        return is_within and ((self.terms, self.address) != (other.terms, other.address) or not self.bill_id)


@dataclass(frozen=True, slots=True)
class VendorPage:
    """What the page shows. `agings` has one bar for each currency; none if the member may not see what it is made of.

    `codes` are what stands before the amounts of the open bills on the page, in their order.
    `said` is what the newest bill says, and then the vendor's own entry where it differs.
    """

    remote_id: str
    name: str
    is_active: bool | None
    is_deleted: bool
    agings: list[Aging]
    shows_open: bool
    open: RecordPage
    codes: list[str]
    said: list[Said]
    changes: list[HistoryEntry]

    @property
    def query(self) -> str:
        """The query of a list of its open bills."""
        return urlencode({"vendor_id": self.remote_id})

    @property
    def bars(self) -> Iterator[tuple[Aging, str]]:
        """The bars, each with the query of the list of the bills that it counts."""
        for aging in self.agings:
            own = {"currency": aging.currency or NO_CURRENCY} if len(self.agings) > 1 else {}
            yield aging, urlencode({"vendor_id": self.remote_id, **own})

    @property
    def bills(self) -> Iterator[tuple[Any, str]]:
        """The open bills on the page, each with what stands before its amounts."""
        return zip(self.open.rows, self.codes, strict=True)


def find_vendor(member: Member, remote_id: str) -> VendorPage:
    """Return the page of one vendor. Raises NotMirrored if neither an entry nor a bill of it is in the mirror."""
    table = get_visible_table(member, BILLS)
    own = Q(vendor_id=remote_id)
    bills = filter_records(member.tenant, BILLS, filters=own)
    newest = bills.select_related("version").order_by("-bill_date", "-pk").first()
    entry = _find_entry(member, remote_id)
    name = (entry and entry.full_name) or (newest and newest.vendor_name) or ""
    if not name:
        missing = NotMirrored(f"It may have been deleted in {get_description(member.tenant).name}.")
        missing.noun = "vendor"
        raise missing
    shows_open = table.hidden_columns.isdisjoint(AGING)
    unpaid = _list_open(member, table, own) if shows_open else RecordPage([], 0, 1, OPEN_SHOWN)
    currencies = [row.currency for row in unpaid.rows]
    main = find_main(member.tenant, BILLS)
    show_amounts_in(member.tenant, main)
    codes = map_codes(member.tenant, [main, *currencies]) if currencies else {}
    return VendorPage(
        remote_id=remote_id,
        name=name,
        is_active=entry.is_active if entry else None,
        is_deleted=bool(entry and entry.deleted_at),
        agings=_list_agings(member, bills.filter(UNPAID)) if shows_open else [],
        shows_open=shows_open,
        open=unpaid,
        codes=[codes.get(currency, "") for currency in currencies],
        said=_list_said(member, table, newest, entry),
        changes=_list_changes(member, remote_id),
    )


def _find_entry(member: Member, remote_id: str) -> Record | None:
    """Return the vendor's own entry, even a deleted one, with its content."""
    own = Record.objects.filter(tenant=member.tenant, kind=VENDORS, remote_id=remote_id)
    return own.select_related("version").first()


def _list_agings(member: Member, unpaid: QuerySet[Record]) -> list[Aging]:
    """Return what is open by age, for each currency, that of most bills first."""
    today = timezone.localdate()
    age = Case(*(When(age.due(today), then=Value(age.name)) for age in AGES), output_field=CharField())
    summed = unpaid.order_by().annotate(age=age).values("age", "currency")
    by_currency: dict[str, list[dict[str, Any]]] = {}
    for row in summed.annotate(open_sum=Sum("open_amount"), count=Count("id")):
        exact = {**row, "open_sum": round_amount(Decimal(row["open_sum"] or 0))}
        by_currency.setdefault(get_code(member.tenant, row["currency"]), []).append(exact)
    found = [(code, make_aging([{**row, "currency": code} for row in rows])) for code, rows in by_currency.items()]
    return [aging for code, aging in sorted(found, key=lambda one: (-one[1].count, one[0]))]


def _list_open(member: Member, table: Table, own: Q) -> RecordPage:
    return search_records(member.tenant, table, filters=UNPAID & own, sort="due_date", size=OPEN_SHOWN)


def _list_said(member: Member, table: Table, newest: Record | None, entry: Record | None) -> list[Said]:
    """Return what the newest bill says and the vendor's own entry; one of them if the other adds nothing."""
    bill, listed = _decode(member, table, newest), _decode(member, get_visible_table(member, VENDORS), entry)
    found = []
    if newest and bill:
        found.append(_make_said(name_bill(bill), newest.remote_id, bill, "vendor_address"))
    if listed:
        found.append(_make_said(f"vendor list of {get_description(member.tenant).name}", "", listed, "billing_address"))
    return [one for one in found if not any(other is not one and one.adds_nothing_to(other) for other in found)]


def _decode(member: Member, table: Table, record: Record | None) -> Content | None:
    if record is None or record.version is None:
        return None
    record.tenant = member.tenant
    return lookup.decode_if_readable(record, table)


def _make_said(where: str, bill_id: str, content: Content, address: str) -> Said:
    return Said(where, bill_id, str(content["terms"] or ""), format_address(content[address]))


def _list_changes(member: Member, remote_id: str) -> list[HistoryEntry]:
    """Return the newest entries of the history of all its bills, deleted ones included."""
    ids = Record.objects.filter(tenant=member.tenant, kind=BILLS, vendor_id=remote_id).values("remote_id")
    return list_latest(member, HistoryQuery(among=(BILLS, ids)), CHANGES_SHOWN)
