"""The content of records: frozen mappings described by their shape.

Knows no JSON, no provider, no database and no form.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .fields import Field, FieldKind, Shape

Value = Any


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to another record: its id and its full name, either possibly blank."""

    id: str
    name: str

    def __str__(self) -> str:
        return self.name or self.id


class Content(Mapping[str, Value]):
    """A record, an address or a line: field name → value, immutable, equal when its values are."""

    __slots__ = ("_values", "shape")

    def __init__(self, shape: Shape, values: Mapping[str, Value]) -> None:
        self.shape = shape
        self._values = {f.name: values[f.name] if f.name in values else make_blank(f) for f in shape.declared}

    @classmethod
    def make_whole(cls, shape: Shape, values: dict[str, Value]) -> "Content":
        """Return a content of a value for every declared field, in their order: what was decoded is not copied."""
        whole = cls.__new__(cls)
        whole.shape, whole._values = shape, values
        return whole

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.shape if self.shape.hidden else self._values)

    def __len__(self) -> int:
        return len(self.shape)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Content) and self._values == other._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.values()))

    def __repr__(self) -> str:
        return f"Content({ {k: v for k, v in self._values.items() if v not in ('', None, ())} })"

    def find_differing(self, other: "Content") -> set[str]:
        """Return the names of the fields in which the other content differs: what was not changed is the same value."""
        others = other._values
        return {
            name
            for name, value in self._values.items()
            if (now := others.get(name, _MISSING)) is not value and now != value
        }

    def replace(self, **values: Value) -> "Content":
        """Return the same content with some values replaced."""
        replaced = {**self._values, **values}
        known = len(replaced) == len(self._values)
        return Content.make_whole(self.shape, replaced) if known else Content(self.shape, replaced)

    @property
    def is_blank(self) -> bool:
        return all(is_blank(v) for v in self._values.values())


_MISSING = object()  # as the value of a field that the other content does not have


def make_blank(f: Field) -> Value:
    """Return the field's value when nobody has filled it in."""
    return Content(f.shape, {}) if f.kind is FieldKind.GROUP else _BLANKS.get(f.kind)


_BLANKS = {FieldKind.TEXT: "", FieldKind.LONG_TEXT: "", FieldKind.CHOICE: "", FieldKind.LIST: ()}


def is_blank(value: Value) -> bool:
    """Whether a value is blank; zero and False are not."""
    return value.is_blank if isinstance(value, Content) else value in ("", None, ())


def get_at_path(record: Content, path: str) -> Value:
    """Return the value at a dotted path: `vendor.name`, `billing_address.city`; None behind a blank reference."""
    value: Value = record
    for step in path.split("."):
        value = value[step] if isinstance(value, Content) else getattr(value, step, None)
    return value
