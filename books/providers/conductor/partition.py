"""Splits a long list into pieces: a cursor expires after ten seconds, which then costs only one piece.

Lists are split by name, bills by date. Neighbouring pieces share their bounds, so that no record is missed, whatever
order QuickBooks sorts characters in; a record on a bound is read twice, which is harmless.
"""

from datetime import date, timedelta
from itertools import pairwise
from string import ascii_uppercase, digits

from books.providers.base import Filters
from records.fields import Table

PAGE_ROWS = 150  # the vendor's upper limit
LARGE = 20 * PAGE_ROWS
DEEPEST = 4  # longest name prefix used as a bound
OLDEST = date(1990, 1, 1)
FIRST_LOOK = timedelta(days=60)  # what a new user wants to see first


def partition_list(table: Table, filters: Filters, total: int, today: date) -> list[dict[str, str]]:
    """Return the pieces to read instead of the list of `total` rows under `filters`; none if it needs no split."""
    if total <= LARGE or not table.paged:
        return []
    if "transaction_date" in table.shape:
        return _partition_by_date(filters, total, today)
    return _partition_by_name(filters, total)


def _partition_by_date(filters: Filters, total: int, today: date) -> list[dict[str, str]]:
    """Return pieces of equal length, the newest first."""
    start = date.fromisoformat(filters.get("transactionDateFrom", OLDEST.isoformat()))
    end = date.fromisoformat(filters.get("transactionDateTo", today.isoformat()))
    if (end - start).days < 1:
        return []
    if "transactionDateFrom" not in filters and "transactionDateTo" not in filters:
        bounds = [_subtract_years(today, years) for years in range(10, 0, -1)] + [today - FIRST_LOOK]
    else:
        pieces = min(total // LARGE + 1, (end - start).days)
        bounds = [start + (end - start) * n / pieces for n in range(1, pieces)]
    return _make_pieces(filters, [day.isoformat() for day in bounds], "transactionDateFrom", "transactionDateTo")[::-1]


def _partition_by_name(filters: Filters, total: int) -> list[dict[str, str]]:
    """Return ranges with about equal numbers of letters, as many as the rows need; within one letter, by the next."""
    start, end = filters.get("nameFrom", ""), filters.get("nameTo", "")
    within = _make_range(start[:-1], start, end) or _make_range(start, start, end)
    if len(start) >= DEEPEST or not within:
        return []  # the shortest possible range, or only characters that sort before all others
    pieces = min(total // LARGE, len(within)) + 1
    return _make_pieces(filters, [within[len(within) * n // pieces] for n in range(1, pieces)], "nameFrom", "nameTo")


def _make_range(stem: str, start: str, end: str) -> list[str]:
    """Return the name prefixes, one letter longer than `stem`, between two others; "" is open."""
    signs = " " + digits + ascii_uppercase if stem else digits + ascii_uppercase
    return [stem + sign for sign in signs if start < stem + sign and (not end or stem + sign < end)]


def _make_pieces(filters: Filters, bounds: list[str], first: str, last: str) -> list[dict[str, str]]:
    edges = [filters.get(first, ""), *bounds, filters.get(last, "")]
    return [
        {**filters, **{name: edge for name, edge in ((first, low), (last, high)) if edge}}
        for low, high in pairwise(edges)
    ]


def _subtract_years(day: date, years: int) -> date:
    return date(day.year - years, 1, 1)
