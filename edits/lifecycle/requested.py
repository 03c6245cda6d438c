"""What an edit asked for, as content: the version its author saw, and that version with their changes.

Without a `shape` all of it, for a save; with that of a reduced table, what a member may see of it.
"""

from collections.abc import Iterable

from books import registry
from books.mirror import lookup
from books.mirror.currencies import use_amounts_of
from books.models import Record
from edits.models.edit import Edit
from records.content import Content, Value
from records.decoder import decode_value
from records.diff import Change, diff_records
from records.fields import Shape
from records.json_text import parse_json


def get_requested(edit: Edit, shape: Shape | None = None) -> Content:
    """Return the content that the person asked for: the base with their changes."""
    return get_base(edit, shape).replace(**get_changes(edit, shape))


def get_base(edit: Edit, shape: Shape | None = None) -> Content:
    """Return the content that the person saw; a blank one if it is no longer stored."""
    shape = shape or registry.get_table(edit.tenant, edit.kind).shape
    return lookup.decode_shape(shape, edit.base) if edit.base else Content(shape, {})


def get_changes(edit: Edit, shape: Shape | None = None) -> dict[str, Value]:
    """Return the value asked for of each changed field, by field name."""
    shape = shape or registry.get_table(edit.tenant, edit.kind).shape
    return {name: decode_value(shape[name], raw) for name, raw in parse_json(edit.wanted).items() if name in shape}


def list_differences(record: Record, was: Content, now: Content) -> list[Change]:
    """Return what differs between two contents of a record, in the words that its history keeps."""
    with use_amounts_of(record.tenant, registry.get_table(record.tenant, record.kind), now):
        return diff_records(was, now)


def add_changes(was: Content, edits: Iterable[Edit]) -> Content:
    """Return the content `was` with what these edits ask for, one after the other."""
    for edit in edits:
        was = was.replace(**get_changes(edit, was.shape))
    return was
