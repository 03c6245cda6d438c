"""The table of a text file (CSV) with commas, semicolons or tabs, in any of the encodings that spreadsheets write."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO

from .cells import (
    LONGEST_CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    TOO_MANY_CELLS,
    TOO_MANY_ROWS,
    TOO_WIDE,
    CellFault,
    CellValue,
    FileRow,
    FileTable,
    UnreadableFile,
)
from .mangled import GUESSED
from .xlsx import IsTable

SEPARATORS = (",", ";", "\t", "|")
HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # by which Excel is told
FAULT = re.compile("#[¡¿]?[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я0-9/]*[!?]|#N/[A-Z]|#NV|Err:[0-9]{3}")  # in any language: #REF!, #BEZUG!
TOO_NARROW = re.compile("#{3,}")  # what a column shows that is too narrow for its numbers
CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1f]")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
NOT_TEXT = "This is neither a spreadsheet nor a text file. Save your table as .xlsx or .csv and upload that."
TOO_LONG = "has a cell that is too long"
OTHER_LETTERS = (
    "The letters of this text file are written in a way that cannot be told. Save it as “CSV UTF-8”, or as .xlsx, and "
    "upload that."
)
BROKEN = "The text file is damaged or incomplete: row {} {}. Save it again as .csv, or as .xlsx."


def read_delimited(data: bytes, is_table: IsTable) -> FileTable:
    """Return the table of a text file, by the separator with which `is_table` knows its heads.

    Raises UnreadableFile.
    """
    text, is_guessed = decode_text(data)
    hint = HINT.match(text)
    text = text[hint.end() :] if hint else text
    separators = [hint[1]] if hint else SEPARATORS
    tried = {one: _read_heads(text, one) for one in separators}
    known = [one for one, heads in tried.items() if is_table(heads)]
    separator = known[0] if known else max(tried, key=lambda one: len(tried[one]))
    rows = list(_read_rows(text, separator))
    heads = [str(cell or "").strip() for cell in rows[0].cells] if rows else []
    while heads and not heads[-1]:
        heads.pop()
    for row in rows:
        row.ends_early = len(row.cells) < len(heads)
    return FileTable(heads, rows[1:], is_text=True, is_guessed=is_guessed)


def decode_text(data: bytes) -> tuple[str, bool]:
    """Return a file's text, and whether its letters are guessed: UTF-8, UTF-16 or else Windows-1252.

    Raises UnreadableFile.
    """
    encoding = next((name for mark, name in BOMS if data.startswith(mark)), "")
    encoding = encoding or _guess_utf16(data[:400])
    for name in (encoding,) if encoding else ("utf-8", GUESSED):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name == GUESSED
    raise UnreadableFile(NOT_TEXT if encoding or CONTROLS.search(data) else OTHER_LETTERS)


def _guess_utf16(start: bytes) -> str:
    """Return the UTF-16 of a text without a mark, whose letters are mostly plain: every other byte is a zero."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    most = len(start) // 4
    if odd > most and not even:
        return "utf-16-le"
    return "utf-16-be" if even > most and not odd else ""


def _read_heads(text: str, separator: str) -> Sequence[str]:
    first = next(iter(_read_rows(text[: LONGEST_CELL * 2], separator, is_strict=False)), None)
    return [str(cell or "").strip() for cell in first.cells] if first else []


def _read_rows(text: str, separator: str, *, is_strict: bool = True) -> Iterator[FileRow]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=is_strict)
    number = count = total = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cells):
                continue
            count, total = count + 1, total + len(cells)
            _check_size(count, total, len(cells))
            if max(map(len, cells)) > LONGEST_CELL:
                raise UnreadableFile(BROKEN.format(number, TOO_LONG))
            yield FileRow(number, [_read_cell(cell) for cell in cells])
    except csv.Error as error:
        why = "does not end" if "end of data" in str(error) else "has quotation marks in the wrong place"
        why = TOO_LONG if "limit" in str(error) else why
        raise UnreadableFile(BROKEN.format(number + 1, why)) from None


def _check_size(rows: int, cells: int, width: int) -> None:
    if rows > MOST_ROWS + 1:
        raise UnreadableFile(TOO_MANY_ROWS)
    if cells > MOST_CELLS:
        raise UnreadableFile(TOO_MANY_CELLS)
    if width > MOST_COLUMNS:
        raise UnreadableFile(TOO_WIDE)


def _read_cell(text: str) -> CellValue:
    if FAULT.fullmatch(text):
        return CellFault(text)
    if TOO_NARROW.fullmatch(text):
        return CellFault(f"{text}: the column was too narrow for its value when the file was saved")
    return text or None
