"""Shorthands to declare fields as Conductor spells them: camelCase in answers, `…Id` to write a reference."""

from typing import Any

from records.fields import Field, FieldKind, Shape

NOT_FROM_HERE = "Can only be changed in QuickBooks."


def camel(name: str) -> str:
    """`billing_address` → `billingAddress`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def read_only(name: str, label: str, kind: FieldKind = FieldKind.TEXT, why: str = NOT_FROM_HERE, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, wire=camel(name), why_read_only=why, **more)


def text(name: str, label: str, limit: int, *, clearable: bool = True, **more: Any) -> Field:
    kind = more.pop("kind", FieldKind.TEXT)
    return _written(name, label, kind, limit=limit, clearable=clearable, **more)


def money(name: str, label: str, **more: Any) -> Field:
    return _written(name, label, FieldKind.MONEY, **more)


def day(name: str, label: str, **more: Any) -> Field:
    return _written(name, label, FieldKind.DATE, **more)


def number(name: str, label: str, kind: FieldKind = FieldKind.NUMBER, **more: Any) -> Field:
    return _written(name, label, kind, **more)


def flag(name: str, label: str, **more: Any) -> Field:
    return _written(name, label, FieldKind.BOOLEAN, **more)


def choice(name: str, label: str, values: dict[str, str], **more: Any) -> Field:
    return _written(name, label, FieldKind.CHOICE, choices=tuple(values.items()), **more)


def reference(name: str, label: str, options: str, **more: Any) -> Field:
    """A reference to another record, read as `{id, fullName}` and written as its id."""
    return Field(
        name=name,
        label=label,
        kind=FieldKind.REFERENCE,
        wire=camel(name),
        write=camel(name) + "Id",
        options=options,
        hint=more.pop("hint", ""),
        **more,
    )


def group(name: str, label: str, members: Shape, **more: Any) -> Field:
    """A nested object. When one member changes all are sent, as omitted members may be cleared."""
    return _written(name, label, FieldKind.GROUP, members=members, **more)


def listing(name: str, label: str, members: Shape, **more: Any) -> Field:
    return _written(name, label, FieldKind.LIST, members=members, **more)


def _written(name: str, label: str, kind: FieldKind, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, wire=camel(name), write=camel(name), **more)
