"""The conflict page: a change against the current record (was / yours / now), decided and saved over what was shown.

It shows an edit in conflict, or a saved edit to undo. Until the record has been read after the refusal, a page that
waits for that reading takes its place.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from books import polling, registry
from books.mirror import lookup
from books.mirror.currencies import show_amounts_of
from books.pages.list_position import get_position
from books.providers import errors
from books.sync import vendor_reads
from edits import change, form_edits
from edits.lifecycle import acceptance, failures, notifications, requested, reread, transitions
from edits.lifecycle.form_token import FormToken, read_token
from edits.lifecycle.rebase import rebase_edit
from edits.lifecycle.views import answer_accepted
from edits.models.edit import NOT_NEEDED, Edit, State
from edits.tasks import queue_read_again
from edits.undone import describe_undone, find_undo
from record_forms import reason
from record_forms.checks import BOX, get_rules
from record_forms.reason import ReasonForm
from record_forms.registry import KINDS
from record_forms.total_seen import read_total
from records.content import Content
from records.visible import is_shown_whole
from tenants.access import Member
from tenants.redirects import redirect_to

from .case import ConflictAnswer, ConflictCase, find_latest_decision, make_page_token
from .page import ConflictPage, keep_decided
from .undo import name_failed_undo
from .wording import get_conflict_wording, get_undo_wording

NOTHING: Mapping[str, str] = {}


def show_conflict(
    request: HttpRequest,
    member: Member,
    edit: Edit,
    *,
    status: int = 200,
    take_posted: Callable[[], Mapping[str, str]] = dict,
) -> HttpResponse:
    """Show the conflict of `edit` against the current record, once the worker has read it after the refusal.

    `take_posted` returns the choices and typed values of an earlier page. Raises NotFound if the record is gone.
    """
    case = _make_case(request, member, edit)
    if case.record.deleted_at is not None:
        raise failures.named(member.tenant, errors.NotFound())
    if not reread.is_read_since(edit, case.record):
        return _show_reading(case, status=status)
    if _is_poll(request):
        return redirect_to(request, case.address)
    return show_case(case, take_posted(), status=status)


def _show_reading(case: ConflictCase, *, status: int) -> HttpResponse:
    """Show that the record is being read again, until a poll finds it read; nothing can be decided meanwhile."""
    queue_read_again(case.edit)
    since = case.edit.refused_at or case.edit.settled_at or timezone.now()
    next_look = polling.next_look(since, vendor_reads.get_usual_seconds(case.member.tenant))
    context = {"member": case.member, "case": case, "edit": case.edit, "record": case.record, "table": case.table}
    context |= {"page_name": f"{case.table.noun}_page", "position": case.position, "next_look": next_look}
    template = "edits/conflict_reading.html"
    return render(case.request, f"{template}#reading" if _is_poll(case.request) else template, context, status=status)


def _is_poll(request: HttpRequest) -> bool:
    return request.method == "GET" and bool(getattr(request, "htmx", False))


def show_case(case: ConflictCase, posted: Mapping[str, str] = NOTHING, *, status: int = 200) -> HttpResponse:
    """Show the page of a case against the record in the mirror."""
    assert case.record.version is not None, "a mirrored record has a version"
    return _render_page(case, ConflictAnswer(case, case.record.version, posted), status=status)


def decide_conflict(request: HttpRequest, member: Member, edit: Edit) -> HttpResponse:
    """Process the author's decisions of a conflict: save the merged record over what they were shown, or discard it.

    Raises InvalidToken if the page does not say which version was shown.
    """
    if "discard" in request.POST:
        return _discard_edit(request, member, edit)
    return settle_case(_make_case(request, member, edit))


def settle_case(case: ConflictCase) -> HttpResponse:
    """Process the decisions of a case and save, or show the page again with all choices and typed values.

    Raises InvalidToken if the page does not say which version was shown.
    """
    posted = case.request.POST
    if case.settles and not reread.is_read_since(case.settles, case.record):
        return _show_reading(case, status=409)
    theirs = lookup.find_version(
        case.record, read_token(posted.get("theirs", ""), case.record, case.member.person.pk).revision
    )
    if theirs is None:
        return show_case(case, posted, status=409)
    answer = ConflictAnswer(case, theirs, posted)
    if "outcome" in posted:
        return _show_outcome(case, answer)
    if "preview" in posted:
        return _render_page(case, answer, status=200)
    if answer.content is None or not ReasonForm(posted).is_valid():
        return _render_page(case, answer, status=422)
    return _save_decision(case, answer, answer.content)


def _save_decision(case: ConflictCase, answer: ConflictAnswer, content: Content) -> HttpResponse:
    posted, member = case.request.POST, case.member
    token = posted.get("token", "")[:40] or make_page_token()
    if case.undoes and (later := find_undo(case.undoes, token)):
        messages.info(case.request, describe_undone(later))
        return redirect_to(case.request, reverse("edit_page", args=[member.tenant.slug, case.edit.pk]))
    try:
        outcome = change.apply(
            member,
            case.record,
            answer.theirs,
            content,
            token=token,
            total_seen=read_total(posted),
            agreed=posted,
            follows=_name_continued(case),
            reason=ReasonForm(posted).text,
            undoes=case.undoes,
        )
    except errors.BooksError as error:
        return _render_page(case, answer, status=error.status, error=error, token=token)
    match outcome:
        case change.Accepted(edit):
            return answer_accepted(case.request, case.position, edit)
        case change.NothingChanged():
            return _close_without_change(case)
        case change.Moved(edit):
            return show_conflict(case.request, member, edit, status=409, take_posted=lambda: keep_decided(posted))
        case acceptance.Invalid(broken):
            answer.another.problems += [sentence for _, sentence in broken]
            return _render_page(case, answer, status=422)
        case acceptance.NeedsAgreement(asked):
            return _render_page(case, answer, status=422, asked=asked)
        case acceptance.TotalDiffers():
            return _render_page(case, answer, status=422, total_differs=outcome)


def _name_continued(case: ConflictCase) -> str:
    """Return the number of the edit that a decision stands for: the one to decide, or an earlier undo of the same."""
    if case.settles is not None:
        return str(find_latest_decision(case.settles, on_page=True).pk)
    return name_failed_undo(case.member, case.undoes) if case.undoes else ""


def _show_outcome(case: ConflictCase, answer: ConflictAnswer) -> HttpResponse:
    """Show how the decision ended that this page has sent."""
    edit = form_edits.find_own_edit(case.member, case.record, case.request.POST["outcome"])
    if edit is None:
        return _render_page(case, answer, status=200)
    if edit.state in (State.QUEUED, State.SENDING):
        return answer_accepted(case.request, case.position, edit)
    notifications.note_shown(case.request, edit)
    return _show_edit(case, answer, edit, case.request.POST.get("token", "")[:40] or make_page_token())


def _show_edit(case: ConflictCase, answer: ConflictAnswer, edit: Edit, token: str) -> HttpResponse:
    """Show the outcome of a decision: the record's page, a new conflict, or this page with the error."""
    request, member = case.request, case.member
    if edit.state == State.SAVED:
        return redirect_to(request, notifications.add_saved_query(case.position.page_url, edit))
    if edit.state == State.CONFLICT:
        return show_conflict(request, member, edit, status=409, take_posted=lambda: keep_decided(request.POST))
    if edit.state == State.DISCARDED:
        return _render_page(case, answer, status=200, token=token, withdrawn=failures.shorten_withdrawn(edit))
    error = failures.read_error(edit)
    status = 409 if isinstance(error, errors.NotFound) else error.status
    return _render_page(case, answer, status=status, error=error, token=token)


def _close_without_change(case: ConflictCase) -> HttpResponse:
    held = f"{registry.get_description(case.member.tenant).name} already has the values you chose"
    stays_open = ""
    if case.settles is not None:
        latest = find_latest_decision(case.settles, on_page=True)
        if latest.needs_author and form_edits.list_hidden_parts(case.member, latest):
            stays_open = " This change stays open, as a part of it is not shown to you any more."
        elif latest.needs_author:
            transitions.move_edit(latest, State.DISCARDED, error_message=NOT_NEEDED, next_step="")
    messages.success(case.request, f"{held}; nothing was sent.{stays_open}")
    return redirect_to(case.request, case.position.page_url)


def _make_case(request: HttpRequest, member: Member, edit: Edit) -> ConflictCase:
    table, books = registry.get_visible_table(member, edit.kind), registry.get_description(member.tenant).name
    record = lookup.find_shown_record(member.tenant, table, edit.remote_id)
    words = get_conflict_wording(table, books)
    if edit.undoes is not None:
        undo = get_undo_wording(books)
        opened = "When you opened this page"
        words = replace(undo, now=words.now, was=opened, was_short="Was", back="Keep original")
    position = get_position(request, member, edit.kind, edit.remote_id)
    address = reverse("edit_page", args=[member.tenant.slug, edit.pk]) + position.query
    merge = partial(rebase_edit, edit)
    return ConflictCase(request, member, record, address, position, words, merge, edit, edit.undoes)


def _render_page(case: ConflictCase, answer: ConflictAnswer, *, status: int, **more: object) -> HttpResponse:
    member, edit, table = case.member, case.edit, case.table
    books = registry.get_description(member.tenant).name
    show_amounts_of(member.tenant, table, answer.now)
    total = None if answer.content is None else get_rules(case.record).total(case.record, answer.now, answer.content)
    shown = (answer.choices, answer.another, answer.content, total)
    conflict = ConflictPage(answer.merge, table, books, case.words, *shown)
    saved = Edit.objects.filter(tenant=member.tenant, result=answer.theirs, state=State.SAVED)
    saved_here = next(filter(requested.has_written, saved.exclude(pk=edit.pk)), None)
    why_closed = KINDS[table.kind].refusal(member.tenant, answer.now)
    context = {
        "member": member,
        "case": case,
        "edit": edit,
        "record": case.record,
        "table": table,
        "conflict": conflict,
        "total_seen": total,
        "theirs": answer.theirs,
        "is_unmoved": case.settles is not None and answer.theirs == edit.base,
        "why_in_conflict": _explain_conflict(case),
        "saved_here": saved_here,
        "saved_by_you": saved_here is not None and saved_here.person_id == member.person.pk,
        "sealed_theirs": str(FormToken(case.record, answer.theirs.revision, member.person.pk)),
        "token": make_page_token(),
        "form_action": case.address,
        "why_closed": why_closed,
        "back_to_form": case.position.form_url if case.settles and not why_closed else "",
        "undecided": status == 422 and answer.undecided,
        "page_name": f"{table.noun}_page",
        "position": case.position,
        "agreed": [name for name in case.request.POST if name.startswith(BOX)],
        **reason.get_shown_reason(case.request.POST if "theirs" in case.request.POST else {"reason": edit.reason}),
        **more,
    }
    return render(case.request, "edits/conflict.html", context, status=status)


def _explain_conflict(case: ConflictCase) -> str:
    """Return Ledgerdesk's own reason why an edit is to decide; "" if that is only that the record has moved."""
    edit = case.settles
    if edit is None or edit.error or not is_shown_whole(case.table.shape, edit.fields.split()):
        return ""
    return edit.error_message


def _discard_edit(request: HttpRequest, member: Member, edit: Edit) -> HttpResponse:
    transitions.move_edit(find_latest_decision(edit, on_page=True), State.DISCARDED)
    messages.info(request, "Your change was discarded. You can still read it in the history.")
    return redirect_to(request, get_position(request, member, edit.kind, edit.remote_id).page_url)
