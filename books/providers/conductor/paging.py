"""Paging through one of Conductor's lists: what a page may hold, and when a list that does not end is abandoned.

The cursor is the same on every page, so only the rows show progress (docs/vendors/conductor.md, section 6).
"""

from collections.abc import Mapping
from typing import Any

from books.providers.base import Page
from books.providers.errors import BadAnswer
from records.json_text import Json, RawRow

MOST_ROWS = 2_000_000  # twice the number of names in the largest edition of QuickBooks
LONGEST_CURSOR = 2_000  # it is part of a URL
GROWTH = 1_000  # rows that may be added to a list while it is read


class Paging:
    """One pass through a list. `cursor` is for the next page, "" if there is none."""

    def __init__(self) -> None:
        self.cursor = ""
        self._rows, self._most = 0, MOST_ROWS
        self._firsts: set[int] = set()

    def page(self, envelope: Mapping[str, Json]) -> Page:
        """Return the rows of the next page. Raises BadAnswer for an invalid page, or if the list would never end."""
        rows, remaining = envelope.get("data"), envelope.get("remainingCount")
        if not isinstance(rows, list):
            raise BadAnswer("A list came without its rows.")
        if remaining is not None and not _is_count(remaining):
            raise BadAnswer("A list came without a count of what remains.", detail=str(remaining)[:200])
        self.cursor = _read_cursor(envelope)
        if self.cursor:
            self._check_progress(rows, remaining)
        return Page(rows, remaining)

    def _check_progress(self, rows: list[dict[str, Json]], remaining: int | None) -> None:
        if not self._rows and remaining is not None:
            self._most = min(MOST_ROWS, 2 * (len(rows) + remaining) + GROWTH)
        self._rows += len(rows)
        first = hash(rows[0].text) if rows and isinstance(rows[0], RawRow) else 0
        if not rows or first in self._firsts or self._rows > self._most:
            raise BadAnswer("A list has no end.", code="endless")
        self._firsts.add(first)


def _read_cursor(envelope: Mapping[str, Json]) -> str:
    cursor = envelope.get("nextCursor")
    if not cursor or envelope.get("hasMore") is False:
        return ""
    if not isinstance(cursor, str) or len(cursor) > LONGEST_CURSOR:
        raise BadAnswer("A list came with a cursor that is none.")
    return cursor


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_ROWS
