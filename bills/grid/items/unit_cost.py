"""The cost of a line whose unit was changed: 12.90 for one Each is 154.80 for a Dozen. Offers it, never fills it in.

The ratios are those of the unit set (docs/vendors/conductor.md, section 5).
"""

from dataclasses import dataclass
from decimal import Decimal

from bills.grid.item_defaults import ItemDefaults, Units, find_item_defaults, find_units
from records.amounts import derive_cost
from records.content import Content, Value
from records.fields import Field
from tenants.models import Tenant

COST = "cost"


@dataclass(frozen=True, slots=True)
class UnitCost:
    """The cost that a line should have by its unit, and the unit that the cost on the line is for."""

    cost: Decimal
    unit: str
    was_unit: str
    ratio: str

    @property
    def text(self) -> str:
        return f"{self.cost:f}"

    @property
    def why(self) -> str:
        return f"The cost is that of {self.was_unit}. {self.ratio}."


class UnitCosts:
    """Finds the costs by unit of the lines of one company; an item or unit set of many lines is looked up once."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self._items: dict[str, ItemDefaults] = {}
        self._sets: dict[str, Units] = {}

    def find(self, line: Content, was: Content | None) -> UnitCost | None:
        """Return the cost to offer if that on the line is the one of another unit; `was` is the line as stored.

        The cost to start from is the stored one, or that of the item on a line that is new or has another item.
        """
        f = next((f for f in line.shape.fields if f.entry and f.entry.unit in line.shape and COST in line.shape), None)
        if f is None or f.entry is None or not line[f.name] or not line[COST] or not line[f.entry.unit]:
            return None
        names = (f.name, f.entry.unit, f.entry.own_units, COST)
        if was is not None and all(line.get(name) == was.get(name) for name in names):
            return None
        item = self._find_item(line, f)
        units = self._find_units(line.get(f.entry.own_units)) or item.units
        start = self._find_start(line, was, f, item, units)
        return _choose_cost(units, start, line[f.entry.unit], line[COST]) if start else None

    def _find_start(
        self, line: Content, was: Content | None, f: Field, item: ItemDefaults, units: Units
    ) -> tuple[str, Decimal] | None:
        assert f.entry, "an item"
        base = next(iter(units), "")
        is_stored = was is not None and was[COST] and all(
            line.get(name) == was.get(name) for name in (f.name, f.entry.own_units)
        )  # fmt: skip
        if was is not None and is_stored:
            return was[f.entry.unit] or base, was[COST]
        cost = item.values.get(COST)
        return (base, Decimal(cost)) if cost else None

    def _find_item(self, line: Content, f: Field) -> ItemDefaults:
        name = str(line[f.name])
        if name not in self._items:
            self._items[name] = find_item_defaults(self.tenant, line.shape, f, name)
        return self._items[name]

    def _find_units(self, unit_set: Value) -> Units:
        name = str(unit_set or "")
        if name not in self._sets:
            self._sets[name] = find_units(self.tenant, unit_set)
        return self._sets[name]


def _choose_cost(units: Units, start: tuple[str, Decimal], unit: str, cost: Decimal) -> UnitCost | None:
    """Return the cost for `unit` if `cost` is the one for another unit of the set."""
    was_unit, was_cost = start
    wanted = convert_cost(units, was_unit, unit, was_cost)
    if wanted is None or wanted.cost == cost:
        return None
    for other in (was_unit, *units):
        found = convert_cost(units, was_unit, other, was_cost)
        if found and found.cost == cost:
            return _describe(wanted.cost, units, found.unit, wanted.unit)
    return None


def convert_cost(units: Units, was_unit: str, unit: str, cost: Decimal) -> UnitCost | None:
    """Return the cost for one `unit` of what costs so much for one `was_unit`; None if the set does not tell."""
    names = {name.casefold(): name for name in units}
    old, new = names.get(was_unit.casefold()), names.get(unit.casefold())
    one, other = units.get(old or ""), units.get(new or "")
    if not old or not new or not one or not other:
        return None
    return _describe(cost if old == new else derive_cost(cost * other, one), units, old, new)


def _describe(cost: Decimal, units: Units, old: str, new: str) -> UnitCost:
    """1 Dozen is 12 Each: the larger of the two in the smaller."""
    small, large = sorted((old, new), key=lambda name: units[name] or 0)
    ratio = derive_cost(units[large] or Decimal(1), units[small] or Decimal(1))
    return UnitCost(cost, new, old, f"1 {large} is {ratio:f} {small}")
