"""Random input, in Ledgerdesk's form and in the books: each text only once in an example."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from records.fields import Field, FieldKind

from .layout import Layout, Leaf, Line, Listing
from .spots import alike, spots

# What is changed: a value of the record or of a line, a whole address, which lines there are, or all is put back.
LINES = ("cell", "cell", "cell", "add", "remove")
WHAT = ("value", "value", "address", "address", "emptied", "address emptied", *LINES, "back")
CHANGES = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 2**12)), min_size=1, max_size=3)
FIRST_DAY = date(2026, 12, 1)
# New entries: what is not drawn of them. Other lists get none.
NEW: dict[str, Mapping[str, str]] = {
    "expense_lines": {"account": "Expenses:Rent"},
    "alternate_shipping_addresses": {},
    "custom_contact_fields": {},
}
UNPICKED = ("sales-representatives", "job-types")  # typed by initials; known only from where they are used
STORED_AS = {"customer_type": "contact_type"}  # Bigcapital's column
TEXTS = (FieldKind.TEXT, FieldKind.LONG_TEXT)
FIGURES = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)


def is_typed(f: Field) -> bool:
    """Whether any value may be typed, whatever other records, preferences and values of this one are."""
    is_alone = f.unique_under or f.levels or f.only_one or f.fixed_while or f.needs or f.together or f.entry
    is_tied = is_alone or f.options in UNPICKED
    return not (is_tied or f.follows or f.name == "unit_of_measure" or (f.required and f.kind is FieldKind.REFERENCE))


@dataclass(frozen=True)
class Typist:
    """Changes records of one kind. `entries` are the name and id of each entry of a picker; `touched` notes fields."""

    layout: Layout
    entries: Mapping[str, Sequence[tuple[str, str]]]
    touched: Callable[[Field], None]

    def type(self, inputs: dict[str, str], shown: Any, change: tuple[str, int], number: int) -> None:
        """Change the inputs of a form over `shown` like a person."""
        what, which = change
        lines = list(self.layout.stored(shown))
        if what == "add" and (listings := self._listings()):
            self._add(inputs, shown, listings[which % len(listings)], number)
        elif what == "remove" and (own := [line for line in lines if self._is_open(line)]):
            inputs.update(self._travel(own[which % len(own)], lines) | {f"{own[which % len(own)].prefix}remove": "on"})
        elif what == "cell" and lines:
            self._type_cell(inputs, lines[which % len(lines)], lines, which // len(lines), number)
        elif what == "address emptied":
            self._empty_address(inputs, which)
        else:
            leaf = self._leaf(what, which)
            text = "" if what == "emptied" else f"typed {number:04d}"
            inputs[leaf.input] = text and self.value(leaf.field, inputs[leaf.input], number, text)

    def _listings(self) -> list[Listing]:
        return [one for one in self.layout.part.lists.values() if one.field.name in NEW]

    def _is_open(self, line: Line) -> bool:
        return not line.listing.field.why_closed and "]." not in line.path

    def _travel(self, line: Line, lines: list[Line]) -> dict[str, str]:
        """Return the ids by which a line and those around it are known in the form."""
        return {f"{one.prefix}id": one.id for one in lines if line.prefix.startswith(one.prefix)}

    def _type_cell(self, inputs: dict[str, str], line: Line, lines: list[Line], which: int, number: int) -> None:
        leaves = self._leaves(line.listing)
        inputs.update(self._travel(line, lines))
        held = spots(line.stored)
        for count in range(1 + (which % 4 == 0)):
            leaf = leaves[(which + count) % len(leaves)]
            text = self.value(leaf.field, held.get(leaf.spot, ""), number, f"typed {number:04d}")
            inputs[line.prefix + leaf.input] = text

    def _leaves(self, listing: Listing) -> list[Leaf]:
        return [leaf for leaf in listing.part.leaves if is_typed(leaf.field) and leaf.field.name != listing.field.key]

    def _leaf(self, what: str, which: int) -> Leaf:
        """Return one of the record's own values; of the first address, of those that can be emptied, or any."""
        address = self._addresses()[0]
        chosen: dict[str, Callable[[Leaf], bool]] = {
            "address": lambda leaf: leaf.unit == address,
            "emptied": lambda leaf: leaf.field.clearable,
        }
        fits = chosen.get(what, lambda leaf: True)
        leaves = [leaf for leaf in self.layout.part.leaves if is_typed(leaf.field) and fits(leaf)]
        return leaves[which % len(leaves)]

    def _addresses(self) -> list[str]:
        shape = self.layout.table.shape
        return [f.name for f in shape.writable if f.is_address and f.kind is FieldKind.GROUP]

    def _empty_address(self, inputs: dict[str, str], which: int) -> None:
        address = self._addresses()[which % len(self._addresses())]
        inputs.update({leaf.input: "" for leaf in self.layout.part.leaves if leaf.unit == address})

    def choose_terms(self, inputs: dict[str, str], number: int) -> None:
        """Pick other terms."""
        leaf = next(leaf for leaf in self.layout.part.leaves if leaf.field.options == "terms")
        inputs[leaf.input] = self.value(leaf.field, inputs[leaf.input], number, "")

    def _add(self, inputs: dict[str, str], shown: Any, listing: Listing, number: int) -> None:
        f = listing.field
        typed = [int(line.prefix.split("-")[-2]) for line in self.layout.typed(inputs) if line.listing is listing]
        prefix = f"{f.name}-{max([len(shown[f.wire]) - 1, *typed]) + 1}-"
        drawn = [m for m in f.shape.typed if m.required or m.name in ("memo", "line1")]
        cells = {m.name: self.value(m, "", number, f"new {number:04d}") for m in drawn if m.name not in NEW[f.name]}
        inputs.update({f"{prefix}{name}": text for name, text in {"id": "-1", **NEW[f.name], **cells}.items()})

    def value(self, f: Field, held: str, number: int, text: str) -> str:
        """Return another text for a value that holds `held`; `text` is one that is nowhere else."""
        self.touched(f)
        if f.kind in TEXTS:
            text = f"{text.replace(' ', '.')}@example.com" if "email" in f.name else text
            return text if f.limit is None or len(text) <= f.limit else f"{number:04d}"[-f.limit :]
        if f.kind in FIGURES:
            return f"1.{number:04d}" if f.positive else f"{number}.41"
        if f.kind is FieldKind.DATE:
            return (FIRST_DAY + timedelta(days=number)).isoformat()
        if f.kind is FieldKind.BOOLEAN:
            return "" if held else "on"
        offered = [name for name, _ in f.choices or self.entries[f.options] if not alike(name, held)]
        return offered[number % len(offered)] if offered else held

    def unlike(self, record: Any, changes: list[tuple[str, int]], number: int) -> dict[str, Any]:
        """Return a change by a person in the books: the members of an update."""
        body: dict[str, Any] = {}
        for count, (what, which) in enumerate(changes):
            lines = [line for line in self.layout.stored(record) if "]." not in line.path]
            text = f"qb {number:04d}.{count}"
            if what in ("cell", "remove", "add") and lines:
                self._change_line(body, record, lines[which % len(lines)], what == "remove", which, text, number)
            else:
                self._change_value(body, record, self._leaf(what, which), "" if what == "emptied" else text, number)
        return body

    def _change_value(self, body: dict[str, Any], record: Any, leaf: Leaf, text: str, number: int) -> None:
        group, _, member = leaf.spot.partition(".")
        if member:
            held = {name: value for name, value in (record[group] or {}).items() if value and name != "number"}
            body.setdefault(group, held)[member] = self._written(leaf.field, record[group] or {}, text, number)
        else:
            body[self._name(leaf.field)] = self._written(leaf.field, record, text, number)

    def _name(self, f: Field) -> str:
        """Return the name under which a person in the books changes a value."""
        return f.write if self.layout.table.revision else STORED_AS.get(f.wire, f.wire)

    def _written(self, f: Field, holder: Any, text: str, number: int) -> Any:
        if not text:
            return "" if self.layout.table.revision and f.kind in TEXTS else None
        held = spots(holder).get(f.wire, "")
        value = self.value(f, held, number, text)
        if f.kind is FieldKind.NUMBER:
            return float(Decimal(value))
        if f.kind is FieldKind.BOOLEAN:
            return bool(value)
        return dict(self.entries[f.options]).get(value) if f.kind is FieldKind.REFERENCE else value

    def _change_line(
        self, body: dict[str, Any], record: Any, line: Line, removes: bool, which: int, text: str, number: int
    ) -> None:
        f = line.listing.field
        left = body.setdefault(f.wire, [self._sent(f, entry) for entry in record[f.wire]])
        entry = next((one for one in left if str(one.get("id") or one.get("name")) == line.id), None)
        if entry is None:
            return
        if removes and len(left) > 1 and not f.why_closed:
            left.remove(entry)
            return
        leaves = [leaf for leaf in self._leaves(line.listing) if leaf.field.kind in (*TEXTS, *FIGURES)]
        leaf = leaves[which % len(leaves)]
        entry[leaf.field.write] = self._written(leaf.field, line.stored, text, number)

    def _sent(self, f: Field, entry: Any) -> dict[str, Any]:
        """Return an entry of a list as an update repeats it."""
        members = [m for m in f.shape.fields if m.sent_along or (f.whole and m.writable)]
        return {m.wire: entry[m.wire] for m in members if entry.get(m.wire) is not None}
