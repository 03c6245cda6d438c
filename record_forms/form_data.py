"""What a form's inputs say about lines: `item_lines-3-quantity` is the member `quantity` of line 3 of `item_lines`.

The buttons of the form (add, open, copy, remove, undo) are carried out here, on the inputs, before anybody reads them,
so that each works without a script. Knows no field.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import QueryDict

from records.changes import NEW_LINE

Inputs = dict[str, str]
BUTTONS = ("add", "open", "copy", "split", "remove", "undo", "columns")
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
    """The typed lines by section and index; `take` hands a section out, `left` names what nobody asked for."""

    def __init__(self, data: QueryDict | None, sections: Iterable[str]) -> None:
        self.sections: dict[str, dict[int, Inputs]] = {}
        self.left: list[str] = []
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

    def add(self, section: str, stored: int, inputs: Inputs | None = None) -> None:
        """A new line behind all others, blank or with `inputs`."""
        lines = self.sections.setdefault(section, {})
        index = max([stored - 1, *lines]) + 1
        lines[index] = {ID: NEW_LINE, **{name: text for name, text in (inputs or {}).items() if name not in OWN}}

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
    if button == "undo":
        posted.undo(place)
        return
    if place.outer and (around := typed(place.outer)):
        posted.touch(place.outer, around[0])
    if button == "add":
        posted.add(value, stored(value))
        return
    known = typed(place)
    if known is None and not posted.at(place):
        return
    key, inputs = known or (NEW_LINE, {})
    if button == "copy":
        posted.add(place.section, stored(place.section), {**inputs, **posted.at(place)})
        return
    touched = posted.touch(place, key, inputs if button in ("open", "split") else None)
    if button == "remove":
        touched[REMOVE] = "on"
    if button == "split" and (parts := split(place, touched)):
        touched |= {**parts[0], SPLIT: ""}
        for part in parts[1:]:
            posted.add(place.section, stored(place.section), touched | part)
