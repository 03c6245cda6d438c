"""Records and forms as spots: a path for each value and each line, so that typed values can be traced to the vendor.

Reads the vendor's JSON and a form's inputs, and nothing of Ledgerdesk's own code, which it checks, but the field table.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .layout import Layout

Spots = dict[str, str]
THERE = "there"
# Derived members, and those about the write itself.
FOLLOWS = {"revisionNumber", "updatedAt", "objectType", "id", "isPaid"}
FOLLOWS |= {"amountDue", "amountDueInHomeCurrency", "openAmount", "totalAmount"}
FOLLOWS |= {"contact_type", "formatted_customer_type"}  # Bigcapital's other names for `customer_type`
REFERENCE = {"id", "fullName"}
FLAGS = {"active"}  # which Bigcapital sends as a number


def spots(record: Any) -> Spots:
    """Return path → value of everything that a person could have changed; blanks are left out."""
    found: Spots = {}
    _walk("", record, found)
    return found


def _walk(path: str, value: Any, found: Spots) -> None:
    if isinstance(value, dict) and value.keys() == REFERENCE:
        found[path] = value["fullName"]
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in FOLLOWS:
                _walk(f"{path}.{name}" if path else name, bool(inner) if name in FLAGS else inner, found)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            place = f"{path}[{inner.get('id') or inner.get('name') or number}]"
            found[place] = THERE
            _walk(place, inner, found)
    elif value is True:
        found[path] = "on"
    elif value not in (None, "", False) or (value == 0 and value is not False):
        found[path] = str(value)


def line_of(spot: str) -> str:
    """Return the innermost line that a spot lies in, "" for one of the record itself."""
    return spot[: spot.rindex("]") + 1] if "]" in spot else ""


def lies_in(spot: str, lines: set[str]) -> bool:
    """Whether a spot is one of these lines or lies in one."""
    return any(spot.startswith(line) for line in lines)


def is_new(line: str, before: Spots) -> bool:
    return bool(line) and line not in before


def alike(one: str | None, other: str | None) -> bool:
    """Whether two texts mean the same; 7 and 7.00 do."""
    if one == other or not one or not other:
        return (one or "") == (other or "")
    return _plain(one) == _plain(other)


def _plain(text: str) -> object:
    """Return the number or day that a text is, or the text."""
    with suppress(InvalidOperation):
        return Decimal(text.replace(",", ""))
    return _settled(text)


def _settled(text: str) -> str:
    """Return a day or an amount, which a form may draw in another way, as it is stored; other texts as they are."""
    if not text[:1].isdigit():
        return text
    with suppress(ValueError):
        return datetime.strptime(f"{text} +0000", "%d %b %Y %z").date().isoformat()
    bare = text.replace(",", "")
    return bare if bare.replace(".", "").isdigit() else text


@dataclass
class Wants:
    """What a change asks for: spot → value, lines to be removed, and new lines as list and cell → value."""

    cells: Spots = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    new: list[tuple[str, Spots]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.cells or self.gone or self.new)

    def beyond(self, other: "Wants", shown: Spots) -> "Wants":
        """Return what it asks for after another change, both over `shown`: also to take back values of that one.

        There is nothing to take back in a line that it removes.
        """
        left = {spot for spot in other.cells.keys() - self.cells.keys() if not lies_in(spot, self.gone)}
        asked = self.without(other)
        return Wants({spot: shown.get(spot) or "" for spot in left} | asked.cells, asked.gone, asked.new)

    def without(self, other: "Wants") -> "Wants":
        """Return what it asks for and another change does not."""
        cells = {spot: value for spot, value in self.cells.items() if other.cells.get(spot) != value}
        return Wants(cells, self.gone - other.gone, [line for line in self.new if line not in other.new])

    def joined(self, later: "Wants") -> "Wants":
        """Return both changes as one; where they differ the later one counts."""
        added = [*self.new, *(line for line in later.new if line not in self.new)]
        kept = {spot: value for spot, value in self.cells.items() if not lies_in(spot, later.gone)}
        return Wants(kept | later.cells, self.gone | later.gone, added)

    def replaced_by(self, later: "Wants") -> set[str]:
        """Return the values of which a later change wants others at the same place, or the line removed."""
        is_replaced = {spot for spot, value in self.cells.items() if later.cells.get(spot, value) != value}
        return {value for spot, value in self.cells.items() if spot in is_replaced or lies_in(spot, later.gone)}

    @property
    def named(self) -> Spots:
        """Return the values of its new entries that are known by a name, as values of the record that has them."""
        lines = [(f"{path}[{cells['name']}]", cells) for path, cells in self.new if "name" in cells]
        return {f"{line}.{cell}": value for line, cells in lines for cell, value in cells.items()}

    @property
    def atoms(self) -> set[str]:
        """Return everything that must not be lost: each value, and each line to be removed as a dash and its place."""
        values = {value for value in self.cells.values() if value}
        values |= {value for _, cells in self.new for value in cells.values()}
        return values | {f"-{line}" for line in self.gone}


def wanted(layout: Layout, inputs: Mapping[str, str], shown: Any) -> Wants:
    """Return what the inputs of a form over the record `shown` ask for."""
    before, wants = spots(shown), Wants()
    inputs = {name: _settled(text) for name, text in inputs.items()}
    for leaf in layout.part.leaves:
        if leaf.input in inputs and not alike(inputs[leaf.input], before.get(leaf.spot)):
            wants.cells[leaf.spot] = inputs[leaf.input]
    for line in layout.typed(inputs):
        # A form drawn again shows what follows from the typed values too.
        typed = [leaf for leaf in line.listing.part.leaves if not leaf.field.follows]
        names = {leaf.spot: line.prefix + leaf.input for leaf in typed}
        texts = {spot: inputs[name] for spot, name in names.items() if name in inputs}
        is_removed = f"{line.prefix}remove" in inputs
        if line.id == "-1":
            filled = {cell: text for cell, text in texts.items() if text}
            if filled and not is_removed:
                wants.new.append((line.path, filled))
        elif is_removed:
            wants.gone.add(line.path)
        else:
            spotted = {f"{line.path}.{cell}": text for cell, text in texts.items()}
            wants.cells.update({spot: text for spot, text in spotted.items() if not alike(text, before.get(spot))})
    return wants


def holds_atom(layout: Layout, inputs: Mapping[str, str], shown: Any, atom: str) -> bool:
    """Whether a form over `shown` still has a typed value, or the record itself has it."""
    before = spots(shown)
    if atom.startswith("-") and "[" in atom:
        line = atom[1:]
        struck = {one.path for one in layout.typed(inputs) if f"{one.prefix}remove" in inputs}
        return line in struck or line not in before
    return any(alike(atom, text) for text in (*inputs.values(), *before.values()))


def stands(wants: Wants, now: Spots) -> bool:
    """Whether a record has the wanted values and lines, new lines aside."""
    return all(alike(now.get(spot), value) for spot, value in wants.cells.items()) and not wants.gone & now.keys()


def fits(layout: Layout, wants: Wants, before: Spots, after: Spots) -> bool:
    """Whether the step from `before` to `after` is exactly the wanted change."""
    if not stands(wants, after):
        return False
    added = [spot for spot, value in after.items() if value == THERE and spot not in before]
    if not _are(added, wants.new, after):
        return False
    free = set(wants.cells).union(*(layout.following(spot) for spot in wants.cells))
    inside = wants.gone.union(*(layout.inside(spot) for spot in wants.cells))
    return all(
        spot in free or lies_in(spot, inside) or is_new(line_of(spot), before)
        for spot in before.keys() | after.keys()
        if not alike(before.get(spot), after.get(spot))
    )


def _are(added: list[str], new: list[tuple[str, Spots]], after: Spots) -> bool:
    """Whether each new line matches a wanted one."""
    left = list(added)
    for wire, cells in new:
        match = next(
            (
                line
                for line in left
                if line.startswith(f"{wire}[") and all(alike(after.get(f"{line}.{c}"), v) for c, v in cells.items())
            ),
            None,
        )
        if match is None:
            return False
        left.remove(match)
    return not left
