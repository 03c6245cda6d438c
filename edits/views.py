"""The page of one edit: its conflict to decide, what became of it, and its undo."""

from collections.abc import Mapping
from math import ceil

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from books import registry
from books.mirror import lookup
from records.visible import is_shown_whole
from tenants.access import Member, member
from tenants.models import Role
from tenants.redirects import redirect_to

from .conflict import case, undo, views
from .editor import session_rescue
from .history import entries
from .lifecycle import failures, notifications, queue, settle, transitions
from .models.edit import UNDER_WAY, Edit, State


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
        return redirect(f"{case.get_edit_url(m, edit)}?draft={edit.pk}")
    is_gone = lookup.get_deleted_at(m.tenant, edit.kind, edit.remote_id) is not None
    if edit.state == State.CONFLICT and edit.needs_author and _is_author(m, edit) and not is_gone:
        return views.show_conflict(request, m, edit, take_posted=lambda: _typed_before(request))
    (entry,) = entries.make_entries(m, [edit], ())
    if not is_shown_whole(registry.get_visible_table(m, edit.kind).shape, edit.fields.split()):
        edit.error_message = edit.next_step = ""  # the vendor's words may quote a value; the row is not stored
    context = {"member": m, "edit": edit, "entry": entry, "is_author": _is_author(m, edit)}
    context |= {"page_url": case.get_page_url(m, edit), "form_url": case.get_edit_url(m, edit)}
    context |= {"undone_by": undo.find_undo(edit), "why_no_undo": undo.describe_obstacle(edit)}
    context |= {"why_closed": undo.describe_closed(edit) if edit.needs_author else ""}
    context |= {"noun": registry.get_table(m.tenant, edit.kind).noun}
    context |= {"trouble": failures.read_error(edit) if edit.state == State.QUEUED and edit.error else None}
    answer = render(request, "edits/edit_page.html", context)
    if edit.state in UNDER_WAY:
        answer["Refresh"] = f"{max(1, ceil(queue.find_next_look(edit, queue.find_usual_seconds(m.tenant))))}"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def edit_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What undoing a saved edit would send, with what was changed since to decide; POST decides and saves it."""
    m = member(request, slug, Role.BOOKKEEPER)
    edit = get_object_or_404(Edit.objects.select_related("tenant", "base__record", "result"), tenant=m.tenant, pk=pk)
    why_not = undo.describe_obstacle(edit)
    if not why_not and "outcome" not in request.POST and (later := undo.find_undo(edit)):
        why_not = f"{later.person_name.capitalize()} has already undone this change."
    if why_not:
        messages.info(request, why_not)
        return redirect_to(request, reverse("edit_page", args=[slug, pk]))
    found = undo.make_undo(m, edit)
    undo_case = undo.make_case(request, m, edit, found)
    if request.method == "POST":
        return views.settle_case(undo_case)
    if not found.is_left(lookup.get_content(undo_case.record, undo_case.table)):
        messages.info(request, "There is nothing to undo: the record no longer has any of these changes.")
        return redirect_to(request, reverse("edit_page", args=[slug, pk]))
    return views.show_case(undo_case, _typed_before(request))


def _typed_before(request: HttpRequest) -> Mapping[str, str]:
    """What was chosen and typed on this page before the session ended; a request for the head alone takes nothing."""
    return (session_rescue.take_typing(request) if request.method == "GET" else None) or {}


def _act(request: HttpRequest, m: Member, edit: Edit) -> HttpResponse:
    member(request, m.tenant.slug, Role.BOOKKEEPER)
    if "check" in request.POST and edit.state in UNDER_WAY:
        if edit.state == State.UNKNOWN or (edit.state == State.SENDING and settle.is_abandoned(edit)):
            edit = settle.settle_edit(edit)
        words = (
            "No answer yet. Ledgerdesk keeps checking." if edit.state in UNDER_WAY else f"{edit.get_state_display()}."
        )
        messages.info(request, words)
        return redirect_to(request, request.path)
    if not _is_author(m, edit):
        raise PermissionDenied(f"Only {edit.person_name} can decide this change.")
    if "cancel" in request.POST:
        queue.cancel_edit(edit)
        messages.info(request, notifications.describe_cancelled(edit))
        return redirect_to(request, request.path)
    if edit.state == State.DRAFT and "discard" in request.POST:
        transitions.drop_drafts(m, edit.form)
        messages.info(request, f"Your draft of {edit.record_name} was deleted.")
        return redirect_to(request, reverse("draft_list", args=[m.tenant.slug]))
    asks_outcome = "outcome" in request.POST and "discard" not in request.POST
    if not asks_outcome and not case.find_latest_decision(edit).needs_author:
        messages.info(request, "This change is already settled.")
        return redirect_to(request, case.get_page_url(m, edit))
    return views.decide_conflict(request, m, edit)


def _is_author(m: Member, edit: Edit) -> bool:
    return bool(edit.person_id == m.person.pk)
