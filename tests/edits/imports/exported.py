"""Lists as they were exported to edit, changed by hand, and brought back, as Excel, LibreOffice or CSV."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.imports.reading import FileReading, read_file
from record_forms.workbooks.cells import name_cell
from record_forms.workbooks.layout import ID, FileLayout, make_layout
from record_forms.workbooks.write import write_editable
from tenants.access import Member
from tenants.models import Tenant
from tests.support.workbooks import SheetParts, make_excel, make_libre

Cells = list[list[Any]]


@dataclass
class ExportedFile:
    """A file that somebody edits: its heads and rows, and the sheet as Excel has it."""

    member: Member
    kind: str
    heads: list[str]
    rows: Cells
    more: dict[str, Any] = field(default_factory=dict)

    def set(self, row: int, head: str, value: Any) -> str:
        """Type a value into a row, counted from 0; return the address of the cell."""
        place = self.heads.index(head)
        self.rows[row][place] = value
        return name_cell(row + 2, place)

    def find(self, remote_id: str) -> int:
        return next(n for n, row in enumerate(self.rows) if row[self.heads.index(ID)] == remote_id)

    def bring_back(self, **more: Any) -> FileReading:
        sheet = SheetParts(self.kind, [self.heads, *self.rows], **self.more)
        return read_file(self.member, self.kind, "list.xlsx", make_excel(sheet, **more))

    def bring_back_libre(self) -> FileReading:
        return read_file(
            self.member,
            self.kind,
            "list.xlsx",
            make_libre(SheetParts(self.kind, [self.heads, *self.rows], **self.more)),
        )

    def bring_back_text(
        self, spell: Callable[[Any], str] = str, separator: str = ",", encoding: str = "utf-8-sig"
    ) -> FileReading:
        file = StringIO()
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(self.heads)
        writer.writerows(["" if cell is None else spell(cell) for cell in row] for row in self.rows)
        return read_file(self.member, self.kind, "list.csv", file.getvalue().encode(encoding))


def export(
    member: Member,
    kind: str,
    records: Iterable[Record] | None = None,
    *,
    with_lines: bool = False,
    layout: FileLayout | None = None,
) -> ExportedFile:
    """Return all records of a kind, or these, as their export to edit with all fields, or these columns, has them."""
    table = registry.get_visible_table(member, kind)
    layout = layout or make_layout(table, with_lines=with_lines)
    found = list_records(member.tenant, kind) if records is None else records
    rows = [
        row
        for record in found
        for row in layout.make_rows(
            member.tenant.slug, record.remote_id, record.revision, lookup.get_content(record, table)
        )
    ]
    file = BytesIO()
    list(write_editable(file, kind, layout, rows, ["Note"]))
    sheet = load_workbook(file)[kind]
    heads, *cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    return ExportedFile(member, kind, [str(head) for head in heads], [[_plain(cell) for cell in row] for row in cells])


def list_records(tenant: Tenant, kind: str) -> list[Record]:
    found = list(Record.objects.filter(tenant=tenant, kind=kind).select_related("version").order_by("pk"))
    for record in found:
        record.tenant = tenant
    return found


def _plain(cell: Any) -> Any:
    """Return a cell as Excel would store it: a day without a time is a day, a float a number."""
    if isinstance(cell, datetime):
        return cell.date()
    return Decimal(repr(cell)) if isinstance(cell, float) else cell
