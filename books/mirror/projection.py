"""The columns in which the mirror keeps a record for lists to show, sort and search, read from the vendor's JSON.

One description serves writing and reading: the columns of `Record` that a field table names, and `Record.extra` for
everything else that lists show. Each row names the projection that filled it; if that changes, `refill` fills it again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from itertools import repeat
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from books.models import BlankableText, Record
from books.providers.base import Row
from records.decoder import decode_value
from records.fields import READ_DIGITS, Field, FieldKind, Shape, Table
from records.folding import is_plain
from records.json_text import NotReadable
from records.searching import INDEXED_LETTERS, make_search_text, make_sort_key

from .value_reader import (
    ABSENT,
    ValueReader,
    make_column_reader,
    make_field_reader,
    make_line_reader,
    make_path_reader,
    make_rows_reader,
    spell_value,
)

FORMAT = 4  # increase it when this module fills rows differently: all rows are filled again
FIXED = (
    *("id", "tenant_id", "kind", "remote_id", "revision", "version_id", "read_at", "deleted_at", "deletion_untold"),
    *("search", "extra", "projection"),
)
KEYS = {"full_name_key": "full_name", "vendor_name_key": "vendor_name"}  # what names are sorted by
COLUMNS = tuple(f.attname for f in Record._meta.concrete_fields if f.attname not in {*FIXED, *KEYS})
TEXTS = tuple(
    f.attname
    for f in Record._meta.concrete_fields
    if isinstance(f, BlankableText) and f.attname not in {*KEYS, *KEYS.values()}
)
FILLED = ("search", "extra", "projection", *KEYS, *COLUMNS)  # what is read from a vendor's object, of all kinds
LINE_MEMBERS = {"line_account": "account", "line_class": "class"}  # in `extra`: what the lines of a record name
TWO_DAYS = timedelta(days=2)  # more than two zones are apart
NO_FIELDS = (FieldKind.GROUP,)  # kinds without a single value for a column; of a list it is the number of entries

_extras: dict[str, frozenset[str]] = {}  # by kind: what its lists show that is not a column of Record


@dataclass(frozen=True, slots=True)
class Projection:
    """How the rows of one table are filled: `read` gives the values of `names` of each, as the database takes them.

    They are those of FILLED that are not always null: every other kind has columns that it does not use.
    """

    version: str
    names: Sequence[str]
    read: Callable[[Sequence[Row]], list[tuple[Any, ...]]]


def check_columns(tables: Iterable[Table]) -> None:
    """Raise ImproperlyConfigured if a field table fills a column that does not exist: its cells would be empty."""
    for table in tables:
        absent = {*table.columns} - {*COLUMNS}
        absent |= {name for name in table.search if find_searched(table, name) is None}
        if absent:
            raise ImproperlyConfigured(f"{table.kind} name columns that Record does not have: {sorted(absent)}")
        exact = [_is_exact(table, name) for name in table.search]
        if exact != sorted(exact):
            raise ImproperlyConfigured(f"Of what is searched in {table.kind}, amounts come last.")


def keep_columns(kind: str, names: Iterable[str], tables: Iterable[Table]) -> None:
    """Keep in the mirror what the lists of a kind show; called when Ledgerdesk starts.

    Raises ImproperlyConfigured for a name that is neither a column nor a field at any provider.
    """
    own = [table for table in tables if table.kind == kind]
    if absent := [name for name in names if not any(_holds(table, name) for table in own)]:
        raise ImproperlyConfigured(f"No provider's {kind} have what their list shows: {absent}")
    _extras[kind] = _extras.get(kind, frozenset()).union(names).difference(COLUMNS)
    make_projection.cache_clear()


def find_field(table: Table, name: str) -> Field | None:
    """Return the field that a column of a list shows; None if the company's provider has none."""
    path = table.columns.get(name, "" if name in COLUMNS else name)
    f = table.shape.get(path.partition(".")[0])
    return f if name in table.columns or (f and f.kind not in NO_FIELDS) else None


def list_line_fields(table: Table, name: str) -> list[Field]:
    """Return the fields of a table's lines that one of LINE_MEMBERS is made of; none if one of them is hidden."""
    found = list(_find_members(table.shape, LINE_MEMBERS[name]))
    return [] if None in found else [f for f in found if f]


def _find_members(shape: Shape, member: str) -> Iterator[Field | None]:
    """Yield the members of this name of all lists, also of those inside; None for each that is hidden."""
    for f in shape.declared:
        if f.kind is FieldKind.LIST:
            found = [f.shape[member]] if f.shape.declares(member) else []
            yield from (one if f.name in shape and member in f.shape else None for one in found)
            yield from _find_members(f.shape, member)


def is_kept(kind: str, name: str) -> bool:
    """Return whether the lists of a kind can sort and filter by a field that is no column of Record."""
    return name in _extras.get(kind, ())


def _holds(table: Table, name: str) -> bool:
    return bool(list_line_fields(table, name) if name in LINE_MEMBERS else find_field(table, name))


def hide_columns(record: Record, table: Table) -> Record:
    """Return the record, which is not stored again, without what the table hides."""
    if table.hidden_columns:
        record.search, record.extra = "", None
    for name in table.hidden_columns:
        setattr(record, name, None)
    return record


def hide_cells(rows: list[Any], table: Table) -> list[Any]:
    """Return rows of columns, as named tuples, without what the table hides."""
    hidden = dict.fromkeys(table.hidden_columns.intersection(rows[0]._fields)) if rows and table.hidden_columns else {}
    return [row._replace(**hidden) for row in rows] if hidden else rows


def name_key(name: str) -> str:
    """Return the name under which the sort key of a column or of a text in `extra` is kept."""
    return f"{name}_key"


@cache
def make_projection(table: Table) -> Projection:
    """Return how the rows of a table are filled now."""
    extras = sorted(name for name in _extras.get(table.kind, ()) if _holds(table, name))
    fields = [
        (name, f.kind, f.wire, f.also, *filter(None, [f.places]))
        for name in (*table.columns, *extras)
        if (f := find_field(table, name))
    ]
    paths = [
        (f.kind, f.wire, f.also)
        for name in table.search
        if name not in table.columns and (f := find_searched(table, name))
    ]
    lines = [(name, repr(list_line_fields(table, name))) for name in extras if name in LINE_MEMBERS]
    told = repr((FORMAT, sorted(table.columns.items()), table.search, extras, fields, paths, *lines))
    version = blake2b(told.encode(), digest_size=6).hexdigest()
    return _make_reader(table, extras, version)


def read_extra(f: Field, text: Any) -> Any:
    """Return a value of `Record.extra` in the type of its field."""
    if text in (None, ""):
        return _BLANKS.get(f.kind, "")
    return _TYPES.get(f.kind, str)(text)


_TYPES: Mapping[FieldKind, Callable[[str], Any]] = {
    FieldKind.MONEY: Decimal,
    FieldKind.COST: Decimal,
    FieldKind.NUMBER: Decimal,
    FieldKind.DATE: date.fromisoformat,
    FieldKind.MOMENT: datetime.fromisoformat,
    FieldKind.BOOLEAN: lambda text: text == "true",
    FieldKind.LIST: int,
}
_BLANKS: Mapping[FieldKind, Any] = dict.fromkeys(_TYPES)


def _make_reader(table: Table, extras: list[str], version: str) -> Projection:
    steps = {column: make_column_reader(table, column, path) for column, path in table.columns.items()}
    steps |= {name: make_path_reader(table, name) for name in table.search if name not in table.columns}
    more = [
        make_line_reader(table.shape, LINE_MEMBERS[name])
        if name in LINE_MEMBERS
        else make_field_reader(table, name, spell_value)
        for name in extras
    ]
    read_columns = make_rows_reader([*steps.values(), ValueReader("", ABSENT, lambda row: None), *more])
    place = {name: number for number, name in enumerate(steps)}
    none = len(steps)  # the place of a column without a field
    exact = [place[name] for name in table.search if _is_exact(table, name)]
    texts = [place[name] for name in table.search if not _is_exact(table, name)] or [none]
    held = [(name, none + number) for number, name in enumerate(extras, start=1)]
    sorted_by = [(name, place[name]) for name in TEXTS if name in table.columns]
    keyed = [(name_key(name), at) for name, at in (*sorted_by, *held)]
    kept, columns = [key for key in KEYS if KEYS[key] in place], [column for column in COLUMNS if column in place]
    currency = place.get("currency")

    def read(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        values = read_columns(rows)
        amounts = zip(*[values[at] for at in exact], strict=True) if exact else repeat(())
        searches = map(_join_searched, zip(*[values[at] for at in texts], strict=True), amounts)
        more: list[dict[str, str]] = [{} for _ in rows]
        for name, at in held:
            for extra, value in zip(more, values[at], strict=True):
                if value is not None:
                    extra[name] = value
        for key, at in keyed:
            for extra, text in zip(more, values[at], strict=True):
                if text and not is_plain(text):
                    extra[key] = make_sort_key(text)
        keys = [[text and make_sort_key(text)[:INDEXED_LETTERS] for text in values[place[KEYS[key]]]] for key in kept]
        if currency is not None:
            values[currency] = [text and text[:INDEXED_LETTERS] for text in values[currency]]
        jsons = [json.dumps(extra) if extra else None for extra in more]  # spelled as filters look for it
        return list(zip(searches, jsons, repeat(version), *keys, *[values[place[column]] for column in columns]))

    return Projection(version, ("search", "extra", "projection", *kept, *columns), read)


def _join_searched(texts: Sequence[str | None], amounts: Sequence[str | None]) -> str:
    """Return what a record is searched in: a line for each column, even a blank one, for searches in one alone.

    What repeats the name, which comes first and nobody is refused, takes no room, nor does an open amount of nothing.
    """
    name, *others = texts
    exact = [amount if amount and (not place or amount.strip("0.")) else "" for place, amount in enumerate(amounts)]
    return make_search_text([name or "", *[text if text and text != name else "" for text in others]], exact)


def find_searched(table: Table, name: str) -> Field | None:
    """Return the field that a search looks through: that of a column, or the one at this path."""
    path, _, member = table.columns.get(name, name).partition(".")
    f = table.shape.get(path)
    if f is not None and f.kind is FieldKind.GROUP:
        f = f.shape.get(member)
    return None if f is None or f.kind in (*NO_FIELDS, FieldKind.LIST) else f


def _is_exact(table: Table, name: str) -> bool:
    """Whether what is searched is an amount, and found as it is written only."""
    f = find_searched(table, name)
    return f is not None and f.kind in READ_DIGITS


def find_newest_change(table: Table, rows: Iterable[Row], until: datetime) -> datetime | None:
    """Return the latest modification time of these objects that is not after `until`; None if there is none.

    A later one was stamped by a clock that runs ahead.
    """
    f = table.shape.get(table.columns.get("changed_at", ""))
    if f is None:
        return None
    newest, days_before = None, ""
    for row in rows:
        raw = row.get(f.wire)
        if type(raw) is str and raw < days_before:
            continue  # whatever its zone is: most rows need not be parsed
        moment = read_moment(f, row)
        if moment and moment <= until and (newest is None or moment > newest):
            newest, days_before = moment, (moment - TWO_DAYS).isoformat()
    return newest


def read_moment(f: Field, row: Row) -> datetime | None:
    """Return a time of an object; None if it is missing or unreadable."""
    try:
        moment: datetime | None = decode_value(f, row.get(f.wire))
    except NotReadable:
        return None
    return moment
