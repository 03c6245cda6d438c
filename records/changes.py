"""Which fields of a record a person has changed. Compares values only."""

from .content import Content
from .fields import Field

NEW_LINE = "-1"  # in place of the id of a line that the vendor does not have yet


def list_changed_fields(base: Content, edited: Content) -> tuple[Field, ...]:
    """Return the writable fields in which the two contents differ, in table order."""
    return tuple(f for f in base.shape.writable if base[f.name] != edited[f.name])
