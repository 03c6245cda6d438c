"""What a form's inputs say about lines: `item_lines-3-quantity` is the member `quantity` of line 3 of `item_lines`.

New lines follow the stored ones in the order in which they are posted, whatever their indexes are.
The buttons of the form (add, open, copy, remove, undo) are carried out here, on the inputs, before anybody reads them,
so that each works without a script. Knows no field.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import QueryDict

from records.changes import NEW_LINE

Inputs = dict[str, str]
BUTTONS = ("add", "below", "up", "down", "open", "copy", "split", "remove", "undo", "columns")
# DRAWN: what stood in an entry's inputs when they were drawn, where that is not what is stored.
ID, REMOVE, SPLIT, DRAWN = "id", "remove", "split", "drawn"
OWN = {ID, REMOVE, SPLIT, DRAWN}


@dataclass(frozen=True, slots=True)
class InputPlace:
    """Where a line stands: `item_group_lines-0-item_lines-2` is line 2 of `item_group_lines-0-item_lines`."""

    section: str
    index: int

    @property
    def outer(self) -> "InputPlace | None":
        """The line that this one stands inside, if any."""
        return parse_place(self.section.rpartition("-")[0])


def parse_place(prefix: str) -> InputPlace | None:
    """The place that a prefix names, or None where it names none."""
    section, _, index = prefix.rpartition("-")
    return (
        InputPlace(section, int(index)) if section and index.isascii() and index.isdigit() and len(index) < 7 else None
    )


class PostedLines:
    """The typed lines by section and index; `take` hands a section out, `left` names what nobody asked for.

    `at_end` are the prefixes of new lines that could not be put below the stored line in which they were asked for.
    """

    def __init__(self, data: QueryDict | None, sections: Iterable[str]) -> None:
        self.sections: dict[str, dict[int, Inputs]] = {}
        self.left: list[str] = []
        self.at_end: set[str] = set()
        known = frozenset(sections)
        for name in data or ():
            if name.partition("-")[0] in known and "-" in name:
                self._put(name, str(data[name]) if data else "")

    def _put(self, name: str, text: str) -> None:
        prefix, _, member = name.rpartition("-")
        place = parse_place(prefix)
        if place is None:
            self.left.append(name)
        else:
            self.sections.setdefault(place.section, {}).setdefault(place.index, {})[member] = text

    def take(self, section: str) -> dict[int, Inputs]:
        return self.sections.pop(section, {})

    def untaken(self) -> list[str]:
        """The inputs that belong to no line there can be."""
        return [*self.left, *(f"{section}-{index}" for section, lines in self.sections.items() for index in lines)]

    def add(self, section: str, stored: int, inputs: Inputs | None = None, below: int | None = None) -> int:
        """A new line, blank or with `inputs`; return its index.

        It follows the line with the index `below`, but never stands above a stored one: the place of a new line among
        stored ones is not documented (docs/vendors/conductor.md, section 8.8).
        """
        lines = self.sections.setdefault(section, {})
        index = max([stored - 1, *lines]) + 1
        line = {ID: NEW_LINE, **{name: text for name, text in (inputs or {}).items() if name not in OWN}}
        order = list(lines)
        place = len(order)
        if below is not None and below >= stored:
            place = order.index(below) + 1 if below in lines else place
        elif below is not None and all(REMOVE in lines.get(later, {}) for later in range(below + 1, stored)):
            place = next((at for at, one in enumerate(order) if one >= stored), place)
        elif below is not None:
            self.at_end.add(f"{section}-{index}")
        order.insert(place, index)
        self.sections[section] = {one: lines.get(one, line) for one in order}
        return index

    def move(self, place: InputPlace, stored: int, step: int) -> None:
        """A new line changes places with the new one above (-1) or below it (1), if there is one."""
        lines = self.sections.get(place.section, {})
        new = [one for one in lines if one >= stored]
        at = new.index(place.index) + step if place.index in new else -1
        if 0 <= at < len(new):
            swapped = {place.index: new[at], new[at]: place.index}
            order = [swapped.get(one, one) for one in lines]
            self.sections[place.section] = {one: lines[one] for one in order}

    def at(self, place: InputPlace) -> Inputs:
        return self.sections.get(place.section, {}).get(place.index, {})

    def touch(self, place: InputPlace, key: str, inputs: Inputs | None = None) -> Inputs:
        """The inputs of a line, there from now on: what travelled for it before, else its id and `inputs`."""
        lines = self.sections.setdefault(place.section, {})
        found = lines.setdefault(place.index, {ID: key})
        for name, text in (inputs or {}).items():
            found.setdefault(name, text)
        return found

    def undo(self, place: InputPlace) -> None:
        """A struck-out line stands again; any other goes back to what is stored."""
        lines = self.sections.get(place.section, {})
        was_gone = lines.get(place.index, {}).pop(REMOVE, "")
        if not was_gone or set(lines.get(place.index, {})) <= {ID}:
            lines.pop(place.index, None)


def get_button(data: QueryDict | None) -> tuple[str, str]:
    """The button that sent the form and its value; two blanks where it was Save."""
    if data and "save" in data:
        return "", ""
    return next(((name, str(data[name])) for name in BUTTONS if data and name in data), ("", ""))


MOVES = {"up": -1, "down": 1}
Typed = Callable[[InputPlace], tuple[str, Inputs] | None]
Split = Callable[[InputPlace, Inputs], list[Inputs]]


def arrange_lines(
    posted: PostedLines,
    button: str,
    value: str,
    stored: Callable[[str], int],
    typed: Typed,
    split: Split = lambda place, inputs: [],
) -> None:
    """Carry a button out. `stored` counts a section's stored lines, `typed` gives a stored line's id and inputs.

    `split` turns the inputs of a line into what stands in its parts; no parts leave the line as it is.
    """
    place = parse_place(f"{value}-0" if button == "add" else value)
    if place is None:
        return
    if place.outer and button != "undo" and (around := typed(place.outer)):
        posted.touch(place.outer, around[0])
    if button == "undo":
        posted.undo(place)
    elif button == "add":
        posted.add(value, stored(value))
    elif button in MOVES:
        posted.move(place, stored(place.section), MOVES[button])
    elif (known := typed(place)) or posted.at(place):
        _arrange_line(posted, button, place, stored(place.section), known or (NEW_LINE, {}), split)


def _arrange_line(
    posted: PostedLines, button: str, place: InputPlace, stored: int, known: tuple[str, Inputs], split: Split
) -> None:
    key, inputs = known
    if button in ("below", "copy"):
        copied = {**inputs, **posted.at(place)} if button == "copy" else {}
        posted.add(place.section, stored, copied, place.index)
        return
    touched = posted.touch(place, key, inputs if button in ("open", "split") else None)
    if button == "remove":
        touched[REMOVE] = "on"
    if button == "split" and (parts := split(place, touched)):
        touched |= {**parts[0], SPLIT: ""}
        below = place.index
        for part in parts[1:]:
            below = posted.add(place.section, stored, touched | part, below)
