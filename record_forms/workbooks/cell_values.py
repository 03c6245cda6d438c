"""Reads the value of a cell as text, number, day, or yes or no. Knows the field table and no record."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils import timezone

from record_forms.typed.arithmetic import InvalidSum, strip_text, strip_thousands
from record_forms.typed.dates import parse_date
from record_forms.typed.parse import NO, YES
from records.fields import Field, FieldKind
from records.formatting import format_date
from records.text import clean_value

from .cells import CellValue, make_day
from .number_formats import plain_number
from .style import FileStyle

NUMBERS = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)


def is_empty(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


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
    return True if text in YES else False if text and text in (*NO, "0") else None


def read_number(value: CellValue, *, decimal_comma: bool = False) -> Decimal | None:
    """Return the number of a cell, None if it is none."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        return None
    bare = strip_text(value).bare
    if decimal_comma:
        bare = bare.translate(str.maketrans(",.", ".,"))
    with suppress(InvalidSum, InvalidOperation):
        return Decimal(strip_thousands(bare))
    return None


def read_dates(value: CellValue, near: date | None, style: FileStyle) -> Iterator[date]:
    """Yield the days that a cell can mean, that by the order of the company, or of the file, first."""
    if isinstance(value, datetime):
        yield value.date()
    elif isinstance(value, date):
        yield value
    elif isinstance(value, Decimal):
        if day := make_day(value, style.first_day):
            yield day
    elif isinstance(value, str):
        for day_first in (style.day_first, not style.day_first):
            with suppress(ValidationError):
                yield parse_date(value, today=timezone.localdate(), near=near, day_first=day_first)
