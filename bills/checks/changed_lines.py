"""The stored lines of a bill that a change alters or removes, those inside groups included."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bills.grid.columns import inner, sections_of, typeable
from record_forms.form_data import ID
from records.content import Content
from records.fields import Field
from records.merge.parts import Place, same

NAMED = 3  # lines that a sentence names; of more it gives the number


@dataclass(frozen=True, slots=True)
class Touched:
    """One such line: the section of the bill that it stands in, its place there, how it was, how it is to be."""

    section: str
    place: Place
    was: Content
    now: Content | None

    @property
    def key(self) -> str:
        return str(self.was[ID])

    def changes(self, names: Iterable[str]) -> bool:
        """Whether the line is removed, or one of these members is another."""
        now, shape = self.now, self.was.shape
        return now is None or any(not same(shape[n], self.was[n], now[n]) for n in names if n in shape)

    def __str__(self) -> str:
        return f"{self.place.label}: {'removed' if self.now is None else 'changed'}"


def touched(base: Content, edited: Content) -> Iterator[Touched]:
    """Every stored line that is not to stay as it is, in the order of the bill."""
    for f in sections_of(base.shape):
        yield from _of(f, f.name, base[f.name], edited[f.name])


def named(lines: Sequence[Touched]) -> str:
    """The lines in a sentence: "Item line 2, Tape: changed; Expense line 1, Freight In: removed"."""
    rest = len(lines) - NAMED
    return "; ".join([*map(str, lines[:NAMED]), *([f"and {rest} more"] if rest > 0 else [])])


def _of(f: Field, section: str, base: Sequence[Content], edited: Sequence[Content]) -> Iterator[Touched]:
    now = {line[ID]: line for line in edited}
    for number, was in enumerate(base, 1):
        is_now = now.get(was[ID])
        found = Touched(section, Place(f, was[ID], number, _title(was)), was, is_now)
        if found.changes(member.name for member in typeable(was.shape)):
            yield found
        if within := inner(was.shape):
            yield from _of(within, section, was[within.name], is_now[within.name] if is_now else ())


def _title(line: Content) -> str:
    """What the line is for: its account, item or group."""
    return next((str(line[f.name]) for f in line.shape.fields if f.required and line[f.name]), "")
