"""Values of fields that no column of the mirror holds, for the rows of one page: read from their stored versions.

One query a page; a field that very many rows are filtered or sorted by belongs into the projection.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models.utils import create_namedtuple_class

from books.models import Version
from records.content import Value
from records.decoder import decode_value
from records.fields import Field, FieldKind, Table
from records.json_text import NotReadable, parse_json

JOINT = "__"  # between a group and its member in the name of a column


def find_unlisted(table: Table, name: str) -> tuple[Field, Field | None] | None:
    """Return the field that a column names, and its member where it is a group; None if there is none."""
    own, _, member = name.partition(JOINT)
    if own not in table.shape:
        return None
    f = table.shape[own]
    if f.kind is FieldKind.GROUP:
        return (f, f.shape[member]) if member in f.shape else None
    return None if member or f.kind is FieldKind.LIST else (f, None)


def name_attribute(name: str) -> str:
    """Return the attribute of a row that holds such a value: some are called as a column is, or `class`."""
    return f"own{JOINT}{name}"


def add_unlisted(rows: Sequence[Any], table: Table, names: Sequence[str]) -> list[Any]:
    """Return the rows, which have `version_id`, with the values of these fields beside their columns."""
    if not rows or not names:
        return list(rows)
    texts = dict(Version.objects.filter(pk__in={row.version_id for row in rows}).values_list("pk", "content"))
    make = _make_row_type((*rows[0]._fields, *map(name_attribute, names)))
    found = [(row, parse_json(texts[row.version_id]) if row.version_id in texts else {}) for row in rows]
    return [make(*row, *(_read_value(table, raw, name) for name in names)) for row, raw in found]


@cache
def _make_row_type(names: tuple[str, ...]) -> Any:
    return create_namedtuple_class(*names)


def _read_value(table: Table, raw: Mapping[str, Any], name: str) -> Value:
    found = find_unlisted(table, name)
    if found is None:
        return None
    f, member = found
    try:
        if member is None:
            return decode_value(f, next((raw[wire] for wire in (f.wire, *f.also) if wire in raw), None))
        group = raw if f.flat else raw.get(f.wire)
        return decode_value(member, group.get(member.wire)) if isinstance(group, Mapping) else None
    except NotReadable:
        return None  # the page of the record says what cannot be read
