"""Which column of a file is which: by its head, wherever it is. An unknown column is refused, never ignored."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from record_forms.workbooks.cell_values import is_empty
from record_forms.workbooks.cells import CellValue, FileRow, FileTable, UnreadableFile, name_column
from record_forms.workbooks.layout import (
    COMPANY,
    ID,
    LINE_ID,
    LINE_OF,
    NEEDED,
    REVISION,
    LineColumn,
    RecordColumn,
    list_columns,
    list_line_columns,
)
from records.fields import Table
from records.formatting import join_words

HOW = "Export the list with “Excel, to edit”, change that file and bring it back."
MOST_SAID = 60  # letters of a head
OWN = (*NEEDED, LINE_ID, LINE_OF)
NOT_OURS = f"This file was not exported to be edited: its first row has none of {join_words(NEEDED)}. {HOW}"


def fold_head(head: str) -> str:
    return " ".join(head.split()).casefold()


def is_exported(heads: Sequence[str]) -> bool:
    """Whether these are the heads of a list that was exported to edit, perhaps with some missing."""
    return bool({fold_head(head) for head in heads} & {fold_head(name) for name in NEEDED})


@dataclass(frozen=True)
class FileHeads:
    """The places of a file's columns: `own` are Ledgerdesk's, by head, the others hold values of records and lines."""

    own: dict[str, int]
    columns: dict[int, RecordColumn]
    lines: dict[int, LineColumn]

    @property
    def has_lines(self) -> bool:
        return LINE_ID in self.own

    @cached_property
    def company(self) -> int:
        return self.own[COMPANY]

    @cached_property
    def id(self) -> int:
        return self.own[ID]

    @cached_property
    def revision(self) -> int:
        return self.own[REVISION]

    def line_id(self, row: FileRow) -> CellValue:
        return row.cell(self.own[LINE_ID]) if self.has_lines else None

    def line_cells(self, row: FileRow) -> Iterator[CellValue]:
        return (row.cell(place) for place in self.lines)


def find_heads(table: Table, file: FileTable) -> FileHeads:
    """Return the places of the columns. Raises UnreadableFile if one is missing, twice there, or not known."""
    _require({fold_head(head) for head in file.heads})
    places: dict[str, int] = {}
    for place, head in enumerate(file.heads):
        folded = fold_head(head)
        if folded and folded in places:
            both = f"{name_column(places[folded])} and {name_column(place)}"
            raise UnreadableFile(f"Columns {both} are both called “{head[:MOST_SAID]}”. Delete one of them.")
        if folded:
            places[folded] = place
    known = {fold_head(one.head): one for one in list_columns(table.shape)}
    lines = {fold_head(one.head): one for one in list_line_columns(table.shape)}
    own = {name: places[fold_head(name)] for name in OWN if fold_head(name) in places}
    found = FileHeads(
        own,
        {place: known[folded] for folded, place in places.items() if folded in known},
        {place: lines[folded] for folded, place in places.items() if folded in lines},
    )
    if found.lines and not found.has_lines:
        raise UnreadableFile(f"The column “{LINE_ID}” is missing, so nobody can tell the lines apart. {HOW}")
    _refuse_unknown({*own.values(), *found.columns, *found.lines}, file, table)
    return found


def _require(heads: Collection[str]) -> None:
    missing = [f"“{name}”" for name in NEEDED if fold_head(name) not in heads]
    if len(missing) == len(NEEDED):
        raise UnreadableFile(NOT_OURS)
    if missing:
        what = "column" if len(missing) == 1 else "columns"
        raise UnreadableFile(f"The {what} {join_words(missing)} of the exported file is missing. {HOW}")


def _refuse_unknown(known: set[int], file: FileTable, table: Table) -> None:
    """Refuse columns with values that no field has, so that nobody believes they were taken."""
    used = {place for row in file.rows for place, cell in enumerate(row.cells) if not is_empty(cell)} - known
    if not used:
        return
    names = [
        f"{name_column(place)}, “{file.heads[place][:MOST_SAID]}”"
        if place < len(file.heads) and file.heads[place]
        else f"{name_column(place)}, without a name"
        for place in sorted(used)[:5]
    ]
    raise UnreadableFile(
        f"A {table.noun} has no such column: {'; '.join(names)}. Give a renamed column its old name back, and delete "
        "columns of your own."
    )
