"""Amounts of a bill with more decimals than its currency has: 12.34 yen. Pure, as `rules`."""

from collections.abc import Iterator
from decimal import Decimal

from bills.grid.columns import find_inner_list
from books.mirror.currencies import Currency
from record_forms.checks import Check
from record_forms.form_data import ID
from records.content import Content
from records.formatting import format_money


def check_decimals(base: Content, edited: Content, currency: Currency, books: str) -> Check | None:
    """A refusal where an amount that changes has more decimals than the currency of the bill."""
    code, places = currency
    found = [(spot, amount) for spot, amount in _list_amounts(base, edited) if amount != round(amount, places)]
    if not found:
        return None
    return Check(
        title=f"Amounts in {code} have {f'at most {places}' if places else 'no'} decimals: "
        f"{', '.join(format_money(amount) for _, amount in found[:3])}.",
        why=f"{books} does not accept more.",
        next_step="Round the amounts, or the quantity or cost from which they are calculated.",
        spots=tuple(spot for spot, _ in found),
        refuses=True,
    )


def _list_amounts(base: Content, edited: Content) -> Iterator[tuple[str, Decimal]]:
    """Yield the input of each amount that is new or changed, with the amount."""
    for f in edited.shape.lists:
        stored = {line[ID]: line for line in base[f.name]}
        for number, line in enumerate(edited[f.name]):
            was = stored.get(line[ID])
            if "amount" in line.shape and (was is None or was["amount"] != line["amount"]):
                yield f"{f.name}-{number}-amount", line["amount"] or Decimal(0)
            if find_inner_list(line.shape):
                for spot, amount in _list_amounts(was if was is not None else Content(line.shape, {}), line):
                    yield f"{f.name}-{number}-{spot}", amount
