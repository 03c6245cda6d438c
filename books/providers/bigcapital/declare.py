"""Shorthands to declare fields as Bigcapital spells them: snake_case in its answers, camelCase in its own pages.

Both are read; an update is written in camelCase, the spelling in which its errors name a field.
"""

from typing import Any

from records.fields import Field, FieldKind, LinkKind, Shape

from . import emails

NOT_FROM_HERE = "Can only be changed in Bigcapital."
LETTERS = 255  # size of its database columns; a longer value is answered with a bare 500
BEYOND_THREE_BYTES = "[\U00010000-\U0010ffff]"  # its databases use three-byte UTF-8: no emoji


def camel(name: str) -> str:
    """`billing_address_city` → `billingAddressCity`, `billing_address1` → `billingAddress1`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def read_only(name: str, label: str, kind: FieldKind = FieldKind.TEXT, why: str = NOT_FROM_HERE, **more: Any) -> Field:
    wire = more.pop("wire", name)
    also = (camel(wire),) if camel(wire) != wire else ()
    return Field(name=name, label=label, kind=kind, wire=wire, also=also, why_read_only=why, **more)


def text(name: str, label: str, limit: int | None = LETTERS, **more: Any) -> Field:
    """A text; when emptied it is written as null, the only way to empty an email address."""
    more = {"kind": FieldKind.TEXT, "clearable": True, **more}
    return _written(name, label, limit=limit, unstorable=BEYOND_THREE_BYTES, **more)


def flag(name: str, label: str, **more: Any) -> Field:
    return _written(name, label, kind=FieldKind.BOOLEAN, **more)


def choice(name: str, label: str, values: dict[str, str], **more: Any) -> Field:
    return _written(name, label, kind=FieldKind.CHOICE, choices=tuple(values.items()), **more)


def address(name: str, label: str, **more: Any) -> Field:
    """One of a contact's two addresses; in answers its members are among the contact's own."""
    members = Shape(
        text("line1", "Line 1", wire=f"{name}1"),
        text("line2", "Line 2", wire=f"{name}2"),
        text("city", "City", wire=f"{name}_city"),
        text("state", "State", wire=f"{name}_state"),
        read_only("postal_code", "ZIP or postal code", wire=f"{name}_postcode", why=NO_POSTCODE),
        text("country", "Country", wire=f"{name}_country"),
        text("phone", "Phone", wire=f"{name}_phone", link=LinkKind.PHONE),
        text("email", "Email", wire=f"{name}_email", read_text=emails.read_one, link=LinkKind.EMAIL),
    )
    spelt: dict[str, Any] = {"wire": name, "write": camel(name), "flat": True}
    return Field(name=name, label=label, kind=FieldKind.GROUP, members=members, **spelt, **more)


NO_POSTCODE = "Postal codes can only be changed in Bigcapital."


def _written(name: str, label: str, *, wire: str = "", also: tuple[str, ...] = (), **more: Any) -> Field:
    wire = wire or name
    spellings = tuple(dict.fromkeys((camel(wire), *also, *map(camel, also))))
    return Field(name=name, label=label, wire=wire, write=camel(wire), also=spellings, **more)
