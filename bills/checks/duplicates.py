"""Bills of one vendor that carry the same number, as the copy has them: one query, along an index of its own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from books.models import Record
from records.content import Reference
from records.numbers import normalize_number

SHOWN = 5


@dataclass(frozen=True, slots=True)
class DuplicateBill:
    """Another bill of the same vendor and number."""

    remote_id: str
    number: str
    bill_date: date | None
    amount: Decimal | None


def find_duplicates(bill: Record, vendor: Reference | None, number: str) -> list[DuplicateBill]:
    """The other bills of `vendor` with this number, as numbers are compared; five at most.

    No query where vendor or number is blank.
    """
    wanted = normalize_number(number)
    if vendor is None or not vendor.id or not wanted:
        return []
    same = {"tenant": bill.tenant_id, "kind": bill.kind, "vendor_id": vendor.id, "number": wanted}
    rows = Record.objects.filter(**same, deleted_at__isnull=True).exclude(remote_id=bill.remote_id)
    # Sorted here: an order would let SQLite walk along the index of that order, past every bill of the company.
    found = [DuplicateBill(*row) for row in rows.values_list("remote_id", "name", "bill_date", "amount")[:SHOWN]]
    return sorted(found, key=lambda twin: twin.bill_date or date.min, reverse=True)
