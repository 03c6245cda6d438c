"""What an entry picked for a line means for the line's other members: what it fills in, its units, what it rules out.

The field table says which (`records.fields.Entry`); this reads the mirror and names no field.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from books.mirror import lookup, pickers
from record_forms.typed.parse import typed
from records.content import Content, Value, follow, is_blank
from records.fields import Field, Shape
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Picked:
    """One entry: texts for the members that it fills, names of the units it comes in, members it takes no value of."""

    name: str = ""
    values: dict[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def picked(tenant: Tenant, shape: Shape, f: Field, text: str) -> Picked:
    """What the entry of `f` that `text` means brings to a line; nothing where the mirror knows no such entry."""
    if f.entry is None:
        return Picked()
    try:
        record = pickers.find(tenant, f.options, text)
    except (pickers.NoSuchEntry, pickers.SeveralEntries):
        return Picked()
    held = lookup.content_if_readable(record)
    if held is None:
        return Picked(record.full_name or "")
    units = units_of(tenant, _first(held, [f.entry.units]))
    values = {name: typed(shape[name], _first(held, paths)) for name, paths in f.entry.fills.items()}
    values = {name: text for name, text in values.items() if text}
    if units:
        values[f.entry.unit] = units[0]
    return Picked(record.full_name or "", values, units, f.entry.without.get(record.kind, ()))


def _first(held: Content, paths: Iterable[str]) -> Value:
    """What stands at the first of the paths that this kind of entry has and that holds something."""
    found = (follow(held, path) for path in paths if path.partition(".")[0] in held)
    return next((value for value in found if not is_blank(value)), None)


def units_of(tenant: Tenant, unit_set: Value) -> tuple[str, ...]:
    """The names of the units in a set, its base unit first; none where the mirror does not know it."""
    held = pickers.entry(tenant, "unit-of-measure-sets", unit_set.id) if unit_set is not None else None
    units = (held["base_unit"], *held["related_units"]) if held is not None else ()
    return tuple(unit["name"] for unit in units if unit["name"])
