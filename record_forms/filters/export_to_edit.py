"""A list as a file that can be changed and brought back: each row says which record and which version it is of.

Its cells are those of the stored versions, as only what differs from them counts as a change later.
"""

from collections.abc import Iterator
from itertools import islice

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books.mirror.lists.unlisted import JOINT
from books.mirror.lookup import decode_version
from books.models import Version
from books.pages.list_address import join_query
from books.registry import get_description
from record_forms.workbooks.cells import MOST_ROWS
from record_forms.workbooks.layout import FileLayout, RecordCells, has_lines, make_layout, name_left_out
from record_forms.workbooks.write import make_notes, write_editable
from records.content import get_at_path
from records.json_text import NotReadable
from tenants.access import member
from tenants.models import Role
from tenants.security_log import log_export

from .export import ListFile, refuse, send_list
from .state import AT_ONCE, ListState
from .views import list_url, make_state

ALL, LINES = "all", "lines"
TOO_LONG = "A file to edit has up to {:,} rows, and this list has {}. Filter the list and export it in parts."


@never_cache
@require_safe
def list_export_to_edit(request: HttpRequest, slug: str, kind: str, suffix: str) -> HttpResponseBase:
    """Download a list to edit: the fields that it shows, all fields, or those that it shows with the lines."""
    m = member(request, slug, Role.BOOKKEEPER)
    state = make_state(request, m, kind)
    if state.form.errors or state.ignored:
        return redirect(join_query(list_url(m, kind), request.GET.urlencode()))
    count = state.filter().count()
    if count > MOST_ROWS:
        return refuse(TOO_LONG.format(MOST_ROWS, f"{count:,}"))
    layout = choose_layout(state, request.GET.get("fields", ""))
    name = f"{m.tenant.slug}-{kind}-to-edit-{timezone.localdate():%Y-%m-%d}.{suffix}"
    books = get_description(m.tenant).name
    left_out = name_left_out(state.table, layout)
    notes = make_notes(m.tenant.name, state.table.noun, with_lines=bool(layout.lines), books=books, left_out=left_out)
    rows = list(islice(read_rows(state, layout), MOST_ROWS + 1)) if layout.lines else read_rows(state, layout)
    if isinstance(rows, list) and len(rows) > MOST_ROWS:
        return refuse(TOO_LONG.format(MOST_ROWS, "more with its lines"))
    title = state.kind.capitalize()
    file = ListFile(name, layout.heads, rows, count, lambda to: write_editable(to, title, layout, rows, notes))
    log_export(request, m.tenant, f"{kind} to edit", count)
    return send_list(request, file)


def choose_layout(state: ListState, fields: str) -> FileLayout:
    """Return the columns of the file: those that the list shows, as far as they are fields, or all."""
    with_lines = fields == LINES and has_lines(state.table)
    if fields == ALL:
        return make_layout(state.table)
    return make_layout(state.table, list(_name_shown(state)), with_lines=with_lines)


def _name_shown(state: ListState) -> Iterator[str]:
    """Yield the names of the inputs for the columns that the list shows."""
    for column in state.columns:
        path = state.table.columns.get(column.name, column.name)
        own, _, inside = path.partition(JOINT)
        yield f"{own}-{inside}" if inside else path.partition(".")[0]


def read_rows(state: ListState, layout: FileLayout) -> Iterator[RecordCells]:
    """Yield the rows of all that is listed. A record that cannot be read has none."""
    company, currency = state.tenant.slug, state.table.columns.get("currency")
    found = state.filter().order_by(*state.order()).values_list("remote_id", "version_id")
    listed = found.iterator(chunk_size=AT_ONCE)
    while some := list(islice(listed, AT_ONCE)):
        versions = Version.objects.in_bulk([version for _, version in some if version])
        for remote_id, version_id in some:
            version = versions.get(version_id)
            try:
                content = decode_version(state.table, version) if version else None
            except NotReadable:
                continue
            if version is not None and content is not None:
                places = state.find_places(get_at_path(content, currency) if currency else None)
                yield from layout.make_rows(company, remote_id, version.revision, content, places)
