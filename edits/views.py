"""The edits of a company: their list, one of them with its conflict, and the live look behind an open form."""

import logging
from collections.abc import Mapping
from math import ceil

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from books import registry
from books.mirror import lookup
from books.providers import errors
from books.sync import refresh
from record_forms.typed.date_preview import DatePreviewForm
from records.formatting import format_date
from tenants.access import DeskRequest, Member, member
from tenants.models import Role
from tenants.redirects import redirect_to

from .conflict import undo, views
from .editor import presence, session_rescue
from .editor.live_query import LiveQuery
from .history import entries, export, search, table
from .history.filters import HistoryFilter, HistoryPage
from .lifecycle import drafts, notifications, settle, transitions
from .lifecycle.form_token import check_author
from .models.edit import UNDER_WAY, Edit, State
from .models.external_change import ExternalChange

log = logging.getLogger(__name__)

FRESH_SECONDS = 60  # a record read this recently is not read again behind a page
PER_PAGE = 50
STOP_ASKING = 286  # htmx ends a polling upon it


@never_cache
@require_safe
def draft_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What the member has typed and not sent in this company, newest first."""
    m = member(request, slug, Role.BOOKKEEPER)
    return render(request, "edits/drafts.html", {"member": m, "drafts": list(drafts.list_drafts(m))})


@never_cache
@vary_on_headers("HX-Request")
@require_safe
def edit_list(request: DeskRequest, slug: str) -> HttpResponse:
    """The history of the company, searched and filtered, newest first; for htmx the rows alone."""
    m = member(request, slug)
    form = HistoryFilter(request.GET, m.tenant)
    found = search.search_history(m.tenant, form.asked, form.number, PER_PAGE, form.people)
    rows = table.render_rows(found.rows, registry.get_description(m.tenant).name)
    context = {"member": m, "form": form, "found": found, "rows": rows, "here": request.path}
    template = "edits/list.html#rows" if request.htmx else "edits/list.html"
    return render(request, template, context)


@require_safe
def history_export(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """What the list shows, all its pages, as a file for a spreadsheet."""
    m = member(request, slug)
    found = search.list_all(m.tenant, HistoryFilter(request.GET, m.tenant).asked)
    name = f"{m.tenant.slug}-history-{timezone.localdate():%Y-%m-%d}.csv"
    answer = StreamingHttpResponse(export.stream_rows(m.tenant, found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def record_history(request: HttpRequest, slug: str, kind: str, remote_id: str) -> HttpResponse:
    """The timeline of one record, also of one that is gone: what it was called is in its entries."""
    m = member(request, slug)
    table = registry.get_table(m.tenant, kind)
    asked = search.HistoryQuery(record=(kind, remote_id))
    found = search.search_history(m.tenant, asked, HistoryPage(request.GET).number, PER_PAGE)
    name = (
        found.rows[0].record_name
        if found.rows
        else transitions.name_record(lookup.find_record(m.tenant, kind, remote_id))
    )
    page_url = reverse(f"{table.noun}_page", args=[m.tenant.slug, remote_id])
    context = {"member": m, "table": table, "found": found, "name": name, "page_url": page_url}
    context |= {"deleted_at": lookup.get_deleted_at(m.tenant, kind, remote_id)}
    return render(request, "edits/of.html", context)


@require_safe
def sighting_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One difference that was seen in the books, with all its changes."""
    m = member(request, slug)
    sighting = get_object_or_404(ExternalChange.objects.select_related("edit"), tenant=m.tenant, pk=pk)
    noun = registry.get_table(m.tenant, sighting.kind).noun
    (entry,) = entries.make_entries(m.tenant, (), [sighting])
    context = {"member": m, "entry": entry, "edit": sighting.edit, "noun": noun}
    context |= {"page_url": reverse(f"{noun}_page", args=[m.tenant.slug, sighting.remote_id])}
    return render(request, "edits/seen.html", context)


def edit_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One edit: its conflict to decide, or what was changed and what became of it. POST decides or looks again."""
    m = member(request, slug)
    edit = get_object_or_404(
        Edit.objects.select_related("tenant", "base__record", "result", "undoes", "resolved_by"), tenant=m.tenant, pk=pk
    )
    if not edit.wanted and not _is_author(m, edit):
        raise Http404("A draft is its author's own.")
    if request.method == "POST":
        return _act(request, m, edit)
    if edit.state == State.DRAFT:
        return redirect(f"{views.get_edit_url(m, edit)}?draft={edit.pk}")
    if edit.state == State.CONFLICT and edit.needs_author and _is_author(m, edit):
        return views.show_conflict(request, m, edit, posted=_typed_before(request))
    (entry,) = entries.make_entries(m.tenant, [edit], ())
    context = {"member": m, "edit": edit, "entry": entry, "is_author": _is_author(m, edit)}
    context |= {"page_url": views.get_page_url(m, edit), "form_url": views.get_edit_url(m, edit)}
    context |= {"undone_by": undo.find_undo(edit), "why_no_undo": undo.describe_obstacle(edit)}
    context |= {"noun": registry.get_table(m.tenant, edit.kind).noun}
    return render(request, "edits/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What undoing a saved edit would send, with what was changed since to decide; POST decides and saves it."""
    m = member(request, slug, Role.BOOKKEEPER)
    edit = get_object_or_404(Edit.objects.select_related("tenant", "base__record", "result"), tenant=m.tenant, pk=pk)
    why_not = undo.describe_obstacle(edit)
    if not why_not and (later := undo.find_undo(edit)):
        why_not = f"{later.person_name.capitalize()} has undone this change already."
    if why_not:
        messages.info(request, why_not)
        return redirect_to(request, reverse("edit_page", args=[slug, pk]))
    found = undo.make_undo(edit)
    case = undo.make_case(request, m, edit, found)
    if request.method == "POST":
        return views.settle_case(case)
    if not found.is_left(lookup.get_content(case.record)):
        messages.info(request, "There is nothing left to undo: none of this change is left in the record.")
        return redirect_to(request, reverse("edit_page", args=[slug, pk]))
    return views.show_case(case, _typed_before(request))


def _typed_before(request: HttpRequest) -> Mapping[str, str]:
    """What was chosen and typed on this page before the session ended; a request for the head alone takes nothing."""
    return (session_rescue.take_typing(request) if request.method == "GET" else None) or {}


def _act(request: HttpRequest, m: Member, edit: Edit) -> HttpResponse:
    member(request, m.tenant.slug, Role.BOOKKEEPER)
    if "check" in request.POST and edit.state in UNDER_WAY:
        if edit.state == State.UNKNOWN or settle.is_abandoned(edit):
            edit = settle.settle_edit(edit)
        words = (
            "No answer yet. Ledgerdesk keeps checking." if edit.state in UNDER_WAY else f"{edit.get_state_display()}."
        )
        messages.info(request, words)
        return redirect_to(request, request.path)
    if not _is_author(m, edit):
        raise PermissionDenied(f"Only {edit.person_name} can decide this change.")
    if edit.state == State.DRAFT and "discard" in request.POST:
        transitions.drop_drafts(m, edit.form)
        messages.info(request, f"Your draft of {edit.record_name} was deleted.")
        return redirect_to(request, reverse("draft_list", args=[m.tenant.slug]))
    if not views.find_latest_decision(edit).needs_author:
        messages.info(request, "This change is already settled.")
        return redirect_to(request, views.get_page_url(m, edit))
    return views.decide_conflict(request, m, edit)


def _is_author(m: Member, edit: Edit) -> bool:
    return bool(edit.person_id == m.person.pk)


@never_cache
@require_safe
def edit_wait(request: HttpRequest, slug: str) -> HttpResponse:
    """While a form is being saved: what its edit waits for, in plain words; nothing where it waits for nothing."""
    m = member(request, slug, Role.BOOKKEEPER)
    edits = Edit.objects.filter(tenant=m.tenant, person=m.person, form=request.GET.get("token", ""))
    edit = edits.filter(state=State.SENDING, waits_until__gt=timezone.now()).first()
    words = ""
    if edit and edit.waits_until:
        seconds = ceil((edit.waits_until - timezone.now()).total_seconds())
        words = f"{registry.get_description(m.tenant).name} asks us to wait: {seconds} s more"
    return HttpResponse(words, content_type="text/plain")


@never_cache
@require_safe
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """How edits ended that were under way when the page was drawn; 286, which ends the asking, when none is left."""
    m = member(request, slug, Role.BOOKKEEPER)
    desk = notifications.get_notifications(m)
    found = {"member": m, "news": notifications.mark_notified(desk)}
    return render(request, "edits/news.html", found, status=200 if desk.under_way else STOP_ASKING)


@never_cache
@require_safe
def typed_day(request: HttpRequest, slug: str) -> HttpResponse:
    """The day that somebody types, in full as its input shows it: 10/1 as 1 Oct 2026; 422 with why it is none."""
    m = member(request, slug)
    form = DatePreviewForm(request.GET, day_first=m.tenant.day_first)
    if form.is_valid():
        return HttpResponse(format_date(form.cleaned_data["text"]), content_type="text/plain; charset=utf-8")
    said = " ".join(str(one) for one in form.errors["text"])
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=422)


@never_cache
@require_safe
def live_look(request: HttpRequest, slug: str, kind: str, remote_id: str) -> HttpResponse:
    """Behind an open page: read the record once, unless it was read just now, and say whether it has moved.

    Behind an open form it asks again every few seconds, which reads our own copy only: 204 while all stays as shown.
    """
    m = member(request, slug)
    check_author(request.GET, m.person.pk)
    table = registry.get_table(m.tenant, kind)
    record = lookup.find_record(m.tenant, kind, remote_id)
    asked = LiveQuery(request.GET, record=record, person=m.person.pk)
    asked.is_valid()
    trouble: errors.BooksError | None = None
    if not asked.shown_last and (timezone.now() - record.read_at).total_seconds() > FRESH_SECONDS:
        try:
            record = refresh.read_record(m.tenant, table, remote_id)
        except errors.BooksError as error:
            trouble = error
        except Error as error:
            log.warning("What was read of %s %s could not be stored: %s", kind, remote_id, error)
            trouble = errors.NotStored()
    if asked.in_form:
        presence.note_open(m, record)
    others = presence.list_others(m, record) if m.may_edit else []
    shown = " ".join([record.revision, record.read_at.isoformat(), *others])
    if asked.shown_last == shown:
        return HttpResponse(status=204)
    context = {
        "record": record,
        "since": presence.get_changes_since(record, asked.seen),
        "trouble": trouble,
        "table": table,
    }
    context |= {"in_form": asked.in_form, "others": others, "shown": shown, "sealed": request.GET.get("base", "")}
    return render(request, "edits/live.html", {**context, "member": m})
