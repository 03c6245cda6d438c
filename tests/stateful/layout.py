"""Where each value of a kind of record is: in a form's inputs, in the vendor's JSON, and in a conflict's decisions.

Reads the field table as data and nothing else of Ledgerdesk's own code, which the oracle checks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from records.fields import Field, FieldKind, Shape, Table

_STEP = re.compile(r"(\w+)\[([^\]]*)\]\.?")


@dataclass(frozen=True)
class Leaf:
    """One value that can be typed: the name of its input, its path in the JSON, and the fields decided with it."""

    input: str
    spot: str
    field: Field
    unit: str


@dataclass(frozen=True)
class Part:
    """The values of a record or of an entry of a list, and the lists in it."""

    leaves: tuple[Leaf, ...]
    lists: Mapping[str, "Listing"]
    derived: tuple[str, ...] = ()  # what only the vendor writes

    def unit(self, spot: str) -> list[Leaf]:
        """Return the values that are decided together with the one at a path."""
        unit = next((leaf.unit for leaf in self.leaves if leaf.spot == spot), "")
        return [leaf for leaf in self.leaves if leaf.unit == unit]


@dataclass(frozen=True)
class Listing:
    """A list by its name in the JSON."""

    field: Field
    part: Part


@dataclass(frozen=True)
class Line:
    """An entry of a list in a form or a record: the prefix of its inputs, its path, its id, and what is stored of it.

    `path` of a new entry is that of its list.
    """

    listing: Listing
    prefix: str
    path: str
    id: str
    stored: Any = None


@dataclass(frozen=True)
class Layout:
    """One kind of record at one provider."""

    table: Table

    @cached_property
    def part(self) -> Part:
        return _part(self.table.shape)

    def place(self, spot: str) -> tuple[Part, str, str]:
        """Return the part that a path is in, the decision's name for its line, if any, and the rest of the path."""
        part, keys = self.part, []
        while step := _STEP.match(spot):
            listing = part.lists.get(step[1])
            if listing is None:
                break
            keys.append(f"{listing.field.name}:{step[2]}")
            part, spot = listing.part, spot[step.end() :]
        return part, "/".join(keys), spot

    def key_of(self, spot: str) -> str:
        """Return a conflict page's name for the decision about a value, or about a line."""
        part, line, rest = self.place(spot)
        unit = part.unit(rest)
        return ":".join(filter(None, (line, unit[0].unit if rest and unit else "")))

    def together(self, spot: str) -> set[str]:
        """Return the paths that are decided with this one, without those that follow from the others."""
        part, _, rest = self.place(spot)
        start = spot.removesuffix(rest)
        return {start + leaf.spot for leaf in part.unit(rest) if not leaf.field.follows} | {spot}

    def saved_with(self, spot: str) -> set[str]:
        """Return the paths that a save holds whole with this one: those of its group, as of an address."""
        part, _, rest = self.place(spot)
        start = spot.removesuffix(rest)
        return {start + leaf.spot for leaf in part.unit(rest) if leaf.input.startswith(f"{leaf.unit}-")}

    def following(self, spot: str) -> set[str]:
        """Return the paths whose values the vendor derives from this one."""
        part, _, rest = self.place(spot)
        start = spot.removesuffix(rest)
        found = {start + leaf.spot for leaf in part.unit(rest) if leaf.field.follows}
        around = [start[: step.end()] for step in re.finditer(r"\]\.", start)]
        return found | {line + name for line in around for name in self.place(line)[0].derived}

    def inside(self, spot: str) -> set[str]:
        """Return the lists whose entries the vendor changes with this value: those of a group with its quantity."""
        part, _, rest = self.place(spot)
        return {f"{spot.removesuffix(rest)}{wire}[" for wire in part.lists if rest == "quantity"}

    def cells(self, line: str) -> list[str]:
        """Return the paths in a line of the values that a new one like it is made of."""
        return [leaf.spot for leaf in self.place(line)[0].leaves if not leaf.field.follows]

    def typed(self, inputs: Mapping[str, str]) -> Iterator[Line]:
        """Yield the lines in a form, those inside a line after it."""
        yield from _typed(self.part, inputs, "", "")

    def stored(self, record: Any) -> Iterator[Line]:
        """Yield the lines of a record, those inside a line after it."""
        yield from _stored(self.part, record, "", "")


def _part(shape: Shape) -> Part:
    leaves = [leaf for f in shape.typed for leaf in _leaves(shape, f)]
    derived = tuple(f.wire for f in shape.fields if not f.writable)
    return Part(tuple(leaves), {f.wire: Listing(f, _part(f.shape)) for f in shape.lists}, derived)


def _leaves(shape: Shape, f: Field) -> Iterator[Leaf]:
    if f.kind is FieldKind.GROUP:
        start = "" if f.flat else f"{f.wire}."
        yield from (Leaf(f"{f.name}-{m.name}", f"{start}{m.wire}", m, f.name) for m in f.shape.writable)
        return
    unit = [m.name for m in shape.writable if f.decided_with and m.decided_with == f.decided_with] or [f.name]
    yield Leaf(f.name, f.wire, f, "+".join(unit))


def _typed(part: Part, inputs: Mapping[str, str], prefix: str, path: str) -> Iterator[Line]:
    for wire, listing in part.lists.items():
        starts = re.compile(rf"{re.escape(prefix)}{listing.field.name}-(\d+)-")
        for index in sorted({int(found[1]) for name in inputs if (found := starts.match(name))}):
            start = f"{prefix}{listing.field.name}-{index}-"
            id = inputs.get(f"{start}id")
            if id is not None:
                line = f"{path}{wire}" if id == "-1" else f"{path}{wire}[{id}]"
                yield Line(listing, start, line, id)
                yield from _typed(listing.part, inputs, start, f"{line}.")


def _stored(part: Part, record: Any, prefix: str, path: str) -> Iterator[Line]:
    for wire, listing in part.lists.items():
        for index, entry in enumerate(record.get(wire) or ()):
            id = str(entry.get("id") or entry.get("name"))
            line = Line(listing, f"{prefix}{listing.field.name}-{index}-", f"{path}{wire}[{id}]", id, entry)
            yield line
            yield from _stored(listing.part, entry, line.prefix, f"{line.path}.")
