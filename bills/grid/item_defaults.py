"""How an entry picked for a line affects the line's other members: defaults, units, and members without a value.

The field table says which (`records.fields.Entry`); this reads the mirror and names no field.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from books.mirror import lookup, pickers
from record_forms.typed.parse import format_typed
from records.content import Content, Reference, Value, get_at_path, is_blank
from records.fields import Field, Shape
from tenants.models import Tenant

Units = Mapping[str, Decimal | None]  # name → how many base units it is, None if that is not known; base unit first
DISCOUNT, SUBTOTAL = "discount-items", "subtotal-items"


@dataclass(frozen=True, slots=True)
class ItemDefaults:
    """One entry: texts for the members that it fills, the names of its units, members that it leaves blank.

    `percent` is what a discount adds to a bill, in percent of the line above, `fixed` that in money: below zero.
    """

    name: str = ""
    values: dict[str, str] = field(default_factory=dict)
    units: Units = field(default_factory=dict)
    without: tuple[str, ...] = ()
    kind: str = ""
    percent: Decimal | None = None
    fixed: Decimal | None = None

    def to_json(self, above: "ItemDefaults | None" = None) -> dict[str, Any]:
        """Return what the script of the line grid needs; `above` is the entry of the line above, if it is known."""
        is_plain = self.percent is not None and above is not None and is_plain_item(above)
        percent = f"{self.percent:f}" if is_plain else ""
        return {"values": self.values, "units": list(self.units), "without": self.without, "percent": percent}


def find_item_defaults(tenant: Tenant, shape: Shape, f: Field, text: str) -> ItemDefaults:
    """Return the defaults of the entry of `f` named `text`; empty ones if the mirror has no such entry."""
    if f.entry is None:
        return ItemDefaults()
    try:
        record = pickers.find_named(tenant, f.options, text)
    except (pickers.NoSuchEntry, pickers.SeveralEntries):
        return ItemDefaults()
    held = lookup.decode_if_readable(record)
    if held is None:
        return ItemDefaults(record.full_name or "")
    units = find_units(tenant, _find_first(held, [f.entry.units]))
    values = {name: format_typed(shape[name], _find_first(held, paths)) for name, paths in f.entry.fills.items()}
    values = {name: text for name, text in values.items() if text and name in shape}
    if units and f.entry.unit in shape:
        values[f.entry.unit] = next(iter(units))
    percent, fixed = (-abs(rate) if rate else None for rate in (_find_first(held, [path]) for path in f.entry.discount))
    if fixed is not None and percent is None and "amount" in shape:
        values["amount"] = format_typed(shape["amount"], fixed)
    without = f.entry.without.get(record.kind, ())
    return ItemDefaults(record.full_name or "", values, units, without, record.kind, percent, fixed)


def _find_first(held: Content, paths: Iterable[str]) -> Value:
    """Return the first value that is not blank at one of the paths."""
    found = (get_at_path(held, path) for path in paths if path.partition(".")[0] in held)
    return next((value for value in found if not is_blank(value)), None)


def is_plain_item(brought: ItemDefaults) -> bool:
    """Whether its line has an amount of its own, of which a discount below takes its part."""
    return bool(brought.kind) and brought.kind not in (DISCOUNT, SUBTOTAL)


def find_units(tenant: Tenant, unit_set: Value) -> Units:
    """Return the units of a set and how many base units each is, the base unit first; none if it is not known.

    A set is found by its name, as its id can change (docs/vendors/conductor.md, section 5).
    """
    named = Reference("", unit_set.name) if unit_set is not None and unit_set.name else unit_set
    held = pickers.find_entry(tenant, "unit-of-measure-sets", named) if named is not None else None
    if held is None:
        return {}
    related = {unit["name"]: unit["conversion_ratio"] for unit in held["related_units"]}
    units = {held["base_unit"]["name"]: Decimal(1), **related}
    return {name: ratio for name, ratio in units.items() if name}
