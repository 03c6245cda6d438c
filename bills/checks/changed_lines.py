"""The lines of a bill that a change adds, alters or removes, those inside groups included."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bills.grid.columns import find_inner_list
from record_forms.form_data import ID
from records.changes import NEW_LINE
from records.content import Content
from records.fields import Field
from records.merge.parts import LinePlace, is_same

NAMED = 3  # lines that a sentence names; of more it gives the number


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One such line: the section of the bill that it stands in, its place there, how it was, how it is to be."""

    section: str
    place: LinePlace
    was: Content
    now: Content | None

    @property
    def key(self) -> str:
        return str(self.was[ID])

    def changes(self, names: Iterable[str]) -> bool:
        """Whether the line is removed, or one of these members is another."""
        now, shape = self.now, self.was.shape
        if now == self.was:
            return False
        return now is None or any(not is_same(shape[n], self.was[n], now[n]) for n in names if n in shape)

    def __str__(self) -> str:
        return f"{self.place.label}: {'removed' if self.now is None else 'changed'}"


@dataclass(frozen=True, slots=True)
class EditedLine:
    """A line that is new or changed: the prefix of its inputs, counted as it is sent, and how it is to be.

    `was` is how it is stored; blank if it is new.
    """

    spot: str
    place: LinePlace
    was: Content
    now: Content

    @property
    def is_new(self) -> bool:
        return bool(self.now[ID] == NEW_LINE)

    def changes(self, *names: str) -> bool:
        """Whether it is new, or one of these members is another."""
        shape = self.now.shape
        return self.is_new or any(not is_same(shape[n], self.was[n], self.now[n]) for n in names if n in shape)


def list_edited_lines(base: Content, edited: Content) -> Iterator[EditedLine]:
    """Every line that is new or not to stay as it is, those inside groups included."""
    for f in edited.shape.lists:
        yield from _list_edited(f, f.name, base[f.name], edited[f.name])


def _list_edited(f: Field, section: str, base: Sequence[Content], edited: Sequence[Content]) -> Iterator[EditedLine]:
    stored, blank = {line[ID]: line for line in base}, Content(f.shape, {})
    for number, now in enumerate(edited):
        was, spot = stored.get(now[ID], blank), f"{section}-{number}"
        if now != was:
            yield EditedLine(spot, LinePlace(f, str(now[ID]), number + 1, name_line(now)), was, now)
            if within := find_inner_list(now.shape):
                yield from _list_edited(within, f"{spot}-{within.name}", was[within.name], now[within.name])


def list_changed_lines(base: Content, edited: Content) -> Iterator[ChangedLine]:
    """Every stored line that is not to stay as it is, in the order of the bill."""
    for f in base.shape.lists:
        yield from _compare_section(f, f.name, base[f.name], edited[f.name])


def describe_lines(lines: Sequence[ChangedLine]) -> str:
    """The lines in a sentence: "Item line 2, Tape: changed; Expense line 1, Freight In: removed"."""
    rest = len(lines) - NAMED
    return "; ".join([*map(str, lines[:NAMED]), *([f"and {rest} more"] if rest > 0 else [])])


def name_line(line: Content) -> str:
    """What the line is for: its account, item or group."""
    return next((str(line[f.name]) for f in line.shape.fields if f.required and line[f.name]), "")


def _compare_section(
    f: Field, section: str, base: Sequence[Content], edited: Sequence[Content]
) -> Iterator[ChangedLine]:
    now = {line[ID]: line for line in edited}
    for number, was in enumerate(base, 1):
        is_now = now.get(was[ID])
        found = ChangedLine(section, LinePlace(f, was[ID], number, name_line(was)), was, is_now)
        if found.changes(member.name for member in was.shape.typed):
            yield found
        if within := find_inner_list(was.shape):
            yield from _compare_section(within, section, was[within.name], is_now[within.name] if is_now else ())
