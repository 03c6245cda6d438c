"""Which fields of a record a person has changed. Knows values alone."""

from .content import Content
from .fields import Field

NEW_LINE = "-1"  # stands for the id of a line that is not in the books yet


def list_changed_fields(base: Content, edited: Content) -> tuple[Field, ...]:
    """The writable fields in which the two differ, in the table's order."""
    return tuple(f for f in base.shape.writable if base[f.name] != edited[f.name])
