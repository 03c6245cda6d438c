"""The requests of a bill's lines while they are edited: for the defaults of a picked entry, and the cost of a unit."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from django import forms
from django.http import QueryDict

from record_forms.typed.parse import parse_value
from records.content import Reference
from records.fields import Shape, Table
from tenants.models import Tenant

from .columns import find_inner_list
from .item_defaults import find_item_defaults, find_units
from .items.unit_cost import COST, UnitCost, convert_cost


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
