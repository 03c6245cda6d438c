"""Finds a list of a record by the prefix of its inputs: `item_group_lines-0-item_lines` is inside the first group."""

from collections.abc import Sequence

from record_forms.form_data import place_of
from records.content import Content
from records.fields import Field, Kind, Shape


def nested(shape: Shape) -> tuple[Field, ...]:
    """The lists that can be written inside a shape."""
    return tuple(f for f in shape.writable if f.kind is Kind.LIST)


def list_at(base: Content, section: str) -> tuple[Field | None, Sequence[Content]]:
    """The list, None where there is none of that name, and the entries that are stored in it."""
    outer, _, name = section.rpartition("-")
    if not outer:
        return _of(base.shape, base, name)
    place = place_of(outer)
    around, entries = list_at(base, place.section) if place else (None, ())
    if place is None or around is None:
        return None, ()
    return _of(around.shape, entries[place.index] if place.index < len(entries) else None, name)


def _of(shape: Shape, entry: Content | None, name: str) -> tuple[Field | None, Sequence[Content]]:
    f = next((f for f in nested(shape) if f.name == name), None)
    return f, entry[name] if f is not None and entry is not None else ()
