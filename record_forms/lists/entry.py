"""A list inside a record as a form holds it, and its entries: the stored values, the typed ones, and the result.

An entry with inputs is sent with the form; any other keeps the values that the person saw.
Knows the field table and no field, and nothing of how entries are drawn.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as of_its_own
from typing import Generic, Self, TypeVar

from record_forms.form_data import OWN, REMOVE, Inputs
from records.changes import NEW_LINE
from records.content import Content
from records.fields import Field, Shape


@dataclass(slots=True, eq=False)
class Entry:
    """One entry: its index, what is stored (`base`, None for a new one), what was typed, and the resulting `value`.

    `number` is its place on the screen, from 1; the index of a new entry only names its inputs. `outer_key` is the id
    of the entry around it, `lists` are the lists inside it. `errors` are messages by member, or under "" for the entry
    as a whole.
    """

    field: Field
    section: str
    index: int
    base: Content | None
    typed: Inputs | None = None
    outer_key: str = ""
    lists: "list[EntryList[Self]]" = of_its_own(default_factory=list)
    errors: dict[str, list[str]] = of_its_own(default_factory=dict)
    number: int = 0
    value: Content = of_its_own(init=False)

    def __post_init__(self) -> None:
        self.value = self.start

    @property
    def start(self) -> Content:
        """The content that its inputs are opened with."""
        if self.base is not None:
            return self.base
        key = self.shape[self.field.key]
        return Content(self.shape, {} if key.writable else {key.name: NEW_LINE})

    @property
    def shape(self) -> Shape:
        return self.field.shape

    @property
    def prefix(self) -> str:
        return f"{self.section}-{self.index}"

    @property
    def key(self) -> str:
        """The value of the hidden input that identifies the entry."""
        return NEW_LINE if self.base is None else str(self.base[self.field.key])

    @property
    def inside(self) -> list[Self]:
        """The entries of the lists inside it."""
        return [entry for one in self.lists for entry in one.entries]

    @property
    def is_gone(self) -> bool:
        return self.typed is not None and REMOVE in self.typed

    @property
    def is_blank(self) -> bool:
        """Whether it is new and nobody has typed anything into it."""
        if self.base is not None:
            return False
        is_typed = any(text.strip() for name, text in (self.typed or {}).items() if name not in OWN)
        return not is_typed and all(entry.is_blank for entry in self.inside)

    @property
    def is_dropped(self) -> bool:
        """Whether it is not part of the edited list."""
        return self.is_gone or self.is_blank

    @property
    def is_untouched(self) -> bool:
        """Whether the form sent nothing for it or for an entry inside it."""
        return self.typed is None and all(entry.is_untouched for entry in self.inside)

    @property
    def label(self) -> str:
        """The name of the entry in messages, such as "Ship-to address 2"."""
        return f"{self.field.one[:1].upper()}{self.field.one[1:]} {self.number}"

    def refuse(self, member: str, message: str) -> None:
        said = self.errors.setdefault(member, [])
        if message not in said:
            said.append(message)


E = TypeVar("E", bound=Entry)


@dataclass(slots=True, eq=False)
class EntryList(Generic[E]):
    """One list: the record's own or one inside an entry, with the entries as the form shows them."""

    field: Field
    section: str
    base: tuple[Content, ...]
    entries: list[E]
    problems: list[str] = of_its_own(default_factory=list)

    @property
    def kept(self) -> list[E]:
        """The entries that remain, in the order in which they are sent."""
        return [entry for entry in self.entries if not entry.is_dropped]

    @property
    def edited(self) -> tuple[Content, ...]:
        return tuple(entry.value for entry in self.kept)

    @property
    def is_full(self) -> bool:
        return self.field.most is not None and sum(not entry.is_gone for entry in self.entries) >= self.field.most

    def every(self) -> "Iterator[EntryList[E]]":
        """Yield this list and those inside its entries."""
        yield self
        for entry in self.entries:
            for inside in entry.lists:
                yield from inside.every()

    def refuse(self, message: str) -> None:
        if message not in self.problems:
            self.problems.append(message)


def walk_entries(entries: Iterable[E]) -> Iterator[E]:
    """Yield each entry, followed by those inside it."""
    for entry in entries:
        yield entry
        if entry.lists:
            yield from walk_entries(entry.inside)
