"""How a long list is cut into pieces: a list's cursor dies with a pause of ten seconds, and then costs one piece.

Lists are cut by name, bills by date. Neighbouring pieces share their bounds, so that nothing falls between them,
in whatever order QuickBooks sorts signs; a record on a bound is read twice, which changes nothing.
"""

from datetime import date, timedelta
from itertools import pairwise
from string import ascii_uppercase, digits

from books.providers.base import Filters
from records.fields import Table

PAGE_ROWS = 150  # the vendor's upper limit
LARGE = 20 * PAGE_ROWS
DEEPEST = 4  # letters of a name that a bound may have
OLDEST = date(1990, 1, 1)
FIRST_LOOK = timedelta(days=60)  # what a person new to the desk wants to see first


def partition_list(table: Table, filters: Filters, total: int, today: date) -> list[dict[str, str]]:
    """The pieces to read in place of the list under `filters`, which has `total` rows; none where it is fine whole."""
    if total <= LARGE or not table.paged:
        return []
    if "transaction_date" in table.shape:
        return _partition_by_date(filters, total, today)
    return _partition_by_name(filters, total)


def _partition_by_date(filters: Filters, total: int, today: date) -> list[dict[str, str]]:
    """Pieces of equal length, the newest first."""
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
    """Pieces of about as many letters each, as many as the rows ask for; within one letter, by the next."""
    start, end = filters.get("nameFrom", ""), filters.get("nameTo", "")
    within = _make_range(start[:-1], start, end) or _make_range(start, start, end)
    if len(start) >= DEEPEST or not within:
        return []  # as short as it gets, or nothing but signs that sort before all others
    pieces = min(total // LARGE, len(within)) + 1
    return _make_pieces(filters, [within[len(within) * n // pieces] for n in range(1, pieces)], "nameFrom", "nameTo")


def _make_range(stem: str, start: str, end: str) -> list[str]:
    """The beginnings of names, one letter longer than `stem`, that lie between two others; "" is open."""
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
