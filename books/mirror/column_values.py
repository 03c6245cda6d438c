"""From one of the vendor's objects to the values of its columns, straight from the JSON.

Knows no provider: the field table says which values go into the columns.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection

from books.providers.base import Row
from records.decoder import decode_value
from records.fields import Field, FieldKind, Table
from records.json_text import NotReadable
from records.numbers import normalize_number

Reader = Callable[[Row], dict[str, Any]]


@cache
def make_reader(table: Table) -> Reader:
    """Return a function from one vendor object to the values of its columns, as the database takes them."""
    steps = [
        (column, _make_column_reader(column, _make_field_reader(table, path))) for column, path in table.columns.items()
    ]

    def read(row: Row) -> dict[str, Any]:
        return {column: take(row) for column, take in steps}

    return read


def _make_column_reader(column: str, take: Callable[[Row], Any]) -> Callable[[Row], Any]:
    """Return how to read a column that holds a normalized form of the value, used for comparison."""
    return (lambda row: normalize_number(take(row) or "") or None) if column == "number" else take


def _make_field_reader(table: Table, path: str) -> Callable[[Row], Any]:
    """Return how to read one value. A plainly well-formed value passes unchanged, others go through the decoder."""
    name, _, member = path.partition(".")
    f = table.shape[name]
    wires, plain = (f.wire, *f.also), _PLAIN.get(f.kind)

    def take(row: Row) -> Any:
        raw = row.get(wires[0])
        if raw is None or raw == "":
            raw = next((row[wire] for wire in wires[1:] if wire in row), None)
            if raw is None:
                return None
        elif plain and plain(raw):
            return raw
        value = decode_value(f, raw)
        return _adapt_value(getattr(value, member, None) if member else value)

    return take


_MONEY = re.compile(r"-?\d{1,13}\.\d\d", re.ASCII).fullmatch
_PLAIN: Mapping[FieldKind, Callable[[Any], object]] = {
    FieldKind.TEXT: lambda raw: type(raw) is str,
    FieldKind.MONEY: lambda raw: type(raw) is str and _MONEY(raw),
    FieldKind.BOOLEAN: lambda raw: raw is True or raw is False,
}


def _adapt_value(value: Any) -> Any:
    if isinstance(value, str):
        return value or None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value


def find_newest_change(table: Table, rows: Iterable[Row]) -> datetime | None:
    """Return the latest modification time of these objects; None if the vendor does not say."""
    f = table.shape.get(table.columns.get("changed_at", ""))
    if f is None:
        return None
    return max(filter(None, (_read_moment(f, row) for row in rows)), default=None)


def _read_moment(f: Field, row: Row) -> datetime | None:
    try:
        moment: datetime | None = decode_value(f, row.get(f.wire))
    except NotReadable:
        return None
    return moment
