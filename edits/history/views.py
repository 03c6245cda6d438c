"""The history pages: a company's list, the timeline of one record, one external change, the export."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import registry
from books.mirror import lookup
from books.pages.list_address import find_tidy_address, render_list
from books.pages.list_position import get_position
from books.pages.list_table import render_table
from edits.lifecycle import transitions
from edits.models.external_change import ExternalChange
from tenants.access import DeskRequest, member
from tenants.security_log import log_export

from . import entries, export, search, table
from .filters import HistoryFilter, HistoryPage

PER_PAGE = 50


@never_cache
@require_safe
def edit_list(request: DeskRequest, slug: str) -> HttpResponse:
    """Show the history of the company, searched and filtered, newest first; for htmx only the rows."""
    m = member(request, slug)
    if tidy := find_tidy_address(request):
        return redirect(tidy)
    form = HistoryFilter(request.GET, m)
    found = search.search_history(m, form.asked, form.number, PER_PAGE, form.people)
    rows = table.make_rows(found.rows, registry.get_description(m.tenant).name)
    words = f"The history, newest first, {found.total:,} found"
    drawn = render_table(None, table.COLUMNS, rows, cells=table.CELLS, caption=words)
    context = {"member": m, "form": form, "found": found, "table": drawn, "here": request.path}
    return render_list(request, "edits/edit_list.html", context, form)


@require_safe
def history_export(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Download the list, with all its pages, as a file for a spreadsheet."""
    m = member(request, slug)
    asked = HistoryFilter(request.GET, m).asked
    found = search.list_all(m, asked)
    log_export(request, m.tenant, "history", search.count_all(m, asked))
    name = f"{m.tenant.slug}-history-{timezone.localdate():%Y-%m-%d}.csv"
    answer = StreamingHttpResponse(export.stream_rows(m.tenant, found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def record_history(request: HttpRequest, slug: str, kind: str, remote_id: str) -> HttpResponse:
    """Show the timeline of one record, even a deleted one: its name is in its entries."""
    m = member(request, slug)
    table = registry.get_table(m.tenant, kind)
    asked = search.HistoryQuery(record=(kind, remote_id))
    found = search.search_history(m, asked, HistoryPage(request.GET).number, PER_PAGE)
    hidden = registry.get_visible_table(m, kind).hidden_columns
    name = (
        found.rows[0].record_name
        if found.rows
        else transitions.name_record(lookup.find_record(m.tenant, kind, remote_id), hidden)
    )
    position = get_position(request, m, kind, remote_id)
    context = {"member": m, "table": table, "found": found, "name": name, "position": position}
    deleted_at = lookup.get_deleted_at(m.tenant, kind, remote_id)
    is_told = any(entry.at == deleted_at for entry in found.rows)  # or found by an older edition, or just now
    context |= {"deleted_at": None if is_told else deleted_at}
    return render(request, "edits/of.html", context)


@require_safe
def sighting_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one external change with all its differences."""
    m = member(request, slug)
    sighting = get_object_or_404(ExternalChange.objects.select_related("edit"), tenant=m.tenant, pk=pk)
    noun = registry.get_table(m.tenant, sighting.kind).noun
    (entry,) = entries.make_entries(m, (), [sighting])
    context = {"member": m, "entry": entry, "edit": sighting.edit, "noun": noun}
    context |= {"position": get_position(request, m, sighting.kind, sighting.remote_id)}
    return render(request, "edits/seen.html", context)
