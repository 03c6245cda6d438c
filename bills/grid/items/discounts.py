"""The amount of a discount on a line: a sum, or a percentage of the line above. It is sent, so what is seen is saved.

Below a subtotal it is a percentage of the lines that are added up there. Below another discount, or below no line, no
amount is worked out. A discount has no quantity (docs/vendors/conductor.md, section 8.9).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bills.grid.item_defaults import DISCOUNT, SUBTOTAL, ItemDefaults
from record_forms.typed.parse import format_typed
from records.amounts import multiply_cost
from records.content import Value
from records.fields import Field

if TYPE_CHECKING:
    from bills.grid.line_parser import ParsedLine

AMOUNT, COST = "amount", "cost"
Priced = tuple[str, Decimal | None]  # the kind of a line's item, and the amount of the line


def find_discounted(above: Sequence[Priced]) -> Decimal | None:
    """Return the amount of which a discount below these lines takes its part; None if that is not known.

    Below a subtotal it is the sum of the lines since the last one.
    """
    if not above:
        return None
    (kind, amount), before = above[-1], above[:-1]
    if kind != SUBTOTAL:
        return None if kind in ("", DISCOUNT) else amount
    amounts: list[Decimal] = []
    for kind, amount in reversed(before):
        if kind == SUBTOTAL:
            break
        if amount is None:
            return None
        amounts.append(amount)
    return sum(amounts, Decimal(0)) if amounts else None


def compute_discount(entry: ItemDefaults, above: Decimal | None, places: int) -> Decimal | None:
    """Return the amount of a discount, half a cent going up; None if it is not known."""
    if entry.percent is None:
        return entry.fixed
    if above is None:
        return None
    return multiply_cost(entry.percent / 100, above, places)


def settle_discount(
    line: "ParsedLine",
    values: dict[str, Value],
    entry: ItemDefaults,
    above: Callable[[], Decimal | None],
    places: int,
) -> None:
    """Set the amount of a line whose item is a discount, unless it was typed; its cost says the same."""
    picked = next(f for f in line.shape.fields if f.entry)
    is_new = line.base is None or line.base[picked.name] != values.get(picked.name)
    if is_new and not line.errors and _is_untyped(line, values):
        found = compute_discount(entry, None if entry.percent is None else above(), places)
        _write(line, values, line.shape[AMOUNT], found if found is not None or line.base is None else values[AMOUNT])
    elif values.get(AMOUNT) is None:
        values[AMOUNT] = None if values.get(COST) is None else multiply_cost(Decimal(1), values[COST], places)
    if line.base is None:
        values[COST] = None
    elif is_new and values.get(COST) is not None:
        values[COST] = values[AMOUNT]


def _is_untyped(line: "ParsedLine", values: dict[str, Value]) -> bool:
    return all(values.get(name) == line.start[name] for name in (AMOUNT, COST))


def _write(line: "ParsedLine", values: dict[str, Value], f: Field, value: Value) -> None:
    values[f.name] = value
    if line.typed is not None:
        line.typed[f.name] = format_typed(f, value)
