"""Reading a list by pages: the query of each piece, and the pieces that have to follow it. Sends nothing itself.

A list can be sorted by name alone, and among equal names each page has an order of its own, so that a record may come
on two pages and another one on none. Where a page ends between equal names, all of that name are read once more, in one
piece (docs/vendors/bigcapital.md, section 5.2).
"""

from books.providers.base import Filters, Page
from records.fields import Table
from records.folding import fold
from records.json_text import Json, dump_json

PAGE_ROWS = 2_000  # some 2.3 MB and a second of its server; the fewer pages, the more calls are left for others
MOST_ALIKE = 20_000  # of one name, in one piece: 23 MB
LONGEST_NAME = 255
# Members of a piece that are not sent: the last name of the page before, the name of which all were last asked for, and
# the name of which this piece asks for all.
KEPT = AFTER, ASKED, NAMED = "after", "asked", "named"


def compose_query(table: Table, filters: Filters) -> dict[str, str]:
    """Return the query of one piece."""
    sent = {name: value for name, value in filters.items() if name not in KEPT}
    query = {"page": "1", "pageSize": str(PAGE_ROWS), "columnSortBy": table.title, "sortOrder": "asc", **sent}
    if NAMED not in filters:
        return query
    role: Json = {"condition": "and", "fieldKey": table.title, "comparator": "equals", "value": filters[NAMED]}
    return {**query, "pageSize": str(MOST_ALIKE), "stringifiedFilterRoles": dump_json([role])}


def make_page(table: Table, filters: Filters, rows: list[dict[str, Json]], total: int) -> Page:
    """Return the page with these rows of a list of `total`, and what has to follow it."""
    if NAMED in filters:
        return Page(rows, 0, is_again=True)
    number, own = int(filters.get("page", "1")), {name: filters[name] for name in filters if name not in KEPT}
    # The total of each page decides, as records may be added while the list is read.
    remaining = max(0, total - (number - 1) * PAGE_ROWS - len(rows))
    if not rows:
        return Page(rows, remaining)
    alike, last = _find_alike(table, filters, rows), _find_name(table, rows[-1])
    rest: list[Filters] = []
    if number * PAGE_ROWS < total:
        asked = alike or filters.get(ASKED, "")
        rest.append({**own, "page": str(number + 1), AFTER: last, **({ASKED: asked} if asked else {})})
    if alike:  # after the pages, as a list has all of its rows when its last piece is read
        rest.append({**{name: own[name] for name in own if name != "page"}, NAMED: alike})
    return Page(rows, remaining, tuple(rest))


def _find_alike(table: Table, filters: Filters, rows: list[dict[str, Json]]) -> str:
    """Return the name with which the page before ended and this one begins, if not all of it have been asked for."""
    after = filters.get(AFTER, "")
    is_asked = fold(after) == fold(filters.get(ASKED, ""))
    return "" if is_asked or fold(after) != fold(_find_name(table, rows[0])) else after


def _find_name(table: Table, row: dict[str, Json]) -> str:
    """Return a record's name; "" for one that no record of the server can have."""
    name = row.get(table.title)
    return name if isinstance(name, str) and len(name) <= LONGEST_NAME else ""
