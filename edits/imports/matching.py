"""Finds the record and the version that each row of a file is of: by id and version together, never by a number alone.

A row of another company is taken there if the person may change that company. Rows that are of no record are noted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.contrib.auth.models import User

from books.mirror.lookup import decode_version, find_version
from books.models import Record, Version
from books.registry import get_description, get_visible_table
from record_forms.workbooks.cell_values import is_empty
from record_forms.workbooks.cells import CellAmount, CellFault, CellFormula, CellPercentage, CellValue, FileRow
from record_forms.workbooks.layout import COMPANY, ID, REVISION, REVISION_MARK
from record_forms.workbooks.mangled import SHORTENED
from record_forms.workbooks.number_formats import is_rounded
from records.content import Content
from records.fields import Table
from records.json_text import NotReadable
from tenants.access import Member, list_memberships
from tenants.models import FormerSlug, Role

from .heads import FileHeads
from .notes import FileNotes, name_rows

AT_ONCE = 400  # records of one query
NOT_KEPT = "The version that this row was exported from is not known or no longer kept. Export the list again."
TWO_VERSIONS = "The rows of this record are of different versions. Export the list again."
MOST_DIGITS = 40


@dataclass(slots=True)
class RowGroup:
    """The rows of one record as the file has them."""

    company: str
    remote_id: str
    revisions: set[str]
    rows: list[FileRow]

    @property
    def place(self) -> str:
        return name_rows([row.number for row in self.rows], sum(row.is_hidden for row in self.rows))


@dataclass(slots=True)
class MatchedRows:
    """The rows of a record with what they started from. Without `version` and `content`, `problem` says why."""

    member: Member
    table: Table
    record: Record
    rows: list[FileRow]
    place: str
    version: Version | None = None
    content: Content | None = None
    problem: str = ""


def map_former_slugs(person: User) -> dict[str, str]:
    """Return what each former address of a company of the person is now: a file may be older than the renaming."""
    found = FormerSlug.objects.filter(tenant__memberships__person=person).values_list("slug", "tenant__slug")
    return {former.casefold(): now.casefold() for former, now in found}


def group_rows(
    heads: FileHeads, rows: Sequence[FileRow], noun: str, notes: FileNotes, former: Mapping[str, str]
) -> list[RowGroup]:
    """Return the rows by record, in the order of the file. Rows that name none are noted.

    `former` are the addresses that companies had before, with those that they have now.
    """
    found: dict[tuple[str, str], RowGroup] = {}
    for row in rows:
        place = f"row {row.number}"
        texts, wrong = {}, ""
        for name, at in ((COMPANY, heads.company), (ID, heads.id), (REVISION, heads.revision)):
            texts[name], why = read_key(row.cell(at))
            wrong = wrong or (why and f"{name} {why}, so the row is of no record.")
        if wrong:
            notes.add(wrong, place)
        elif row.ends_early and not texts[REVISION]:
            notes.add("The row ends early: the file was cut off. Nothing of it is taken.", place)
        elif not texts[ID]:
            notes.add(f"A row without a Ledgerdesk id is new. A file adds no {noun}.", place)
        elif not texts[COMPANY] or not texts[REVISION]:
            missing = REVISION if texts[COMPANY] else COMPANY
            notes.add(f"{missing} is blank, so the row cannot be compared. Nothing of it is taken.", place)
        else:
            company = texts[COMPANY].casefold()
            key = (former.get(company, company), texts[ID])
            one = found.setdefault(key, RowGroup(*key, set(), []))
            one.revisions.add(texts[REVISION].removeprefix(REVISION_MARK))
            one.rows.append(row)
    return list(found.values())


def read_key(cell: CellValue) -> tuple[str, str]:
    """Return the text of a cell that identifies something, and what is wrong with it, "" for nothing."""
    if isinstance(cell, CellFormula):
        return "", "is a formula"
    if isinstance(cell, CellFault):
        return "", f"contains {cell.what}"
    if isinstance(cell, CellAmount | CellPercentage):
        cell = cell.value
    if is_empty(cell):
        return "", ""
    text = str(cell).strip()
    if not text.isprintable():
        return "", "has signs that nobody can see"
    if SHORTENED.fullmatch(text) or is_rounded(cell):
        return "", f"was shortened by the spreadsheet program ({text[:MOST_DIGITS]})"
    return text.removesuffix(".0") if re.fullmatch(r"\d+\.0", text) else text, ""


class RecordFinder:
    """Finds the records of a file for a person, starting from the company whose page they are on."""

    def __init__(self, member: Member, kind: str, notes: FileNotes) -> None:
        self.member, self.kind, self.notes = member, kind, notes
        own = [one for one in list_memberships(member.person) if one.role >= Role.BOOKKEEPER]
        self.members = {member.tenant.slug.casefold(): member}
        for one in own:
            if one.tenant.provider == member.tenant.provider:
                made = Member(one.tenant, member.person, Role(one.role), tuple(one.hidden_columns), one.list_settings)
                self.members.setdefault(one.tenant.slug.casefold(), made)

    def find(self, groups: Sequence[RowGroup]) -> Iterator[MatchedRows]:
        """Yield the groups that are of a record, a few hundred at a time."""
        by_company: dict[str, list[RowGroup]] = {}
        for group in groups:
            by_company.setdefault(group.company, []).append(group)
        for company, found in by_company.items():
            if company not in self.members:
                self._note_company(company, found)
                continue
            rest = iter(found)
            while some := list(islice(rest, AT_ONCE)):
                yield from self._find_some(self.members[company], some)

    def _note_company(self, company: str, groups: Sequence[RowGroup]) -> None:
        books = get_description(self.member.tenant).name
        said = f"“{company[:60]}” is not a company in {books} that you can change. Its rows are not taken."
        self.notes.add(said, *(group.place for group in groups))

    def _find_some(self, member: Member, groups: Sequence[RowGroup]) -> Iterator[MatchedRows]:
        table = get_visible_table(member, self.kind)
        ids = [group.remote_id for group in groups]
        kept = Record.objects.filter(tenant=member.tenant, kind=self.kind, remote_id__in=ids).select_related("version")
        records = {one.remote_id: one for one in kept}
        for group in groups:
            record = records.get(group.remote_id)
            if record is None:
                said = f"No {table.noun} of {member.tenant.name} has this id. Its rows are not taken."
                self.notes.add(said, f"{group.place}: {group.remote_id[:40]}")
                continue
            record.tenant = member.tenant
            yield _match(MatchedRows(member, table, record, group.rows, group.place), group.revisions)


def _match(found: MatchedRows, revisions: set[str]) -> MatchedRows:
    """Add the version that the rows started from and its content, or why there is none."""
    if found.record.deleted_at is not None:
        found.problem = f"It is no longer in {get_description(found.member.tenant).name}."
    elif len(revisions) > 1:
        found.problem = TWO_VERSIONS
    elif (version := find_version(found.record, next(iter(revisions)))) is None:
        found.problem = NOT_KEPT
    else:
        try:
            found.version, found.content = version, decode_version(found.table, version)
        except NotReadable:
            found.problem = "Its values cannot be read."
    return found
