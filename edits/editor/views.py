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
from books.providers.update_body import changed_fields
from edits.conflict import views
from edits.lifecycle import drafts, save, transitions
from edits.lifecycle.form_token import check_author
from edits.lifecycle.rebase import brought_in
from edits.models.edit import Edit
from record_forms import address_buttons, form_data, reason
from record_forms.checks import Asked
from record_forms.reason import ReasonForm
from record_forms.registry import EditForm, Kind
from record_forms.suggestions import TAKE, taken
from records.content import Content
from records.diff import differences
from tenants.access import Member
from tenants.redirects import lead

from . import session_rescue
from .context import Walk
from .reopen import TAKE_THEIRS, reopened, still_open

log = logging.getLogger(__name__)


def edit(request: HttpRequest, member: Member, name: str, remote_id: str, kind: Kind) -> HttpResponse:
    """Answer the edit page of one record: its form on GET, a save on POST.

    Raises mirror.NotMirrored for an id that the mirror does not hold, seal.NoBase for a POST without its base and
    seal.NotYours for that of a form that somebody else has opened.
    """
    check_author(request.POST, member.person.pk)
    table = registry.table(member.tenant, name)
    walk = Walk(request, member, kind, table, lookup.find(member.tenant, name, remote_id))
    return _save(walk) if request.method == "POST" else _open(walk)


def _open(walk: Walk) -> HttpResponse:
    # A request for the head alone shows nothing, so it must not use up what waits to be shown.
    if walk.request.method == "GET" and (data := session_rescue.take(walk.request)) is not None:
        if "reopen" in data:
            return _reopen(walk, str(data["reopen"]), data)
        seal = walk.unsealed(data)
        seen = lookup.version(walk.record, seal.revision) or walk.current()
        return replace(walk, seal=seal).show(seen, data, typed_again=True, **_said(data))
    if draft := drafts.find(walk.member, walk.record, walk.request.GET.get("draft", "")):
        return _go_on(walk, draft)
    if pk := walk.request.GET.get("from", ""):
        return _reopen(walk, pk, {})
    return walk.show(walk.current(), offers=drafts.offers(walk.member, walk.record))


def _go_on(walk: Walk, draft: Edit) -> HttpResponse:
    """The form as its author left it, over the version that they saw."""
    assert draft.base is not None, "a draft has a base"
    data = drafts.typed_in(draft)
    walk = replace(walk, seal=walk.unsealed(data))
    since = drafts.since(draft, walk.record)
    return walk.show(draft.base, data, draft=draft, since=since, token=draft.form, **_said(data))


def _reopen(walk: Walk, pk: str, posted: Mapping[str, str]) -> HttpResponse:
    """The form over the record as it stands now, holding what an earlier edit wanted and what was decided of it."""
    earlier = Edit.objects.filter(
        tenant=walk.member.tenant,
        kind=walk.table.kind,
        remote_id=walk.record.remote_id,
        pk=int(pk) if pk.isdecimal() and len(pk) < 18 else 0,
    ).first()
    if earlier is None:
        return walk.show(walk.current())
    data, undecided = reopened(earlier, lookup.decoded(walk.table, walk.current()), posted)
    seal = replace(walk.sealed(walk.current()), reopens=earlier.pk, undecided=undecided)
    return replace(walk, seal=seal).show(
        walk.current(), data, reopened=earlier, follows=earlier.pk, reason=earlier.reason
    )


def _save(walk: Walk) -> HttpResponse:
    data = taken(walk.request.POST)
    if "discard" in data:
        transitions.drop_drafts(walk.member, data.get("drop", data.get("token", "")))
        return lead(walk.request, walk.request.path if "drop" in data else walk.url())
    if "reopen" in data:
        return _reopen(walk, str(data["reopen"]), data)
    seal = walk.unsealed(data)
    seen = lookup.version(walk.record, seal.revision)
    known = seen or walk.current()
    data, walk = _give_way(replace(walk, seal=seal), known, data)
    form = walk.kind.form(walk.member.tenant, walk.table, lookup.decoded(walk.table, known), data)
    token = data.get("token", "")[:40] or uuid.uuid4().hex
    if "draft" in data:
        return _keep(walk, seen, form, data, token)
    if "save" not in data and _only_arranges(data):
        _keep_typed(walk, known, data, token, form)
        return walk.show(known, form=form, token=token)
    if not (form.is_valid() and ReasonForm(data).is_valid()):
        _keep_typed(walk, known, data, token)
        return walk.show(known, form=form, status=422, token=token)
    if seen is None:
        return _set_aside(walk, None, form.edited, token)
    if "rebase" in data:
        return _rebase(walk, seen, form.edited, token)
    asked = walk.asked(lookup.decoded(walk.table, seen), form.edited, data)
    if asked.stops:
        for guard in asked.guards:
            form.warn(guard)
        _keep_typed(walk, seen, data, token)
        return walk.show(seen, form=form, status=422, asked=asked, token=token)
    return _send(walk, seen, form, token, asked)


def _keep(walk: Walk, seen: Version | None, form: EditForm, data: QueryDict, token: str) -> HttpResponse:
    """Keep what is typed as the form's draft, or drop that draft where nothing is changed any more; say which."""
    is_kept = seen is not None and _keep_changed(walk, seen, form, data, token)
    return render(walk.request, "edits/draft_kept.html", {"is_kept": is_kept})


def _keep_changed(walk: Walk, seen: Version, form: EditForm, data: QueryDict, token: str) -> bool:
    if form.is_valid() and not changed_fields(lookup.decoded(walk.table, seen), form.edited):
        drafts.drop(walk.member, token)
        return False
    return drafts.keep(walk.member, walk.seal or walk.sealed(seen), seen, data, token)


def _keep_typed(walk: Walk, seen: Version, data: QueryDict, token: str, form: EditForm | None = None) -> None:
    """Keep what is typed in a form that is shown again: should that fail, the form still has it, and claims nothing."""
    try:
        if form is not None:
            _keep_changed(walk, seen, form, data, token)
        else:
            drafts.keep(walk.member, walk.seal or walk.sealed(seen), seen, data, token)
    except drafts.NotKept as error:
        log.warning("What was typed in a form that is shown again is not kept as its draft: %s", error)


def _give_way(walk: Walk, known: Version, data: QueryDict) -> tuple[QueryDict, Walk]:
    """Take what the books hold in the open clash that a button of the form names."""
    seal, key = walk.seal, str(data.get(TAKE_THEIRS, ""))
    if seal is None or key not in seal.undecided:
        return data, walk
    data = data.copy()
    for one in still_open(seal, lookup.decoded(walk.table, known)):
        if one.part.key == key:
            one.give_way(data)
    left = tuple(other for other in seal.undecided if other != key)
    return data, replace(walk, seal=replace(seal, undecided=left))


def _send(walk: Walk, seen: Version, form: EditForm, token: str, asked: Asked) -> HttpResponse:
    """Save; where that fails, the form comes back with what was ticked still ticked."""
    again: dict[str, Any] = {"form": form, "token": token, "asked": asked}
    try:
        done = save.save(walk.member, walk.record, seen, form.edited, token, **_told(walk))
    except save.NothingChanged:
        transitions.drop_drafts(walk.member, token)
        messages.info(walk.request, "Nothing was changed, so nothing was sent.")
        return walk.leave()
    except errors.Stale as error:
        return _conflict(walk, save.edit_of(walk.member, token), is_read=error.now is not None)
    except errors.NotFound as error:
        return walk.show(seen, error=error, status=409, **again)
    except errors.Refused as error:
        form.refuse(error.field, error.brief)
        return walk.show(seen, error=error, status=422, **again)
    except errors.BooksError as error:
        if isinstance(error, errors.Unreadable):  # no edit was made of it that would keep what was typed
            _keep_typed(walk, seen, walk.request.POST, token)
        if getattr(walk.request, "htmx", False):
            raise
        return walk.show(seen, error=error, status=error.status, **again)
    return walk.leave(done)


def _rebase(walk: Walk, seen: Version, mine: Content, token: str) -> HttpResponse:
    """Bring in what has changed in the books meanwhile; where both sides touched the same, decide first."""
    was, theirs = lookup.decoded(walk.table, seen), lookup.decoded(walk.table, walk.current())
    merge = brought_in(walk.member, walk.record, token, walk.request.POST.get("follows", ""), was, mine, theirs)
    if merge.clashes:
        return _set_aside(walk, seen, mine, token)
    data = walk.kind.as_typed(walk.table, theirs, merge.content({}))
    walk = replace(walk, seal=replace(walk.seal, revision=walk.current().revision)) if walk.seal else walk
    _keep_typed(walk, walk.current(), data, token)
    return walk.show(walk.current(), data, rebased=True, since=differences(was, theirs), token=token)


def _set_aside(walk: Walk, seen: Version | None, mine: Content, token: str) -> HttpResponse:
    return _conflict(walk, save.set_aside(walk.member, walk.record, seen, mine, token, **_told(walk)))


def _said(data: QueryDict) -> dict[str, Any]:
    """What a form that comes back later says of the change beside the change itself."""
    return {"follows": data.get("follows", ""), **reason.shown(data)}


def _told(walk: Walk) -> dict[str, Any]:
    """What the form says of the change beside the change itself."""
    return {"follows": walk.request.POST.get("follows", ""), "reason": ReasonForm(walk.request.POST).text}


def _conflict(walk: Walk, edit: Edit, *, is_read: bool = False) -> HttpResponse:
    """409: the record has moved; read what it is now, unless the save has just done so, and show both sides."""
    return views.page(walk.request, walk.member, edit, status=409, is_read=is_read)


def _only_arranges(data: QueryDict) -> bool:
    """True for the form's own buttons that take an offer, move lines or fill in an address, and send nothing."""
    return any(
        name in data for name in (TAKE, TAKE_THEIRS, *form_data.BUTTONS, address_buttons.LAY, address_buttons.COPY)
    )
