"""The result of a bulk change as a file for spreadsheets: one row for each change of each record."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from books.pages.spreadsheet import MOST_ROWS, stream_lines, write_workbook
from edits.models.batch import Batch, BatchItemQuerySet
from records.diff import Change
from tenants.access import Member

from .items import ItemRow, fetch_listed, make_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = (
    "Company",
    "Record",
    "Record id",
    "Place",
    "Field or line",
    "From",
    "To",
    "Result",
    "Reason",
    "Sent",
    "Settled",
)
NO_CHANGE = Change("", "", "")


def make_file(batch: Batch, members: Mapping[int, Member], items: BatchItemQuerySet, suffix: str) -> HttpResponseBase:
    """Return the file as an answer to download. Times are in the reader's time zone."""
    name = f"bulk-change-{batch.pk}.{suffix}"
    rows = _make_cells(make_rows(members, fetch_listed(items).iterator(chunk_size=500)))
    if suffix == "csv":
        answer = StreamingHttpResponse(stream_lines(HEADS, rows), content_type="text/csv; charset=utf-8")
        return _name_file(answer, name)
    file = BytesIO()
    for count in write_workbook(file, batch.title, HEADS, rows):
        if count > MOST_ROWS:
            return HttpResponse("An Excel sheet has no room for it. Take the CSV file.", status=422)
    return _name_file(HttpResponse(file.getvalue(), content_type=XLSX), name)


def _name_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _make_cells(rows: Iterator[ItemRow]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        item, edit = row.item, row.item.edit
        moments = [
            moment and timezone.localtime(moment) for moment in (edit and edit.sent_at, edit and edit.settled_at)
        ]
        for change in row.changes or [NO_CHANGE]:
            own = (item.tenant.name, item.record_name, item.remote_id, item.place)
            yield (*own, *change, row.outcome.text, row.reason, *moments)
