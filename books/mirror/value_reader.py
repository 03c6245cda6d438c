"""Reads single values of the vendors' objects for the columns of the mirror, as the database takes them.

Most values are well-formed and are kept as they are; the rest is decoded. Knows no column.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from books.models import BELOW
from books.providers.base import Row
from records.decoder import PLAIN_MONEY, decode_value
from records.fields import Field, FieldKind, Shape, Table
from records.numbers import make_number_key
from records.searching import make_sort_key

NEVER: frozenset[type] = frozenset()
ABSENT = frozenset({type(None)})
_SPLIT = re.compile(rf"\n[^\n]*{BELOW}")


class ValueReader(NamedTuple):
    """How a value is read: that of the member `wire` is kept as it is if it has one of these types, else taken.

    With `matches`, texts are kept only if all of a column match.
    """

    wire: str
    kept: frozenset[type]
    take: Callable[[Row], Any]
    matches: Callable[[Any], object] | None = None


def make_rows_reader(readers: Sequence[ValueReader]) -> Callable[[Sequence[Row]], list[Sequence[Any]]]:
    """Return a reader of all these values of some rows, a column each: most columns are kept as they are."""
    wires = [reader.wire for reader in readers]

    def read(rows: Sequence[Row]) -> list[Sequence[Any]]:
        columns = zip(*[list(map(row.get, wires)) for row in rows], strict=True)
        return [_read_column(reader, column, rows) for reader, column in zip(readers, columns, strict=True)]

    return read


def _read_column(reader: ValueReader, column: Sequence[Any], rows: Sequence[Row]) -> Sequence[Any]:
    _, kept, take, matches = reader
    is_kept = kept.issuperset(map(type, column)) and "" not in column
    if is_kept and (matches is None or all(map(matches, filter(None, column)))):
        return column
    if matches:
        return list(map(take, rows))
    return [raw if type(raw) in kept and raw != "" else take(row) for raw, row in zip(column, rows, strict=True)]


def make_column_reader(table: Table, column: str, path: str) -> ValueReader:
    """Return a reader of a column's value; a number is read as the key by which the same ones are found."""
    reader = make_field_reader(table, path, _adapt_value)
    if column != "number":
        return reader
    return ValueReader("", NEVER, lambda row: make_number_key(reader.take(row) or "") or None)


def make_field_reader(table: Table, path: str, adapt: Callable[[Any], Any]) -> ValueReader:
    """Return a reader of a field's value; of a list it reads the number of its entries."""
    name, _, member = path.partition(".")
    f = table.shape[name]
    if f.kind is FieldKind.LIST:
        return ValueReader("", NEVER, lambda row: adapt(_count_entries(f, row) or None))
    return _make_value_reader(f, member, adapt)


def make_path_reader(table: Table, path: str) -> ValueReader:
    """Return a reader of a text that is searched and has no column; it may be a member of a group."""
    name, _, member = path.partition(".")
    f = table.shape[name]
    if f.kind is not FieldKind.GROUP:
        return make_field_reader(table, path, _adapt_value)
    wire, inner = f.wire, _make_value_reader(f.shape[member], "", _adapt_value)

    def take(row: Row) -> Any:
        group = row.get(wire)
        return inner.take(group) if type(group) is dict else None

    return inner if f.flat else ValueReader(wire, ABSENT, take)


def make_line_reader(shape: Shape, member: str) -> ValueReader:
    """Return a reader of the names that a member has in all lines of a record, each once, folded.

    Each begins a line and ends as the part of a full name does, so that a search finds it alone or with what is below.
    """
    lists = [(f.wire, *f.also) for f in shape.lists]
    inner = [make_line_reader(f.shape, member).take for f in shape.lists]
    wires = [f.shape[member].wire if member in f.shape else "" for f in shape.lists]

    def take(row: Row) -> Any:
        found: dict[str, None] = {}
        for names, wire, more in zip(lists, wires, inner, strict=True):
            for entry in _get_entries(row, names):
                held = entry.get(wire)
                if type(held) is dict and type(text := held.get("fullName")) is str and text:
                    found[f"\n{make_sort_key(text)}{BELOW}"] = None
                found |= dict.fromkeys(_SPLIT.findall(more(entry) or ""))
        return "".join(found) or None

    return ValueReader("", NEVER, take)


def _get_entries(row: Row, names: Sequence[str]) -> list[Row]:
    raw = next((row[name] for name in names if name in row), None)
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def _make_value_reader(f: Field, member: str, adapt: Callable[[Any], Any]) -> ValueReader:
    """Return a reader of one value. A value that is clearly well-formed is kept as it is, others are decoded."""
    wire, others = f.wire, f.also
    is_spelled = adapt is spell_value
    plain, matches = (None, None) if is_spelled and f.kind is FieldKind.BOOLEAN else _PLAIN.get(f.kind, (None, None))
    inner = _INNER.get("name" if is_spelled else member) if f.kind is FieldKind.REFERENCE else None

    absent = NEVER if others else ABSENT
    kept = absent | {plain} if plain else absent

    if f.kind is FieldKind.MOMENT and adapt is _adapt_value:
        return ValueReader(wire, absent, _make_moment_reader(f, adapt))

    def take(row: Row) -> Any:
        raw = row.get(wire)
        if raw is None or raw == "":
            if not others:
                return None
            raw = next((row[other] for other in others if other in row), None)
            if raw is None:
                return None
        elif type(raw) is plain and (matches is None or matches(raw)):
            return raw
        elif inner and type(raw) is dict and type(text := raw.get(inner)) is str and text:
            return text
        value = decode_value(f, raw)
        return adapt(getattr(value, member, None) if member else value)

    return ValueReader(wire, kept, take, matches)


def _make_moment_reader(f: Field, adapt: Callable[[Any], Any]) -> Callable[[Row], Any]:
    """Return a reader that spells a moment as the database takes it, in a third of the time that an adapter takes."""
    wire, others = f.wire, f.also
    left_out = "+00:00" if connection.vendor == "sqlite" else ""  # where a moment without a zone is one of UTC

    def take(row: Row) -> Any:
        raw = row.get(wire)
        if raw is None and wire not in row:
            raw = next((row[other] for other in others if other in row), None)
        if type(raw) is str and raw.startswith("20"):
            try:
                if (moment := datetime.fromisoformat(raw)).tzinfo:
                    return str(moment.astimezone(UTC)).removesuffix(left_out)
            except ValueError:
                pass  # `decode_value` says so
        return adapt(decode_value(f, raw))

    return take


def _count_entries(f: Field, row: Row) -> int:
    """Return the number of entries of a list, those inside them included."""
    entries = _get_entries(row, (f.wire, *f.also))
    return len(entries) + sum(_count_entries(inner, one) for inner in f.shape.lists for one in entries)


# Of a value that is kept as it is: its type, and what it has to match.
_PLAIN: Mapping[FieldKind, tuple[type, Callable[[Any], object] | None]] = {
    FieldKind.TEXT: (str, None),
    FieldKind.LONG_TEXT: (str, None),
    FieldKind.CHOICE: (str, None),
    FieldKind.MONEY: (str, PLAIN_MONEY),
    FieldKind.BOOLEAN: (bool, None),
}
_INNER = {"id": "id", "name": "fullName"}  # members of a reference, as the vendors spell them


def _adapt_value(value: Any) -> Any:
    if isinstance(value, str):
        return value or None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value


def spell_value(value: Any) -> str | None:
    """Return a value as text, as `Record.extra` holds it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return (format(value, "f") if isinstance(value, Decimal) else str(value)) or None
