"""Sums of a bill's lines that are larger than the accounting system and the mirror can store. Pure, as `rules`."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bills.grid.columns import find_inner_list
from bills.grid.lines import get_line_amount
from record_forms.checks import Check
from records.content import Content
from records.fields import WHOLE_DIGITS, FieldKind
from records.formatting import format_money
from records.numbers import CENT

LARGEST = Decimal(10) ** WHOLE_DIGITS[FieldKind.MONEY] - CENT
Spot = tuple[str, Decimal]  # an input, or a line by its place, with the amount that stands there


def too_large(edited: Content, books: str) -> Check | None:
    """A refusal where lines add up to more than an amount can be: in one section, in one group, or in all."""
    for what, lines, times in _sums(edited):
        found = sum((amount for _, amount in lines), Decimal(0)) * times
        if abs(found) > LARGEST:
            return Check(
                title=f"{what} would be {format_money(found)}. "
                f"An amount in {books} can be at most {format_money(LARGEST)}.",
                why="Each amount is within the limit, but their total is not.",
                next_step="Check the largest lines. A bar code or another number may have been entered as an amount.",
                spots=tuple(_at_fault(lines, times)),
                refuses=True,
            )
    return None


def _sums(bill: Content) -> Iterator[tuple[str, Sequence[Spot], Decimal]]:
    """What is added up, from which lines, and what for one of them counts there."""
    one, every = Decimal(1), []
    for f in bill.shape.lists:
        lines = [(_spot(f.name, number, line), get_line_amount(line)) for number, line in enumerate(bill[f.name])]
        yield f"The total of {f.label.lower()}", lines, one
        every += lines
        for place, line in enumerate(bill[f.name]):
            if within := find_inner_list(line.shape):
                yield (
                    f"The total of group {place + 1}",
                    [(f"{f.name}-{place}", get_line_amount(each)) for each in line[within.name]],
                    one,
                )
    yield "The total of the bill", every, one
    if bill["exchange_rate"]:
        yield "The total of the bill in home currency", every, bill["exchange_rate"]


def _spot(section: str, number: int, line: Content) -> str:
    return f"{section}-{number}-amount" if "amount" in line.shape else f"{section}-{number}"


def _at_fault(lines: Sequence[Spot], times: Decimal) -> Iterator[str]:
    """The largest lines, until what is left of the others can be held."""
    left = sum((amount for _, amount in lines), Decimal(0)) * times
    for spot, amount in sorted(lines, key=lambda line: -abs(line[1])):
        if abs(left) > LARGEST:
            yield spot
            left -= amount * times
