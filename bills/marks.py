"""The marks beside the bills of a list: what asks for a decision or a look."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from books.models import Record
from books.records import Content
from edits.models import State

UNFINISHED = {
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
    """One bill of a list: its marks, and what stands before its amounts."""

    record: Record
    marks: list[Mark]
    currency: str


def marked(rows: Iterable[Record], currencies: Mapping[str, str]) -> list[Row]:
    """Bills as `finding.find` gives them, each with its latest edit where that still asks for something."""
    return [Row(row, [*_unfinished(row), *_paid(row)], currencies.get(row.currency or "", "")) for row in rows]


def _unfinished(row: Record) -> list[Mark]:
    state = getattr(row, "unfinished", None)
    return [Mark(*UNFINISHED[State(state)])] if state else []


def _paid(row: Record) -> list[Mark]:
    if row.is_paid or row.open_amount is None or row.amount is None:
        return []
    return [Mark("", "Paid in part")] if 0 < row.open_amount < row.amount else []


def links(bill: Content) -> list[str]:
    """What a bill is linked to, for its page to name: purchase order 1182."""
    return [
        f"{link['transaction_type'].replace('_', ' ')} {link['ref_number']}" for link in bill["linked_transactions"]
    ]
