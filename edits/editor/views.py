"""The walk of an edit, the same for every kind of record: show the form, take what was typed, save, merge.

The kinds differ in their form class and template only. Knows no field.
"""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from books import registry
from books.mirror import lookup
from books.models import Version
from books.providers import errors
from edits.conflict import views
from edits.lifecycle import drafts, save, transitions
from edits.lifecycle.form_token import check_author
from edits.lifecycle.rebase import rebase_form
from edits.models.edit import Edit, parse_pk
from record_forms import address_buttons, form_data, reason
from record_forms.checks import AskedChecks
from record_forms.reason import ReasonForm
from record_forms.registry import EditForm, RecordType
from record_forms.suggestions import TAKE, apply_suggestion
from records.changes import list_changed_fields
from records.content import Content
from records.diff import diff_records
from tenants.access import Member
from tenants.redirects import redirect_to

from . import session_rescue
from .context import EditRequest
from .reopen import TAKE_THEIRS, list_open_clashes, reopen_edit

log = logging.getLogger(__name__)


def edit_record(request: HttpRequest, member: Member, name: str, remote_id: str, kind: RecordType) -> HttpResponse:
    """Answer the edit page of one record: its form on GET, a save on POST.

    Raises mirror.NotMirrored for an id that the mirror does not hold, seal.NoBase for a POST without its base and
    seal.NotYours for that of a form that somebody else has opened.
    """
    check_author(request.POST, member.person.pk)
    table = registry.get_table(member.tenant, name)
    walk = EditRequest(request, member, kind, table, lookup.find_record(member.tenant, name, remote_id))
    return _save_form(walk) if request.method == "POST" else _open_form(walk)


def _open_form(walk: EditRequest) -> HttpResponse:
    # A request for the head alone shows nothing, so it must not use up what waits to be shown.
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
    return walk.show(walk.current(), offers=drafts.list_offers(walk.member, walk.record))


def _continue_draft(walk: EditRequest, draft: Edit) -> HttpResponse:
    """The form as its author left it, over the version that they saw."""
    assert draft.base is not None, "a draft has a base"
    data = drafts.read_typed(draft)
    walk = replace(walk, seal=walk.unsealed(data))
    since = drafts.list_changes_since(draft, walk.record)
    return walk.show(draft.base, data, draft=draft, since=since, token=draft.form, **_get_reason(data))


def _reopen_edit(walk: EditRequest, pk: str, posted: Mapping[str, str]) -> HttpResponse:
    """The form over the record as it stands now, holding what an earlier edit wanted and what was decided of it."""
    earlier = Edit.objects.filter(
        tenant=walk.member.tenant,
        kind=walk.table.kind,
        remote_id=walk.record.remote_id,
        pk=parse_pk(pk),
    ).first()
    if earlier is None:
        return walk.show(walk.current())
    data, undecided = reopen_edit(earlier, lookup.decode_version(walk.table, walk.current()), posted)
    seal = replace(walk.sealed(walk.current()), reopens=earlier.pk, undecided=undecided)
    return replace(walk, seal=seal).show(
        walk.current(), data, reopened=earlier, follows=earlier.pk, reason=earlier.reason
    )


def _save_form(walk: EditRequest) -> HttpResponse:
    data = apply_suggestion(walk.request.POST)
    if "discard" in data:
        transitions.drop_drafts(walk.member, data.get("drop", data.get("token", "")))
        return redirect_to(walk.request, walk.request.path if "drop" in data else walk.url())
    if "reopen" in data:
        return _reopen_edit(walk, str(data["reopen"]), data)
    seal = walk.unsealed(data)
    seen = lookup.find_version(walk.record, seal.revision)
    known = seen or walk.current()
    data, walk = _take_theirs(replace(walk, seal=seal), known, data)
    form = walk.kind.form(walk.member.tenant, walk.table, lookup.decode_version(walk.table, known), data)
    token = data.get("token", "")[:40] or uuid.uuid4().hex
    if "draft" in data:
        return _keep_draft(walk, seen, form, data, token)
    if "save" not in data and _is_arrangement(data):
        _keep_typed_form(walk, known, data, token, form)
        return walk.show(known, form=form, token=token)
    if not (form.is_valid() and ReasonForm(data).is_valid()):
        _keep_typed_form(walk, known, data, token)
        return walk.show(known, form=form, status=422, token=token)
    if seen is None:
        return _record_conflict(walk, None, form.edited, token)
    if "rebase" in data:
        return _rebase_form(walk, seen, form.edited, token)
    asked = walk.asked(lookup.decode_version(walk.table, seen), form.edited, data)
    if asked.stops:
        for guard in asked.guards:
            form.warn(guard)
        _keep_typed_form(walk, seen, data, token)
        return walk.show(seen, form=form, status=422, asked=asked, token=token)
    return _send_change(walk, seen, form, token, asked)


def _keep_draft(walk: EditRequest, seen: Version | None, form: EditForm, data: QueryDict, token: str) -> HttpResponse:
    """Keep what is typed as the form's draft, or drop that draft where nothing is changed any more; say which."""
    is_kept = seen is not None and _keep_changed_form(walk, seen, form, data, token)
    return render(walk.request, "edits/draft_kept.html", {"is_kept": is_kept})


def _keep_changed_form(walk: EditRequest, seen: Version, form: EditForm, data: QueryDict, token: str) -> bool:
    if form.is_valid() and not list_changed_fields(lookup.decode_version(walk.table, seen), form.edited):
        drafts.drop(walk.member, token)
        return False
    return drafts.keep_draft(walk.member, walk.seal or walk.sealed(seen), seen, data, token)


def _keep_typed_form(
    walk: EditRequest, seen: Version, data: QueryDict, token: str, form: EditForm | None = None
) -> None:
    """Keep what is typed in a form that is shown again: should that fail, the form still has it, and claims nothing."""
    try:
        if form is not None:
            _keep_changed_form(walk, seen, form, data, token)
        else:
            drafts.keep_draft(walk.member, walk.seal or walk.sealed(seen), seen, data, token)
    except drafts.NotKept as error:
        log.warning("What was typed in a form that is shown again is not kept as its draft: %s", error)


def _take_theirs(walk: EditRequest, known: Version, data: QueryDict) -> tuple[QueryDict, EditRequest]:
    """Take what the books hold in the open clash that a button of the form names."""
    seal, key = walk.seal, str(data.get(TAKE_THEIRS, ""))
    if seal is None or key not in seal.undecided:
        return data, walk
    data = data.copy()
    for one in list_open_clashes(seal, lookup.decode_version(walk.table, known)):
        if one.part.key == key:
            one.give_way(data)
    left = tuple(other for other in seal.undecided if other != key)
    return data, replace(walk, seal=replace(seal, undecided=left))


def _send_change(walk: EditRequest, seen: Version, form: EditForm, token: str, asked: AskedChecks) -> HttpResponse:
    """Save; where that fails, the form comes back with what was ticked still ticked."""
    again: dict[str, Any] = {"form": form, "token": token, "asked": asked}
    try:
        done = save.save_change(walk.member, walk.record, seen, form.edited, token, **_respond_saved(walk))
    except save.NothingChanged:
        transitions.drop_drafts(walk.member, token)
        messages.info(walk.request, "No changes to save.")
        return walk.leave()
    except errors.Stale as error:
        return _respond_conflict(walk, save.get_edit(walk.member, token), is_read=error.now is not None)
    except errors.NotFound as error:
        return walk.show(seen, error=error, status=409, **again)
    except errors.Refused as error:
        form.refuse(error.field, error.brief)
        return walk.show(seen, error=error, status=422, **again)
    except errors.BooksError as error:
        if isinstance(error, errors.Unreadable):  # no edit was made of it that would keep what was typed
            _keep_typed_form(walk, seen, walk.request.POST, token)
        if getattr(walk.request, "htmx", False):
            raise
        return walk.show(seen, error=error, status=error.status, **again)
    return walk.leave(done)


def _rebase_form(walk: EditRequest, seen: Version, mine: Content, token: str) -> HttpResponse:
    """Bring in what has changed in the books meanwhile; where both sides touched the same, decide first."""
    was, theirs = lookup.decode_version(walk.table, seen), lookup.decode_version(walk.table, walk.current())
    merge = rebase_form(walk.member, walk.record, token, walk.request.POST.get("follows", ""), was, mine, theirs)
    if merge.clashes:
        return _record_conflict(walk, seen, mine, token)
    data = walk.kind.fill_inputs(walk.table, theirs, merge.content({}))
    walk = replace(walk, seal=replace(walk.seal, revision=walk.current().revision)) if walk.seal else walk
    _keep_typed_form(walk, walk.current(), data, token)
    return walk.show(walk.current(), data, rebased=True, since=diff_records(was, theirs), token=token)


def _record_conflict(walk: EditRequest, seen: Version | None, mine: Content, token: str) -> HttpResponse:
    return _respond_conflict(
        walk, save.record_conflict(walk.member, walk.record, seen, mine, token, **_respond_saved(walk))
    )


def _get_reason(data: QueryDict) -> dict[str, Any]:
    """What a form that comes back later says of the change beside the change itself."""
    return {"follows": data.get("follows", ""), **reason.get_shown_reason(data)}


def _respond_saved(walk: EditRequest) -> dict[str, Any]:
    """What the form says of the change beside the change itself."""
    return {"follows": walk.request.POST.get("follows", ""), "reason": ReasonForm(walk.request.POST).text}


def _respond_conflict(walk: EditRequest, edit: Edit, *, is_read: bool = False) -> HttpResponse:
    """409: the record has moved; read what it is now, unless the save has just done so, and show both sides."""
    return views.show_conflict(walk.request, walk.member, edit, status=409, is_read=is_read)


def _is_arrangement(data: QueryDict) -> bool:
    """True for the form's own buttons that take an offer, move lines or fill in an address, and send nothing."""
    return any(
        name in data for name in (TAKE, TAKE_THEIRS, *form_data.BUTTONS, address_buttons.LAY, address_buttons.COPY)
    )
