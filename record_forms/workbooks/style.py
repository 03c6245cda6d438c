"""How the program that saved a file writes dates and numbers as text, found by cells of which nothing else is possible.

A file has one style. Where its own dates say both orders, a date that could be both is not guessed.
"""

import re
from dataclasses import dataclass
from dataclasses import field as of_its_own
from datetime import date
from decimal import Decimal
from typing import NamedTuple

SLASHED = re.compile(r"\s*(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d{2})\b.*", re.ASCII | re.DOTALL)
MOST_MONTHS = 12


class FileStyle(NamedTuple):
    """`day_first` is the order of dates, `is_mixed` that a date of both orders cannot be told.

    `decimal_comma` says that 12,50 is twelve and a half, `is_number_unclear` that the file does not show what 2,500 is.
    `first_day` is the day before day 1 of numbers of days.
    """

    day_first: bool
    is_mixed: bool = False
    decimal_comma: bool = False
    is_text: bool = False
    first_day: date = date(1899, 12, 30)
    is_number_unclear: bool = False


def order_of(text: str) -> bool | None:
    """Return whether a date that is written in figures can only be day first, or month first; None if both or none."""
    found = SLASHED.match(text)
    if found is None:
        return None
    one, other = int(found[1]), int(found[3])
    if one > MOST_MONTHS >= other:
        return True
    return False if other > MOST_MONTHS >= one else None


@dataclass(slots=True)
class StyleEvidence:
    """What the texts of a file say of its style; `expected` values of cells that did not change say as much."""

    orders: set[bool] = of_its_own(default_factory=set)  # whether day first, of dates that can only be so
    likely: list[bool] = of_its_own(default_factory=list)  # of dates that were exported so, if they did not change
    commas: int = 0
    points: int = 0
    likely_commas: list[bool] = of_its_own(default_factory=list)  # of numbers such as 2,500, if they did not change

    def note_date(self, text: str, expected: date | None) -> None:
        order = order_of(text)
        if order is not None:
            self.orders.add(order)
        elif expected and (found := SLASHED.match(text)) and expected.day != expected.month:
            parts = int(found[1]), int(found[3])
            if parts in ((expected.day, expected.month), (expected.month, expected.day)):
                self.likely.append(parts == (expected.day, expected.month))

    def note_number(self, by_point: Decimal | None, by_comma: Decimal | None, expected: Decimal | None) -> None:
        """Note what a text is with a decimal point and with a decimal comma; None for no number."""
        if by_comma is None or by_point is None:
            self.points += by_point is not None
            self.commas += by_comma is not None
        elif by_point != by_comma and expected in (by_point, by_comma):
            self.likely_commas.append(expected == by_comma)

    def decide(self, *, company_day_first: bool, is_text: bool, first_day: date) -> FileStyle:
        """Return the style. Without a text that can only be read in one way, two that are as exported decide."""
        orders = self.orders
        if not orders and len(self.likely) > 1 and len(set(self.likely)) == 1:
            orders = {self.likely[0]}
        day_first = orders == {True} or (company_day_first and orders != {False})
        commas, points = self.commas, self.points
        if not commas and not points and len(self.likely_commas) > 1:
            commas, points = self.likely_commas.count(True), self.likely_commas.count(False)
        return FileStyle(day_first, len(orders) > 1, commas > points, is_text, first_day, bool(commas) == bool(points))
