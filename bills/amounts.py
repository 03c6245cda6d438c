"""Quantity, cost and amount of an item line: which follows from which. `static/js/lines.js` says the same at once.

Knows numbers only. QuickBooks derives the third of the three itself (docs/vendors/conductor.md, section 8.9), so what
is worked out here is what it will say.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from records.numbers import CENT

FINEST = Decimal("0.00001")
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class Amounts(NamedTuple):
    """The three of one line, each None where blank."""

    quantity: Decimal | None
    cost: Decimal | None
    amount: Decimal | None


def multiply_cost(quantity: Decimal, cost: Decimal) -> Decimal:
    """Quantity times cost in cents, half a cent going up."""
    return EXACT.multiply(quantity, cost).quantize(CENT, context=EXACT)


def derive_cost(amount: Decimal, quantity: Decimal) -> Decimal:
    """The cost of one, to five decimals, half up, without zeros that say nothing; `quantity` is not zero."""
    cost = EXACT.divide(amount, quantity).quantize(FINEST, context=EXACT).normalize(EXACT)
    return cost.quantize(Decimal(1), context=EXACT) if cost == cost.to_integral_value() else cost


def settle_amounts(before: Amounts, typed: Amounts) -> Amounts:
    """What the three become when `typed` replaces `before`.

    A new quantity or cost makes the amount, and a cost alone is that of one piece. A new amount makes the cost, and
    then is what that cost comes to: with a large quantity no cost of five decimals may meet it to the cent, and
    QuickBooks counts from the cost.
    """
    quantity, cost, amount = typed
    if quantity is None and cost is not None and amount is None:
        return Amounts(None, cost, multiply_cost(Decimal(1), cost))
    if typed == before or quantity is None:
        return typed
    if cost is not None and (quantity, cost) != (before.quantity, before.cost):
        return Amounts(quantity, cost, multiply_cost(quantity, cost))
    if amount is not None and amount != before.amount and quantity:
        met = derive_cost(amount, quantity)
        return Amounts(quantity, met, multiply_cost(quantity, met))
    return typed
