"""A day as people type it: 10/1, 1.10., 1 Oct, t for today, +7. Pure, and knows no company.

The keys t, + and - are QuickBooks' own in a date. What is shown afterwards is the day in full, so that nobody has to
trust a reading that they do not see.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta

from django.core.exceptions import ValidationError

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
MONTHS = tuple(name.lower() for name in calendar.month_name)
STEP = re.compile(r"([+-]) ?(\d{0,5})", re.ASCII)
NUMBERS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})(?:\2(\d{1,2}|\d{4}))?\.?", re.ASCII)
TOGETHER = re.compile(r"(\d\d)(\d\d)(\d\d|\d{4})?", re.ASCII)
WITH_NAME = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ .-]*)?([a-z]{3,9})[ .-]*(?:(\d{1,2})(?:st|nd|rd|th)?)?(?:[ .-](\d{2}|\d{4}))?",
    re.ASCII,
)

Parts = tuple[str | None, int, int]  # the year as it was typed, the month, the day


def parse_date(text: str, *, today: date, near: date | None = None, day_first: bool = False) -> date:
    """The day that `text` means. `near` is the date that stands in the field already, if any.

    A number of days counts from `near`, else from today. A year left out is the one that brings the day nearest to
    `near`, else to today: a bill of last December that is due 1/15 is due this January, whatever year it is now. Two
    figures of a year are taken the same way. `day_first` says what 10/1 is; dots are written day first everywhere.
    Where that order makes no day (28/10 read month first), the other one does. Raises ValidationError.
    """
    plain = " ".join(text.replace("\u2212", "-").lower().replace(",", " ").split()).replace(". ", ".")
    if plain in ("t", "today"):
        return today
    start = near or today
    if step := STEP.fullmatch(plain):
        found = list(_shift_date(start, int(f"{step[1]}{step[2] or 1}")))
    else:
        found = list(_choose_year(_list_readings(plain, day_first), start))
    if found and FIRST <= found[0] <= LAST:
        return found[0]
    example = "28/10" if day_first else "10/28"
    raise ValidationError(
        f"“{text.strip()[:40]}” is not a date. Try 28 Oct 2026, {example} or t for today.",
        code="date",
    )


def _shift_date(start: date, count: int) -> Iterator[date]:
    with suppress(OverflowError):
        yield start + timedelta(days=count)


def _list_readings(plain: str, day_first: bool) -> Iterator[Parts]:
    """What the figures can mean, the company's own order first."""
    if found := WITH_NAME.fullmatch(plain):
        yield from _parse_month_name(*found.groups())
    elif (found := NUMBERS.fullmatch(plain)) and len(found[1]) > 2:
        if len(found[1]) == 4 and found[4] and len(found[4]) < 3:
            yield found[1], int(found[3]), int(found[4])
    elif found and len(found[4] or "") != 1:
        yield from _order_parts(found[4], int(found[1]), int(found[3]), day_first or found[2] == ".")
    elif found := TOGETHER.fullmatch(plain):
        yield from _order_parts(found[3], int(found[1]), int(found[2]), day_first)


def _parse_month_name(before: str | None, name: str, after: str | None, year: str | None) -> Iterator[Parts]:
    """28 Oct, Oct 28, either with a year behind; in “28 Oct 26” the second number is the year."""
    month = next((number for number, full in enumerate(MONTHS) if full.startswith(name)), None)
    if month and before and not (after and (year or len(after) == 1)):
        yield year or after, month, int(before)
    elif month and after and not before:
        yield year, month, int(after)


def _order_parts(year: str | None, one: int, two: int, day_first: bool) -> Iterator[Parts]:
    orders = [(two, one), (one, two)] if day_first else [(one, two), (two, one)]
    yield from ((year, month, day) for month, day in orders)


def _choose_year(readings: Iterable[Parts], start: date) -> Iterator[date]:
    """The days that there are, each in the year that brings it nearest to `start`; of two as near the later one."""
    for year, month, number in readings:
        days = [d for y in _list_years(year, start) if (d := _make_date(y, month, number)) is not None]
        yield from sorted(days, key=lambda d: (abs(d - start), start - d))[:1]


def _list_years(typed: str | None, start: date) -> Iterable[int]:
    if typed is None:
        return range(start.year - 8, start.year + 9)  # 29 February can be eight years away
    return (int(typed),) if len(typed) == 4 else tuple(century + int(typed) for century in (1900, 2000, 2100))


def _make_date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
