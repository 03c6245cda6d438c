"""What programs do to a file that they open and save: a text that looks like a number or a date becomes one.

Where decimals follow a comma, the point of a number in a text file is taken for one between thousands.
"""

import re
from datetime import date
from decimal import Context, Decimal

from records.text import is_kept_as

from .cell_values import read_dates, read_number, read_numbers, strip_format
from .cells import CellFault, CellPercentage, CellValue
from .number_formats import EXACT, TIME, count_decimals
from .style import FileStyle

NUMERIC = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?%?", re.IGNORECASE | re.ASCII)
SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?e[+-]?\d{1,3}", re.IGNORECASE | re.ASCII)
TIME_TEXT = re.compile(r"(\d{1,2}):(\d\d)(?::00)?(?: ?[ap]m)?", re.ASCII | re.IGNORECASE)
GUESSED = "cp1252"  # Western Windows, by which letters are read that nothing says more of
PAGES = ("cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp850", "cp437", "mac_roman")
MOST_DECIMALS = 2  # of a number whose point is not taken for one between thousands
UNDEFINED = bytes.maketrans(b"\x81\x8d\x8f\x90\x9d", b"?????")  # there


def is_mangled(expected: str, got: CellValue, style: FileStyle) -> bool:
    """Whether a program that opened and saved the file has made this of a text: 00123 → 123, 1-2 → 2 Jan, Ł → ?."""
    value = strip_format(got)
    if isinstance(value, bool):
        return expected.strip().casefold() == str(value).casefold()
    if isinstance(value, str) and is_misread(expected, value):
        return True
    if isinstance(value, str) and not style.is_text:
        return False  # a workbook keeps a text as it is, so somebody has typed this one
    if _is_same_figure(expected.strip(), value, isinstance(got, CellPercentage)) or _is_same_time(expected, value):
        return True
    if isinstance(value, str) and not expected.isascii() and is_kept_as(expected.strip(), value.strip()):
        return True
    return _is_same_day_text(expected, value, style)


def is_magnified(expected: Decimal, got: CellValue, style: FileStyle) -> bool:
    """Whether a program has taken the point of a number for one between thousands: 1.459 → 1459, 1.4590 → 14590."""
    places = count_decimals(expected)
    if places <= MOST_DECIMALS:
        return False
    written = {places, MOST_DECIMALS + 2, -int(expected.as_tuple().exponent)}
    return any(one == expected.scaleb(n) for one in read_numbers(strip_format(got), style) for n in written)


def _is_same_figure(expected: str, value: CellValue, is_percentage: bool) -> bool:
    """Whether a text was read as a number, and perhaps shown with fewer digits."""
    if not NUMERIC.fullmatch(expected):
        return not is_percentage and not re.search("[A-Za-z]", expected) and _is_same_number(expected, value)
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


def _is_same_number(expected: str, value: CellValue) -> bool:
    """Whether a text with signs around or inside its figures was read as a number: $1,000 or (5)."""
    both = (False, True)
    found = {value} if isinstance(value, Decimal) else {read_number(value, decimal_comma=comma) for comma in both}
    return bool({read_number(expected, decimal_comma=comma) for comma in both} & found - {None})


def _is_same_time(expected: str, value: CellValue) -> bool:
    """Whether a text such as 10:30 was read as a time of day, which a workbook does not tell."""
    wanted = TIME_TEXT.fullmatch(expected.strip())
    if wanted is None or isinstance(value, CellFault):
        return wanted is not None and value == CellFault(TIME)
    found = TIME_TEXT.fullmatch(value.strip()) if isinstance(value, str) else None
    return found is not None and (int(found[1]) - int(wanted[1])) % 12 == 0 and found[2] == wanted[2]


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
    if _encode(wanted, GUESSED) == _encode(found, GUESSED):
        return False  # only what that one lacks was left out
    pairs = [*((page, GUESSED) for page in ("utf-8", *PAGES)), *(("utf-8", page) for page in PAGES)]
    return any(_encode(wanted, written) == _encode(found, read) for written, read in pairs)


def _encode(text: str, page: str) -> bytes:
    return text.encode(page, "replace").translate(UNDEFINED)
