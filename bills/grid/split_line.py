"""Splits the inputs of one line into those of its parts: the first part keeps its place, the others are new lines."""

from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import ValidationError

from record_forms.form_data import Inputs
from record_forms.typed.parse import format_typed, parse_value
from records.amounts import derive_cost, multiply_cost
from records.fields import Field, Shape
from tenants.models import Tenant

from .split_amounts import InvalidSplit, parse_shares, split_amount

QUANTITY_PLACES = 5
NEITHER = "Only a line with an amount can be split. Fill in the amount first."
TOO_SMALL = "The quantity is too small to be split into these parts. Split it by hand."


def split_line_inputs(
    tenant: Tenant, shape: Shape, inputs: Inputs, text: str, find_code: Callable[[], str], places: int
) -> list[Inputs]:
    """Return the amounts of each part of a line, of so many `places`. Raises InvalidSplit with a message for a person.

    A line with a quantity is split by quantity. If the products differ from the whole by some cents, the amount of the
    last part makes up the difference, and its cost follows (docs/vendors/conductor.md, section 8.9).
    """
    by = parse_shares(text)
    if "amount" not in shape or not shape["amount"].writable:
        raise InvalidSplit("A group cannot be split. Split its lines.")
    amount = _parse_number(tenant, shape["amount"], inputs, find_code)
    if amount is None:
        raise InvalidSplit(NEITHER)
    quantity = _parse_number(tenant, shape["quantity"], inputs, find_code) if "quantity" in shape else None
    cost = _parse_number(tenant, shape["cost"], inputs, find_code) if "cost" in shape else None
    if not quantity:
        first, *rest = [{"amount": format_typed(shape["amount"], one)} for one in split_amount(amount, by, places)]
        # A stored cost cannot be cleared; QuickBooks would give a quantity to a new part that has both.
        return [first, *(one | ({"cost": ""} if cost is not None else {}) for one in rest)]
    if cost is None:
        cost = derive_cost(amount, quantity)
    quantities = split_amount(quantity, by, QUANTITY_PLACES)
    amounts = [multiply_cost(one, cost, places) for one in quantities]
    amounts[-1] += amount - sum(amounts)
    costs = [
        cost if multiply_cost(one, cost, places) == its else _derive_cost(its, one)
        for one, its in zip(quantities, amounts, strict=True)
    ]
    names = ("quantity", "cost", "amount")
    rows = zip(quantities, costs, amounts, strict=True)
    return [{name: format_typed(shape[name], value) for name, value in zip(names, row, strict=True)} for row in rows]


def _derive_cost(amount: Decimal, quantity: Decimal) -> Decimal:
    if not quantity:
        raise InvalidSplit(TOO_SMALL)
    return derive_cost(amount, quantity)


def _parse_number(tenant: Tenant, f: Field, inputs: Inputs, find_code: Callable[[], str]) -> Decimal | None:
    try:
        found: Decimal | None = parse_value(f, inputs.get(f.name, ""), None, tenant, find_code)
    except ValidationError as error:
        raise InvalidSplit(f"{f.label}: {' '.join(error.messages)}") from None
    return found
