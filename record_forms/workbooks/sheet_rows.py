"""The rows of one sheet of a workbook, cell by cell: values, formulas, hidden rows and merged cells in one pass."""

import re
from datetime import date

from .archive import DAMAGED, Attributes, XmlHandler
from .cells import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LETTERS,
    MOST_ROWS,
    TOO_MANY_CELLS,
    TOO_MANY_ROWS,
    TOO_MUCH_TEXT,
    TOO_WIDE,
    CellFault,
    CellFormula,
    CellValue,
    FileRow,
    UnreadableFile,
    name_cell,
)
from .number_formats import NumberFormat
from .strings import SharedStrings, join_parts
from .workbook_parts import TRUE

PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
PLAIN = NumberFormat()
MOST_SAID = 40  # letters of a cell in a sentence


class SheetRows(XmlHandler):
    """The rows of a sheet that have a value, as they are found; `merged` are its ranges of merged cells."""

    def __init__(self, texts: SharedStrings, formats: list[NumberFormat], first_day: date) -> None:
        super().__init__()
        self.texts, self.formats, self.first_day = texts, formats, first_day
        self.rows: list[FileRow] = []
        self.merged: list[str] = []
        self.count = self.cells = self.letters = self.number = 0
        self.row = FileRow(0, [])
        self.place = -1
        self.kind = self.style = self.value = ""
        self.inline: list[str] = []
        self.is_formula = self.is_reading_aid = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            stated = attributes.get("r", "")
            self.number = int(stated[:8]) if stated.isascii() and stated.isdigit() else self.number + 1
            self.row = FileRow(self.number, [], attributes.get("hidden", "") in TRUE)
            self.place = -1
        elif name == "f":
            self.is_formula = True
        elif name == "rPh":
            self.is_reading_aid = True
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", ""))

    def _start_cell(self, attributes: Attributes) -> None:
        found = PLACE.fullmatch(attributes.get("r", ""))
        self.place = _read_letters(found[1]) if found else self.place + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.value, self.inline = "", []
        self.is_formula = False

    def end(self, name: str, text: str) -> None:
        if name == "v":
            self.value = text
        elif name == "t" and not self.is_reading_aid:
            self.inline.append(text)
        elif name == "rPh":
            self.is_reading_aid = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and any(cell is not None for cell in self.row.cells):
            self.count += 1
            if self.count > MOST_ROWS + 1:
                raise UnreadableFile(TOO_MANY_ROWS)
            self.rows.append(self.row)

    def _end_cell(self) -> None:
        found = self._read_value()
        if self.is_formula:
            found = CellFormula("" if found is None and self.kind == "str" else found)
        if found is None:
            return
        cells = self.row.cells
        if self.place < len(cells):
            raise UnreadableFile(f"Cell {name_cell(self.number, self.place)} is there twice. {DAMAGED}")
        self._check_size(found, self.place + 1 - len(cells))
        cells.extend([None] * (self.place - len(cells)))
        cells.append(found)

    def _check_size(self, found: CellValue, more: int) -> None:
        """Count the cell with the blank ones before it, and its letters."""
        if self.place >= MOST_COLUMNS:
            raise UnreadableFile(TOO_WIDE)
        self.cells += more
        if self.cells > MOST_CELLS:
            raise UnreadableFile(TOO_MANY_CELLS)
        text = found.value if isinstance(found, CellFormula) else found
        self.letters += len(text) if isinstance(text, str) else 0
        if self.letters > MOST_LETTERS:
            raise UnreadableFile(TOO_MUCH_TEXT)

    def _read_value(self) -> CellValue:
        kind, value = self.kind, self.value
        if kind == "inlineStr":
            return join_parts(self.inline) or None
        if not value:
            return None
        if kind == "s":
            return self.texts.find(value)
        if kind == "str":
            return join_parts([value]) or None
        if kind == "b":
            return value.strip() in TRUE
        if kind == "e":
            return CellFault(value[:MOST_SAID])
        if kind == "d":
            return _read_iso(value)
        return self._find_format().read(value, self.first_day)

    def _find_format(self) -> NumberFormat:
        number = int(self.style[:7]) if self.style.isascii() and self.style.isdigit() else 0
        return self.formats[number] if number < len(self.formats) else PLAIN


def _read_letters(letters: str) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _read_iso(text: str) -> CellValue:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return CellFault(f"“{text[:MOST_SAID]}”")
