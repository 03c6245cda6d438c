"""The table of a workbook (.xlsx), as Excel, LibreOffice and others write it. Knows no record.

Read in one pass, cell by cell, because no library tells in one of values, formulas, hidden rows and merged cells.
The parts of such a file and their elements are those of ECMA-376.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from .archive import DAMAGED, Archive, Attributes, XmlHandler, find_attribute
from .cells import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    TOO_MANY_CELLS,
    TOO_MANY_ROWS,
    TOO_WIDE,
    CellFault,
    CellFormula,
    CellValue,
    FileRow,
    FileTable,
    UnreadableFile,
    name_cell,
)
from .number_formats import FIRST_1900, FIRST_1904, NumberFormat
from .strings import SharedStrings, decode_escapes

MACROS = "The workbook can hold macros (.xlsm). Save it as an Excel workbook (.xlsx) and upload that."
BINARY = "This is a binary workbook (.xlsb). Save it as an Excel workbook (.xlsx) and upload that."
NO_WORKBOOK = "This file is no Excel workbook. Save your table as .xlsx or .csv and upload that."
PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
TRUE = ("1", "true", "on")
MOST_STYLES = 70_000
IsTable = Callable[[Sequence[str]], bool]


def read_workbook(data: bytes, is_table: IsTable) -> FileTable:
    """Return the only table of a workbook: the sheet of which `is_table` says so by its heads.

    Raises UnreadableFile, also if there is none, or more than one.
    """
    archive = Archive(data)
    if any(name.endswith("vbaproject.bin") for name in archive.parts) or _names_macros(archive):
        raise UnreadableFile(MACROS)
    book = _Book(archive)
    found = [sheet for sheet in book.sheets if is_table(book.read_heads(sheet[1]))]
    if len(found) > 1:
        names = " and ".join(f"“{name}”" for name, _ in found[:3])
        raise UnreadableFile(f"More than one sheet has records: {names}. Delete all but the one to bring back.")
    if not found and len(book.sheets) == 1:
        found = book.sheets  # whose heads say what is missing
    if not found:
        raise UnreadableFile("No sheet has the columns of a list that was exported to edit.")
    return book.read_sheet(*found[0])


def _names_macros(archive: Archive) -> bool:
    found = _ContentTypes()
    if "[Content_Types].xml" not in archive:
        raise UnreadableFile(NO_WORKBOOK)
    archive.read_whole("[Content_Types].xml", found)
    return found.has_macros


class _Book:
    """The sheets of a workbook, with the texts and formats that they share."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        main = next((to for kind, to in _read_links(archive, "").values() if kind == "officeDocument"), "")
        if not main or main not in archive:
            raise UnreadableFile(NO_WORKBOOK)
        if main.lower().endswith(".bin"):
            raise UnreadableFile(BINARY)
        links = _read_links(archive, main)
        listed = _SheetList()
        archive.read_whole(main, listed)
        if not listed.sheets:
            raise UnreadableFile(NO_WORKBOOK)
        self.first_day = FIRST_1904 if listed.is_1904 else FIRST_1900
        self.sheets = [
            (name, links[key][1]) for name, key in listed.sheets if key in links and links[key][0] == "worksheet"
        ]
        shared = dict(links.values())
        self.texts = SharedStrings.read(archive, shared.get("sharedStrings", ""))
        self.formats = _Formats.read(archive, shared.get("styles", ""))
        self.properties = _Properties.read(archive)

    def read_heads(self, part: str) -> list[str]:
        """Return the texts of the first row that has a value."""
        for row in self._rows(part, _Sheet(self)):
            return _list_heads(row)
        return []

    def read_sheet(self, name: str, part: str) -> FileTable:
        sheet = _Sheet(self)
        rows = list(self._rows(part, sheet))
        if sheet.merged:
            raise UnreadableFile(f"Cells {sheet.merged[0]} are merged. Unmerge all cells and save the file again.")
        heads = _list_heads(rows[0]) if rows else []
        return FileTable(heads, rows[1:], name, first_day=self.first_day, properties=self.properties)

    def _rows(self, part: str, sheet: "_Sheet") -> Iterator[FileRow]:
        for _ in self.archive.read_xml(part, sheet):
            yield from sheet.rows
            sheet.rows.clear()


def _list_heads(row: FileRow) -> list[str]:
    heads = ["" if cell is None else str(cell).strip() for cell in row.cells]
    while heads and not heads[-1]:
        heads.pop()
    return heads


class _ContentTypes(XmlHandler):
    def __init__(self) -> None:
        super().__init__()
        self.has_macros = False

    def start(self, name: str, attributes: Attributes) -> None:
        kind = attributes.get("ContentType", "").lower()
        self.has_macros |= "macroenabled" in kind and "binary" not in kind


class _Links(XmlHandler):
    """The relationships of a part: by id, the last word of their type and their target."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))


def _read_links(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return the links of a part, "" for the file as a whole, with targets from the root."""
    folder, _, name = part.rpartition("/")
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    if place not in archive:
        return {}
    links = _Links()
    archive.read_whole(place, links)
    return {
        key: (kind, posixpath.normpath(posixpath.join("/", folder, to))[1:]) for key, (kind, to) in links.found.items()
    }


class _SheetList(XmlHandler):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "").lower() in TRUE
        elif name == "sheet":
            self.sheets.append((attributes.get("name", ""), find_attribute(attributes, "id")))


class _Properties(XmlHandler):
    """The file's own properties, which Excel and LibreOffice keep."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.name = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "property":
            self.name = attributes.get("name", "")

    def end(self, name: str, text: str) -> None:
        if name not in ("property", "Properties"):
            self.found[self.name] = text

    @classmethod
    def read(cls, archive: Archive) -> dict[str, str]:
        own = cls()
        if "docProps/custom.xml" in archive:
            archive.read_whole("docProps/custom.xml", own)
        return own.found


class _Formats(XmlHandler):
    """The number formats of the styles of cells, by the number of the style."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.styles: list[NumberFormat] = []
        self.known: dict[str, NumberFormat] = {}
        self.is_inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_inside = True
        elif name == "xf" and self.is_inside and len(self.styles) < MOST_STYLES:
            self.styles.append(self._find(attributes.get("numFmtId", "0")))

    def end(self, name: str, text: str) -> None:
        if name == "cellXfs":
            self.is_inside = False

    def _find(self, number: str) -> NumberFormat:
        if number not in self.known:
            code = self.codes.get(number)
            is_built_in = code is None and number.isascii() and number.isdigit()
            self.known[number] = NumberFormat(code or "", int(number[:6]) if is_built_in else 0)
        return self.known[number]

    @classmethod
    def read(cls, archive: Archive, part: str) -> list[NumberFormat]:
        own = cls()
        if part and part in archive:
            archive.read_whole(part, own)
        return own.styles


PLAIN = NumberFormat()


class _Sheet(XmlHandler):
    """The rows of a sheet that have a value, as they are found; `merged` are its ranges of merged cells."""

    def __init__(self, book: _Book) -> None:
        super().__init__()
        self.texts, self.formats, self.first_day = book.texts, book.formats, book.first_day
        self.rows: list[FileRow] = []
        self.merged: list[str] = []
        self.count = self.cells = self.number = 0
        self.row = FileRow(0, [])
        self.place = -1
        self.kind = self.style = self.value = self.inline = ""
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
        if self.place >= MOST_COLUMNS:
            raise UnreadableFile(TOO_WIDE)
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.value = self.inline = ""
        self.is_formula = False

    def end(self, name: str, text: str) -> None:
        if name == "v":
            self.value = text
        elif name == "t" and not self.is_reading_aid:
            self.inline += text
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
            found = CellFormula(found)
        if found is None:
            return
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise UnreadableFile(TOO_MANY_CELLS)
        cells = self.row.cells
        if self.place < len(cells):
            raise UnreadableFile(f"Cell {name_cell(self.number, self.place)} is there twice. {DAMAGED}")
        cells.extend([None] * (self.place - len(cells)))
        cells.append(found)

    def _read_value(self) -> CellValue:
        kind, value = self.kind, self.value
        if kind == "inlineStr":
            return decode_escapes(self.inline) or None
        if not value:
            return None
        if kind == "s":
            return self.texts.find(value)
        if kind == "str":
            return decode_escapes(value) or None
        if kind == "b":
            return value.strip() in TRUE
        if kind == "e":
            return CellFault(value)
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
        return CellFault(f"“{text[:40]}”")
