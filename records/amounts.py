"""Quantity, cost and amount of an item line: of the three, the two typed last count, and the third follows from them.

Pure; knows numbers only. `static/js/amounts.js` applies the same rule while a line is typed, and
tests/records/amount_cases.json holds for both. The accounting system derives the third itself
(docs/vendors/conductor.md, section 8.9).
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

PLACES = 2  # decimals of an amount; in some currencies none
FINEST = Decimal("0.00001")
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
QUANTITY, COST, AMOUNT = range(3)
SHORTEST = re.compile(r"(?:(?:-|-?\d{1,20}(?:\.\d{1,5})?)(?: (?!$)|$)){3}", re.ASCII)


class Amounts(NamedTuple):
    """The three of one line, each None where blank. Without a quantity, cost and amount are those of one piece."""

    quantity: Decimal | None
    cost: Decimal | None
    amount: Decimal | None


def read_amounts(text: str) -> Amounts | None:
    """The three that `write_amounts` wrote; None for any other text."""
    parts = text.split(" ") if SHORTEST.fullmatch(text) else []
    return Amounts(*(None if part == "-" else Decimal(part) for part in parts)) if parts else None


def write_amounts(three: Amounts) -> str:
    """The three as one text, for a form: "4 12.895 51.58", "-" where blank."""
    return " ".join("-" if one is None else f"{one:f}" for one in three)


class Disagreement(ValueError):
    """All three were typed and contradict each other: `product` is what quantity and cost come to."""

    def __init__(self, product: Decimal) -> None:
        super().__init__(product)
        self.product = product


def multiply_cost(quantity: Decimal, cost: Decimal, places: int = PLACES) -> Decimal:
    """Quantity times cost in cents, half a cent going up; with fewer `places`, in whole units of the currency."""
    product = EXACT.multiply(quantity, cost).quantize(Decimal(1).scaleb(-places), context=EXACT)
    return _drop_sign(product.quantize(Decimal("0.01"), context=EXACT))


def derive_cost(amount: Decimal, quantity: Decimal) -> Decimal:
    """The cost of one, to five decimals, half up, without zeros that say nothing; `quantity` is not zero."""
    cost = _drop_sign(EXACT.divide(amount, quantity).quantize(FINEST, context=EXACT).normalize(EXACT))
    return cost.quantize(Decimal(1), context=EXACT) if cost == cost.to_integral_value() else cost


def derive_quantity(amount: Decimal, cost: Decimal) -> Decimal:
    """How many of that cost make the amount, to five decimals; `cost` is not zero."""
    return derive_cost(amount, cost)


def find_derived(now: Amounts, places: int = PLACES) -> int | None:
    """Which of the three follows from the two others: the amount, else the cost, else the quantity; None: they differ.

    Without a cost or an amount there is nothing to agree.
    """
    if now.cost is None or now.amount is None:
        return None
    known = (n for n in (AMOUNT, COST, QUANTITY) if now[n] is not None)
    return next((n for n in known if _derive(now, n, places) == now[n]), None)


def choose_sent(stored: Amounts, now: Amounts) -> tuple[int, ...]:
    """Which of the three an update carries, so that the third is derived as it was shown.

    Where no two of them make the third, a new amount counts.
    """
    known = tuple(n for n in (QUANTITY, COST, AMOUNT) if now[n] is not None)
    derived = find_derived(now)
    if derived is None:
        derived = AMOUNT if now.amount == stored.amount else COST
    return tuple(n for n in known if n != derived) if len(known) == 3 else known


def follow_typing(stored: Amounts, now: Amounts, typed: Sequence[int], places: int = PLACES) -> Amounts:
    """What the three become after those in `typed` were typed, the last one last; `now` is what stands in the inputs.

    Those that agree stay. Of two as they are stored, the third is the stored one, however it was rounded.
    """
    if find_derived(now, places) is not None:
        return now
    third = _choose_third(stored, now, typed)
    is_stored = stored[third] is not None and all(now[n] == stored[n] for n in range(3) if n != third)
    value = stored[third] if is_stored else _derive(now, third, places)
    if value is None:
        return now
    return Amounts(*(value if n == third else one for n, one in enumerate(now)))


def settle_amounts(stored: Amounts, now: Amounts, places: int = PLACES) -> Amounts:
    """What the three become when `now` replaces `stored` and nobody knows which was typed last.

    Raises Disagreement for three that were typed, or cannot be made to agree.
    """
    if now == stored or find_derived(now, places) is not None:
        return now
    typed = [n for n in range(3) if now[n] is not None and now[n] != stored[n]]
    found = follow_typing(stored, now, typed, places) if len(typed) < 3 else now
    is_open = found.cost is not None and found.amount is not None and found != stored
    if is_open and find_derived(found, places) is None:
        raise Disagreement(_derive(found, AMOUNT, places) or Decimal(0))
    return found


def _choose_third(stored: Amounts, now: Amounts, typed: Sequence[int]) -> int:
    """Which of the three gives way: one that was cleared, else one that was not typed, else that typed first."""
    cleared = [n for n in range(3) if now[n] is None and stored[n] is not None]
    if len(cleared) == 1:
        return cleared[0]
    order = [n for n in typed if now[n] is not None]
    third = min((AMOUNT, COST, QUANTITY), key=lambda n: order.index(n) if n in order else -1)
    return COST if third == AMOUNT and now.cost is None else third


def _derive(now: Amounts, third: int, places: int) -> Decimal | None:
    """The value of one of the three by the two others; None where they do not tell it."""
    quantity, cost, amount = now
    if third == AMOUNT:
        return None if cost is None else multiply_cost(Decimal(1) if quantity is None else quantity, cost, places)
    if amount is None or (quantity is None and cost is None):
        return None
    if third == COST:
        return amount if quantity is None else derive_cost(amount, quantity) if quantity else None
    return derive_quantity(amount, cost) if cost else None


def _drop_sign(number: Decimal) -> Decimal:
    """The number without a minus before zero."""
    return number.copy_abs() if number.is_zero() else number
