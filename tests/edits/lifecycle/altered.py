"""A change of every field of a record at once, and what a vendor makes of it that stores each of them otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from books.mirror import pickers
from records.changes import NEW_LINE
from records.content import Content, Reference, Value
from records.fields import Field, FieldKind, Shape
from tenants.models import Tenant

Lines = tuple[Content, ...]
FIRST, SECOND = date(2026, 2, 3), "2026-02-04"
PRODUCT = {"quantity": (Decimal(7), 8), "cost": (Decimal(3), "4.00"), "amount": (Decimal("21.00"), "99.99")}
BEFORE, OTHER = ({"id": f"8000FFF{n}-1234567890", "fullName": name} for n, name in enumerate(("Before", "Altered")))

NOTHING = {"totalBalance": "0.00", "linkedTransactions": []}


def refer_before(raw: Any) -> Any:
    """A record as the mirror may have it: nothing owed or paid, and other entries than the vendor has in references."""
    if isinstance(raw, list):
        return [refer_before(one) for one in raw]
    if not isinstance(raw, dict):
        return raw
    if raw.keys() == BEFORE.keys():
        return BEFORE
    return {name: NOTHING.get(name, refer_before(value)) for name, value in raw.items()}


def can_add(f: Field, name: str) -> bool:
    """Whether a line can be added to a list. QuickBooks makes the lines of a new group."""
    return not f.why_closed and "[new]" not in name


def list_leaves(shape: Shape, name: str = "") -> Iterator[str]:
    """The fields of a record that can be written, by the field table: in a list those of a stored and of a new line."""
    for f in shape.writable:
        called = name + f.name
        if f.kind is FieldKind.GROUP:
            yield from list_leaves(f.shape, f"{called}.")
        elif f.kind is FieldKind.LIST:
            for state in ("stored", "new") if can_add(f, called) else ("stored",) if "[new]" not in called else ():
                yield from list_leaves(f.shape, f"{called}[{state}].")
        else:
            yield called


@dataclass
class Change:
    """A change of the record `base`, which the vendor holds as `stored`.

    `members` is what the vendor is to store in its place, `leaves` are the fields in it.
    """

    tenant: Tenant
    base: Content
    stored: Content
    members: dict[str, Any] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)

    def make(self) -> Content:
        """Change each field, with all of its members, and add a line to each list that can have one."""
        return self._change(self.base, self.stored, self.base.shape.writable, "", "")

    def _change(self, content: Content, held: Content, fields: tuple[Field, ...], wire: str, name: str) -> Content:
        values: dict[str, Value] = {}
        for f in fields:
            path, called = wire + ("" if f.flat else f.wire), name + f.name
            if f.kind is FieldKind.GROUP:
                values[f.name] = self._change(
                    content[f.name], held[f.name], f.shape.writable, path + "." * (not f.flat), f"{called}."
                )
            elif f.kind is FieldKind.LIST:
                values[f.name] = tuple(self._change_lines(f, content[f.name], held[f.name], path, called))
            else:
                values[f.name], self.members[path] = self._values(f, called, content[f.name], held[f.name])
                self.leaves.append(called)
        return content.replace(**values)

    def _change_lines(self, f: Field, lines: Lines, held: Lines, wire: str, name: str) -> Iterator[Content]:
        for number, line in enumerate(lines[:1]):
            yield self._change(line, held[number], f.shape.writable, f"{wire}.{number}.", f"{name}[stored].")
        yield from lines[1:]
        if can_add(f, name):
            blank = Content(f.shape, {} if f.shape[f.key].writable else {f.key: NEW_LINE})
            yield self._change(blank, blank, f.shape.writable, f"{wire}.{len(lines)}.", f"{name}[new].")

    def _values(self, f: Field, called: str, value: Value, held: Value) -> tuple[Value, Any]:
        """Another value of a field, and what the vendor stores in its place."""
        if f.decided_with == "amount":
            return PRODUCT[f.name]
        if f.name == "unit_of_measure":
            return "EACH", "?"  # the only unit of the item's set, in another spelling
        match f.kind:
            case FieldKind.MONEY:
                return Decimal("12.34"), "56.78"
            case FieldKind.NUMBER:
                least = f.between[0] if f.between else 2
                return Decimal(least + 1), least + 2
            case FieldKind.BOOLEAN:
                return not value, bool(value)
            case FieldKind.DATE:
                return FIRST, SECOND
            case FieldKind.CHOICE:
                others = [one for one, _ in f.choices if one != value]
                return others[0], others[1] if len(others) > 1 else value
            case FieldKind.REFERENCE:
                return held or self._pick(f), OTHER
        asked = "asked@x.example" if "email" in f.name else f"{'New' if '[new]' in called else 'Ask'} {f.label}"
        return asked[: f.limit], "?"

    def _pick(self, f: Field) -> Reference:
        found = pickers.find_options(self.tenant, f.options).options[0]
        return Reference(found.id, found.name)
