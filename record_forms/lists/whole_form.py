"""The form of a whole record, its lists included: what is typed into their entries, and the limits of a list.

Knows the field table and no field.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as of_its_own
from typing import Any

from django.forms import BoundField
from django.http import QueryDict

from books import registry
from record_forms import record_form
from record_forms.address_buttons import BLOCK
from record_forms.form_data import ID, OWN, REMOVE
from record_forms.record_form import FormRow, RecordForm
from records.changes import NEW_LINE
from records.content import Content, Value, is_blank, make_blank
from records.fields import Field, FieldKind, Table
from records.formatting import NONE, PLACED, format_count, format_or_blank, format_short
from tenants.models import Tenant

from .entry import MOVED, EntryList, ListEntry, ListInputs, list_inputs, list_members
from .parse import split_prefix

MANY = 40  # inputs: with more, only those entries of a list stand as inputs that somebody works on


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as its template draws it: its inputs, its address in one block, what is read only, lists inside it.

    Or, where nobody has touched it and its list is long, `short`: what it holds, in one line of text.
    """

    entry: ListEntry
    has_focus: bool
    short: str = ""
    inputs: list[BoundField] = of_its_own(default_factory=list)
    fixed: list[tuple[Field, str]] = of_its_own(default_factory=list)
    address: FormRow | None = None
    lists: "list[ListRow]" = of_its_own(default_factory=list)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list as its template draws it."""

    part: EntryList
    rows: list[EntryRow]
    outermost: str


class WholeForm(RecordForm):
    """Every writable field of a table, the entries of its lists among them."""

    def __init__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> None:
        self.lists = ListInputs(table, base, data)
        super().__init__(tenant, table, base, self.lists.data)
        if self.lists.full and (full := self.lists.find(self.lists.full)):
            full.problems.append(_describe_limit(full.field))

    def every_spot(self) -> Iterator[tuple[str, tuple[Field, Value]]]:
        yield from super().every_spot()
        yield from self.lists.spots()

    def clean(self) -> None:
        super().clean()
        for strange in self.lists.strange[:1]:
            self.add_error(None, f"This page has no place for {strange}. Open the record again.")
        for entry in self.lists.entries():
            self._check_ours(entry)
        for one in self.lists.every():
            self._check(one)

    def is_valid(self) -> bool:
        return super().is_valid() and not any(one.problems for one in self.lists.every())

    @property
    def edited(self) -> Content:
        """The content as the person wants it; only after `is_valid`."""
        return super().edited.replace(**{one.field.name: self._entries(one) for one in self.lists.lists})

    def refuse(self, path: str, message: str) -> None:
        """Put what the books said beside the input it names, on its list, or on top where it names none."""
        found = self.lists.place(path)
        if found is None:
            return super().refuse(path, message)
        one, name = found
        if name in self.fields:
            self.add_error(name, message)
        else:
            one.problems.append(message)
        return None

    def row(self, name: str) -> FormRow:
        one = self.lists.find(name)
        return super().row(name) if one is None else FormRow(one.field, self.base[name], listed=self.listed(one))

    def listed(self, one: EntryList, outermost: str = "") -> ListRow:
        """A list with its entries, ready to be drawn."""
        outermost = outermost or one.section
        rows = [
            EntryRow(entry, self._has_focus(entry), short=format_short(entry.field, entry.start) or NONE)
            if is_long_list(one.field, one.base) and self._is_at_rest(entry)
            else self._drawn(entry, outermost)
            for entry in one.entries
        ]
        return ListRow(one, rows, outermost)

    def _is_at_rest(self, entry: ListEntry) -> bool:
        """Whether nobody has touched it and nothing is wrong with it."""
        lists = [inside for one in entry.lists for inside in one.every()]
        every = [entry, *(inner for one in lists for inner in one.entries)]
        names = {name for one in every for name, _ in one.spots()}
        return entry.is_untouched and self.errors.keys().isdisjoint(names) and not any(one.problems for one in lists)

    def _drawn(self, entry: ListEntry, outermost: str) -> EntryRow:
        shape = entry.field.shape
        known = {} if entry.is_gone else {f.name: self[f"{entry.prefix}-{f.name}"] for f in list_members(shape)}
        block = {name: bound for name, bound in known.items() if entry.field.is_address and name in PLACED}
        about: dict[str, Any] = {"name": entry.prefix, "label": "Address", **self.blocks.row(entry.prefix, entry.field)}
        address = FormRow(entry.field, entry.start, members=block, **about) if block else None
        fixed = [
            (f, text)
            for f in shape.fields
            if f.why_read_only and not f.sent_along and f.kind is not FieldKind.MOMENT
            if (text := format_or_blank(f, entry.start[f.name]))
        ]
        inside = [self.listed(one, outermost) for one in entry.lists]
        plain = [bound for name, bound in known.items() if name not in block]
        focus = self._has_focus(entry)
        return EntryRow(entry, focus, inputs=plain, fixed=fixed, address=address, lists=inside)

    def _has_focus(self, entry: ListEntry) -> bool:
        """Whether it is what a button was pressed for, so that the person goes on there."""
        button, value = self.lists.pressed
        return value == entry.prefix or (button == "add" and value == entry.section and entry.is_blank)

    def _entries(self, one: EntryList) -> tuple[Content, ...]:
        return tuple(self._value(entry) for entry in one.kept)

    def _value(self, entry: ListEntry) -> Content:
        typed = {f.name: self.values.get(name) for name, (f, _) in entry.spots() if name in self.values}
        return entry.start.replace(**typed, **{one.field.name: self._entries(one) for one in entry.lists})

    def _check_ours(self, entry: ListEntry) -> None:
        """Whether what travelled belongs to the entry that is stored here, and is what such an entry has."""
        known = OWN | {BLOCK} | {f.name for f in list_members(entry.field.shape)}
        told = entry.inputs or {}
        if told and (told.get("id") != entry.key or told.keys() - known):
            self.add_error(None, MOVED)
        elif entry.field.why_closed and (entry.base is None or entry.is_gone):
            self.add_error(None, entry.field.why_closed)

    def _check(self, one: EntryList) -> None:
        """The limits of a list and of its entries, where something about it has changed."""
        f, now = one.field, self._entries(one)
        if now == one.base:
            return
        if f.most is not None and len(now) > f.most:
            one.problems.append(_describe_limit(f))
        if one.base and not now and not f.clear_flag:
            books = registry.get_description(self.tenant).name
            one.problems.append(f"The last {f.one} can only be removed in {books}.")
        for entry in one.kept:
            self._check_needed(entry)
        self._check_single(one)

    def _check_needed(self, entry: ListEntry) -> None:
        value = self._value(entry)
        for f in list_members(entry.field.shape):
            name = f"{entry.prefix}-{f.name}"
            if f.required and is_blank(value[f.name]) and value != entry.base and name not in self.errors:
                self.add_error(name, f"{f.label} is required.")

    def _check_single(self, one: EntryList) -> None:
        """No two entries of one name, and one at most with what only one may have."""
        shape = one.field.shape
        single = [f for f in list_members(shape) if f.only_one or (one.field.unique and f.name == one.field.key)]
        for f in single:
            seen: dict[str, str] = {}
            for entry in one.kept:
                value, name = self._value(entry)[f.name], f"{entry.prefix}-{f.name}"
                if is_blank(value) or value is False:
                    continue
                before = seen.setdefault(str(value).casefold(), entry.label)
                if before != entry.label and name not in self.errors:
                    self.add_error(name, _find_duplicate(one.field, f, str(value), before))


def fill_inputs(table: Table, base: Content, wanted: Content) -> QueryDict:
    """The inputs that a person would have left in a form over `base` to want `wanted`, those of lists included."""
    data = record_form.fill_inputs(table, base, wanted)
    for f in split_prefix(table.shape):
        for name, text in _fill_list(f, f.name, base[f.name], wanted[f.name]):
            data[name] = text
    return data


def is_long_list(f: Field, base: Sequence[Content]) -> bool:
    """Whether the stored entries of a list are too many to stand as inputs all at once."""
    return len(base) * len(f.shape.writable) > MANY


def _fill_list(f: Field, section: str, base: Sequence[Content], wanted: Iterable[Content]) -> Iterator[tuple[str, str]]:
    """Those of one list."""
    left = list(wanted)
    for index, entry in enumerate(base):
        now = next((one for one in left if one[f.key] == entry[f.key]), None)
        if now is not None:
            left.remove(now)
        if now == entry and is_long_list(f, base):
            continue
        yield f"{section}-{index}-{ID}", str(entry[f.key])
        if now is None:
            yield f"{section}-{index}-{REMOVE}", "on"
        else:
            yield from _list_inputs(f"{section}-{index}", now, entry)
    for place, entry in enumerate(left, len(base)):
        yield f"{section}-{place}-{ID}", NEW_LINE
        yield from _list_inputs(f"{section}-{place}", entry, None)


def _list_inputs(prefix: str, now: Content, base: Content | None) -> Iterator[tuple[str, str]]:
    yield from ((f"{prefix}-{name}", text) for name, text in list_inputs(now).items())
    for f in split_prefix(now.shape):
        inside = base[f.name] if base is not None else make_blank(f)
        yield from _fill_list(f, f"{prefix}-{f.name}", inside, now[f.name])


def _describe_limit(f: Field) -> str:
    return f"At most {format_count(f.most or 0, f.one)}."


def _find_duplicate(listed: Field, f: Field, value: str, before: str) -> str:
    if f.only_one:
        return f"Only one {listed.one} can be the {f.label.lower()}, and {before} already is."
    return f"{before} is already called “{value}”. Choose another name; capitals make no difference."
