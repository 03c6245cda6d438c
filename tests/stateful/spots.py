"""Records and forms as spots: a path for each value and each line, so that typed values can be traced to the vendor.

Reads the vendor's JSON and a form's inputs, and nothing of Ledgerdesk's own code, which it checks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

Spots = dict[str, str]
THERE = "there"
# Derived members, and those about the write itself.
FOLLOWS = {"revisionNumber", "updatedAt", "objectType", "id", "isPaid"}
FOLLOWS |= {"amountDue", "amountDueInHomeCurrency", "openAmount"}
HEADERS = {
    "customers": {
        "phone": "phone",
        "fax": "fax",
        "email": "email",
        "company_name": "companyName",
        "billing_address-line2": "billingAddress.line2",
        "billing_address-city": "billingAddress.city",
    },
    "bills": {"memo": "memo", "ref_number": "refNumber"},
}
CELLS = {
    "expense_lines": ("expenseLines", {"memo": "memo", "amount": "amount"}),
    "item_lines": ("itemLines", {"description": "description", "quantity": "quantity", "cost": "cost"}),
}
FACTORS = {"quantity", "cost"}
_LINE_INPUT = re.compile(r"(expense_lines|item_lines)-(\d+)-(\w+)").fullmatch


def spots(record: Any) -> Spots:
    """Return path → value of everything that a person could have changed; blanks are left out."""
    found: Spots = {}
    _walk("", record, found)
    return found


def _walk(path: str, value: Any, found: Spots) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in FOLLOWS:
                _walk(f"{path}.{name}" if path else name, inner, found)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            place = f"{path}[{inner.get('id') or inner.get('name') or number}]"
            found[place] = THERE
            _walk(place, inner, found)
    elif value not in (None, ""):
        found[path] = str(value)


def line_of(spot: str) -> str:
    """Return the line that a spot lies in, "" for one of the record itself."""
    return spot[: spot.index("]") + 1] if "]" in spot else ""


def is_new(line: str, before: Spots) -> bool:
    return bool(line) and line not in before


def alike(one: str | None, other: str | None) -> bool:
    """Whether two texts mean the same; 7 and 7.00 do."""
    if one == other or not one or not other:
        return (one or "") == (other or "")
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


@dataclass
class Wants:
    """What a change asks for: spot → value, lines to be removed, and new lines as section and cell → value."""

    cells: Spots = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    new: list[tuple[str, Spots]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.cells or self.gone or self.new)

    @property
    def atoms(self) -> set[str]:
        """Return everything that must not be lost: each value, and each line to be removed as a dash and its place."""
        values = {value for value in self.cells.values() if value}
        values |= {value for _, cells in self.new for value in cells.values()}
        return values | {f"-{line}" for line in self.gone}


def wanted(kind: str, inputs: Mapping[str, str], shown: Any) -> Wants:
    """Return what the inputs of a form over the record `shown` ask for."""
    before, wants = spots(shown), Wants()
    for name, spot in HEADERS[kind].items():
        if name in inputs and not alike(inputs[name], before.get(spot)):
            wants.cells[spot] = inputs[name]
    for (section, _), typed in sorted(lines(inputs).items()):
        wire, cells = CELLS[section]
        line = f"{wire}[{typed['id']}]"
        texts = {cell: typed[name] for name, cell in cells.items() if name in typed}
        if typed["id"] == "-1":
            filled = {cell: text for cell, text in texts.items() if text}
            if filled and "remove" not in typed:
                wants.new.append((wire, filled))
        elif "remove" in typed:
            wants.gone.add(line)
        else:
            changed = {f"{line}.{c}": t for c, t in texts.items() if not alike(t, before.get(f"{line}.{c}"))}
            wants.cells.update(changed)
    return wants


def lines(inputs: Mapping[str, str]) -> dict[tuple[str, int], dict[str, str]]:
    """Return the inputs of each line in the form, by section and index."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for name, text in inputs.items():
        if match := _LINE_INPUT(name):
            found.setdefault((match[1], int(match[2])), {})[match[3]] = text
    return {place: typed for place, typed in found.items() if "id" in typed}


def holds_atom(inputs: Mapping[str, str], shown: Any, atom: str) -> bool:
    """Whether a form over `shown` still has a typed value, or the record itself has it."""
    before = spots(shown)
    if atom.startswith("-") and "[" in atom:
        line = atom[1:]
        struck = {f"{CELLS[s][0]}[{typed['id']}]" for (s, _), typed in lines(inputs).items() if "remove" in typed}
        return line in struck or line not in before
    return any(alike(atom, text) for text in (*inputs.values(), *before.values()))


def stands(wants: Wants, now: Spots) -> bool:
    """Whether a record has the wanted values and lines, new lines aside."""
    return all(alike(now.get(spot), value) for spot, value in wants.cells.items()) and not wants.gone & now.keys()


def fits(wants: Wants, before: Spots, after: Spots) -> bool:
    """Whether the step from `before` to `after` is exactly the wanted change."""
    if not stands(wants, after):
        return False
    added = [spot for spot, value in after.items() if value == THERE and spot not in before]
    if not _are(added, wants.new, after):
        return False
    touched = {line_of(spot) for spot in wants.cells if spot.rpartition(".")[2] in FACTORS}
    return all(
        spot in wants.cells
        or line_of(spot) in wants.gone
        or is_new(line_of(spot), before)
        or (spot.endswith(".amount") and line_of(spot) in touched)
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
