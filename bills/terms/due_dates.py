"""When a bill is due and until when it earns a discount, by its terms. Pure: knows neither form nor mirror.

The rules are QuickBooks' own, in the words of Intuit's help ("New, Edit Terms", "What are Terms?", "Set preferences
for bills"); the vendor's API gives the figures alone and derives nothing (docs/vendors/conductor.md,
sections 5 and 8.11).

- Standard terms: due so many days after the bill date, the discount until so many days after it.
- Date-driven terms: due on a day of the month, the first such on or after the bill date. "If the bill is issued within
  the number of days you enter, payment is not due until the following month": so many days before the day it is due,
  that number included; a number of 0 pushes nothing on. "Discount if paid by the 10th of the month": by the last such
  day before the bill is due, and none where that has passed already when the bill is issued.
- A day that a month does not have is its last one: 31 stands for the end of every month.
- Without terms the company's own number of days counts ("Bills are due 10 days after receipt": of 1 January, due on 11
  January), which is standard terms without a discount.

The help leaves two things open that are read here as a vendor would: a bill of the due day itself is due that day, and
the discount day is the last one that is not after the due date.
"""

import calendar
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from records.content import Content
from records.formatting import format_number, show_date
from records.numbers import USUAL_PLACES, round_to_places


@dataclass(frozen=True, slots=True)
class Discount:
    """What paying early saves: so many percent for who pays on `last` or before."""

    percentage: Decimal
    last: date

    @property
    def words(self) -> str:
        """2% off if paid by 7 Nov 2026."""
        return f"{format_number(self.percentage)}% off if paid by {show_date(self.last)}"

    def of(self, owed: Decimal, places: int = USUAL_PLACES) -> Decimal:
        """What it is of an amount that is still to be paid, in a currency with so many decimals; nothing of no debt.

        static/js/amounts.js says the same.
        """
        return round_to_places(max(owed, Decimal(0)) * self.percentage / 100, places)


@dataclass(frozen=True, slots=True)
class StandardTerms:
    """Terms that count days from the bill date."""

    due_days: int
    discount_days: int | None = None
    percentage: Decimal = Decimal(0)

    def due(self, issued: date) -> date | None:
        """The due date; None beyond the end of the calendar."""
        return _add_days(issued, self.due_days)

    def discount(self, issued: date) -> Discount | None:
        last = _add_days(issued, self.discount_days) if self.discount_days is not None else None
        return Discount(self.percentage, last) if last and self.percentage > 0 else None


@dataclass(frozen=True, slots=True)
class DateDrivenTerms:
    """Terms that name a day of the month."""

    due_day: int
    grace_days: int = 0
    discount_day: int | None = None
    percentage: Decimal = Decimal(0)

    def due(self, issued: date) -> date | None:
        """The due date; None beyond the end of the calendar."""
        days = (one for one in _list_month_days(self.due_day, issued) if one >= issued)
        first, following = next(days, None), next(days, None)
        if first is None:
            return None
        is_late = self.grace_days > 0 and (first - issued).days <= self.grace_days
        return following if is_late else first

    def discount(self, issued: date) -> Discount | None:
        due = self.due(issued)
        if due is None or not self.discount_day or self.percentage <= 0:
            return None
        days = [one for one in _list_month_days(self.discount_day, issued) if issued <= one <= due]
        return Discount(self.percentage, days[-1]) if days else None


Terms = StandardTerms | DateDrivenTerms


def read_terms(entry: Content) -> Terms | None:
    """The terms that an entry of either list holds; None for one that says nothing."""
    percentage = entry["discount_percentage"] or Decimal(0)
    if "due_day_of_month" in entry:
        due_day, grace_days = _read_days(entry["due_day_of_month"]), _read_days(entry["grace_period_days"])
        discount_day = _read_days(entry["discount_day_of_month"])
        return DateDrivenTerms(due_day, grace_days or 0, discount_day, percentage) if due_day else None
    # QuickBooks takes a blank for none: terms without any figure are due at once.
    return StandardTerms(_read_days(entry["due_days"]) or 0, _read_days(entry["discount_days"]), percentage)


def _read_days(days: Decimal | None) -> int | None:
    """A number of days, or a day of the month; never before the bill date."""
    return None if days is None else max(0, int(days))


def _add_days(issued: date, days: int) -> date | None:
    with suppress(OverflowError):
        return issued + timedelta(days=days)
    return None


def _list_month_days(wanted: int, start: date) -> Iterator[date]:
    """That day of each month from the month of `start` on, as long as anything here may ask for it."""
    for month in range(start.year * 12 + start.month - 1, start.year * 12 + start.month + 3):
        year, place = month // 12, month % 12 + 1
        if year <= date.max.year:
            yield date(year, place, min(wanted, calendar.monthrange(year, place)[1]))
