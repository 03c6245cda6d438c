"""Expected outcomes of decisions on a conflict page, computed independently from base, edit and current record."""

from collections.abc import Mapping
from typing import Any

from .layout import Layout
from .spots import THERE, Spots, Wants, alike, is_new, lies_in, line_of, spots


def undone(layout: Layout, wants: Wants, before: Any, after: Any) -> Wants:
    """Return what an undo of the change from `before` to `after` asks for: a removed line comes back as a new one."""
    was, now = spots(before), spots(after)
    cells = {spot: was.get(spot, "") for spot in wants.cells if was.get(spot) or _is_clearable(layout, spot)}
    added = {line for line in map(line_of, now) if is_new(line, was)}
    back = [_again(layout, line, was) for line in sorted(wants.gone)]
    return Wants(cells, added, back)


def _is_clearable(layout: Layout, spot: str) -> bool:
    """Whether a value can be taken back to none; the vendor takes no blank for some."""
    part, _, rest = layout.place(spot)
    return any(leaf.spot == rest and leaf.field.clearable for leaf in part.leaves)


def _again(layout: Layout, line: str, values: Spots) -> tuple[str, Spots]:
    """Return a line that is missing as a new one with the values that it has on one side."""
    found = {cell: values.get(f"{line}.{cell}", "") for cell in layout.cells(line)}
    return line.rpartition("[")[0], {cell: value for cell, value in found.items() if value and value != THERE}


class Decision:
    """One conflict: `clashes` are the keys to decide, `outcome` is what the choices ask of the current record.

    `saved` is what its author had saved before over what they `opened`.
    """

    def __init__(self, layout: Layout, opened: Any, wants: Wants, now: Any, saved: Spots) -> None:
        self.layout = layout
        self.opened = spots(opened)
        self.was = {spot: value for spot, value in (self.opened | saved).items() if value}
        self.now = spots(now)
        self.wants = self._met(wants)
        self.mine = self._mine()

    def _met(self, wants: Wants) -> Wants:
        """Return the wants with a new entry that is known by its name as values, if there is one of this name now."""
        met = Wants(dict(wants.cells), wants.gone)
        for wire, cells in wants.new:
            line = f"{wire}[{cells.get('name', '')}]"
            if line not in self.now or line in self.opened:
                met.new.append((wire, cells))
                continue
            whole = {f"{line}.{cell}": cells.get(cell, "") for cell in self.layout.cells(line)}
            met.cells.update({spot: text for spot, text in whole.items() if not alike(text, self.now.get(spot))})
        return met

    def _mine(self) -> Spots:
        kept = {spot: value for spot, value in self.was.items() if not lies_in(spot, self.wants.gone)}
        kept |= self.wants.cells
        return {spot: value for spot, value in kept.items() if value}

    @property
    def clashes(self) -> set[str]:
        found = {self.layout.key_of(spot) for spot in self.wants.cells if self._clashes(spot)}
        return found | {self.layout.key_of(line) for line in self._lines_apart()}

    def _clashes(self, spot: str) -> bool:
        if self._lost_line(spot):
            return False
        unit = self.layout.together(spot)
        moved = any(not alike(self.was.get(one), self.now.get(one)) for one in unit)
        return moved and any(not alike(self.mine.get(one), self.now.get(one)) for one in unit)

    def _lost_line(self, spot: str) -> bool:
        return bool(line_of(spot)) and line_of(spot) not in self.now

    def _lines_apart(self) -> set[str]:
        """Return the lines that one side removed and the other changed."""
        changed_by_me = {line_of(spot) for spot in self.wants.cells if self._lost_line(spot)}
        return changed_by_me | {line for line in self.wants.gone if line in self.now and self._moved(line)}

    def _moved(self, line: str) -> bool:
        inside = {spot for side in (self.was, self.now) for spot in side if spot.startswith(line)}
        return any(not alike(self.was.get(spot), self.now.get(spot)) for spot in inside)

    def outcome(self, choices: Mapping[str, str], *, is_undo: bool = False) -> tuple[Wants, set[str]]:
        """Return what is asked of the current record, and which of the wants its author gave up."""
        key_of = self.layout.key_of
        asked, dropped = Wants(new=[line for line in self.wants.new if is_undo or not self._has_landed(line[1])]), set()
        for spot, value in self.wants.cells.items():
            if self._lost_line(spot):
                continue
            if self._clashes(spot) and choices[key_of(spot)] == "theirs":
                dropped.add(value)
                continue
            unit = self.layout.together(spot) if self._clashes(spot) else {spot}
            apart = {one for one in unit if not alike(self.mine.get(one), self.now.get(one))}
            asked.cells.update({one: self.mine.get(one, "") for one in apart})
        for line in {line_of(spot) for spot in self.wants.cells if self._lost_line(spot)}:
            self._bring_back(line, choices[key_of(line)], asked, dropped)
        for line in self.wants.gone & self.now.keys():
            if self._moved(line) and choices[key_of(line)] == "theirs":
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
        asked.new.append(_again(self.layout, line, self.mine))
