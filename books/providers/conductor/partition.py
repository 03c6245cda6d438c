"""Splits a long list into pieces, because a cursor expires after ten seconds, and what was read would be read again.

Bills are split by date, into pieces of a few pages. Other lists are read in the order of names, so that a list that
broke off goes on at the last name (docs/vendors/conductor.md, section 6). Neighbouring pieces share their bounds, so
that no record is missed, whatever order QuickBooks sorts characters in; a record on a bound is read twice.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from unicodedata import combining, normalize

from books.providers.base import Filters, Row
from records.fields import Table

PAGE_ROWS = 150  # the vendor's upper limit
LARGE = 20 * PAGE_ROWS
MIDDLE = "0"  # any name would do: what sorts before it is the second piece
OLDEST = date(1990, 1, 1)
FIRST_LOOK = timedelta(days=60)  # what a new user wants to see first


def partition_list(table: Table, filters: Filters, total: int, today: date) -> list[dict[str, str]]:
    """Return the pieces to read instead of the list of `total` rows under `filters`; none if it needs no split."""
    if not table.paged:
        return []
    if "transaction_date" in table.shape:
        return _partition_by_date(filters, total, today) if total > LARGE else []
    return _partition_by_name(filters) if total > PAGE_ROWS else []


def _partition_by_date(filters: Filters, total: int, today: date) -> list[dict[str, str]]:
    """Return pieces of equal length, the newest first. A single day is not split."""
    start = date.fromisoformat(filters.get("transactionDateFrom", OLDEST.isoformat()))
    end = date.fromisoformat(filters.get("transactionDateTo", today.isoformat()))
    days = (end - start).days
    if days < 1:
        return []
    if days == 1:  # no day lies between them to be a bound of both
        return [{**filters, "transactionDateFrom": str(end)}, {**filters, "transactionDateTo": str(start)}]
    if "transactionDateFrom" not in filters and "transactionDateTo" not in filters:
        bounds = [_subtract_years(today, years) for years in range(10, 0, -1)] + [today - FIRST_LOOK]
    else:
        pieces = min(total // LARGE + 1, days)
        bounds = [start + (end - start) * n / pieces for n in range(1, pieces)]
    return _make_pieces(filters, [day.isoformat() for day in bounds], "transactionDateFrom", "transactionDateTo")[::-1]


def _partition_by_name(filters: Filters) -> list[dict[str, str]]:
    """Return two ranges that together hold every name: only a list with a range is in the order of names."""
    if _is_by_name(filters):
        return []
    return [{**filters, "nameFrom": MIDDLE}, {**filters, "nameTo": MIDDLE}]


def _is_by_name(filters: Filters) -> bool:
    return "nameFrom" in filters or "nameTo" in filters


def find_rest(filters: Filters, rows: Sequence[Row]) -> Filters:
    """Return what is left of a piece after a page with these rows: it begins at the last name, if it is by name.

    Of the last two names the first counts, because a record renamed meanwhile may come in its old place.
    """
    names = [name for row in rows[-2:] if isinstance(name := row.get("fullName") or row.get("name"), str)]
    if not _is_by_name(filters) or not names:
        return filters
    name = min(names, key=_sort_name)
    return {**filters, "nameFrom": name} if _sort_name(name) > _sort_name(filters.get("nameFrom", "")) else filters


def _sort_name(name: str) -> list[tuple[int, str]]:
    """About QuickBooks' own order: punctuation, digits, letters, without regard to case and accents."""
    plain = [sign for sign in normalize("NFKD", name.casefold()) if not combining(sign)]
    return [(sign.isdecimal() + 2 * sign.isalpha(), sign) for sign in plain]


def _make_pieces(filters: Filters, bounds: list[str], first: str, last: str) -> list[dict[str, str]]:
    edges = [filters.get(first, ""), *bounds, filters.get(last, "")]
    return [
        {**filters, **{name: edge for name, edge in ((first, low), (last, high)) if edge}}
        for low, high in pairwise(edges)
    ]


def _subtract_years(day: date, years: int) -> date:
    return date(day.year - years, 1, 1)
