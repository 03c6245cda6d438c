"""What a cell that came back says of its value: that it is as it was exported, or what somebody has typed.

Only a cell that differs from what was written counts. A program that opens and saves a file changes some values by
itself: a number loses its zeros, a text that looks like a number or a date becomes one. Such cells keep their values.
Knows the field table, no record and no company.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils import timezone

from books.pages.spreadsheet import escape_formula
from record_forms.typed.arithmetic import InvalidSum, strip_text, strip_thousands
from record_forms.typed.dates import parse_date
from record_forms.typed.parse import NO, YES
from records.fields import Field, FieldKind
from records.formatting import format_date
from records.text import clean_value, is_kept_as

from .cells import CellAmount, CellFault, CellFormula, CellPercentage, CellValue, make_day
from .number_formats import EXACT, plain_number
from .style import FileStyle

NUMBERS = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)
NUMERIC = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?%?", re.IGNORECASE | re.ASCII)
SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?e[+-]?\d{1,3}", re.IGNORECASE | re.ASCII)
UNESCAPED = re.compile(r"(^|[;\t\r\n])'")
KEPT = "read as numbers or dates by the spreadsheet program"
FORMULA = "is a formula. Copy the cells and paste them as values"
PERCENTAGE = "is a percentage. Format the cell as a number"
BLANK_BOX = "is blank. Write yes or no"
ROUNDED = "is a number that the spreadsheet program has shortened. Write all its digits, in a cell formatted as text"


@dataclass(frozen=True, slots=True)
class Judgment:
    """`text` is what was typed, None where the value is as it was; `problem` why it cannot be told.

    `is_kept` says that the program has changed the cell and the value stays.
    """

    text: str | None = None
    problem: str = ""
    is_kept: bool = False


SAME, KEPT_SAME = Judgment(), Judgment(is_kept=True)


def judge_cell(f: Field, expected: CellValue, got: CellValue, style: FileStyle) -> Judgment:
    """Return what a cell says of a value that was written as `expected`."""
    if got == expected and type(got) is type(expected):
        return SAME  # as nearly all are
    bare = got.value if isinstance(got, CellFormula | CellPercentage | CellAmount) else got
    if is_same(f, expected, bare, style):
        return SAME
    if isinstance(got, CellFormula):
        return Judgment(problem=FORMULA)
    if isinstance(got, CellFault):
        return Judgment(problem=f"contains {got.what}")
    if isinstance(expected, str) and is_mangled(expected, got, style):
        return KEPT_SAME
    if isinstance(got, CellPercentage):
        return Judgment(problem=PERCENTAGE)
    return _read_typed(f, expected, got, style)


def is_same(f: Field, expected: CellValue, got: CellValue, style: FileStyle) -> bool:
    """Whether a cell holds what was exported, however a spreadsheet program writes it."""
    if is_empty(got) or is_empty(expected):
        return is_empty(got) and is_empty(expected)
    if f.kind in NUMBERS:
        return _is_same_number(expected, got, style)
    if f.kind is FieldKind.DATE:
        return _is_same_date(expected, got, style)
    if f.kind is FieldKind.BOOLEAN:
        return read_boolean(got) is expected
    one, other = _fold_text(f, _spell_plain(expected)), _fold_text(f, _spell_plain(got))
    if one == other or (f.kind is FieldKind.CHOICE and one.casefold() == other.casefold()):
        return True
    return style.is_text and _fold_text(f, escape_formula(str(expected))) == other


def is_empty(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _fold_text(f: Field, text: str) -> str:
    return "\n".join(line.rstrip() for line in clean_value(f, text).strip().split("\n"))


def _spell_plain(value: CellValue) -> str:
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


def _is_same_number(expected: CellValue, got: CellValue, style: FileStyle) -> bool:
    wanted = read_number(expected)
    if wanted is None:
        return False
    found = [read_number(got, decimal_comma=style.decimal_comma)]
    if isinstance(got, str) and "," in got:
        found.append(read_number(got, decimal_comma=True))  # “12,50” can be nothing else
    return any(one is not None and one.is_finite() and EXACT.plus(one) == EXACT.plus(wanted) for one in found)


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


def _is_same_date(expected: CellValue, got: CellValue, style: FileStyle) -> bool:
    wanted = expected if isinstance(expected, date) else date.fromisoformat(str(expected))
    return next(read_dates(got, wanted, style), None) == wanted


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


def _read_typed(f: Field, expected: CellValue, got: CellValue, style: FileStyle) -> Judgment:
    """Return what somebody has typed into a cell, as the text for the field's input."""
    if f.kind is FieldKind.BOOLEAN:
        found = read_boolean(got)
        if found is None:
            return Judgment(problem=BLANK_BOX if is_empty(got) else f"is {_quote(got)}. Write yes or no")
        return Judgment("yes" if found else "no")
    if is_empty(got):
        return Judgment("")
    if f.kind in NUMBERS:
        return _read_number_typed(f, got, style)
    if f.kind is FieldKind.DATE:
        return _read_date_typed(expected, got, style)
    text = _spell_plain(got.value if isinstance(got, CellAmount) else got)
    if style.is_text and SHORTENED.fullmatch(text.strip()):
        return Judgment(problem=ROUNDED)
    if f.kind is FieldKind.CHOICE:
        return _read_choice(f, text)
    return Judgment(_drop_guard(text) if style.is_text else text)


def _quote(value: CellValue) -> str:
    return f"“{_spell_plain(value)[:40]}”"


def _read_number_typed(f: Field, got: CellValue, style: FileStyle) -> Judgment:
    if isinstance(got, CellAmount):
        return Judgment(f"{got.mark} {_spell_number(f, got.value)}")
    if isinstance(got, date | bool):
        return Judgment(problem=f"is {_quote(got)}, not a number")
    if isinstance(got, Decimal):
        return Judgment(_spell_number(f, got))
    if SHORTENED.fullmatch(got.strip()):
        return Judgment(problem=ROUNDED)
    found = read_number(got, decimal_comma=True) if style.decimal_comma else None
    return Judgment(got if found is None else _spell_number(f, found))


def _spell_number(f: Field, number: Decimal) -> str:
    """Return a number so that it can be read in one way alone: three decimals could be thousands."""
    text = f"{plain_number(number):f}"
    return f"{text}0" if f.kind is FieldKind.MONEY and len(text.partition(".")[2]) == 3 else text


def _read_date_typed(expected: CellValue, got: CellValue, style: FileStyle) -> Judgment:
    if isinstance(got, bool | CellAmount):
        return Judgment(problem=f"is {_quote(got.value if isinstance(got, CellAmount) else got)}, not a date")
    near = expected if isinstance(expected, date) else None
    days = list(dict.fromkeys(read_dates(got, near, style)))
    if not days:
        return Judgment(got) if isinstance(got, str) else Judgment(problem=f"is {_quote(got)}, not a date")
    if isinstance(got, str) and len(days) > 1 and (style.is_mixed or expected == days[1]):
        one, other = map(format_date, days[:2])
        return Judgment(problem=f"“{got.strip()[:40]}” can be {one} or {other}. Write it as {one}")
    return Judgment(days[0].isoformat())


def _read_choice(f: Field, text: str) -> Judgment:
    by_label = {label.casefold(): value for value, label in f.choices}
    found = by_label.get(text.strip().casefold(), text.strip())
    if found in dict(f.choices):
        return Judgment(found)
    return Judgment(problem=f"{_quote(text)} is not in the list: {', '.join(label for _, label in f.choices)}")


def _drop_guard(text: str) -> str:
    """Return the text without the apostrophes that keep a spreadsheet program from reading a formula."""
    bare = UNESCAPED.sub(r"\1", text)
    return bare if escape_formula(bare) == text else text
