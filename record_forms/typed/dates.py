"""A day as people type it or a sheet has it: 10/1, 1.10., 1 Oct, t for today, +7. Pure, and knows no company.

The keys t, +, -, w, k, m, h, y, r, [, ], ; and ' are QuickBooks' own in a date; `static/js/days.js` moves a date by
them at once. What is shown afterwards is the day in full, so that nobody has to trust a reading that they do not see.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from unicodedata import category

from django.core.exceptions import ValidationError

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
MONTHS = tuple(name.lower() for name in calendar.month_name)
DAY_NAMES = tuple(name.lower() for name in calendar.day_name)
STEP = re.compile(r"([+-]) ?(\d{0,5})", re.ASCII)
NUMBERS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})(?:\2(\d{1,2}|\d{4}))?\.?", re.ASCII)
TOGETHER = re.compile(r"(\d\d)(\d\d)(\d\d|\d{4})?", re.ASCII)
YEAR_FIRST = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)", re.ASCII)
WITH_NAME = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ .-]*)?([a-z]{3,9})[ .-]*(?:(\d{1,2})(?:st|nd|rd|th)?)?(?:[ .-](\d{2}|\d{4}))?",
    re.ASCII,
)
# What a sheet shows of a date: the time of day, the day of the week, or the number of days since the end of 1899.
TIME = re.compile(r"[ t]\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[ap]\.?m\.?)?( ?z)?$", re.ASCII)
DAY_NAME = re.compile(r"([a-z]{3,9})[. ]+(?=.*\d)", re.ASCII)
SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
SERIAL_START, SERIALS = date(1899, 12, 30), range(34_700, 58_806)  # from 1995 to 2060
HIDDEN = "Cf"  # what a sheet puts around a date for the direction of its text

Parts = tuple[str | None, int, int]  # the year as it was typed, the month, the day


def parse_date(text: str, *, today: date, near: date | None = None, day_first: bool = False) -> date:
    """The day that `text` means. `near` is the date that stands in the field already, if any.

    A number of days counts from `near`, else from today. A year left out is the one that brings the day nearest to
    `near`, else to today: a bill of last December that is due 1/15 is due this January, whatever year it is now. Two
    figures of a year are taken the same way. `day_first` says what 10/1 is; dots are written day first everywhere.
    Where that order makes no day (28/10 read month first), the other one does. Raises ValidationError.
    """
    plain, start = _fold_text(text), near or today
    if plain in ("t", "today"):
        return today
    found = list(_read_day(plain, start, day_first))
    if found and FIRST <= found[0] <= LAST:
        return found[0]
    example = "28/10" if day_first else "10/28"
    raise ValidationError(
        f"“{text.strip()[:40]}” is not a date. Try 28 Oct 2026, {example} or t for today.",
        code="date",
    )


def is_counted(text: str) -> bool:
    """Whether a text counts from another day: +7, - or m. Where no date stands, that is today."""
    plain = _fold_text(text)
    return plain in KEYS or STEP.fullmatch(plain) is not None


def is_relative(text: str) -> bool:
    """Whether a text is a key or a step, which only moves a date while it is typed: t, m, +7, or a minus alone."""
    return _fold_text(text) in ("t", "today") or is_counted(text)


def _fold_text(text: str) -> str:
    visible = "".join(letter for letter in text if category(letter) != HIDDEN)
    return " ".join(visible.replace("\u2212", "-").lower().replace(",", " ").split()).replace(". ", ".")


def _read_day(plain: str, start: date, day_first: bool) -> Iterator[date]:
    if step := STEP.fullmatch(plain):
        yield from _shift_date(start, int(f"{step[1]}{step[2] or 1}"))
    elif plain in KEYS:
        with suppress(OverflowError, ValueError):
            yield KEYS[plain](start)
    elif (serial := SERIAL.fullmatch(plain)) and int(serial[1]) in SERIALS:
        yield SERIAL_START + timedelta(days=int(serial[1]))
    else:
        plain, named = TIME.sub("", plain), DAY_NAME.match(plain)
        numbers = [n for n, name in enumerate(DAY_NAMES) if named and name.startswith(named[1])]
        days = _choose_year(_list_readings(DAY_NAME.sub("", plain, count=1) if numbers else plain, day_first), start)
        yield from (day for day in days if not numbers or day.weekday() in numbers)


def _move_months(day: date, count: int) -> date:
    """The same day of another month, or its last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# QuickBooks' week begins on Sunday.
KEYS: Mapping[str, Callable[[date], date]] = {
    "w": lambda day: day - timedelta(days=day.isoweekday() % 7),
    "k": lambda day: day + timedelta(days=6 - day.isoweekday() % 7),
    "m": lambda day: day.replace(day=1),
    "h": lambda day: day.replace(day=calendar.monthrange(day.year, day.month)[1]),
    "y": lambda day: day.replace(month=1, day=1),
    "r": lambda day: day.replace(month=12, day=31),
    "[": lambda day: day - timedelta(days=7),
    "]": lambda day: day + timedelta(days=7),
    ";": lambda day: _move_months(day, -1),
    "'": lambda day: _move_months(day, 1),
}


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
    elif found := YEAR_FIRST.fullmatch(plain):
        yield found[1], int(found[2]), int(found[3])
        yield from _order_parts(plain[4:], int(plain[:2]), int(plain[2:4]), day_first)
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
