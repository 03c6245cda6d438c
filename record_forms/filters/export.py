"""A list as a file: all that it shows, whatever the page, in its columns and order.

An XLSX file is whole only when its last row is written. A script that waits for a long one is told how far it is: lines
of JSON come before the file, of which the last says how many bytes follow.
"""

import json
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books.pages.list_address import join_query
from books.pages.spreadsheet import MOST_ROWS, stream_lines, write_workbook
from tenants.access import member

from .state import ListState
from .views import list_url, make_state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 2**16


@never_cache
@require_safe
def list_export(request: HttpRequest, slug: str, kind: str, suffix: str) -> HttpResponseBase:
    """Download a list as CSV or XLSX; a list whose address makes no sense is opened instead, and says why."""
    m = member(request, slug)
    state = make_state(request, m, kind)
    if state.form.errors or state.ignored:
        return redirect(join_query(list_url(m, kind), request.GET.urlencode()))
    name = f"{m.tenant.slug}-{kind}-{timezone.localdate():%Y-%m-%d}.{suffix}"
    if suffix == "csv":
        answer = StreamingHttpResponse(stream_lines(state.list_heads(), state.read_cells()))
        return _name_file(answer, name, "text/csv; charset=utf-8")
    if (count := state.filter().count()) > MOST_ROWS:
        said = f"An Excel sheet has room for {MOST_ROWS:,} rows, and this list has {count:,}. Take the CSV file."
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    if request.headers.get("X-Progress"):
        return StreamingHttpResponse(_tell_and_send(state, name, count), content_type="application/octet-stream")
    file = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    for _ in write_workbook(file, state.kind.capitalize(), state.list_heads(), state.read_cells()):
        pass
    return _name_file(StreamingHttpResponse(_send(file)), name, XLSX)


def _name_file(answer: HttpResponseBase, name: str, content_type: str) -> HttpResponseBase:
    answer["Content-Type"] = content_type
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _tell_and_send(state: ListState, name: str, count: int) -> Iterator[bytes]:
    file = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    for number in write_workbook(file, state.kind.capitalize(), state.list_heads(), state.read_cells()):
        yield _make_line(rows=number, of=max(count, number))
    yield _make_line(name=name, bytes=file.tell())
    yield from _send(file)


def _make_line(**facts: object) -> bytes:
    return json.dumps(facts).encode() + b"\n"


def _send(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
