"""What an edit asked for, as content: the version its author saw, and that version with their changes."""

from books import registry
from books.mirror import lookup
from edits.models.edit import Edit
from records.content import Content, Value
from records.decoder import decode_value
from records.json_text import parse_json


def get_requested(edit: Edit) -> Content:
    """Return the content that the person asked for: the base with their changes."""
    return get_base(edit).replace(**get_changes(edit))


def get_base(edit: Edit) -> Content:
    """Return the content that the person saw; a blank one if it is no longer stored."""
    table = registry.get_table(edit.tenant, edit.kind)
    return lookup.decode_version(table, edit.base) if edit.base else Content(table.shape, {})


def get_changes(edit: Edit) -> dict[str, Value]:
    """Return the value asked for of each changed field, by field name."""
    shape = registry.get_table(edit.tenant, edit.kind).shape
    return {name: decode_value(shape[name], raw) for name, raw in parse_json(edit.wanted).items()}
