"""Which fields of a record a person has changed. Compares values only."""

from .content import Content
from .fields import Field, FieldKind

NEW_LINE = "-1"  # in place of the id of a line that the vendor does not have yet


def changes_any(base: Content, edited: Content, *names: str) -> bool:
    """Whether one of these fields is another: what is only about them is asked of no other change."""
    return any(base[name] != edited[name] for name in names)


def list_changed_fields(base: Content, edited: Content) -> tuple[Field, ...]:
    """Return the writable fields in which the two contents differ, in table order."""
    differing = base.find_differing(edited)
    return tuple(f for f in base.shape.writable if f.name in differing)


def has_new_lines(content: Content) -> bool:
    """Return whether any list of a content, or of a line in it, has a line that the vendor does not have yet."""
    lists = [f for f in content.shape.declared if f.kind == FieldKind.LIST]
    return any(line[f.key] == NEW_LINE or has_new_lines(line) for f in lists for line in content[f.name])
