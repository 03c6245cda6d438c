"""How an entry picked for a line affects the line's other members: defaults, units, and members without a value.

The field table says which (`records.fields.Entry`); this reads the mirror and names no field.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from books.mirror import lookup, pickers
from record_forms.typed.parse import format_typed
from records.content import Content, Reference, Value, get_at_path, is_blank
from records.fields import Field, Shape
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class ItemDefaults:
    """One entry: texts for the members that it fills, the names of its units, members that it leaves blank."""

    name: str = ""
    values: dict[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


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
    units = list_units(tenant, _find_first(held, [f.entry.units]))
    values = {name: format_typed(shape[name], _find_first(held, paths)) for name, paths in f.entry.fills.items()}
    values = {name: text for name, text in values.items() if text and name in shape}
    if units and f.entry.unit in shape:
        values[f.entry.unit] = units[0]
    return ItemDefaults(record.full_name or "", values, units, f.entry.without.get(record.kind, ()))


def _find_first(held: Content, paths: Iterable[str]) -> Value:
    """Return the first value that is not blank at one of the paths."""
    found = (get_at_path(held, path) for path in paths if path.partition(".")[0] in held)
    return next((value for value in found if not is_blank(value)), None)


def list_units(tenant: Tenant, unit_set: Value) -> tuple[str, ...]:
    """Return the names of the units in a set, its base unit first; none if the mirror does not have the set.

    Sets are found by name, because QuickBooks can give one another id (docs/vendors/conductor.md, section 5).
    """
    named = Reference("", unit_set.name) if unit_set is not None and unit_set.name else unit_set
    held = pickers.find_entry(tenant, "unit-of-measure-sets", named) if named is not None else None
    units = (held["base_unit"], *held["related_units"]) if held is not None else ()
    return tuple(unit["name"] for unit in units if unit["name"])
