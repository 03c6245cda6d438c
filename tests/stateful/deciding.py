"""Expected outcomes of decisions on a conflict page, computed independently from base, edit and current record."""

from collections.abc import Mapping
from typing import Any

from .spots import FACTORS, HEADERS, THERE, Spots, Wants, alike, is_new, line_of, spots

SECTIONS = {"expenseLines": "expense_lines", "itemLines": "item_lines"}
INPUTS = {spot: name.partition("-")[0] for names in HEADERS.values() for name, spot in names.items()}
ADDRESS = "billingAddress."
CELLS = {"expenseLines": ("memo", "amount"), "itemLines": ("description", "quantity", "cost")}


def key_of(spot: str) -> str:
    """Return the page's name for the decision about a spot."""
    line, cell = line_of(spot), spot.rpartition(".")[2]
    if not line:
        return INPUTS[spot]
    return f"{key_of_line(line)}:{'quantity+cost+amount' if cell in FACTORS else cell}"


def key_of_line(line: str) -> str:
    wire, _, key = line.rstrip("]").partition("[")
    return f"{SECTIONS[wire]}:{key}"


def together(spot: str, *sides: Spots) -> set[str]:
    """Return the spots that are decided with this one."""
    if spot.startswith(ADDRESS):
        return {one for side in sides for one in side if one.startswith(ADDRESS)} | {spot}
    if line_of(spot) and spot.rpartition(".")[2] in FACTORS:
        return {f"{line_of(spot)}.{cell}" for cell in FACTORS}
    return {spot}


def undone(wants: Wants, before: Any, after: Any) -> Wants:
    """Return what an undo of the change from `before` to `after` asks for: a removed line comes back as a new one."""
    was, now = spots(before), spots(after)
    cells = {spot: was.get(spot, "") for spot in wants.cells}
    added = {line for line in map(line_of, now) if is_new(line, was)}
    removed = [(line, line.partition("[")[0]) for line in sorted(wants.gone)]
    back = [(w, {c: was[f"{line}.{c}"] for c in CELLS[w] if f"{line}.{c}" in was}) for line, w in removed]
    return Wants(cells, added, back)


class Decision:
    """One conflict: `clashes` are the keys to decide, `outcome` is what the choices ask of the current record."""

    def __init__(self, opened: Any, wants: Wants, now: Any) -> None:
        self.was, self.now, self.wants = spots(opened), spots(now), wants
        self.mine = self._mine()

    def _mine(self) -> Spots:
        kept = {spot: value for spot, value in self.was.items() if line_of(spot) not in self.wants.gone}
        kept |= self.wants.cells
        return {spot: value for spot, value in kept.items() if value}

    @property
    def clashes(self) -> set[str]:
        found = {key_of(spot) for spot in self.wants.cells if self._clashes(spot)}
        return found | {key_of_line(line) for line in self._lines_apart()}

    def _clashes(self, spot: str) -> bool:
        if self._lost_line(spot):
            return False
        unit = together(spot, self.was, self.mine, self.now)
        moved = any(not alike(self.was.get(one), self.now.get(one)) for one in unit)
        return moved and any(not alike(self.mine.get(one), self.now.get(one)) for one in unit)

    def _lost_line(self, spot: str) -> bool:
        return bool(line_of(spot)) and line_of(spot) not in self.now

    def _lines_apart(self) -> set[str]:
        """Return the lines that one side removed and the other changed."""
        changed_by_me = {line_of(spot) for spot in self.wants.cells if self._lost_line(spot)}
        return changed_by_me | {line for line in self.wants.gone if line in self.now and self._moved(line)}

    def _moved(self, line: str) -> bool:
        inside = {spot for side in (self.was, self.now) for spot in side if line_of(spot) == line}
        return any(not alike(self.was.get(spot), self.now.get(spot)) for spot in inside)

    def outcome(self, choices: Mapping[str, str], *, is_undo: bool = False) -> tuple[Wants, set[str]]:
        """Return what is asked of the current record, and which of the wants its author gave up."""
        asked, dropped = Wants(new=[line for line in self.wants.new if is_undo or not self._has_landed(line[1])]), set()
        for spot, value in self.wants.cells.items():
            if self._lost_line(spot):
                continue
            if self._clashes(spot) and choices[key_of(spot)] == "theirs":
                dropped.add(value)
                continue
            unit = together(spot, self.was, self.mine, self.now) if self._clashes(spot) else {spot}
            apart = {one for one in unit if not alike(self.mine.get(one), self.now.get(one))}
            asked.cells.update({one: self.mine.get(one, "") for one in apart})
        for line in {line_of(spot) for spot in self.wants.cells if self._lost_line(spot)}:
            self._bring_back(line, choices[key_of_line(line)], asked, dropped)
        for line in self.wants.gone & self.now.keys():
            if self._moved(line) and choices[key_of_line(line)] == "theirs":
                dropped.add(f"-{line}")
            else:
                asked.gone.add(line)
        return asked, dropped

    def _has_landed(self, cells: Mapping[str, str]) -> bool:
        """Whether an earlier save of the same form has written a new line after all: its text is unique."""
        return all(any(alike(text, value) for value in self.now.values()) for text in cells.values())

    def _bring_back(self, line: str, choice: str, asked: Wants, dropped: set[str]) -> None:
        """A missing line comes back as a new one if its author keeps it."""
        if choice == "theirs":
            dropped |= {value for spot, value in self.wants.cells.items() if line_of(spot) == line}
            return
        wire = line.partition("[")[0]
        values = {cell: self.mine.get(f"{line}.{cell}", "") for cell in CELLS[wire]}
        asked.new.append((wire, {cell: value for cell, value in values.items() if value and value != THERE}))
