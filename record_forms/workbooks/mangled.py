"""What programs do to texts when they open and save a file: a text that looks like a number or a date becomes one."""

import re
from datetime import date
from decimal import Context, Decimal

from records.text import is_kept_as

from .cell_values import read_dates
from .cells import CellAmount, CellPercentage, CellValue
from .number_formats import EXACT
from .style import FileStyle

NUMERIC = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?%?", re.IGNORECASE | re.ASCII)
SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?e[+-]?\d{1,3}", re.IGNORECASE | re.ASCII)


def is_mangled(expected: str, got: CellValue, style: FileStyle) -> bool:
    """Whether a program that opened and saved the file has made this of a text: 00123 → 123, 1-2 → 2 Jan, Ł → ?."""
    value = got.value if isinstance(got, CellAmount | CellPercentage) else got
    if isinstance(value, bool):
        return expected.strip().casefold() == str(value).casefold()
    if _is_same_figure(expected.strip(), value, isinstance(got, CellPercentage)):
        return True
    if isinstance(value, str) and not style.is_text:
        return False
    if isinstance(value, str) and not expected.isascii() and is_kept_as(expected.strip(), value.strip()):
        return True
    return _is_same_day_text(expected, value, style)


def _is_same_figure(expected: str, value: CellValue, is_percentage: bool) -> bool:
    """Whether a text was read as a number, and perhaps shown with fewer digits."""
    if not NUMERIC.fullmatch(expected):
        return False
    text = value.strip().replace(",", ".") if isinstance(value, str) else value
    if isinstance(text, str) and not NUMERIC.fullmatch(text):
        return False
    if not isinstance(text, str | Decimal):
        return False
    wanted, found = _read_figure(expected), _read_figure(text)
    if is_percentage:
        found = found * 100 if expected.endswith("%") else found
    if wanted == found:
        return True
    is_shortened = isinstance(text, Decimal) or bool(SHORTENED.fullmatch(text))
    digits = len(_read_mantissa(text)) if isinstance(text, str) else EXACT.prec
    return is_shortened and Context(prec=max(digits, 1)).plus(wanted) == found


def _read_figure(text: str | Decimal) -> Decimal:
    return text if isinstance(text, Decimal) else Decimal(text.rstrip("%"))


def _read_mantissa(text: str) -> str:
    return re.sub(r"[^0-9]", "", re.split("e", text, flags=re.IGNORECASE)[0])


def _is_same_day_text(expected: str, value: CellValue, style: FileStyle) -> bool:
    """Whether a text that can be read as a day, such as 1-2 or Mar 5, was made one."""
    if not (re.search(r"\d", expected) and isinstance(value, str | date)):
        return False
    if isinstance(value, str) and (not re.search(r"\d", value) or NUMERIC.fullmatch(value.strip())):
        return False
    found = set(read_dates(value, None, style))
    return any(day in found for near in found for day in read_dates(expected, near, style))
