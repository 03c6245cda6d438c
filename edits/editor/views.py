"""The edit page of a record, the same for every kind: show the form, validate, save, merge.

The kinds differ only in their form class and template. Knows no field.
"""

import logging
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from books import registry
from books.mirror import lookup
from books.mirror.currencies import show_amounts_of
from books.models import Version
from books.pages.list_position import open_position
from books.pages.seen import note_seen
from books.providers import errors
from edits import change, form_edits
from edits.conflict import views
from edits.lifecycle import acceptance, drafts, requested, reread, transitions
from edits.lifecycle.form_token import check_author
from edits.lifecycle.rebase import make_reopened_token, rebase_form
from edits.lifecycle.views import answer_accepted
from edits.models.edit import Edit, State, parse_pk
from record_forms import address_buttons, form_data, reason
from record_forms.checks import Check
from record_forms.registry import EditForm, RecordType
from record_forms.suggestions import TAKE, TAKE_ALL, apply_suggestion
from record_forms.total_seen import read_total
from records.changes import has_new_lines
from records.content import Content
from records.diff import diff_records
from tenants.access import Member
from tenants.redirects import redirect_to

from . import form_drafts, outcome, pending, session_rescue
from .context import EditRequest
from .reopen import TAKE_THEIRS, list_open_clashes, reopen_edit

log = logging.getLogger(__name__)
SAVED_ELSEWHERE = Check(
    title="This draft was saved in another tab already.",
    why="Its new lines are in that change too.",
    next_step="Save anyway to add the new lines of this form a second time.",
)
TAKEN_BACK = "You took your change back before it was sent. Nothing was saved."


def edit_record(request: HttpRequest, member: Member, name: str, remote_id: str, kind: RecordType) -> HttpResponse:
    """Answer the edit page of one record: its form on GET, a save on POST.

    Raises NotMirrored for an id that the mirror does not have, InvalidToken for a POST without a valid form token, and
    NotYours for a form that somebody else has opened.
    """
    check_author(request.POST, member.person.pk)
    table = registry.get_visible_table(member, name)
    record = lookup.find_shown_record(member.tenant, table, remote_id)
    if content := lookup.decode_if_readable(record, table):
        show_amounts_of(member.tenant, table, content)
    walk = EditRequest(request, member, kind, table, record, open_position(request, member, name, remote_id))
    return _save_form(walk) if request.method == "POST" else _open_form(walk)


def _open_form(walk: EditRequest) -> HttpResponse:
    registry.check_may_ask(walk.member.tenant, any_file=True)  # nobody types what cannot be saved
    # A HEAD request shows nothing, so it must not use up the kept form data.
    if walk.request.method == "GET" and (data := session_rescue.take_typing(walk.request)) is not None:
        if "reopen" in data:
            return _reopen_edit(walk, str(data["reopen"]), data)
        seal = walk.unsealed(data)
        seen = lookup.find_version(walk.record, seal.revision) or walk.current()
        said = {"token": _get_token(data), **_get_reason(data)}  # the same form: its draft is gone with its save
        return replace(walk, seal=seal).show(seen, data, typed_again=True, **said)
    if draft := drafts.find_draft(walk.member, walk.record, walk.request.GET.get("draft", "")):
        return _continue_draft(walk, draft)
    if pk := walk.request.GET.get("from", ""):
        return _reopen_edit(walk, pk, {})
    note_seen(walk.member, walk.record)
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
    return replace(walk, seal=seal).show(current, data, pending=under_way, is_over=True, **more)


def _continue_draft(walk: EditRequest, draft: Edit) -> HttpResponse:
    """Render the form as its author left it, over the version that they saw and what its form had saved before."""
    assert draft.base is not None, "a draft has a base"
    data = drafts.read_typed(draft)
    seal, before = walk.unsealed(data), form_edits.list_before(walk.member, draft)
    over = dict.fromkeys((*seal.over, *(edit.pk for edit in before)))
    walk = replace(walk, seal=replace(seal, over=tuple(over)))
    said = _get_reason(data)
    said["follows"] = form_edits.name_left(walk.member, draft) or said["follows"]
    since = drafts.list_changes_since(walk.member, draft, walk.record)
    return walk.show(draft.base, data, draft=draft, since=since, token=drafts.make_token(draft), **said)


def _reopen_edit(walk: EditRequest, pk: str, posted: Mapping[str, str]) -> HttpResponse:
    """Render the form over the current record, with an earlier edit's values, decisions and open clashes."""
    sent = Edit.objects.sent()  # a draft is its author's own, and is continued in another way
    earlier = sent.filter(
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
        walk.current(),
        data,
        reopened=earlier,
        follows=earlier.pk,
        reason=earlier.reason,
        token=make_reopened_token(earlier),
    )


def _save_form(walk: EditRequest) -> HttpResponse:
    data = apply_suggestion(walk.request.POST)
    drafts.take_over(walk.member, data.get("token", "")[:40])
    if "discard" in data:
        return form_drafts.discard_form(walk, data)
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
    token = _get_token(data)
    if "draft" in data:
        return form_drafts.keep_draft(walk, known, form, data, token)
    if "outcome" in data:
        return outcome.show_outcome(walk, known, form, data, token)
    if "save" not in data and _is_arrangement(data):
        form_drafts.keep_typed_form(walk, known, data, token, form)
        return walk.show(known, form=form, token=token)
    if not walk.is_valid(form, data):
        form_drafts.keep_typed_form(walk, known, data, token)
        return walk.show(known, form=form, status=422, token=token)
    if seen is not None and "rebase" in data:
        return _rebase_form(walk, seen, form.edited, token)
    return _apply_change(walk, seen, form, token)


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
        applied = change.apply(
            walk.member,
            walk.record,
            seen,
            form.edited,
            token=token,
            total_seen=read_total(data),
            agreed=data,
            over=walk.list_over(),
            also_asked=[*walk.list_open_checks(known, form.edited), *_list_twice(walk, form.edited, token)],
            **_respond_saved(walk),
        )
    except errors.BooksError as error:
        return outcome.show_error(walk, known, error, **again)
    match applied:
        case change.Accepted(edit):
            return walk.go_on() if walk.is_next else answer_accepted(walk.request, walk.position, edit)
        case change.Moved(edit):
            return views.show_conflict(walk.request, walk.member, edit, status=409)
        case change.NothingChanged(is_taken_back):
            transitions.drop_drafts(walk.member, token)
            return walk.leave(said=TAKEN_BACK) if is_taken_back else walk.leave()
        case acceptance.Invalid(broken):
            for path, sentence in broken:
                form.refuse(path, sentence)
        case acceptance.NeedsAgreement(asked):
            again["asked"] = asked
            for guard in asked.guards:
                form.warn(guard)
        case acceptance.TotalDiffers():
            again["total_differs"] = applied
    form_drafts.keep_typed_form(walk, known, data, token)
    return walk.show(known, status=422, **again)


def _list_twice(walk: EditRequest, edited: Content, token: str) -> Iterator[Check]:
    """Yield a check of the new lines of a draft that was saved from another tab: they would be added a second time."""
    if not has_new_lines(edited):
        return
    elsewhere = drafts.find_sent_elsewhere(walk.member, token)
    if elsewhere is not None and has_new_lines(requested.get_requested(elsewhere, walk.table.shape)):
        yield SAVED_ELSEWHERE


def _rebase_form(walk: EditRequest, seen: Version, mine: Content, token: str) -> HttpResponse:
    """Load the vendor's changes into the form; if both sides changed the same part, show the conflict first."""
    was, theirs = lookup.decode_version(walk.table, seen), lookup.decode_version(walk.table, walk.current())
    over, follows = walk.list_over(), walk.request.POST.get("follows", "")
    made = form_edits.list_alive(walk.member, token, seen, follows)
    merge = rebase_form(walk.record, seen, mine, theirs, form=token, follows=follows, over=[*over, *made])
    if merge.clashes:
        return _record_conflict(walk, seen, mine, token, over)
    data = walk.kind.fill_inputs(walk.table, theirs, merge.content({}))
    if walk.seal:
        left = tuple(one.pk for one in over if one.state != State.SAVED)  # what is saved is in the record now
        walk = replace(walk, seal=replace(walk.seal, revision=walk.current().revision, over=left))
    form_drafts.keep_typed_form(walk, walk.current(), data, token)
    return walk.show(walk.current(), data, rebased=True, since=diff_records(was, theirs), token=token)


def _record_conflict(walk: EditRequest, seen: Version, mine: Content, token: str, over: list[Edit]) -> HttpResponse:
    said = _respond_saved(walk)
    edit = change.record_conflict(walk.member, walk.record, seen, mine, token=token, over=over, **said)
    return views.show_conflict(walk.request, walk.member, edit, status=409)


def _get_token(data: QueryDict) -> str:
    """Return the token of a posted form; a new one if it has none."""
    return str(data.get("token", ""))[:40] or uuid.uuid4().hex


def _get_reason(data: QueryDict) -> dict[str, Any]:
    """Return the note and references of the change, for a form that is shown again."""
    return {"follows": data.get("follows", ""), **reason.get_shown_reason(data)}


def _respond_saved(walk: EditRequest) -> dict[str, Any]:
    """Return the note and references of the change, for the saved edit."""
    return {"follows": walk.request.POST.get("follows", ""), "reason": reason.read_reason(walk.request.POST)}


def _is_arrangement(data: QueryDict) -> bool:
    """Whether one of the form's own buttons was used, which take a suggestion, move lines or fill in an address."""
    return any(
        name in data
        for name in (TAKE, TAKE_ALL, TAKE_THEIRS, *form_data.BUTTONS, address_buttons.LAY, address_buttons.COPY)
    )
