"""What the rows of one record change of it, as the inputs of its form. Knows the field table and no field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from record_forms.form_data import ID
from record_forms.workbooks.cell_values import is_empty
from record_forms.workbooks.cells import CellValue, FileRow, name_cell
from record_forms.workbooks.judge import Judgment, is_same, judge_cell
from record_forms.workbooks.layout import LINE_ID, LINE_OF, StoredLine, make_cell, walk_places
from record_forms.workbooks.style import FileStyle
from records.content import Content
from records.fields import Field
from records.visible import describe_hidden

from .heads import FileHeads
from .matching import read_key

MOST_SAID = 5
GRAY = "Cells that cannot be changed differ from Ledgerdesk's data. They are not used."
KEPT = "Values that the spreadsheet program has changed by itself, such as 00123 to 123 or 1.459 to 1459, stay."


@dataclass(slots=True)
class ChangedCells:
    """The typed values by input name, where each is in the file, and what cannot be told.

    `other_names` are the cells with another name than the record has, if nobody can change that.
    """

    inputs: QueryDict = field(default_factory=lambda: QueryDict(mutable=True))
    places: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    new_lines: list[str] = field(default_factory=list)
    other_names: list[tuple[str, CellValue]] = field(default_factory=list)
    missing_lines: int = 0

    def refuse(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    @property
    def problem(self) -> str:
        """What cannot be told, in one text."""
        more = len(self.problems) - MOST_SAID
        said = [f"{one}." if not one.endswith((".", "?")) else one for one in self.problems[:MOST_SAID]]
        return " ".join([*said, f"And {more:,} more."] if more > 0 else said)


class CellReader:
    """Reads the rows of one record after the other; `style` is that of the file."""

    def __init__(self, heads: FileHeads, style: FileStyle) -> None:
        self.heads, self.style = heads, style

    def read(self, content: Content, rows: Sequence[FileRow], title: str) -> ChangedCells:
        """Return what the rows change of a record that had this content and is called by the field `title`."""
        found, added = ChangedCells(), self._find_added(rows)
        for row in rows:
            if row.ends_early:
                found.refuse(f"Row {row.number} has fewer cells than the first row. The file may have been cut off")
        for place, column in self.heads.columns.items():
            expected = make_cell(column.field, column.read(content))
            told = [row for row in rows if not (row.number in added and is_empty(row.cell(place)))]
            if not column.is_shown(content.shape):  # in this company, unlike on the page of the file
                _refuse_hidden(found, column.field, place, rows)
            elif column.can_change:
                self._read_column(found, column.name, column.field, expected, place, told)
            else:
                other = self._note_unused(found, column.field, expected, place, told)
                found.other_names += other if column.name == title else []
        if self.heads.has_lines:
            self._read_lines(found, content, rows)
        elif len(rows) > 1 and any(row.cells != rows[0].cells for row in rows):
            numbers = " and ".join(str(row.number) for row in rows[:2])
            found.refuse(f"Rows {numbers} are of the same record and differ. Delete one of them")
        return found

    def _find_added(self, rows: Sequence[FileRow]) -> set[int]:
        """Return the numbers of the rows that were added for new lines: in them, a blank cell clears nothing.

        The others have a line's id; a record without lines had one row, whose cells of lines are blank.
        """
        if len(rows) == 1:
            return set()
        stored = [row for row in rows if not is_empty(self.heads.line_id(row))]
        bare = [row for row in rows if all(is_empty(cell) for cell in self.heads.line_cells(row))]
        return {row.number for row in rows} - {row.number for row in stored or bare or rows}

    def _read_column(
        self,
        found: ChangedCells,
        name: str,
        f: Field,
        expected: CellValue,
        place: int,
        rows: Sequence[FileRow],
    ) -> None:
        """Read one value, which may be in several rows: those that differ from the stored one must agree."""
        typed: dict[str, str] = {}
        for row in rows:
            where = name_cell(row.number, place)
            judged = judge_cell(f, expected, row.cell(place), self.style)
            _note(found, f, where, judged)
            if judged.text is not None:
                typed.setdefault(judged.text, where)
        if len(typed) > 1:
            places = " and ".join(list(typed.values())[:2])
            found.refuse(f"{places} say different things for {f.label} of the same record")
        for text, where in typed.items():
            found.inputs[name], found.places[name] = text, where

    def _note_unused(
        self, found: ChangedCells, f: Field, expected: CellValue, place: int, rows: Sequence[FileRow]
    ) -> list[tuple[str, CellValue]]:
        """Note the cells that differ though nobody can change them, and return each with where it is."""
        cells = [(name_cell(row.number, place), row.cell(place)) for row in rows]
        other = [(where, cell) for where, cell in cells if not is_same(f, expected, cell, self.style)]
        found.unused += [where for where, _ in other]
        return other

    def _read_lines(self, found: ChangedCells, content: Content, rows: Sequence[FileRow]) -> None:
        stored: dict[str, StoredLine] = {}
        for line in walk_places(content):
            if stored.setdefault(line.key, line) is not line:
                found.refuse(f"Two lines have the id {line.key}, so their rows cannot be told apart")
        seen: dict[str, FileRow] = {}
        for row in rows:
            key = self._read_line_id(found, row)
            if not key:
                continue
            if key not in stored:
                found.refuse(f"Row {row.number}: this version has no line with the id {key[:40]}")
            elif (earlier := seen.setdefault(key, row)) is not row:
                if earlier.cells != row.cells:
                    found.refuse(f"Rows {earlier.number} and {row.number} are of the same line and differ")
            else:
                self._read_line(found, stored[key], row)
        found.missing_lines = len(stored.keys() - seen.keys()) if seen else 0

    def _read_line_id(self, found: ChangedCells, row: FileRow) -> str:
        key, wrong = read_key(self.heads.line_id(row))
        if wrong:
            found.refuse(f"Row {row.number}: {LINE_ID} {wrong}")
        if key or wrong:
            return key
        if any(not is_empty(one) for one in self.heads.line_cells(row)):
            found.new_lines.append(f"row {row.number}")
        return ""

    def _read_line(self, found: ChangedCells, line: StoredLine, row: FileRow) -> None:
        before, kind = len(found.inputs), self.heads.own.get(LINE_OF)
        if kind is not None and row.cell(kind) != line.field.label:
            found.unused.append(name_cell(row.number, kind))
        for place, column in self.heads.lines.items():
            where, cell = name_cell(row.number, place), row.cell(place)
            member = column.members.get(line.field.name)
            if member is None:
                if not is_empty(cell):
                    found.refuse(f"{where}: {line.field.label} have no “{column.head.removeprefix('Line: ')}”")
                continue
            expected = make_cell(member, line.entry[member.name])
            if member.name not in line.entry.shape:
                _refuse_hidden(found, member, place, [row])
            elif not member.writable:
                self._note_unused(found, member, expected, place, [row])
            else:
                self._read_column(found, f"{line.prefix}-{member.name}", member, expected, place, [row])
        if len(found.inputs) > before:
            for prefix, key in (*line.around, (line.prefix, line.key)):
                found.inputs[f"{prefix}-{ID}"] = key


def _refuse_hidden(found: ChangedCells, f: Field, place: int, rows: Sequence[FileRow]) -> None:
    for row in rows:
        if not is_empty(row.cell(place)):
            found.refuse(f"{name_cell(row.number, place)}: {describe_hidden([f.label])}")


def _note(found: ChangedCells, f: Field, where: str, judged: Judgment) -> None:
    if judged.problem:
        found.refuse(f"{where} ({f.label}) {judged.problem}")
    if judged.is_kept:
        found.kept.append(where)


def list_errors(errors: Mapping[str, Sequence[object]], places: Mapping[str, str]) -> Iterator[str]:
    """Yield what a form says of its inputs, each with its cell in the file."""
    for name, said in errors.items():
        where = places.get(name) or next((at for one, at in places.items() if name and one.startswith(f"{name}-")), "")
        yield from (f"{where}: {one}" if where else str(one) for one in said)
