"""The flags beside the bills of the list: what asks for a decision or a look.

A flag reads what `PAYMENT` in `table.py` names. What is no column of Record arrives as text: "true", not True.
"""

from typing import Any, NamedTuple

from edits.models.edit import State
from records.formatting import describe_due

UNFINISHED = {
    State.CONFLICT: ("bad", "Conflict"),
    State.REFUSED: ("bad", "Refused"),
    State.UNKNOWN: ("warn", "Checking"),
    State.NOT_SENT: ("warn", "Not sent"),
    State.NOT_APPLIED: ("warn", "Not saved"),
    State.SENDING: ("yours", "Saving"),
}


class Badge(NamedTuple):
    kind: str
    text: str


def list_badges(row: Any, *, is_duplicate: bool = False) -> list[Badge]:
    """Those of a bill as `query.find_bills` gives it, with its latest edit where that still asks for something."""
    number = [Badge("warn", "Same number")] if is_duplicate else []
    return [*_make_edit_badge(row), *number, *_make_paid_badge(row)]


def _make_edit_badge(row: Any) -> list[Badge]:
    return [Badge(*UNFINISHED[State(row.unfinished)])] if row.unfinished else []


def _make_paid_badge(row: Any) -> list[Badge]:
    if row.is_paid or row.open_amount is None or row.amount is None:
        return []
    return [Badge("", "Paid in part")] if 0 < row.open_amount < row.amount else []


def describe_flags(row: Any) -> str:
    """The flags of a bill in one cell of a file."""
    return ", ".join(badge.text for badge in list_badges(row, is_duplicate=row.is_duplicate))


def describe_status(row: Any) -> str:
    """How a bill stands in a cell of a file: paid, 19 days overdue, in 7 days."""
    return "paid" if row.is_paid else describe_due(row.due_date)
