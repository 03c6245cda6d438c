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
from books.pages.list_position import get_position
from books.polling import compute_pause
from tenants.access import Member, member
from tenants.models import Role
from tenants.redirects import redirect_to

from . import next_steps, undone
from .conflict import case, undo, views
from .editor import session_rescue
from .history import entries
from .lifecycle import failures, notifications, queue, transitions
from .models.edit import UNDER_WAY, Edit, State
from .models.fetching import fetch_edit
from .tasks import queue_settle_now


def edit_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One edit: its conflict to decide, or what was changed and what became of it. POST decides or looks again."""
    m = member(request, slug)
    edit = fetch_edit(pk)
    if edit is None or edit.tenant_id != m.tenant.pk:
        raise Http404("There is no such change in this company.")
    if not edit.wanted and not _is_author(m, edit):
        raise Http404("A draft is its author's own.")
    transitions.hide_name(edit, registry.get_visible_table(m, edit.kind).hidden_columns)
    if request.method == "POST":
        return _act(request, m, edit)
    position = get_position(request, m, edit.kind, edit.remote_id)
    if edit.state == State.DRAFT:
        return redirect(f"{case.get_edit_url(m, edit)}?draft={edit.pk}{position.also}")
    if "saving" in request.GET and edit.state == State.SAVED and _is_author(m, edit):
        return redirect(notifications.add_saved_query(position.page_url, edit))
    if edit.state == State.CONFLICT and edit.needs_author and _is_author(m, edit) and not _is_gone(m, edit):
        return views.show_conflict(request, m, edit, take_posted=lambda: _typed_before(request))
    (entry,) = entries.make_entries(m, [edit], ())
    failures.hide_words(edit, registry.get_visible_table(m, edit.kind))
    context = {"member": m, "edit": edit, "entry": entry, "is_author": _is_author(m, edit)}
    context |= {"position": position, "form_url": case.get_edit_url(m, edit)}
    context |= {"undone_by": undone.find_undo(edit), "why_no_undo": undo.describe_obstacle(m, edit)}
    context |= {"why_closed": undo.describe_closed(edit) if edit.needs_author else ""}
    context |= {"noun": registry.get_table(m.tenant, edit.kind).noun}
    context |= {"trouble": failures.find_trouble(edit), "may_send_again": next_steps.MAY_SEND_AGAIN}
    answer = render(request, "edits/edit_page.html", context)
    if edit.state in UNDER_WAY:  # with and without script: nothing is typed on this page
        usual, is_away = queue.find_look_seconds(m.tenant), edit.waiting_since is not None
        answer["Refresh"] = str(ceil(compute_pause(edit.sent_at, usual, is_away=is_away)))
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def edit_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What undoing a saved edit would send, with what was changed since to decide; POST decides and saves it."""
    m = member(request, slug, Role.BOOKKEEPER)
    edit = get_object_or_404(Edit.objects.select_related("tenant", "base__record", "result"), tenant=m.tenant, pk=pk)
    page = reverse("edit_page", args=[slug, pk]) + get_position(request, m, edit.kind, edit.remote_id).query
    why_not = undo.describe_obstacle(m, edit)
    if not why_not and (later := undone.find_undo(edit, request.POST.get("token", "")[:40])):
        why_not = undone.describe_undone(later)
    if why_not and "outcome" not in request.POST:
        messages.info(request, why_not)
        return redirect_to(request, page)
    found = undo.make_undo(m, edit)
    undo_case = undo.make_case(request, m, edit, found)
    if request.method == "POST":
        return views.settle_case(undo_case)
    if not found.is_left(lookup.get_content(undo_case.record, undo_case.table)):
        messages.info(request, "There is nothing to undo: the record no longer has any of these changes.")
        return redirect_to(request, page)
    return views.show_case(undo_case, _typed_before(request))


def _typed_before(request: HttpRequest) -> Mapping[str, str]:
    """What was chosen and typed on this page before the session ended; a request for the head alone takes nothing."""
    return (session_rescue.take_typing(request) if request.method == "GET" else None) or {}


def _act(request: HttpRequest, m: Member, edit: Edit) -> HttpResponse:
    member(request, m.tenant.slug, Role.BOOKKEEPER)
    if "check" in request.POST and edit.state in UNDER_WAY:
        queue_settle_now(edit)
        books = registry.get_description(m.tenant).name
        messages.info(request, f"Checking with {books} now. The result appears here.")
        return redirect_to(request, request.get_full_path())
    if not _is_author(m, edit):
        raise PermissionDenied(f"Only {edit.author_name} can decide this change.")
    if step := next((name for name in ("cancel", "again", "accept") if name in request.POST), ""):
        messages.info(request, next_steps.take_step(m, edit, step).text)
        return redirect_to(request, request.path)
    if edit.state == State.DRAFT and "discard" in request.POST:
        messages.info(request, next_steps.take_step(m, edit, "discard").text)
        return redirect_to(request, reverse("draft_list", args=[m.tenant.slug]))
    if not case.find_latest_decision(edit, on_page=True).needs_author and not _may_answer(request, edit):
        return _leave_settled(request, m, edit)
    return views.decide_conflict(request, m, edit)


def _may_answer(request: HttpRequest, edit: Edit) -> bool:
    """Whether the page that has decided a conflict asks what came of that, or decides otherwise."""
    if "discard" in request.POST:
        return False
    token = request.POST.get("token", "")[:40]
    latest = case.find_latest_decision(edit, on_page=True)
    return "outcome" in request.POST or (edit.state == State.CONFLICT and token != "" and latest.form == token)


def _leave_settled(request: HttpRequest, m: Member, edit: Edit) -> HttpResponse:
    """Lead away from the page of an edit that was decided meanwhile: to a later one that is to decide, if there is."""
    position, latest = get_position(request, m, edit.kind, edit.remote_id), case.find_latest_decision(edit)
    if latest.needs_author and _is_author(m, latest):
        messages.info(request, "A later change of yours took the place of this one. Decide it here.")
        return redirect_to(request, reverse("edit_page", args=[m.tenant.slug, latest.pk]) + position.query)
    messages.info(request, "This change is already settled.")
    return redirect_to(request, position.page_url)


def _is_gone(m: Member, edit: Edit) -> bool:
    return lookup.get_deleted_at(m.tenant, edit.kind, edit.remote_id) is not None


def _is_author(m: Member, edit: Edit) -> bool:
    return bool(edit.person_id == m.person.pk)
