"""The table of a list, drawn from its columns: head, rows, totals, rows on a phone and possible sort orders.

Each column is declared once, in the `table.py` of its page. Knows no kind of record. Checks what the member may see.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from functools import lru_cache, partial, reduce
from operator import attrgetter
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from markupsafe import escape

from books import registry
from books.mirror import projection
from books.mirror.lists.unlisted import find_unlisted, name_attribute
from books.mirror.projection import COLUMNS, find_field, find_searched, read_extra
from records.content import is_blank
from records.fields import Field, FieldKind, Table
from records.formatting import AmountPlaces, format_value, lower_first, set_places
from records.visible import list_searched
from tenants.access import Member, visible

from .list_links import ListLinks
from .list_template import compose_rows

LABELLED = 3  # columns that the label of the totals spans
MORE = "more"  # the place on a phone of columns that a person has chosen
IN_HEAD = ("num", "low-priority")
SIZES = range(3, 41)  # widths that a column can be given, in steps of 16 pixels: classes of list.css
MONEY = FieldKind.MONEY
PLAIN = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.REFERENCE)  # values that are text already


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    `name` is a column of the mirror, or else a field. `cell` is how its value is drawn: as `text`, `money`, `amount`
    (with its currency if that is unusual), `day`, or by the template of this name among the list's own cells. `sort`
    is the sort key: None for its own value, "" for a column that cannot be sorted. `phone` is its place in a row on a
    phone; if several columns have the same place, the last one gets it, but for `MORE`, where each has its label.
    `look` are further classes, `reads` the columns that its cell needs instead of its own, `total` the sum shown below
    it. `export` makes the cell of a file from a row, `words` are what is shown for some of its values: the codes of
    currencies for their names. `is_link` says that it leads to the record, `unlisted` that its field is in no column
    of the mirror.
    """

    name: str
    label: str
    cell: str = "text"
    sort: str | None = None
    phone: str = ""
    look: str = ""
    reads: tuple[str, ...] = ()
    total: str = ""
    export: Callable[[Any], Any] | None = None
    words: tuple[tuple[str, str], ...] = ()
    is_link: bool = False
    unlisted: bool = False

    @property
    def sorted_by(self) -> str:
        return self.name if self.sort is None else self.sort

    @property
    def needs(self) -> tuple[str, ...]:
        return ("version_id",) if self.unlisted else self.reads or (self.name,)


@dataclass(slots=True)
class TableRow:
    """A row to draw: the record for its cells, its address, and the name in the label of its edit link.

    `anchor` is the id of its own link and `title` its text, `code` is shown before its amounts, `depth` is its
    indentation, `badges` mark what needs attention. Without `may_edit` it has no edit link.
    """

    record: Any
    link: str
    called: str = ""
    code: str = ""
    depth: int = 0
    title: str = ""
    badges: Sequence[Any] = ()
    may_edit: bool = True
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column that is shown: its classes in a row and in the head, how its value is read, its label on a phone."""

    column: Column
    classes: str
    head: str
    read: Callable[[Any], Any]
    label: str = ""


def keep_columns(kind: str, columns: Iterable[Column], more: Iterable[str] = ()) -> None:
    """Have the mirror keep what the list of a kind shows, and what `more` it filters by; called when Ledgerdesk starts.

    Raises ImproperlyConfigured for a column that no provider has.
    """
    projection.keep_columns(kind, list_needs(columns, *more), registry.list_tables())


def choose_columns(member: Member, table: Table, columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns that the company's provider has and whose every value the member may see."""
    return tuple(column for column in columns if all(is_shown(member, table, name) for name in column.needs))


def is_shown(member: Member, table: Table, name: str) -> bool:
    """Return whether the provider has the field of a column and the member may see it."""
    f = find_field(table, name)
    return f is not None and visible(member, f"{table.kind}.{f.name}")


def list_sorts(columns: Iterable[Column]) -> list[str]:
    """Return the sort keys of a list with these columns."""
    return [column.sorted_by for column in columns if column.sorted_by]


def describe_searched(table: Table) -> str:
    """Return what a search of this list looks through, for a sentence: "name, email and city"."""
    numbers = list_searched(table)
    names = table.search if numbers is None else [table.search[number] for number in numbers]
    labels = [lower_first(f.label) for name in names if (f := find_searched(table, name))]
    *first, last = dict.fromkeys(labels) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def list_needs(columns: Iterable[Column], *always: str) -> list[str]:
    """Return the columns of the mirror that a list has to read."""
    return list(dict.fromkeys([*always, *(name for column in columns for name in column.needs)]))


def render_table(
    table: Table | None,
    columns: tuple[Column, ...],
    rows: Iterable[TableRow],
    *,
    cells: str,
    caption: str,
    links: ListLinks | None = None,
    may_edit: bool = False,
    carried: str = "",
    density: str = "",
    kind: str = "",
    **foot: Any,
) -> str:
    """Return the table of a list. `cells` is the folder of its own cells; without `links` it cannot be sorted.

    `carried` is what the link of a row adds to its address, so that the list goes with it. `density` is how high its
    rows are if not as in other tables, `kind` the list whose columns a person may widen, and whose rows those who may
    edit can select.
    `foot` are the `totals` by currency, the `noun` of what they count, and the page `found` for its pager; `totals_url`
    is where totals come from that are added up later.
    """
    picks = int(may_edit and bool(kind))
    shown = _place_columns(table, columns, timezone.get_current_timezone())
    readers = [one.read for one in shown]
    # Escaped once, and numbers as text: a page repeats it a hundred times.
    drawn = (
        (row, escape(row.called), f"{row.record.version_id}" if picks else "", *[read(row.record) for read in readers])
        for row in rows
    )
    context = {
        "columns": shown,
        "rows": compose_rows(cells, tuple((one.column.cell, one.classes, one.label) for one in shown)).render(
            rows=drawn, may_edit=may_edit, picks=picks, carried=carried
        ),
        "caption": caption,
        "links": links,
        "may_edit": may_edit,
        "picks": picks,
        "density": density,
        "kind": kind,
        "span": _span_foot(columns),
        "totals": (),
        "totals_url": "",
        **foot,
    }
    return render_to_string("books/list_table.html", context, using="jinja2")


@lru_cache(maxsize=256)
def _place_columns(table: Table | None, columns: tuple[Column, ...], zone: tzinfo) -> tuple[ShownColumn, ...]:
    last = {column.phone: column.name for column in columns}
    shown = []
    for column in columns:
        is_placed = column.phone and (column.phone == MORE or last[column.phone] == column.name)
        place = f"at-{column.phone} " if is_placed else ""
        head = " ".join(one for one in column.look.split() if one in IN_HEAD or one.startswith("size-"))
        label = column.label if column.phone == MORE else ""
        read = _make_reader(table, column, zone)
        shown.append(ShownColumn(column, f"{place}{column.look}".strip(), head, read, label))
    return tuple(shown)


def _make_reader(table: Table | None, column: Column, zone: tzinfo) -> Callable[[Any], Any]:
    """Return a reader of a column's value from a row that has the needed columns; for a text cell it formats it.

    A moment is read as one of the `zone`, which is asked for once and not for each row.
    """
    name = column.name if column.unlisted else column.needs[0]
    f = _find_shown(table, column, name) if table else None
    take: Callable[[Any], Any] = attrgetter(name_attribute(name) if column.unlisted else name)
    if f is None:
        return take
    is_extra = name not in COLUMNS and not column.unlisted
    steps: list[Callable[[Any], Any]] = [partial(read_extra, f)] if is_extra else []
    if f.kind is FieldKind.MOMENT:
        steps.append(lambda moment: moment and moment.astimezone(zone))
    if column.cell == "text" and (f.kind not in PLAIN or column.unlisted):
        steps.append(lambda value: "" if is_blank(value) else format_value(f, value))
    if column.words:
        words = dict(column.words)
        steps.append(lambda value: words.get(str(value), value))
    return reduce(_chain, steps, take)


def _find_shown(table: Table, column: Column, name: str) -> Field | None:
    if not column.unlisted:
        return find_field(table, name)
    f, member = find_unlisted(table, name) or (None, None)
    return member or f


def _chain(first: Callable[[Any], Any], then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: then(first(value))


def _span_foot(columns: Sequence[Column]) -> dict[str, Any]:
    """Return the layout of a row of totals: the cells before its label, those of the label, the columns with a sum."""
    start = next((n for n, column in enumerate(columns) if column.total), len(columns))
    before = [column for column in columns[:start] if "low-priority" not in column.look.split()]
    label = min(LABELLED, len(before) // 2)
    return {
        "first": len(before) - label,
        "low_priority": start - len(before),
        "label": label,
        "sums": columns[start:],
        "last": next((column.name for column in reversed(columns) if column.total), ""),
    }


def list_heads(table: Table, columns: Iterable[Column]) -> list[str]:
    """Return the heads of a file; that of moments names their time zone, as a file is read elsewhere."""
    zone = timezone.get_current_timezone_name()
    return [f"{one.label} ({zone})" if _holds_moments(table, one) else one.label for one in columns]


def _holds_moments(table: Table, column: Column) -> bool:
    f = _find_held(table, column)
    return f is not None and f.kind is FieldKind.MOMENT


def read_cells(
    table: Table,
    columns: Sequence[Column],
    records: Iterable[Any],
    find_places: Callable[[Any], AmountPlaces] = lambda _: AmountPlaces(),
) -> Iterator[list[Any]]:
    """Yield the rows of a file: each value as it is, an amount as a number and a day as a date; else as text.

    `find_places` tells how many decimals the amounts of a row have.
    """
    zone = timezone.get_current_timezone()
    readers = [column.export or _make_reader(table, column, zone) for column in columns]
    amounts = [(place, f) for place, f in enumerate(_find_held(table, one) for one in columns) if f and f.kind is MONEY]
    for record in records:
        row, places = [read(record) for read in readers], find_places(record)
        for place, f in amounts:
            if isinstance(value := row[place], Decimal):
                row[place] = set_places(value, places.find(f))
        yield row


def _find_held(table: Table, column: Column) -> Field | None:
    """Return the field whose value a file has in a column as it is; None if the column makes another one of it."""
    return None if column.export else _find_shown(table, column, column.name if column.unlisted else column.needs[0])
