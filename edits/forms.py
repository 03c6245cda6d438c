"""The form of a record, made from its field table: one input for each value that can be written.

An input that did not travel, or that came back as it was shown, leaves its field alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse

from books.fields import Field, Kind, Section, Table
from books.records import Content, Value
from books.shown import printed, shown
from tenants.models import Tenant

from .guards import Guard
from .values import in_full, parse, typed
from .widgets import Picker, Switch, plain


@dataclass(frozen=True, slots=True)
class Row:
    """One field in its section: its input, its inputs by member for an address, or neither where it is read only."""

    field: Field
    value: Value
    input: BoundField | None = None
    members: tuple[BoundField, ...] = ()

    @property
    def spots(self) -> list[tuple[Field, BoundField | None, str]]:
        """The members of an address in reading order: their inputs, or the text of what only the books change."""
        inputs = dict(zip((m.name for m in self.field.shape.writable), self.members, strict=True))
        spots = [(m, inputs.get(m.name), str(self.value[m.name] or "")) for m in self.field.shape.fields]
        return [(m, bound, text) for m, bound, text in spots if bound or text]

    @property
    def text(self) -> str:
        """What a field that only the books change holds."""
        return "" if self.field.writable or self.field.kind is Kind.LIST else shown(self.field, self.value)

    @property
    def printed(self) -> str:
        """An address the way it prints, as it was when the form was opened."""
        return "\n".join(printed(self.value))

    @property
    def span(self) -> str:
        """Columns of the form's grid that it takes; one where nothing is said."""
        return "2" if self.field.kind is Kind.LONG_TEXT else ""


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
        self.warned: dict[str, list[Guard]] = {}
        self.spots = dict(_spots(table, base))
        if data is not None:
            self.data = self._in_full(data)
        for name, (f, was) in self.spots.items():
            self.fields[name] = self._input(f, was)
            self.initial[name] = typed(f, was)

    def _in_full(self, data: QueryDict) -> QueryDict:
        """What was typed, with its dates as people read them: the form may come back with them."""
        dates = {name: spot for name, spot in self.spots.items() if spot[0].kind is Kind.DATE and name in data}
        full = {name: in_full(f, str(data[name]), was, self.tenant) for name, (f, was) in dates.items()}
        if all(data[name] == text for name, text in full.items()):
            return data
        changed = data.copy()
        for name, text in full.items():
            changed[name] = text
        return changed

    def _input(self, f: Field, was: Value) -> forms.Field:
        """An input that hands its text on as it is; `clean` makes the value of it."""
        made = forms.CharField(
            label=f.label, help_text=f.hint, required=False, strip=False, widget=self._widget(f, was)
        )
        made.widget.attrs["data-was"] = typed(f, was)
        if f.limit and f.kind is Kind.TEXT:
            made.widget.attrs["data-limit"] = str(f.limit)
        if f.required:
            made.widget.attrs["aria-required"] = "true"
        return made

    def _widget(self, f: Field, was: Value) -> forms.Widget:
        if f.kind is Kind.REFERENCE:
            return Picker(options_url=reverse("reference_options", args=[self.tenant.slug, f.options]))
        if f.kind is Kind.CHOICE:
            blank = [] if was and not f.clearable else [("", "")]
            return forms.Select(choices=[*blank, *_choices(f, was)])
        if f.kind is Kind.BOOLEAN:
            return Switch()
        if f.kind is Kind.LONG_TEXT:
            return forms.Textarea(attrs={"rows": 4})
        return forms.TextInput(attrs=plain(f))

    def clean(self) -> None:
        for name, (f, was) in self.spots.items():
            if name not in self.data:
                self.values[name] = was
                continue
            try:
                self.values[name] = parse(f, self.data[name], was, self.tenant)
            except ValidationError as error:
                self.add_error(name, error)

    @property
    def edited(self) -> Content:
        """The content as the person wants it; only after `is_valid`."""
        groups: dict[str, dict[str, Value]] = {}
        plain: dict[str, Value] = {}
        for name, value in self.values.items():
            outer, _, inner = name.partition("-")
            if inner:
                groups.setdefault(outer, {})[inner] = value
            else:
                plain[name] = value
        whole = {name: self.base[name].replace(**members) for name, members in groups.items()}
        return self.base.replace(**plain, **whole)

    def refuse(self, path: str, message: str) -> None:
        """Put what the books said beside the input it names, or on top where it names none."""
        self.add_error(path if path in self.fields else None, message)

    def wanted(self, name: str) -> Value:
        """What a field is to hold: what was typed where that could be read, else what it held."""
        return self.values.get(name, self.base[name])

    def warn(self, guard: Guard) -> None:
        """Say it beside the inputs that it is about, too."""
        for name in guard.spots:
            if guard.refuses and name in self.fields:
                self.add_error(name, guard.title)
            elif name in self.fields:
                self.warned.setdefault(name, []).append(guard)

    @property
    def sections(self) -> Iterator[tuple[Section, list[Row]]]:
        """The sections in which a person can change something, with their rows."""
        for section in self.table.sections:
            rows = [self.row(name) for name in section.fields]
            if any(row.input or row.members for row in rows):
                yield section, rows

    def row(self, name: str) -> Row:
        f = self.table.shape[name]
        if f.kind is Kind.GROUP and f.writable:
            inner = tuple(self[f"{name}-{m.name}"] for m in f.shape.writable)
            return Row(f, self.base[name], members=inner)
        return Row(f, self.base[name], self[name] if name in self.fields else None)

    def rows(self) -> Mapping[str, Row]:
        """Every row by its field's name, for a page that arranges them itself."""
        return {name: self.row(name) for name in self.table.shape}


def as_typed(table: Table, base: Content, wanted: Content) -> QueryDict:
    """The inputs that a person would have left to want `wanted`: what a draft or a merge puts back into a form."""
    data = QueryDict(mutable=True)
    for name, (f, value) in _spots(table, wanted):
        data[name] = typed(f, value)
    return data


def _spots(table: Table, content: Content) -> Iterator[tuple[str, tuple[Field, Value]]]:
    """Input name → its field and value: `company_name`, `billing_address-line1`."""
    for f in table.shape.writable:
        if f.kind is Kind.GROUP:
            for member in f.shape.writable:
                yield f"{f.name}-{member.name}", (member, content[f.name][member.name])
        elif f.kind is not Kind.LIST:
            yield f.name, (f, content[f.name])


def _choices(f: Field, was: Value) -> list[tuple[str, str]]:
    known = dict(f.choices)
    return [*f.choices, *([(was, was)] if was and was not in known else [])]
