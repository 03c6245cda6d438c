"""The edit page of a record, the same for every kind: show the form, validate, save, merge.

The kinds differ only in their form class and template. Knows no field.
"""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from books import registry
from books.mirror import lookup
from books.models import Version
from books.pages.list_position import open_position
from books.providers import errors
from edits import change
from edits.conflict import views
from edits.lifecycle import acceptance, drafts, failures, notifications, queue, requested, reread, transitions
from edits.lifecycle.form_token import check_author
from edits.lifecycle.rebase import rebase_form
from edits.lifecycle.views import answer_accepted, beside_form, show_progress
from edits.models.edit import Edit, State, parse_pk
from record_forms import address_buttons, form_data, reason
from record_forms.reason import ReasonForm
from record_forms.registry import EditForm, RecordType
from record_forms.suggestions import TAKE, TAKE_ALL, apply_suggestion
from record_forms.total_seen import read_total
from records.changes import list_changed_fields
from records.content import Content
from records.diff import diff_records
from tenants.access import Member
from tenants.redirects import redirect_to

from . import pending, session_rescue
from .context import EditRequest
from .reopen import TAKE_THEIRS, list_open_clashes, reopen_edit

log = logging.getLogger(__name__)


def edit_record(request: HttpRequest, member: Member, name: str, remote_id: str, kind: RecordType) -> HttpResponse:
    """Answer the edit page of one record: its form on GET, a save on POST.

    Raises NotMirrored for an id that the mirror does not have, InvalidToken for a POST without a valid form token, and
    NotYours for a form that somebody else has opened.
    """
    check_author(request.POST, member.person.pk)
    table = registry.get_visible_table(member, name)
    record = lookup.find_shown_record(member.tenant, table, remote_id)
    walk = EditRequest(request, member, kind, table, record, open_position(request, member, name, remote_id))
    return _save_form(walk) if request.method == "POST" else _open_form(walk)


def _open_form(walk: EditRequest) -> HttpResponse:
    # A HEAD request shows nothing, so it must not use up the kept form data.
    if walk.request.method == "GET" and (data := session_rescue.take_typing(walk.request)) is not None:
        if "reopen" in data:
            return _reopen_edit(walk, str(data["reopen"]), data)
        seal = walk.unsealed(data)
        seen = lookup.find_version(walk.record, seal.revision) or walk.current()
        return replace(walk, seal=seal).show(seen, data, typed_again=True, **_get_reason(data))
    if draft := drafts.find_draft(walk.member, walk.record, walk.request.GET.get("draft", "")):
        return _continue_draft(walk, draft)
    if pk := walk.request.GET.get("from", ""):
        return _reopen_edit(walk, pk, {})
    return _open_over_pending(walk, offers=drafts.list_offers(walk.member, walk.record))


def _open_over_pending(walk: EditRequest, **more: Any) -> HttpResponse:
    """Render the form over the current version and, as if they were saved, over its author's changes under way."""
    current = walk.current()
    under_way = pending.list_under_way(walk.member, walk.record)
    own = [one.edit for one in under_way.own if one.is_shown] if under_way else []
    if not own:
        return walk.show(current, pending=under_way, **more)
    base = walk.decode(current)
    data = walk.kind.fill_inputs(walk.table, base, requested.add_changes(base, own))
    seal = replace(walk.sealed(current), over=tuple(edit.pk for edit in own))
    return replace(walk, seal=seal).show(current, data, pending=under_way, **more)


def _continue_draft(walk: EditRequest, draft: Edit) -> HttpResponse:
    """Render the form as its author left it, over the version that they saw."""
    assert draft.base is not None, "a draft has a base"
    data = drafts.read_typed(draft)
    walk = replace(walk, seal=walk.unsealed(data))
    since = drafts.list_changes_since(walk.member, draft, walk.record)
    return walk.show(draft.base, data, draft=draft, since=since, token=draft.form, **_get_reason(data))


def _reopen_edit(walk: EditRequest, pk: str, posted: Mapping[str, str]) -> HttpResponse:
    """Render the form over the current record, with an earlier edit's values, decisions and open clashes."""
    earlier = Edit.objects.filter(
        tenant=walk.member.tenant,
        kind=walk.table.kind,
        remote_id=walk.record.remote_id,
        pk=parse_pk(pk),
    ).first()
    if earlier is None:
        return walk.show(walk.current())
    if earlier.state == State.CONFLICT and not reread.is_read_since(earlier, walk.record):
        page = reverse("edit_page", args=[walk.member.tenant.slug, earlier.pk])
        return redirect_to(walk.request, page + walk.position.query)
    data, undecided = reopen_edit(earlier, walk.table, lookup.decode_version(walk.table, walk.current()), posted)
    seal = replace(walk.sealed(walk.current()), reopens=earlier.pk, undecided=undecided)
    return replace(walk, seal=seal).show(
        walk.current(), data, reopened=earlier, follows=earlier.pk, reason=earlier.reason
    )


def _save_form(walk: EditRequest) -> HttpResponse:
    data = apply_suggestion(walk.request.POST)
    if "discard" in data:
        return _discard_form(walk, data)
    if "reopen" in data:
        return _reopen_edit(walk, str(data["reopen"]), data)
    seal = walk.unsealed(data)
    seen = lookup.find_version(walk.record, seal.revision)
    known = seen or walk.current()
    base = lookup.decode_version(walk.table, known)
    if walk.kind.refusal(walk.member.tenant, base):
        return walk.show(known)
    data, walk = _take_theirs(replace(walk, seal=seal), known, data)
    form = walk.kind.form(walk.member.tenant, walk.table, base, data)
    token = data.get("token", "")[:40] or uuid.uuid4().hex
    if "draft" in data:
        return _keep_draft(walk, seen, form, data, token)
    if "outcome" in data:
        return _show_outcome(walk, known, form, data, token)
    if "save" not in data and _is_arrangement(data):
        _keep_typed_form(walk, known, data, token, form)
        return walk.show(known, form=form, token=token)
    if not walk.is_valid(form, data):
        _keep_typed_form(walk, known, data, token)
        return walk.show(known, form=form, status=422, token=token)
    if seen is not None and "rebase" in data:
        return _rebase_form(walk, seen, form.edited, token)
    return _apply_change(walk, seen, form, token)


def _discard_form(walk: EditRequest, data: QueryDict) -> HttpResponse:
    """Delete the drafts of a form, and cancel what it has queued; say so if that is being sent already."""
    form = data.get("drop", data.get("token", ""))
    transitions.drop_drafts(walk.member, form)
    edit = queue.cancel_form(walk.member, form)
    if edit is not None:
        messages.info(walk.request, notifications.describe_cancelled(edit))
    return redirect_to(walk.request, walk.position.form_url if "drop" in data else walk.url())


def _keep_draft(walk: EditRequest, seen: Version | None, form: EditForm, data: QueryDict, token: str) -> HttpResponse:
    """Keep the typed values as the form's draft, or delete that draft if nothing is changed; answer which."""
    is_kept = seen is not None and _keep_changed_form(walk, seen, form, data, token)
    return render(walk.request, "edits/draft_kept.html", {"is_kept": is_kept})


def _keep_changed_form(walk: EditRequest, seen: Version, form: EditForm, data: QueryDict, token: str) -> bool:
    if form.is_valid() and not list_changed_fields(lookup.decode_version(walk.table, seen), form.edited):
        drafts.drop(walk.member, token)
        return False
    if form.is_valid() and change.is_saved_already(walk.member, token, change.mark_posted(seen, form.edited)):
        return False
    return drafts.keep_draft(walk.member, walk.seal or walk.sealed(seen), seen, data, token)


def _keep_typed_form(
    walk: EditRequest, seen: Version, data: QueryDict, token: str, form: EditForm | None = None
) -> None:
    """Keep the typed values of a form that is shown again. On failure the form still has them and reports no draft."""
    try:
        if form is not None:
            _keep_changed_form(walk, seen, form, data, token)
        else:
            drafts.keep_draft(walk.member, walk.seal or walk.sealed(seen), seen, data, token)
    except drafts.NotKept as error:
        log.warning("The draft of a form that is shown again could not be stored: %s", error)


def _take_theirs(walk: EditRequest, known: Version, data: QueryDict) -> tuple[QueryDict, EditRequest]:
    """Take the vendor's value in the open clash that a button of the form names."""
    seal, key = walk.seal, str(data.get(TAKE_THEIRS, ""))
    if seal is None or key not in seal.undecided:
        return data, walk
    data = data.copy()
    for one in list_open_clashes(seal, lookup.decode_version(walk.table, known)):
        if one.part.key == key:
            one.give_way(data)
    left = tuple(other for other in seal.undecided if other != key)
    return data, replace(walk, seal=replace(seal, undecided=left))


def _apply_change(walk: EditRequest, seen: Version | None, form: EditForm, token: str) -> HttpResponse:
    """Apply what the form asks for; where it is not accepted, the form comes back and says why."""
    data = walk.request.POST
    again: dict[str, Any] = {"form": form, "token": token}
    known = seen or walk.current()
    try:
        outcome = change.apply(
            walk.member,
            walk.record,
            seen,
            form.edited,
            token=token,
            total_seen=read_total(data),
            agreed=data,
            over=walk.list_over(),
            also_asked=walk.list_open_checks(known, form.edited),
            **_respond_saved(walk),
        )
    except errors.BooksError as error:
        return _show_error(walk, known, error, **again)
    match outcome:
        case change.Accepted(edit):
            return walk.go_on() if walk.is_next else answer_accepted(walk.request, walk.position, edit)
        case change.Moved(edit):
            return views.show_conflict(walk.request, walk.member, edit, status=409)
        case change.NothingChanged():
            transitions.drop_drafts(walk.member, token)
            return walk.leave()
        case acceptance.Invalid(broken):
            for path, sentence in broken:
                form.refuse(path, sentence)
        case acceptance.NeedsAgreement(asked):
            again["asked"] = asked
            for guard in asked.guards:
                form.warn(guard)
        case acceptance.TotalDiffers():
            again["total_differs"] = outcome
    _keep_typed_form(walk, known, data, token)
    return walk.show(known, status=422, **again)


def _show_outcome(walk: EditRequest, seen: Version, form: EditForm, data: QueryDict, token: str) -> HttpResponse:
    """Show how the edit of a posted form ended in place of the form, unless the form was changed since it was saved."""
    edit = change.find_own_edit(walk.member, walk.record, str(data["outcome"]))
    if edit is None:
        return walk.show(seen, form=form, token=token)
    if edit.state in (State.QUEUED, State.SENDING):
        return answer_accepted(walk.request, walk.position, edit)
    is_changed = not form.is_valid() or edit.posted != change.mark_posted(seen, form.edited)
    if is_changed and "show" not in data:
        _keep_typed_form(walk, seen, data, token)
        answer = show_progress(walk.request, walk.position, edit, walk.position.form_url, is_changed=True)
        return beside_form(answer)
    notifications.note_told(edit)
    return _show_edit(walk, seen, form, edit, token)


def _show_edit(walk: EditRequest, seen: Version, form: EditForm, edit: Edit, token: str) -> HttpResponse:
    """How an edit ended: the record's page, the conflict page, or the form with what is wrong."""
    if edit.state == State.SAVED:
        return walk.leave(edit)
    if edit.state == State.CONFLICT:
        return views.show_conflict(walk.request, walk.member, edit, status=409)
    error = failures.read_error(edit)
    if isinstance(error, errors.Refused) and not isinstance(error, errors.NotFound):
        form.refuse(error.field, error.brief)
    asked = walk.asked(lookup.decode_version(walk.table, seen), form.edited, walk.request.POST)
    return _show_error(walk, seen, error, form=form, token=token, asked=asked)


def _show_error(walk: EditRequest, seen: Version, error: errors.BooksError, **again: Any) -> HttpResponse:
    """The form with an error; a script that has the form on screen is only told of one that asks nothing of it.

    What was typed is kept as a draft if it cannot be saved before somebody opens the right company file.
    """
    if isinstance(error, errors.OtherCompany):
        _keep_typed_form(walk, seen, walk.request.POST, str(again["token"]))
    if getattr(walk.request, "htmx", False) and not isinstance(error, errors.Refused):
        raise error
    status = 409 if isinstance(error, errors.NotFound) else error.status
    return walk.show(seen, error=error, status=status, **again)


def _rebase_form(walk: EditRequest, seen: Version, mine: Content, token: str) -> HttpResponse:
    """Load the vendor's changes into the form; if both sides changed the same part, show the conflict first."""
    was, theirs = lookup.decode_version(walk.table, seen), lookup.decode_version(walk.table, walk.current())
    merge = rebase_form(walk.member, walk.record, token, walk.request.POST.get("follows", ""), was, mine, theirs)
    if merge.clashes:
        return _record_conflict(walk, seen, mine, token)
    data = walk.kind.fill_inputs(walk.table, theirs, merge.content({}))
    walk = replace(walk, seal=replace(walk.seal, revision=walk.current().revision)) if walk.seal else walk
    _keep_typed_form(walk, walk.current(), data, token)
    return walk.show(walk.current(), data, rebased=True, since=diff_records(was, theirs), token=token)


def _record_conflict(walk: EditRequest, seen: Version, mine: Content, token: str) -> HttpResponse:
    edit = change.record_conflict(walk.member, walk.record, seen, mine, token=token, **_respond_saved(walk))
    return views.show_conflict(walk.request, walk.member, edit, status=409)


def _get_reason(data: QueryDict) -> dict[str, Any]:
    """Return the note and references of the change, for a form that is shown again."""
    return {"follows": data.get("follows", ""), **reason.get_shown_reason(data)}


def _respond_saved(walk: EditRequest) -> dict[str, Any]:
    """Return the note and references of the change, for the saved edit."""
    return {"follows": walk.request.POST.get("follows", ""), "reason": ReasonForm(walk.request.POST).text}


def _is_arrangement(data: QueryDict) -> bool:
    """Whether one of the form's own buttons was used, which take a suggestion, move lines or fill in an address."""
    return any(
        name in data
        for name in (TAKE, TAKE_ALL, TAKE_THEIRS, *form_data.BUTTONS, address_buttons.LAY, address_buttons.COPY)
    )
