"""What the cells of a file hold, and why a file cannot be read. Knows no record, and no format of files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

MOST_ROWS = 20_000  # of one file, its heads not counted
MOST_COLUMNS = 1_000
MOST_CELLS = 1_500_000
MOST_LETTERS = 60_000_000  # of all cells together, as many cells of a workbook can share one text
LONGEST_CELL = 32_767  # letters that a cell of a spreadsheet holds
TOO_MANY_ROWS = (
    f"The file has more than {MOST_ROWS:,} rows. Filter the list and export it in parts, or delete the rows of which "
    "nothing has changed."
)
TOO_WIDE = f"The sheet has more than {MOST_COLUMNS:,} columns."
TOO_MANY_CELLS = f"The sheet has more than {MOST_CELLS:,} cells. Export fewer columns, or the list in parts."
TOO_MUCH_TEXT = "The cells of the sheet have too much text together. Export fewer columns, or the list in parts."
TOO_LONG_CELL = f"A cell has more than {LONGEST_CELL:,} letters, more than a spreadsheet holds. Shorten or clear it."


class UnreadableFile(ValueError):
    """A file that cannot be taken, with the reason and what to do, for a person."""


class CellFormula(NamedTuple):
    """A formula, with the value that the program which saved the file had calculated; None for none."""

    value: Any


class CellFault(NamedTuple):
    """A cell without a value that can be used, and what is in it."""

    what: str


class CellPercentage(NamedTuple):
    """A number that is shown as a percentage: 0.05 is shown as 5%."""

    value: Decimal


class CellAmount(NamedTuple):
    """A number that is shown with the mark of a currency."""

    value: Decimal
    mark: str


# None, str, Decimal, bool, date, datetime, or one of those above.
CellValue = Any


@dataclass(slots=True)
class FileRow:
    """One row with a value: its number in the file, from 1, and its cells from the first column on.

    A row of a text file has as many cells as its line; it `ends_early` if those are fewer than the heads.
    """

    number: int
    cells: list[CellValue]
    is_hidden: bool = False
    ends_early: bool = False

    def cell(self, place: int) -> CellValue:
        return self.cells[place] if place < len(self.cells) else None


@dataclass(slots=True)
class FileTable:
    """The one table of a file: its heads, the rows below them, and what its program says of the whole.

    `is_text` says that it is no workbook, so that all its cells are texts, and `is_guessed` that its letters were read
    as those of a Western Windows. `first_day` is the day before day 1.
    """

    heads: Sequence[str]
    rows: list[FileRow]
    sheet: str = ""
    is_text: bool = False
    is_guessed: bool = False
    first_day: date = date(1899, 12, 30)
    properties: Mapping[str, str] = field(default_factory=dict)


def name_column(place: int) -> str:
    """Return the letters of a column, from 0: A, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def name_cell(row: int, place: int) -> str:
    """Return the address of a cell: B12."""
    return f"{name_column(place)}{row}"


def make_day(number: Decimal, first_day: date) -> date | None:
    """Return the day that a whole or broken number of days is; None for one that no program counts so."""
    try:
        return first_day + timedelta(days=int(number))
    except OverflowError:
        return None
