"""Files for spreadsheets, CSV and XLSX, of which no cell can be a formula. Knows no record.

A spreadsheet may split a CSV file at semicolons or tabs. It then ignores quotation marks inside its cells, so quoting
alone gives no protection. XLSX says of each cell what it is.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import IO, Any

from records.numbers import CENT, MILL

MARK = "\ufeff"  # without it Excel does not detect UTF-8
# Characters that start a formula, after those that a spreadsheet may skip: blanks, invisible characters, quotation
# marks.
PASSED_OVER = r"\s\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff" + '"'
SIGNS = "-=+@＝＋－＠"
# The start of a text or a separator, with all that may be passed over up to a sign: each letter is looked at once.
START = re.compile(rf"(?:^|[;\t\r\n])[{PASSED_OVER}]*+[{SIGNS}]?")
SAFE = re.compile(r"\w[^;\t\r\n]*")
SEPARATOR, BEFORE_TAB = re.compile(r"[;\t\r\n]"), re.compile(r"[;\t\r\n](?=[\t\r])")
EXACT_DIGITS = 15  # that a number of a spreadsheet holds
FIRST_YEAR = 1900  # of the days that a spreadsheet counts
MOST_ROWS = 1_048_575  # of an XLSX sheet, below its heads
LONGEST_TITLE = 31
WIDTH = 18  # letters
TOLD_EACH = 2_000  # rows
AMOUNT_FORMATS = {0: "#,##0", 2: "#,##0.00", 3: "#,##0.000"}  # by the decimals of the amount
NUMBER_FORMAT = "#,##0.######"
DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
FORMATS = (*AMOUNT_FORMATS.values(), NUMBER_FORMAT, DAY_FORMAT, MOMENT_FORMAT)
NUMBER = re.compile(r"[+\-−]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")


class _Echo:
    """A file object that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def stream_lines(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file of texts, numbers, days and local moments, its heads first."""
    writer: Any = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield MARK + writer.writerow(heads)
    for row in rows:
        yield writer.writerow([escape_formula(value if type(value) is str else _spell(value)) for value in row])


def _spell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(_avoid_thousands(value), "f")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case _:
            return str(value)


def escape_formula(value: str) -> str:
    """Return the value so that a spreadsheet shows it without executing it; a plain number stays one."""
    text = value.replace("\x00", "")  # some spreadsheets end the cell there
    if NUMBER.fullmatch(text):
        return text.replace("−", "-")  # the minus sign that spreadsheets parse
    return text if SAFE.fullmatch(text) else START.sub(_guard_start, text)


def _guard_start(found: re.Match[str]) -> str:
    """Put an apostrophe behind each separator, and at the start, from which a spreadsheet would come to a formula."""
    start = found[0]
    is_formula = start.endswith(tuple(SIGNS))
    guarded = (SEPARATOR if is_formula else BEFORE_TAB).sub(r"\g<0>'", start)
    is_first = found.start() == 0 and not start.startswith(";")
    return f"'{guarded}" if is_first and (is_formula or start.startswith(("\t", "\r"))) else guarded


def _avoid_thousands(value: Decimal) -> Decimal:
    """Return a number that has not just three decimals: 1.459 is read as thousands where decimals follow a comma."""
    if not value.same_quantum(MILL):
        return value
    cents = value.quantize(CENT)
    return cents if cents == value else value.quantize(MILL / 10)


def write_workbook(file: IO[bytes], title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[int]:
    """Write an XLSX file of texts, numbers, days and local moments; yield now and then how many rows are written.

    It is complete when the last number has been yielded. Its memory does not depend on the number of rows.
    """
    number = 0
    with open_workbook(file) as book:
        sheet = book.add_worksheet(name_sheet(title))
        formats = {shown: book.add_format({"num_format": shown}) for shown in FORMATS}
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads), WIDTH)
        sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                write_cell(sheet, number, place, value, _choose_format(value, formats))
            if number % TOLD_EACH == 0:
                yield number
    yield number


@contextmanager
def open_workbook(file: IO[bytes]) -> Iterator[Any]:
    """Give a workbook that is whole in the file after the block. It grows on the disk, and leaves nothing else there.

    The library deletes what it has stored aside only when it closes a workbook, which one that fails or is given up
    never is.
    """
    from xlsxwriter import Workbook  # every start would wait for it, and few processes write a workbook

    with TemporaryDirectory() as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            yield book
            book.close()
        finally:
            for sheet in book.worksheets():
                with suppress(OSError):  # of a full disk, which has been raised already
                    sheet.row_data_fh.close()


def name_sheet(title: str) -> str:
    """Return a title as the name of a sheet can be."""
    return re.sub(r"[][:*?/\\']", " ", title).strip()[:LONGEST_TITLE] or "Sheet1"


def _choose_format(value: Any, formats: Mapping[str, Any]) -> Any:
    """Return the format of a cell by its value; None for that of texts."""
    match value:
        case Decimal():
            return formats[choose_number_format(value)]
        case datetime():
            return formats[MOMENT_FORMAT]
        case date():
            return formats[DAY_FORMAT]
        case _:
            return None


def choose_number_format(value: Decimal) -> str:
    """Return the format that shows the decimals with which an amount is written, or else those that a number needs."""
    exponent = value.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if places not in AMOUNT_FORMATS and value == value.to_integral_value():
        return AMOUNT_FORMATS[0]
    return AMOUNT_FORMATS.get(places, NUMBER_FORMAT)


def write_cell(sheet: Any, row: int, place: int, value: Any, style: Any = None) -> None:
    """Write a value as what it is; what a cell cannot hold exactly is written as text."""
    match value:
        case None | "":
            pass
        case bool():
            sheet.write_boolean(row, place, value, style)
        case Decimal() if len(value.as_tuple().digits) <= EXACT_DIGITS:
            sheet.write_number(row, place, value, style)
        case int() if abs(value) < 10**EXACT_DIGITS:
            sheet.write_number(row, place, value, style)
        case datetime() if value.year >= FIRST_YEAR:
            sheet.write_datetime(row, place, value.replace(tzinfo=None), style)
        case date() if value.year >= FIRST_YEAR:
            sheet.write_datetime(row, place, value, style)
        case _:
            sheet.write_string(row, place, str(value), style)
