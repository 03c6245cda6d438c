"""The lists inside a record as a form holds them: entries of inputs that named buttons add, strike out and put back.

An entry that stands as inputs travels with the form; one that did not is as the person saw it.
Knows the field table and no field. A bill's lines, of which there may be a thousand, have a form of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as of_its_own

from django.http import QueryDict

from record_forms.form_data import ID, OWN, REMOVE, InputPlace, Inputs, PostedLines, arrange_lines, get_button
from record_forms.typed.parse import format_typed
from records.changes import NEW_LINE
from records.content import Content, Value
from records.fields import Field, FieldKind, Shape, Table

from .parse import find_list, split_prefix

MOVED = "An entry has moved since the page was opened. Open the record again; you can copy what you typed from here."


@dataclass(slots=True, eq=False)
class ListEntry:
    """One entry: where it stands, what is stored (`base`, None for a new one) and what travelled for it."""

    field: Field
    section: str
    index: int
    base: Content | None
    inputs: Inputs | None = None
    lists: "list[EntryList]" = of_its_own(default_factory=list)

    @property
    def prefix(self) -> str:
        return f"{self.section}-{self.index}"

    @property
    def key(self) -> str:
        """What its hidden input says of which entry it is."""
        return NEW_LINE if self.base is None else str(self.base[self.field.key])

    @property
    def label(self) -> str:
        """Ship-to address 2."""
        return f"{self.field.one[:1].upper()}{self.field.one[1:]} {self.index + 1}"

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.start[self.field.called_by]) if self.field.called_by else ""

    @property
    def is_gone(self) -> bool:
        return REMOVE in (self.inputs or {})

    @property
    def is_blank(self) -> bool:
        """Whether it is new and nobody has typed anything into it."""
        if self.base is not None:
            return False
        texts = (text for name, text in (self.inputs or {}).items() if name not in OWN)
        return not any(text.strip() for text in texts) and all(e.is_blank for part in self.lists for e in part.entries)

    @property
    def is_dropped(self) -> bool:
        """Whether it counts for nothing."""
        return self.is_gone or self.is_blank

    @property
    def is_untouched(self) -> bool:
        """Whether nothing travelled for it or for an entry inside it."""
        return self.inputs is None and all(e.is_untouched for part in self.lists for e in part.entries)

    @property
    def start(self) -> Content:
        """What its inputs were opened with."""
        key = self.field.shape[self.field.key]
        new = {} if key.writable else {key.name: NEW_LINE}
        return self.base if self.base is not None else Content(self.field.shape, new)

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """What a struck-out entry carries along, to stand again as it was typed."""
        yield from ((f"{self.prefix}-{name}", text) for name, text in (self.inputs or {}).items() if name not in OWN)

    def spots(self) -> Iterator[tuple[str, tuple[Field, Value]]]:
        """Input name → its field and what it was opened with, of this entry alone."""
        for f in list_members(self.field.shape):
            yield f"{self.prefix}-{f.name}", (f, self.start[f.name])


@dataclass(slots=True, eq=False)
class EntryList:
    """One list: the record's own or one inside an entry, with the entries as the form shows them."""

    field: Field
    section: str
    base: tuple[Content, ...]
    entries: list[ListEntry]
    problems: list[str] = of_its_own(default_factory=list)

    @property
    def kept(self) -> list[ListEntry]:
        return [entry for entry in self.entries if not entry.is_dropped]

    @property
    def is_full(self) -> bool:
        return self.field.most is not None and sum(not entry.is_gone for entry in self.entries) >= self.field.most

    def every(self) -> "Iterator[EntryList]":
        """This list and those inside its entries."""
        yield self
        for entry in self.entries:
            for inside in entry.lists:
                yield from inside.every()


class ListInputs:
    """All lists of one record's form; `data` is what the form shows, every input of every entry in it."""

    def __init__(self, table: Table, base: Content, data: QueryDict | None) -> None:
        self.base = base
        self.fields = split_prefix(table.shape)
        self.strange: list[str] = []
        posted = PostedLines(data, (f.name for f in self.fields))
        self.full = ""
        button, value = get_button(data)
        if button and not self._is_full(posted, button, value):
            arrange_lines(posted, button, value, lambda section: len(find_list(self.base, section)[1]), self._typed)
        self.pressed = (button, value)
        self.lists = [build_list(f, f.name, base[f.name], posted) for f in self.fields]
        self.strange += posted.untaken()
        self.data = self._filled(data) if data is not None else None

    def every(self) -> Iterator[EntryList]:
        for one in self.lists:
            yield from one.every()

    def entries(self) -> Iterator[ListEntry]:
        for one in self.every():
            yield from one.entries

    def spots(self) -> Iterator[tuple[str, tuple[Field, Value]]]:
        """The inputs of all entries that stand, by name."""
        for entry in self.entries():
            if not entry.is_gone:
                yield from entry.spots()

    def find(self, section: str) -> EntryList | None:
        return next((one for one in self.every() if one.section == section), None)

    def place(self, path: str) -> tuple[EntryList, str] | None:
        """The list and the input that the books mean by a path, whose positions count the entries that were sent."""
        name, *steps = path.split("-")
        found = self.find(name)
        if found is None:
            return None
        while len(steps) > 1 and steps[0].isdigit() and int(steps[0]) < len(found.kept):
            entry, member = found.kept[int(steps[0])], steps[1]
            inside = next((one for one in entry.lists if one.field.name == member), None)
            if inside is None:
                return found, f"{entry.prefix}-{member}"
            found, steps = inside, steps[2:]
        return found, ""

    def _filled(self, data: QueryDict) -> QueryDict:
        filled = data.copy()
        for entry in self.entries():
            for name, (f, was) in entry.spots():
                told = (entry.inputs or {}).get(f.name)
                filled[name] = format_typed(f, was) if told is None else told
        return filled

    def _is_full(self, posted: PostedLines, button: str, value: str) -> bool:
        """Whether a list takes no further entry; it then says so."""
        f, stored = find_list(self.base, value)
        if button != "add" or f is None or f.most is None:
            return False
        new = sum(inputs.get(ID) == NEW_LINE for inputs in posted.sections.get(value, {}).values())
        gone = sum(REMOVE in inputs for inputs in posted.sections.get(value, {}).values())
        self.full = value if len(stored) + new - gone >= f.most else ""
        return bool(self.full)

    def _typed(self, place: InputPlace) -> tuple[str, Inputs] | None:
        f, stored = find_list(self.base, place.section)
        if f is None or place.index >= len(stored):
            return None
        return str(stored[place.index][f.key]), list_inputs(stored[place.index])


def build_list(f: Field, section: str, base: Sequence[Content], posted: PostedLines) -> EntryList:
    """One list: the stored entries in place, then the new ones."""
    travelled = posted.take(section)
    entries = [ListEntry(f, section, index, stored, travelled.pop(index, None)) for index, stored in enumerate(base)]
    entries += [ListEntry(f, section, index, None, travelled[index]) for index in sorted(travelled)]
    for entry in entries:
        entry.lists = [
            build_list(m, f"{entry.prefix}-{m.name}", entry.start[m.name], posted) for m in split_prefix(f.shape)
        ]
    return EntryList(f, section, tuple(base), entries)


def list_members(shape: Shape) -> tuple[Field, ...]:
    """What a person types of an entry, lists inside it aside."""
    return tuple(f for f in shape.writable if f.kind is not FieldKind.LIST)


def list_inputs(entry: Content) -> Inputs:
    """An entry as it stands in its inputs."""
    return {f.name: format_typed(f, entry[f.name]) for f in list_members(entry.shape)}
