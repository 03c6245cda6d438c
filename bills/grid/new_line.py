"""The requests of a bill's lines while they are edited: for a new line, and for the defaults of a picked entry."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from books.mirror.preferences import get_preferences
from record_forms.form_data import ID, parse_place
from record_forms.lists.members import list_inputs
from record_forms.typed.parse import parse_value
from records.changes import NEW_LINE
from records.content import Content, Reference
from records.fields import Shape, Table
from tenants.models import Tenant

from .columns import find_inner_list
from .item_defaults import find_item_defaults, find_units
from .items.unit_cost import COST, UnitCost, convert_cost
from .lines import BillLines
from .table import Grid


class NewLine(forms.Form):
    """The query of `bill_line`; `copy` is the prefix of a stored line of the same section."""

    section = forms.ChoiceField()
    index = forms.IntegerField(required=False, min_value=0, max_value=999_999)
    copy = forms.CharField(required=False, max_length=60)

    def __init__(self, data: QueryDict, *, bill: Content) -> None:
        super().__init__(data)
        self.bill = bill
        section: Any = self.fields["section"]
        section.choices = [(f.name, f.label) for f in bill.shape.lists]

    def clean_copy(self) -> Content | None:
        """Return the line to copy."""
        place = parse_place(self.cleaned_data["copy"])
        stored = self.bill[place.section] if place and place.section == self.cleaned_data.get("section") else ()
        if self.cleaned_data["copy"] and not (place and place.index < len(stored)):
            raise forms.ValidationError("There is no such line to copy.")
        return stored[place.index] if place and stored else None

    def row(self, tenant: Tenant, table: Table, hidden: Collection[str]) -> SafeString:
        """Return the line as an open row, placed after the stored lines."""
        name, copied = self.cleaned_data["section"], self.cleaned_data["copy"]
        index = max(self.cleaned_data["index"] or 0, len(self.bill[name]))
        data = QueryDict(mutable=True)
        data[f"{name}-{index}-{ID}"] = NEW_LINE
        for member, text in (list_inputs(copied) if copied else {}).items():
            data[f"{name}-{index}-{member}"] = text
        lines = BillLines(tenant, table, self.bill, data)
        section = next(s for s in lines.lists if s.section == name)
        for line in section.entries:
            line.errors.clear()
        return Grid(lines, get_preferences(tenant), hidden).row(section.entries[-1])


class LineEntry(forms.Form):
    """The query of `line_entry`: `lines` is the kind of line, `member` its reference, `entry` what was picked.

    `above` is the entry of the line above.
    """

    lines = forms.CharField(max_length=60)
    member = forms.CharField(max_length=60)
    entry = forms.CharField(max_length=250)
    above = forms.CharField(max_length=250, required=False)

    def __init__(self, data: QueryDict, *, table: Table) -> None:
        super().__init__(data)
        self.kinds = index_kinds(table)

    def clean(self) -> None:
        shape = self.kinds.get(self.cleaned_data.get("lines", ""))
        if shape is None or self.cleaned_data.get("member") not in shape:
            raise forms.ValidationError("A bill has no such lines.")

    def picked(self, tenant: Tenant) -> dict[str, Any]:
        shape = self.kinds[self.cleaned_data["lines"]]
        f, above = shape[self.cleaned_data["member"]], self.cleaned_data["above"]
        found = find_item_defaults(tenant, shape, f, self.cleaned_data["entry"])
        needs_above = found.percent is not None and above
        return found.to_json(find_item_defaults(tenant, shape, f, above) if needs_above else None)


class UnitCostQuery(forms.Form):
    """The query of `line_unit_cost`: what was picked for the line, its unit and the one before, and the cost then."""

    lines = forms.CharField(max_length=60)
    item = forms.CharField(max_length=250)
    own = forms.CharField(max_length=250, required=False)
    unit = forms.CharField(max_length=60)
    before = forms.CharField(max_length=60)
    cost = forms.CharField(max_length=60)

    def __init__(self, data: QueryDict, *, table: Table) -> None:
        super().__init__(data)
        self.kinds = index_kinds(table)

    def clean(self) -> None:
        self.shape = self.kinds.get(self.cleaned_data.get("lines", ""))
        self.member = next((f for f in self.shape.fields if f.entry), None) if self.shape else None
        if self.member is None:
            raise forms.ValidationError("A bill has no such lines.")

    def convert(self, tenant: Tenant) -> UnitCost | None:
        assert self.shape and self.member, "only of a valid query"
        typed = self.cleaned_data
        with suppress(forms.ValidationError):
            cost = parse_value(self.shape[COST], typed["cost"], None, tenant)
            own = Reference("", typed["own"]) if typed["own"] else None
            units = find_units(tenant, own) or find_item_defaults(tenant, self.shape, self.member, typed["item"]).units
            return convert_cost(units, typed["before"], typed["unit"], cost) if cost else None
        return None


def index_kinds(table: Table) -> dict[str, Shape]:
    """Return the kinds of line of a bill by name, those inside groups included."""
    sections = table.shape.lists
    within = [f for section in sections if (f := find_inner_list(section.shape))]
    return {f.name: f.shape for f in (*sections, *within)}


class HiddenColumns:
    """The columns that a person has hidden; hidden columns that the page did not offer stay hidden."""

    def __init__(self, data: QueryDict, before: Collection[str]) -> None:
        names = " ".join(data.getlist("column-offered")).split()
        shown, offered = set(data.getlist("column")), [name[:60] for name in names[:60]]
        kept = [name for name in before if name not in offered]
        self.hidden = tuple(dict.fromkeys([*kept, *(name for name in offered if name not in shown)]))
