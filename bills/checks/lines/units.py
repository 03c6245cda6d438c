"""A warning for lines whose unit was changed and whose cost is still that of another unit."""

from collections.abc import Iterable

from bills.checks.changed_lines import EditedLine
from bills.grid.items.unit_cost import UnitCosts
from record_forms.checks import Check
from tenants.models import Tenant

NAMED = 3


def check_unit_costs(tenant: Tenant, lines: Iterable[EditedLine]) -> Check | None:
    costs = UnitCosts(tenant)
    asked = (line for line in lines if line.changes("unit_of_measure"))
    found = [(line, cost) for line in asked if (cost := costs.find(line.now, None if line.is_new else line.was))]
    if not found:
        return None
    said = "; ".join(
        f"{line.place.label}: {cost.text} for one {cost.unit} instead of {line.now['cost']:f}"
        for line, cost in found[:NAMED]
    )
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return Check(
        title="A unit was changed, but not the cost."
        if len(found) == 1
        else f"{len(found)} units were changed, but not the costs.",
        why=f"By the units, it would be {said}{more}.",
        next_step="Use the cost that is suggested on the line, or keep yours.",
        spots=tuple(line.spot for line, _ in found),
    )
