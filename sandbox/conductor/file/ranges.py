"""Ranges of a list, from one value to another: how QuickBooks compares them, and which it refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sandbox.conductor.http.errors import quickbooks
from sandbox.conductor.http.queries import Query, seconds

from .books import Books


@dataclass(frozen=True)
class Range:
    """A pair of parameters, the column that it looks at, and whether one value comes after another."""

    prefix: str
    column: str
    is_after: Callable[[str, str], bool]

    def holds(self, value: str, query: Query) -> bool:
        """Whether a value lies in this range of the query, both ends included."""
        first, last = query.get(f"{self.prefix}From"), query.get(f"{self.prefix}To")
        return not (first is not None and self.is_after(first, value)) and not (
            last is not None and self.is_after(value, last)
        )


def sort_name(name: str) -> str:
    """The key of a full name in QuickBooks' order: punctuation comes first, then digits, then letters of any case."""
    return "".join(_rank(sign) + sign for sign in name.casefold())


def find_range(query: Query) -> Range | None:
    """The range of texts in this query, if there is one."""
    return next((one for one in _RANGES if f"{one.prefix}From" in query or f"{one.prefix}To" in query), None)


def check_ranges(books: Books, query: Query) -> None:
    """Refuses a range whose start comes after its end."""
    for one in _RANGES:
        first, last = query.get(f"{one.prefix}From"), query.get(f"{one.prefix}To")
        if first is not None and last is not None and one.is_after(first, last):
            raise quickbooks("3031", f'The "From" or "To" values in the provided {one.prefix} range are invalid.')
    days = [date.fromisoformat(query[name]) for name in ("transactionDateFrom", "transactionDateTo") if name in query]
    moments = [
        [
            seconds(books, query[f"{name}{end}"], end == "Before")
            for end in ("After", "Before")
            if f"{name}{end}" in query
        ]
        for name in ("updated", "deleted")
    ]
    if any(len(ends) == 2 and ends[0] > ends[1] for ends in moments) or (len(days) == 2 and days[0] > days[1]):
        raise quickbooks("3030", "Invalid date range: From date is greater than To date.")


def _is_name_after(one: str, other: str) -> bool:
    return sort_name(one) > sort_name(other)


def _is_number_after(one: str, other: str) -> bool:
    """Numbers compare as such only if both consist of digits."""
    if not (one.isdecimal() and other.isdecimal()):
        return one > other
    # Not as numbers, which Python does not read beyond some thousand digits.
    ours, others = one.lstrip("0"), other.lstrip("0")
    return (len(ours), ours) > (len(others), others)


def _rank(sign: str) -> str:
    if sign.isalpha():
        return "2"
    return "1" if sign.isdecimal() else "0"


_RANGES = (Range("name", "full_name", _is_name_after), Range("refNumber", "ref_number", _is_number_after))
