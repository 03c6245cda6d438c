"""The lists inside a record by its field table, and the inputs of their entries.

A list is found by the prefix of its inputs: `item_group_lines-0-item_lines` is inside the first group.
"""

from collections.abc import Sequence

from record_forms.form_data import Inputs, parse_place
from record_forms.typed.parse import format_typed
from records.content import Content
from records.fields import Field, Shape


def list_inputs(entry: Content) -> Inputs:
    """Return the texts of an entry's inputs."""
    return {f.name: format_typed(f, entry[f.name]) for f in entry.shape.typed}


def find_list(base: Content, section: str) -> tuple[Field | None, Sequence[Content]]:
    """Return the list, None if there is none of that name, and its stored entries."""
    outer, _, name = section.rpartition("-")
    if not outer:
        return _find_entry(base.shape, base, name)
    place = parse_place(outer)
    around, entries = find_list(base, place.section) if place else (None, ())
    if place is None or around is None:
        return None, ()
    return _find_entry(around.shape, entries[place.index] if place.index < len(entries) else None, name)


def _find_entry(shape: Shape, entry: Content | None, name: str) -> tuple[Field | None, Sequence[Content]]:
    f = next((f for f in shape.lists if f.name == name), None)
    return f, entry[name] if f is not None and entry is not None else ()
