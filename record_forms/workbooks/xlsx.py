"""The table of a workbook (.xlsx), as Excel, LibreOffice and others write it. Knows no record.

Read in one pass, cell by cell, because no library tells in one of values, formulas, hidden rows and merged cells.
The parts of such a file and their elements are those of ECMA-376.
"""

from collections.abc import Callable, Iterator, Sequence

from .archive import Archive
from .cells import FileRow, FileTable, UnreadableFile
from .number_formats import FIRST_1900, FIRST_1904
from .sheet_rows import SheetRows
from .strings import SharedStrings
from .workbook_parts import CellFormats, ContentTypes, FileProperties, SheetList, read_links

MACROS = "The workbook can hold macros (.xlsm). Save it as an Excel workbook (.xlsx) and upload that."
BINARY = "This is a binary workbook (.xlsb). Save it as an Excel workbook (.xlsx) and upload that."
NO_WORKBOOK = "This file is no Excel workbook. Save your table as .xlsx or .csv and upload that."
NO_TABLE = (
    "No sheet has the columns of a list that was exported to edit. Delete the rows above their names, or export the "
    "list again with “Excel, to edit”, change that file and bring it back."
)
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
        raise UnreadableFile(NO_TABLE)
    return book.read_sheet(*found[0])


def _names_macros(archive: Archive) -> bool:
    found = ContentTypes()
    if "[Content_Types].xml" not in archive:
        raise UnreadableFile(NO_WORKBOOK)
    archive.read_whole("[Content_Types].xml", found)
    return found.has_macros


class _Book:
    """The sheets of a workbook, with the texts and formats that they share."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        main = next((to for kind, to in read_links(archive, "").values() if kind == "officeDocument"), "")
        if not main or main not in archive:
            raise UnreadableFile(NO_WORKBOOK)
        if main.lower().endswith(".bin"):
            raise UnreadableFile(BINARY)
        links = read_links(archive, main)
        listed = SheetList()
        archive.read_whole(main, listed)
        if not listed.sheets:
            raise UnreadableFile(NO_WORKBOOK)
        self.first_day = FIRST_1904 if listed.is_1904 else FIRST_1900
        self.sheets = [
            (name, links[key][1]) for name, key in listed.sheets if key in links and links[key][0] == "worksheet"
        ]
        shared = dict(links.values())
        self.texts = SharedStrings.read(archive, shared.get("sharedStrings", ""))
        self.formats = CellFormats.read(archive, shared.get("styles", ""))
        self.properties = FileProperties.read(archive)

    def read_heads(self, part: str) -> list[str]:
        """Return the texts of the first row that has a value."""
        for row in self._rows(part, self._open_sheet()):
            return _list_heads(row)
        return []

    def read_sheet(self, name: str, part: str) -> FileTable:
        sheet = self._open_sheet()
        rows = list(self._rows(part, sheet))
        if sheet.merged:
            raise UnreadableFile(f"Cells {sheet.merged[0]} are merged. Unmerge all cells and save the file again.")
        heads = _list_heads(rows[0]) if rows else []
        return FileTable(heads, rows[1:], name, first_day=self.first_day, properties=self.properties)

    def _open_sheet(self) -> SheetRows:
        return SheetRows(self.texts, self.formats, self.first_day)

    def _rows(self, part: str, sheet: SheetRows) -> Iterator[FileRow]:
        for _ in self.archive.read_xml(part, sheet):
            yield from sheet.rows
            sheet.rows.clear()


def _list_heads(row: FileRow) -> list[str]:
    heads = ["" if cell is None else str(cell).strip() for cell in row.cells]
    while heads and not heads[-1]:
        heads.pop()
    return heads
