"""What programs do to texts when they open and save a file: a text that looks like a number or a date becomes one."""

import re
from datetime import date
from decimal import Context, Decimal

from records.text import is_kept_as

from .cell_values import read_dates, read_number, strip_format
from .cells import CellPercentage, CellValue
from .number_formats import EXACT
from .style import FileStyle

NUMERIC = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?%?", re.IGNORECASE | re.ASCII)
SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?e[+-]?\d{1,3}", re.IGNORECASE | re.ASCII)
GUESSED = "cp1252"  # Western Windows, by which letters are read that nothing says more of
PAGES = ("cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp850", "cp437", "mac_roman")
UNDEFINED = bytes.maketrans(b"\x81\x8d\x8f\x90\x9d", b"?????")  # there


def is_mangled(expected: str, got: CellValue, style: FileStyle) -> bool:
    """Whether a program that opened and saved the file has made this of a text: 00123 → 123, 1-2 → 2 Jan, Ł → ?."""
    value = strip_format(got)
    if isinstance(value, bool):
        return expected.strip().casefold() == str(value).casefold()
    if _is_same_figure(expected.strip(), value, isinstance(got, CellPercentage)):
        return True
    if isinstance(value, str) and is_misread(expected, value):
        return True
    if isinstance(value, str) and not style.is_text:
        return False
    if isinstance(value, str) and not expected.isascii() and is_kept_as(expected.strip(), value.strip()):
        return True
    return _is_same_day_text(expected, value, style)


def _is_same_figure(expected: str, value: CellValue, is_percentage: bool) -> bool:
    """Whether a text was read as a number, and perhaps shown with fewer digits."""
    if not NUMERIC.fullmatch(expected):
        is_read = isinstance(value, Decimal) and not is_percentage and not re.search("[A-Za-z]", expected)
        return is_read and read_number(expected) == value  # $1,000 or (5)
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


def is_misread(expected: str, got: str) -> bool:
    """Whether a program has taken the letters of a text for those of another country: Łódź as £ódŸ, é as Ã©."""
    if expected.isascii() or got.isascii() or not len(expected) <= len(got) <= 4 * len(expected):
        return False
    wanted, found = expected.strip(), got.strip()
    pairs = [*((page, GUESSED) for page in ("utf-8", *PAGES)), *(("utf-8", page) for page in PAGES)]
    return any(_encode(wanted, written) == _encode(found, read) for written, read in pairs)


def _encode(text: str, page: str) -> bytes:
    return text.encode(page, "replace").translate(UNDEFINED)
