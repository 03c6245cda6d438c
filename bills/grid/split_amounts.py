"""Splits an amount into equal parts or by percentages, so that the cents add up. Pure; knows numbers only."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

MOST = 100
ONE = re.compile(r"(\d+(?:\.\d+)?)\s*%?", re.ASCII)
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class InvalidSplit(ValueError):
    """The text is not a way to split a line; the message is for a person."""


def parse_shares(text: str) -> list[Fraction]:
    """Return the shares, 1 in all, of `3` (equal parts), `50/30/20` or `50% 30% 20%`. Raises InvalidSplit."""
    parts = [part for part in re.split(r"[/;+\s]+", text.strip()) if part and part != "%"]
    found = [ONE.fullmatch(part) for part in parts]
    if not parts or not all(found) or len(text) > 500:
        raise InvalidSplit(
            f"“{text}” is not a way to split a line. Enter 3 for three equal parts, or 50/30/20 for percentages."
        )
    numbers = [Fraction(one[1]) for one in found if one]
    if len(numbers) == 1 and "%" not in text:
        return _split_equally(numbers[0])
    if sum(numbers) != 100 or 0 in numbers:
        told = Decimal(sum(numbers).numerator) / Decimal(sum(numbers).denominator)
        raise InvalidSplit(f"The percentages add up to {told:f}, not 100. Each must be above 0.")
    return _parse_percentages([number / 100 for number in numbers])


def _split_equally(parts: Fraction) -> list[Fraction]:
    if parts.denominator != 1 or parts < 2:
        raise InvalidSplit("Split a line into at least 2 parts.")
    return _parse_percentages([1 / parts] * min(int(parts), MOST + 1))


def _parse_percentages(found: list[Fraction]) -> list[Fraction]:
    if len(found) > MOST:
        raise InvalidSplit(f"Split a line into at most {MOST} parts.")
    return found


def split_amount(whole: Decimal, by: Sequence[Fraction], places: int) -> list[Decimal]:
    """Return parts of `whole` with so many decimals that add up to it exactly.

    Units left over by rounding go to the largest remainders. Raises InvalidSplit if `whole` has more decimals.
    """
    units = Fraction(whole) * 10**places
    if units.denominator != 1:
        raise InvalidSplit(f"{whole:f} has more than {places} decimals.")
    sign, size = (-1 if units < 0 else 1), abs(int(units))
    exact = [size * share for share in by]
    whole_units = [int(one) for one in exact]
    order = sorted(range(len(by)), key=lambda at: (whole_units[at] - exact[at], at))
    for at in order[: size - sum(whole_units)]:
        whole_units[at] += 1
    return [Decimal(sign * one).scaleb(-places, EXACT) for one in whole_units]
