"""What a cell that came back says of its value: that it is as it was exported, or what somebody has typed.

Only a cell that differs from what was written counts. A program that opens and saves a file changes some values by
itself: a number loses its zeros or its point, a text that looks like a number or a date becomes one. Such cells keep
their values.
Knows the field table, no record and no company.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from books.pages.spreadsheet import escape_formula
from record_forms.typed.arithmetic import is_sum, strip_text
from record_forms.typed.dates import is_relative
from records.fields import Field, FieldKind
from records.formatting import format_date

from .cell_values import (
    NUMBERS,
    fold_text,
    is_empty,
    read_boolean,
    read_dates,
    read_number,
    read_numbers,
    spell_plain,
    strip_format,
)
from .cells import CellAmount, CellFault, CellFormula, CellPercentage, CellValue
from .mangled import SHORTENED, is_magnified, is_mangled
from .number_formats import EXACT, is_rounded, plain_number
from .style import FileStyle

UNESCAPED = re.compile(r"(^|[;\t\r\n])'")
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
    if is_same(f, expected, got, style):
        return SAME
    if isinstance(got, CellFormula):
        return Judgment(problem=FORMULA)
    if isinstance(expected, str) and is_mangled(expected, got, style):
        return KEPT_SAME
    if isinstance(expected, Decimal) and is_magnified(expected, got, style):
        return KEPT_SAME
    if isinstance(got, CellFault):
        return Judgment(problem=f"contains {got.what}")
    if isinstance(got, CellPercentage):
        return Judgment(problem=PERCENTAGE)
    return _read_typed(f, expected, got, style)


def is_same(f: Field, expected: CellValue, got: CellValue, style: FileStyle) -> bool:
    """Whether a cell holds what was exported, however a spreadsheet program writes it."""
    if isinstance(got, CellFormula) and got.value is None:
        return False  # nobody has calculated it
    got = strip_format(got)
    if isinstance(got, CellFault):
        return got.what.partition(": ")[0] == spell_plain(expected).strip()
    if is_empty(got) or is_empty(expected):
        return is_empty(got) and is_empty(expected)
    if f.kind in NUMBERS:
        return _is_same_number(expected, got, style)
    if f.kind is FieldKind.DATE:
        return _is_same_date(expected, got, style)
    if f.kind is FieldKind.BOOLEAN:
        return read_boolean(got) is expected
    one, other = fold_text(f, spell_plain(expected)), fold_text(f, spell_plain(got))
    if one == other or (f.kind is FieldKind.CHOICE and one.casefold() == other.casefold()):
        return True
    return fold_text(f, escape_formula(str(expected))) == other  # in a workbook too, if it was made of a text file


def _is_same_number(expected: CellValue, got: CellValue, style: FileStyle) -> bool:
    wanted = read_number(expected)
    if wanted is None:
        return False
    return any(EXACT.plus(one) == EXACT.plus(wanted) for one in read_numbers(got, style)[:1])


def _is_same_date(expected: CellValue, got: CellValue, style: FileStyle) -> bool:
    wanted = expected if isinstance(expected, date) else date.fromisoformat(str(expected))
    return next(read_dates(got, wanted, style), None) == wanted


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
    text = spell_plain(strip_format(got))
    if is_rounded(got) or (style.is_text and SHORTENED.fullmatch(text.strip())):
        return Judgment(problem=ROUNDED)
    if f.kind is FieldKind.CHOICE:
        return _read_choice(f, text)
    return Judgment(_drop_guard(text) if style.is_text else text)


def _quote(value: CellValue) -> str:
    return f"“{spell_plain(strip_format(value)).strip()[:40]}”"


def _read_number_typed(f: Field, got: CellValue, style: FileStyle) -> Judgment:
    if isinstance(got, CellAmount):
        return Judgment(f"{got.mark} {_spell_number(f, got.value)}")
    if isinstance(got, date | bool):
        return Judgment(problem=f"is {_quote(got)}, not a number")
    if isinstance(got, Decimal):
        return Judgment(_spell_number(f, got))
    if SHORTENED.fullmatch(got.strip()):
        return Judgment(problem=ROUNDED)
    found = read_numbers(got, style)
    if len(found) > 1:
        one, other = (_spell_number(f, number) for number in found)
        return Judgment(problem=f"{_quote(got)} can be {one} or {other}. Write it as one of these")
    if not found and is_sum(got):
        return Judgment(problem=f"is {_quote(got)}, not a number")  # a file has results: 2026-0042 is no difference
    if not (found and style.decimal_comma):
        return Judgment(got)
    return Judgment(" ".join((*strip_text(got).marks[:1], _spell_number(f, found[0]))))


def _spell_number(f: Field, number: Decimal) -> str:
    """Return a number so that it can be read in one way alone: three decimals could be thousands."""
    text = f"{plain_number(number):f}"
    return f"{text}0" if f.kind is FieldKind.MONEY and len(text.partition(".")[2]) == 3 else text


def _read_date_typed(expected: CellValue, got: CellValue, style: FileStyle) -> Judgment:
    if isinstance(got, bool | CellAmount):
        return Judgment(problem=f"is {_quote(got)}, not a date")
    near = expected if isinstance(expected, date) else None
    days = list(dict.fromkeys(read_dates(got, near, style)))
    if not days:
        is_odd = not isinstance(got, str) or is_relative(got)
        return Judgment(problem=f"is {_quote(got)}, not a date") if is_odd else Judgment(got)
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
