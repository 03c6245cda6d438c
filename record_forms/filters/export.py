"""A list as a file: all that it shows, whatever the page, in its columns and order.

An XLSX file is whole only when its last row is written. A script that waits for a long one is told how far it is: lines
of JSON come before the file, of which the last says how many bytes follow.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books.pages.list_address import join_query
from books.pages.spreadsheet import MOST_ROWS, stream_lines, write_workbook
from tenants.access import member
from tenants.security_log import log_export

from .views import list_url, make_state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 2**16
ROOM = "An Excel sheet has room for {:,} rows, and this list has {:,}. Take the CSV file."


@dataclass(frozen=True, slots=True)
class ListFile:
    """What a file is made of: its name, heads and rows, how many there are, and what writes a workbook of them."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]
    count: int
    write: Callable[[IO[bytes]], Iterator[int]]


@never_cache
@require_safe
def list_export(request: HttpRequest, slug: str, kind: str, suffix: str) -> HttpResponseBase:
    """Download a list as CSV or XLSX; a list whose address makes no sense is opened instead, and says why."""
    m = member(request, slug)
    state = make_state(request, m, kind)
    if state.form.errors or state.ignored:
        return redirect(join_query(list_url(m, kind), request.GET.urlencode()))
    heads, rows = state.list_heads(), state.read_cells()
    count = state.filter().count()
    if suffix == "xlsx" and count > MOST_ROWS:
        return refuse(ROOM.format(MOST_ROWS, count))
    name = f"{m.tenant.slug}-{kind}-{timezone.localdate():%Y-%m-%d}.{suffix}"
    title = state.kind.capitalize()
    log_export(request, m.tenant, kind, count)
    return send_list(request, ListFile(name, heads, rows, count, lambda to: write_workbook(to, title, heads, rows)))


def refuse(said: str) -> HttpResponse:
    """Say why a list makes no file."""
    return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")


def send_list(request: HttpRequest, file: ListFile) -> HttpResponseBase:
    """Answer with the file, as CSV or XLSX by its name."""
    if file.name.endswith(".csv"):
        answer = StreamingHttpResponse(stream_lines(file.heads, file.rows))
        return _name_file(answer, file.name, "text/csv; charset=utf-8")
    if request.headers.get("X-Progress"):
        return StreamingHttpResponse(_tell_and_send(file), content_type="application/octet-stream")
    written = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    for _ in file.write(written):
        pass
    return _name_file(StreamingHttpResponse(_send(written)), file.name, XLSX)


def _name_file(answer: HttpResponseBase, name: str, content_type: str) -> HttpResponseBase:
    answer["Content-Type"] = content_type
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _tell_and_send(file: ListFile) -> Iterator[bytes]:
    written = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    for number in file.write(written):
        yield _make_line(rows=number, of=max(file.count, number))
    yield _make_line(name=file.name, bytes=written.tell())
    yield from _send(written)


def _make_line(**facts: object) -> bytes:
    return json.dumps(facts).encode() + b"\n"


def _send(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
