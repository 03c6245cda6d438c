"""Reads the value of a cell as text, number, day, or yes or no. Knows the field table and no record."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone

from record_forms.typed.arithmetic import InvalidSum, strip_text, strip_thousands
from record_forms.typed.dates import SERIAL_START, SERIALS, is_relative, parse_date
from record_forms.typed.parse import NO, YES
from records.fields import Field, FieldKind
from records.formatting import format_date
from records.text import clean_value

from .cells import CellAmount, CellFormula, CellPercentage, CellValue, make_day
from .number_formats import plain_number
from .style import FileStyle

NUMBERS = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)
FIGURES = re.compile(r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
# How programs in other languages write TRUE and FALSE to a text file.
TRUE_ELSEWHERE = re.compile("wahr|vrai|verdade(i)?ro|vero|waar|san[dtn]|sann|tosi|pra[wv]da|igaz|doğru|истина")
FALSE_ELSEWHERE = re.compile("falsch|faux|falso|onwaar|falskt?|usann|epätosi|fałsz|nepravda|hamis|yanliş|ложь")


def is_empty(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def strip_format(value: CellValue) -> CellValue:
    """Return the value of a cell without how it is shown or calculated."""
    while isinstance(value, CellFormula | CellPercentage | CellAmount):
        value = value.value
    return value


def fold_text(f: Field, text: str) -> str:
    return "\n".join(line.rstrip() for line in clean_value(f, text).strip().split("\n"))


def spell_plain(value: CellValue) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        return f"{plain_number(value):f}"
    return format_date(value) if isinstance(value, date) else str(value)


def read_boolean(value: CellValue) -> bool | None:
    """Return the yes or no of a cell, None for neither."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value).strip().lower()
    if text in YES or TRUE_ELSEWHERE.fullmatch(text):
        return True
    return False if text and (text in NO or FALSE_ELSEWHERE.fullmatch(text)) else None


def read_number(value: CellValue, *, decimal_comma: bool = False) -> Decimal | None:
    """Return the number of a cell, None if it is none."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        return None
    bare = strip_text(value).bare
    if decimal_comma:
        bare = bare.translate(str.maketrans(",.", ".,"))
    with suppress(InvalidSum):
        plain = strip_thousands(bare)
        return Decimal(plain) if FIGURES.fullmatch(plain) else None
    return None


def read_numbers(value: CellValue, style: FileStyle) -> list[Decimal]:
    """Return the numbers that a cell can mean, the likely one first: 2,500 is two, where the file does not show which.

    What makes no number by the style of the file is read in the other one: 12,50 can be nothing else.
    """
    both = [read_number(value, decimal_comma=comma) for comma in (style.decimal_comma, not style.decimal_comma)]
    found = list(dict.fromkeys(one for one in both if one is not None))
    return found if style.is_number_unclear else found[:1]


def read_dates(value: CellValue, near: date | None, style: FileStyle) -> Iterator[date]:
    """Yield the days that a cell can mean, that by the order of the company, or of the file, first."""
    if isinstance(value, datetime):
        yield value.date()
    elif isinstance(value, date):
        yield value
    elif isinstance(value, Decimal):
        day = make_day(value, style.first_day)
        if day is not None and (day == near or (day - SERIAL_START).days in SERIALS):
            yield day
    elif isinstance(value, str) and not is_relative(value):
        for day_first in (style.day_first, not style.day_first):
            with suppress(ValidationError):
                yield parse_date(value, today=timezone.localdate(), near=near, day_first=day_first)
