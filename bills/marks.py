"""The marks beside the bills of a list: what asks for a decision or a look, one query for the whole page."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from books.models import Record
from books.records import Content
from edits.models import Edit, State
from tenants.access import Member

WORDS = {
    State.CONFLICT: ("bad", "Conflict to decide"),
    State.REFUSED: ("bad", "Refused"),
    State.UNKNOWN: ("warn", "Saved or not: unknown"),
    State.NOT_SENT: ("warn", "Not sent"),
    State.NOT_APPLIED: ("warn", "Not applied"),
    State.SENDING: ("yours", "Saving"),
}


class Mark(NamedTuple):
    kind: str
    text: str


class Row(NamedTuple):
    record: Record
    marks: list[Mark]
    currency: str


def marked(member: Member, rows: Iterable[Record], currencies: Mapping[str, str]) -> list[Row]:
    """Each bill with its marks, its latest edit where that is not done with, and what stands before its amounts."""
    rows = list(rows)
    latest = _unfinished(member, [row.remote_id for row in rows])
    return [
        Row(row, [*latest.get(row.remote_id, []), *_paid(row)], currencies.get(row.currency or "", "")) for row in rows
    ]


def _unfinished(member: Member, ids: list[str]) -> dict[str, list[Mark]]:
    asking = Edit.objects.filter(tenant=member.tenant, kind="bills", state__in=list(WORDS), resolved_by__isnull=True)
    open_ones = asking.filter(dismissed_at__isnull=True, remote_id__in=ids).values_list("remote_id", "state")
    return {key: [Mark(*WORDS[State(state)])] for key, state in open_ones.order_by("sent_at", "pk")}


def _paid(row: Record) -> list[Mark]:
    if row.is_paid or row.open_amount is None or row.amount is None:
        return []
    return [Mark("", "Paid in part")] if 0 < row.open_amount < row.amount else []


def links(bill: Content) -> list[str]:
    """What a bill is linked to, for its page to name: purchase order 1182."""
    return [
        f"{link['transaction_type'].replace('_', ' ')} {link['ref_number']}" for link in bill["linked_transactions"]
    ]
