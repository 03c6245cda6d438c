"""The form of a whole record, including its lists, their entries and their limits.

Knows the field table and no field.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as of_its_own
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BoundField
from django.http import QueryDict

from record_forms.address_buttons import BLOCK
from record_forms.form_data import ID, OWN
from record_forms.record_form import FormRow, RecordForm
from record_forms.registry import ErrorLink
from record_forms.typed.parse import format_typed
from records.content import Content, Value
from records.fields import Field, FieldKind, Table
from records.formatting import NONE, PLACED, format_or_blank, format_short, lower_first
from tenants.models import Tenant

from . import inputs
from .entry import Entry, EntryList, walk_entries
from .list_form import ListForm

MANY = 40  # inputs: in a longer list, only the entries that a person works on have inputs


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as its template draws it: its inputs, its address in one block, read-only values, lists inside it.

    An untouched entry of a long list has only `short`: its values in one line of text.
    """

    entry: Entry
    has_focus: bool
    short: str = ""
    inputs: list[BoundField] = of_its_own(default_factory=list)
    fixed: list[tuple[Field, str]] = of_its_own(default_factory=list)
    address: FormRow | None = None
    lists: "list[ListRow]" = of_its_own(default_factory=list)

    @property
    def title(self) -> str:
        """The name of the entry for people."""
        f = self.entry.field
        return str(self.entry.start[f.called_by]) if f.called_by else ""

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """The typed inputs of a removed entry, sent along so that the removal can be undone."""
        typed = self.entry.typed or {}
        yield from ((f"{self.entry.prefix}-{name}", text) for name, text in typed.items() if name not in OWN)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list as its template draws it."""

    part: EntryList[Entry]
    rows: list[EntryRow]
    outermost: str


class BlockLists(ListForm[Entry]):
    """The lists of a record whose entries are drawn as blocks of inputs."""

    entry = Entry
    travels_along = OWN | {BLOCK}


class WholeForm(RecordForm):
    """Every writable field of a table, the entries of its lists among them."""

    def __init__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> None:
        self.lists = BlockLists(tenant, table, base, data)
        super().__init__(tenant, table, base, data if data is None else self._add_shown(data))

    def _add_shown(self, data: QueryDict) -> QueryDict:
        """Return what was typed, with the shown value in every input where nothing was."""
        shown = QueryDict(mutable=True)
        dict.update(shown, data.lists())  # its own `copy` copies every text anew
        for entry in self.lists.entries():
            for name, (f, was) in _list_spots(entry):
                text = (entry.typed or {}).get(f.name)
                shown[name] = format_typed(f, was) if text is None else text
        return shown

    def every_spot(self) -> Iterator[tuple[str, tuple[Field, Value]]]:
        yield from super().every_spot()
        for entry in self.lists.entries():
            if not entry.is_gone:
                yield from _list_spots(entry)

    def read_typed(self) -> None:
        super().read_typed()
        for entry in self.lists.entries():
            if entry.prefix == self.blocks.pressed:
                known = {f.name: self.data[name] for name, (f, _) in _list_spots(entry)}
                entry.typed = {ID: entry.key, **(entry.typed or {}), **known}
        self.lists.read()
        self._show_errors()

    def clean(self) -> None:
        super().clean()
        self.lists.check()
        self._show_errors()

    def _show_errors(self) -> None:
        """Show each error beside its input, or at the top."""
        for name, said in self.lists.errors.items():
            spot = name if name in self.fields else NON_FIELD_ERRORS
            known: Sequence[object] = self.errors.get(spot, ())
            for message in said if self.lists.find(name) is None else ():
                if message not in known:
                    self.add_error(None if spot is NON_FIELD_ERRORS else spot, message)

    def is_valid(self) -> bool:
        return super().is_valid() and not any(one.problems for one in self.lists.every())

    @property
    def edited(self) -> Content:
        """The content that the person wants; only after `is_valid`."""
        return super().edited.replace(**self.lists.edited)

    @property
    def error_links(self) -> list[ErrorLink]:
        lists = [one for one in self.lists.every() if one.problems]
        return [*super().error_links, *(ErrorLink(one.field.label, f"entries-{one.section}") for one in lists)]

    def name_input(self, name: str) -> str:
        entry = next((one for one in self.lists.entries() if name.rpartition("-")[0] == one.prefix), None)
        return super().name_input(name) if entry is None else f"{entry.label}, {lower_first(self.spots[name][0].label)}"

    def refuse(self, path: str, message: str) -> None:
        """Show the vendor's message beside the input that it names, on its list, or at the top if it names none."""
        found = self.lists.place(path)
        if found is None:
            return super().refuse(path, message)
        one, entry, member = found
        if entry and member:
            self.add_error(f"{entry.prefix}-{member}", message)
        else:
            one.refuse(message)
        return None

    def find_input(self, spot: str) -> str:
        found = self.lists.place(spot)
        return f"{found[1].prefix}-{found[2]}" if found and found[1] else spot

    def row(self, name: str) -> FormRow:
        one = self.lists.find(name)
        return super().row(name) if one is None else FormRow(one.field, self.base[name], listed=self.listed(one))

    def listed(self, one: EntryList[Entry], outermost: str = "") -> ListRow:
        """Return a list with its entries, ready to be drawn."""
        outermost = outermost or one.section
        rows = [
            EntryRow(entry, self._has_focus(entry), short=format_short(entry.field, entry.start) or NONE)
            if is_long_list(one.field, one.base) and self._is_at_rest(entry)
            else self._drawn(entry, outermost)
            for entry in one.entries
        ]
        return ListRow(one, rows, outermost)

    def _is_at_rest(self, entry: Entry) -> bool:
        """Return whether an entry is untouched and has no errors."""
        own = {f"{one.prefix}-{f.name}" for one in walk_entries([entry]) for f in one.shape.typed}
        own |= {inside.section for one in entry.lists for inside in one.every() if inside.problems}
        return entry.is_untouched and self.errors.keys().isdisjoint(own) and own.isdisjoint(self.lists.errors)

    def _drawn(self, entry: Entry, outermost: str) -> EntryRow:
        shape = entry.field.shape
        known = {} if entry.is_gone else {f.name: self[f"{entry.prefix}-{f.name}"] for f in shape.typed}
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

    def _has_focus(self, entry: Entry) -> bool:
        """Return whether a button was pressed for the entry, so that the person continues there."""
        button, value = self.lists.pressed
        return value == entry.prefix or (button == "add" and value == entry.section and entry.is_blank)


def fill_inputs(table: Table, base: Content, wanted: Content) -> QueryDict:
    """Return the inputs of a form over `base` that express the content `wanted`."""
    return inputs.fill_inputs(table, base, wanted, lambda f, stored: not is_long_list(f, stored))


def is_long_list(f: Field, base: Sequence[Content]) -> bool:
    """Return whether a list has too many stored entries to show inputs for all of them."""
    return len(base) * len(f.shape.writable) > MANY


def _list_spots(entry: Entry) -> Iterator[tuple[str, tuple[Field, Value]]]:
    """Yield each input name of this entry alone, with its field and the value it was opened with."""
    for f in entry.shape.typed:
        yield f"{entry.prefix}-{f.name}", (f, entry.start[f.name])
