"""Turns a file that was exported to edit into what it proposes for each record. Plans nothing and changes nothing.

Only the records of which a cell differs are proposed. What is typed goes through the form of their kind, so that a
limit, a choice or a date means the same in a file as on a page.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from books.pages.record_lists import LISTS
from books.registry import get_visible_table, list_visible_tables
from edits.batches.plan import plan_batch
from edits.batches.proposals import Proposal
from edits.models.batch import Batch
from record_forms.registry import KINDS
from record_forms.workbooks.cell_values import NUMBERS, read_number
from record_forms.workbooks.cells import FileTable, UnreadableFile
from record_forms.workbooks.delimited import OTHER_LETTERS
from record_forms.workbooks.files import read_table
from record_forms.workbooks.layout import make_cell
from record_forms.workbooks.mangled import is_misread
from record_forms.workbooks.style import FileStyle, StyleEvidence
from record_forms.workbooks.write import RECORDS
from records.content import Content
from records.fields import Field, FieldKind, Table
from records.formatting import format_count
from tenants.access import Member

from .cells_changed import GRAY, KEPT, CellReader, ChangedCells, list_errors
from .heads import FileHeads, find_heads, is_exported
from .matching import MatchedRows, RecordFinder, RowGroup, group_rows, map_former_slugs
from .moved_cells import MovedCells
from .notes import FileNotes

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST_NAME = 150
SHOWN_AS_TEXT = (*NUMBERS, FieldKind.DATE)


@dataclass(slots=True)
class FileReading:
    """What a file proposes, what is to be said of it, and how many records it has and leaves as they are.

    `left_out` are its rows that are of no record, which the notes tell of.
    """

    name: str
    proposals: list[Proposal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    records: int = 0
    unchanged: int = 0
    left_out: int = 0

    def list_remarks(self, noun: str) -> list[str]:
        """Return what is said beside the dry run: how many records do not change, and what was left out of the file."""
        if not self.unchanged:
            return self.notes
        verb = "is" if self.unchanged == 1 else "are"
        return [f"{format_count(self.unchanged, noun)} of the file {verb} unchanged.", *self.notes]

    @property
    def title(self) -> str:
        return f"Changes from {self.name}"[:250]

    @property
    def source(self) -> str:
        return f"The file {self.name} with {format_count(self.records, 'record')}"[:250]


def read_file(member: Member, kind: str, name: str, data: bytes) -> FileReading:
    """Return what a file proposes to change. Raises UnreadableFile if it cannot be taken as a whole."""
    table = get_visible_table(member, kind)
    file = read_table(name, data, is_exported)
    heads, notes = _find_heads(member, table, file), FileNotes()
    groups = group_rows(heads, file.rows, table.noun, notes, map_former_slugs(member.person))
    check_letters(member, kind, file, heads, groups)
    style = find_style(member, kind, file, heads, groups)
    reading = FileReading(
        CONTROL.sub("", name.replace("\\", "/").rpartition("/")[2])[-LONGEST_NAME:], records=len(groups)
    )
    reader, moved, reading.left_out = CellReader(heads, style), MovedCells(), len(file.rows)
    for found in RecordFinder(member, kind, notes).find(groups):
        reading.left_out -= len(found.rows)
        proposal = propose(found, reader, moved, notes)
        if proposal is None:
            reading.unchanged += 1
        else:
            reading.proposals.append(proposal)
    reading.proposals = list(moved.refuse_exchanged(reading.proposals))
    _note_whole(file, groups, table.noun, notes)
    reading.notes = notes.list_sentences()
    return reading


def plan_file(member: Member, kind: str, reading: FileReading) -> Batch:
    """Store the dry run of what a file proposes, with what was left out of it, and return it."""
    return plan_batch(
        member.person,
        reading.proposals,
        kind=kind,
        title=reading.title,
        source=reading.source,
        remarks=reading.list_remarks(get_visible_table(member, kind).noun),
    )


def _find_heads(member: Member, table: Table, file: FileTable) -> FileHeads:
    """Return the columns of a file. Raises UnreadableFile, which names the list if the file is of another one."""
    try:
        return find_heads(table, file)
    except UnreadableFile:
        for other in list_visible_tables(member):
            if other.kind in LISTS and other.kind != table.kind and _fits(other, file):
                said = f"This is a file of {other.kind}. Bring it back in the list of {other.kind}."
                raise UnreadableFile(said) from None
        raise


def _fits(table: Table, file: FileTable) -> bool:
    try:
        find_heads(table, file)
    except UnreadableFile:
        return False
    return True


def propose(found: MatchedRows, reader: CellReader, moved: MovedCells, notes: FileNotes) -> Proposal | None:
    """Return what the rows of a record propose; None if they leave it as it is."""
    if found.content is None or found.version is None:
        return Proposal(found.member, found.record, None, None, found.problem, found.place)
    changed = reader.read(found.content, found.rows, found.table.title)
    moved.look(found, changed)
    _note_cells(changed, found, notes)
    if changed.problems:
        return Proposal(found.member, found.record, found.version, None, changed.problem, found.place)
    if not changed.inputs:
        return None
    if any(row.is_hidden for row in found.rows):
        notes.add("Hidden or filtered rows are read as well. These have changes.", found.place.removesuffix(", hidden"))
    edited, problem = fill_form(found, found.content, changed)
    if edited == found.content and not problem:
        return None
    return Proposal(found.member, found.record, found.version, edited, problem, found.place)


def fill_form(found: MatchedRows, content: Content, changed: ChangedCells) -> tuple[Content | None, str]:
    """Return the content with what was typed, as the form of its kind reads it, or why it cannot be read."""
    kind = KINDS[found.table.kind]
    if why := kind.refusal(found.member.tenant, content):
        return None, why
    form = kind.form(found.member.tenant, found.table, content, changed.inputs)
    if form.is_valid():
        return form.edited, ""
    refused = ChangedCells(problems=list(dict.fromkeys(list_errors(form.errors, changed.places))))
    return None, refused.problem or "The values of this row do not fit together."


def _note_cells(changed: ChangedCells, found: MatchedRows, notes: FileNotes) -> None:
    if changed.kept:
        notes.add(KEPT, *changed.kept)
    if changed.unused:
        notes.add(GRAY, *changed.unused)
    if changed.new_lines:
        notes.add("A row without a line id is a new line. A file adds no lines.", *changed.new_lines)
    if changed.missing_lines:
        notes.add("Lines without a row stay as they are: a file removes no lines.", found.place)


def _note_whole(file: FileTable, groups: Sequence[RowGroup], noun: str, notes: FileNotes) -> None:
    """Say which exported records have no row any more, as far as the file tells how many there were."""
    stated = file.properties.get(RECORDS, "").partition(".")[0]
    missing = int(stated) - len(groups) if stated.isascii() and stated.isdigit() and len(stated) < 8 else 0
    if missing > 0:
        notes.add(f"{missing:,} of the {int(stated):,} exported records have no row any more. They stay as they are.")


def check_letters(member: Member, kind: str, file: FileTable, heads: FileHeads, groups: Sequence[RowGroup]) -> None:
    """Raise UnreadableFile for a text file whose letters are others than those that were exported: Łódź as £ódŸ."""
    if not file.is_guessed:
        return
    for found in RecordFinder(member, kind, FileNotes()).find(groups):
        for place, column in heads.columns.items():
            was = make_cell(column.field, column.read(found.content)) if found.content else None
            texts = [cell for row in found.rows if isinstance(cell := row.cell(place), str) and cell != was]
            if isinstance(was, str) and any(is_misread(was, text) for text in texts):
                raise UnreadableFile(OTHER_LETTERS)


def find_style(member: Member, kind: str, file: FileTable, heads: FileHeads, groups: Sequence[RowGroup]) -> FileStyle:
    """Return how the file writes dates and numbers, by those that it has as texts."""
    evidence = StyleEvidence()
    shown = {place: f for place, f in _list_shown_as_text(heads) if _has_text(file, place)}
    if shown:
        for found in RecordFinder(member, kind, FileNotes()).find(groups):
            for row in found.rows:
                _note_texts(evidence, heads, found, row.cells, shown)
    return evidence.decide(company_day_first=member.tenant.day_first, is_text=file.is_text, first_day=file.first_day)


def _list_shown_as_text(heads: FileHeads) -> Iterator[tuple[int, Field]]:
    fields = {place: column.field for place, column in heads.columns.items()}
    fields |= {place: column.field for place, column in heads.lines.items()}
    yield from ((place, f) for place, f in fields.items() if f.kind in SHOWN_AS_TEXT)


def _has_text(file: FileTable, place: int) -> bool:
    return any(isinstance(row.cell(place), str) for row in file.rows)


def _note_texts(
    evidence: StyleEvidence, heads: FileHeads, found: MatchedRows, cells: Sequence[object], shown: dict[int, Field]
) -> None:
    for place, f in shown.items():
        cell = cells[place] if place < len(cells) else None
        if not isinstance(cell, str):
            continue
        column = heads.columns.get(place)
        was = make_cell(f, column.read(found.content)) if column and found.content else None
        if f.kind is FieldKind.DATE:
            evidence.note_date(cell, None if isinstance(was, str) else was)
        else:
            readings = (read_number(cell), read_number(cell, decimal_comma=True))
            evidence.note_number(*readings, read_number(was) if was is not None else None)
