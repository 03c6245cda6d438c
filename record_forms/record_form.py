"""The form of a record, made from its field table: one input for each value that can be written.

An input that did not travel, or that came back as it was shown, leaves its field alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as part_of_row
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict

from books.mirror.currencies import find_record_currency, get_code
from records.content import Content, Reference, Value, is_blank
from records.fields import Field, FieldKind, FieldSection, Table
from records.formatting import PLACED, PRINTED, format_address, format_or_blank, format_value, lower_first
from tenants.models import Tenant

from . import validation
from .address_buttons import AddressButtons
from .checks import Check
from .registry import ErrorLink
from .typed.parse import format_full, format_typed, parse_value
from .widgets import InputMap


@dataclass(frozen=True, slots=True)
class FormRow:
    """One field in its section: its input, its inputs by member for a group, or neither where it is read only.

    `name` is that of the group's inputs, `label` what it is called where that is not the field's own, `listed` what
    draws a list's entries. An address can be copied from the one that `source` names; `not_copied` are sentences on
    what just was not. `block` is what was pasted to be laid out over it.
    """

    field: Field
    value: Value
    input: BoundField | None = None
    members: Mapping[str, BoundField] = part_of_row(default_factory=dict)
    name: str = ""
    label: str = ""
    listed: Any = None
    source: str = ""
    block: str = ""
    not_copied: Sequence[str] = ()
    has_focus: bool = False

    @property
    def spots(self) -> list[tuple[Field, BoundField | None, str]]:
        """The members of a group in reading order: their inputs, or the text of what only the books change."""
        spots = [(m, self.members.get(m.name), format_or_blank(m, self.value[m.name])) for m in self._members]
        return [(m, bound, text) for m, bound, text in spots if bound or text]

    @property
    def _members(self) -> list[Field]:
        """Of an entry that is an address with a name, those of the address."""
        inside = self.field.shape.fields
        return [m for m in inside if m.name in PLACED or not self.field.is_address]

    @property
    def takes_block(self) -> bool:
        """Whether a whole address can be laid out over it: only where every part of one has an input."""
        return self.members.keys() >= set(PRINTED)

    @property
    def is_touched(self) -> bool:
        """Whether somebody works on the group: with its buttons, or by typing."""
        typed = any(bound.errors or bound.value() != bound.initial for bound in self._bounds)
        return typed or self.has_focus or bool(self.block)

    @property
    def is_idle(self) -> bool:
        """Whether it holds nothing and nobody works on it, so that its page can fold it."""
        if self.listed:
            return not self.listed.rows and not self.listed.part.problems
        return not self.text and not self.is_touched and not any(bound.value() for bound in self._bounds)

    @property
    def _bounds(self) -> list[BoundField]:
        return [self.input] if self.input else [*self.members.values()]

    @property
    def title(self) -> str:
        return self.label or self.field.label

    @property
    def text(self) -> str:
        """What a field that only the books change holds."""
        if self.field.writable:
            return ""
        if self.field.kind is not FieldKind.LIST:
            return format_or_blank(self.field, self.value)
        return "\n".join(_make_entry(self.field, entry) for entry in self.value)

    @property
    def printed(self) -> str:
        """An address the way it prints, as it is in the inputs."""
        typed_in = {name: str(bound.value() or "") for name, bound in self.members.items()}
        return "\n".join(format_address(self.value.replace(**typed_in)))

    @property
    def span(self) -> str:
        """Columns of the form's grid that it takes; one where nothing is said."""
        return "2" if self.field.kind is FieldKind.LONG_TEXT else ""


def _make_entry(f: Field, entry: Content) -> str:
    """One entry of a read-only list: Region: North, or what it holds beside its key: Purchase order · 4711."""
    if f.shape.keys() >= {"name", "value"}:
        return f"{entry['name']}: {format_value(f.shape['value'], entry['value'])}"
    return " · ".join(
        format_value(m, entry[m.name]) for m in f.shape.fields if m.name != f.key and not is_blank(entry[m.name])
    )


class RecordForm(forms.Form):
    """Every writable field of a table except its lists: `base` is what the person saw, `edited` what they want."""

    def __init__(
        self,
        tenant: Tenant,
        table: Table,
        base: Content,
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data)
        self.tenant, self.table, self.base = tenant, table, base
        self.values: dict[str, Value] = {}
        self.warned: dict[str, list[Check]] = {}
        self.spots = dict(self.every_spot())
        self.blocks = AddressButtons(table, base, data, self.spots)
        if data is not None:
            self.data = self._in_full(self.blocks.data)
        self.fields = InputMap(tenant, self.spots)  # type: ignore[assignment]  # a form only reads it as a Mapping

    def _in_full(self, data: QueryDict) -> QueryDict:
        """What was typed, with its dates as people read them: the form may come back with them."""
        dates = {name: spot for name, spot in self.spots.items() if spot[0].kind is FieldKind.DATE and name in data}
        full = {name: format_full(f, str(data[name]), was, self.tenant) for name, (f, was) in dates.items()}
        if all(data[name] == text for name, text in full.items()):
            return data
        changed = data.copy()
        for name, text in full.items():
            changed[name] = text
        return changed

    def every_spot(self) -> Iterator[tuple[str, tuple[Field, Value]]]:
        """Input name → its field and what it is opened with."""
        return _list_inputs(self.table, self.base)

    def _clean_fields(self) -> None:
        """Nothing: `clean` reads what was typed, so that a save that goes through makes no input for it."""

    def read_typed(self) -> None:
        """The value of each field, or why what was typed is none."""
        for name, (f, was) in _list_inputs(self.table, self.base):
            if name not in self.data:
                self.values[name] = was
                continue
            try:
                self.values[name] = parse_value(f, self.data[name], was, self.tenant, self._find_code)
            except ValidationError as error:
                self.add_error(name, error)

    def _find_code(self) -> str:
        return find_record_currency(self.tenant, self.table, self.base).code

    def clean(self) -> None:
        self.read_typed()
        for name in self.blocks.waiting:
            self.add_error(name, "Press “Fill in the fields” for the pasted address, or clear its box.")
        if not self.errors:
            for name, why in validation.list_errors(self.tenant, self.table, self.base, self.edited):
                self.add_error(name, why)

    @property
    def edited(self) -> Content:
        """The content as the person wants it; only after `is_valid`."""
        values = {}
        for f in self.table.shape.writable:
            if f.kind is FieldKind.GROUP:
                inner = {m.name: self.values[f"{f.name}-{m.name}"] for m in f.shape.writable}
                values[f.name] = self.base[f.name].replace(**inner)
            elif f.kind is not FieldKind.LIST:
                values[f.name] = self.values[f.name]
        return self.base.replace(**values)

    @property
    def error_links(self) -> list[ErrorLink]:
        """The inputs with errors, for the notice at the top of the page."""
        return [ErrorLink(self.name_input(name), f"id_{name}") for name in self.spots if name in self.errors]

    def name_input(self, name: str) -> str:
        """What an input is called where it does not stand in its section: Billing address, city."""
        f, _ = self.spots[name]
        group = self.table.shape.get(name.partition("-")[0]) if "-" in name else None
        return f"{group.label}, {lower_first(f.label)}" if group else f.label

    def refuse(self, path: str, message: str) -> None:
        """Put what the books said beside the input it names, or on top where it names none."""
        self.add_error(path if path in self.fields else None, message)

    def wanted(self, name: str) -> Value:
        """What a field is to hold: what was typed where that could be read, else what it held."""
        return self.values.get(name, self.base[name])

    def find_input(self, spot: str) -> str:
        """The name of the input that a check is about."""
        return spot

    def warn(self, guard: Check) -> None:
        """Say it beside the inputs that it is about, too."""
        for name in map(self.find_input, guard.spots):
            if guard.refuses and name in self.fields:
                self.add_error(name, guard.title)
            elif name in self.fields:
                self.warned.setdefault(name, []).append(guard)

    @property
    def sections(self) -> Iterator[tuple[FieldSection, list[FormRow]]]:
        """The sections in which a person can change something or looks for it in vain, with their rows."""
        for section in self.table.sections:
            rows = [self.row(name) for name in section.fields]
            if any(row.field.writable or (row.field.kind is FieldKind.LIST and row.value) for row in rows):
                yield section, rows

    def row(self, name: str) -> FormRow:
        f = self.table.shape[name]
        if f.kind is FieldKind.GROUP and f.writable:
            inner = {m.name: self[f"{name}-{m.name}"] for m in f.shape.writable}
            return FormRow(f, self.base[name], members=inner, name=name, **self.blocks.row(name, f))
        return FormRow(f, self._name_currency(f), self[name] if name in self.fields else None)

    def _name_currency(self, f: Field) -> Value:
        """Return what a field holds; a currency with its short code for its name, as beside amounts."""
        value = self.base[f.name]
        is_currency = f.name == self.table.columns.get("currency", "").partition(".")[0]
        if not (is_currency and isinstance(value, Reference)):
            return value
        return replace(value, name=get_code(self.tenant, value.name))

    def fixed_lists(self) -> list[FormRow]:
        """The lists that only the books change."""
        lists = [f for f in self.table.shape.fields if f.kind is FieldKind.LIST and not f.writable]
        return [self.row(f.name) for f in lists]

    def rows(self) -> Mapping[str, FormRow]:
        """Every row by its field's name, for a page that arranges them itself."""
        return {name: self.row(name) for name in self.table.shape}


def fill_inputs(table: Table, base: Content, wanted: Content) -> QueryDict:
    """The inputs that a person would have left to want `wanted`: what a draft or a merge puts back into a form."""
    data = QueryDict(mutable=True)
    for name, (f, value) in _list_inputs(table, wanted):
        data[name] = format_typed(f, value)
    return data


def _list_inputs(table: Table, content: Content) -> Iterator[tuple[str, tuple[Field, Value]]]:
    """Input name → its field and value: `company_name`, `billing_address-line1`."""
    for f in table.shape.writable:
        if f.kind is FieldKind.GROUP:
            for member in f.shape.writable:
                yield f"{f.name}-{member.name}", (member, content[f.name][member.name])
        elif f.kind is not FieldKind.LIST:
            yield f.name, (f, content[f.name])
