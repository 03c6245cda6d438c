"""Drafts: unsaved form data, stored on the server during typing and offered again with the changes since then.

A draft belongs to one open form, known by its token, and to the person who typed it; nobody else sees it.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from django.db import Error
from django.http import QueryDict
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.providers import errors
from edits.models.edit import DRAFTS_KEPT, LEFT, UNDER_WAY, Edit, EditQuerySet, State, parse_pk
from edits.models.fetching import fetch_of_record
from records.diff import Change, diff_records
from records.json_text import NotReadable
from tenants.access import Member

from . import transitions
from .form_token import FormToken

log = logging.getLogger(__name__)

OFFERED = 5
_CONTINUES = re.compile(r"draft-(\d+)-([0-9a-f]+)-[0-9a-f]+")  # the token of a form that continues a draft
# What the form gets again each time it is shown.
NOT_TYPED = ("csrfmiddlewaretoken", "token", "draft", "save", "rebase")


class NotKept(errors.BooksError):
    """The database did not store a draft: its data is only in the browser."""

    of_save = True
    status = 503
    TITLE = "Your draft could not be saved"
    KEPT = "What you typed is still here, on this page only. Leave the page open."
    TODO = "Ledgerdesk's database is busy or cannot be written to. Ledgerdesk tries again when you continue typing."


@dataclass(frozen=True, slots=True)
class DraftOffer:
    """A draft or failed edit that its author can continue, and the changes to the record since then."""

    edit: Edit
    since: list[Change]

    @property
    def is_draft(self) -> bool:
        return self.edit.state == State.DRAFT


def keep_draft(member: Member, seal: FormToken, seen: Version, data: QueryDict, token: str) -> bool:
    """Store a form's data and starting version as its draft; return False if the form is another person's.

    Raises NotKept.
    """
    typed = data.copy()
    typed["base"] = str(seal)
    for name in [name for name in typed if name in NOT_TYPED]:
        del typed[name]
    try:
        return transitions.keep_draft(member, seal.record, seen, typed.urlencode(), token)
    except Error as error:
        raise NotKept(detail=str(error)) from error


def drop(member: Member, token: str) -> None:
    """Discard the draft of a form without changes. Raises NotKept."""
    try:
        transitions.drop_drafts(member, token)
    except Error as error:
        raise NotKept(detail=str(error)) from error


def find_draft(member: Member, record: Record, pk: str) -> Edit | None:
    """Return the member's draft of this record with this number."""
    if not (number := parse_pk(pk)):
        return None  # as for nearly every form that is opened
    own = _filter_own(member).filter(kind=record.kind, remote_id=record.remote_id)
    return own.select_related("tenant", "base").filter(pk=number).first()


def make_token(draft: Edit) -> str:
    """Return the token of a form that continues a draft: each opening is a form of its own.

    It names the draft and, by a mark, the form that had the draft then. The first of several that is typed into, saved
    or discarded takes the draft over; to open a form changes nothing.
    """
    return f"draft-{draft.pk}-{_mark_form(draft)}-{uuid.uuid4().hex[:12]}"


def _mark_form(draft: Edit) -> str:
    return blake2b(draft.form.encode(), digest_size=4).hexdigest()


def take_over(member: Member, token: str) -> None:
    """Make the draft that a posted form continues that form's, unless another form has been quicker."""
    if not (found := _CONTINUES.fullmatch(token)):
        return
    try:
        draft = _filter_own(member).filter(pk=parse_pk(found[1])).first()
        if draft is not None and _mark_form(draft) == found[2]:
            transitions.rename_draft(draft, token)
    except Error as error:  # the form is kept or saved beside its draft, if at all
        log.warning("A draft could not be taken over by the form that continues it: %s", error)


def find_sent_elsewhere(member: Member, token: str) -> Edit | None:
    """Return the edit that the draft of a form has become through another form, if it is under way or saved."""
    if not (found := _CONTINUES.fullmatch(token)):
        return None
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, pk=parse_pk(found[1]))
    return own.filter(state__in=(*UNDER_WAY, State.SAVED)).exclude(form=token).select_related("tenant", "base").first()


def read_typed(draft: Edit) -> QueryDict:
    """Return the inputs of the form as they were stored."""
    return QueryDict(draft.typed)


def list_offers(member: Member, record: Record) -> list[DraftOffer]:
    """Return the member's drafts and failed edits of this record, newest first."""
    own = [member.person.pk, State.DRAFT, *LEFT, OFFERED]
    waiting = fetch_of_record(member.tenant, record.kind, record.remote_id, _OFFERED, own)
    return [DraftOffer(edit, list_changes_since(member, edit, record)) for edit in waiting]


_OFFERED = f"""edit.person_id = %s
AND (edit.state = %s OR edit.state IN ({", ".join(["%s"] * len(LEFT))}) AND edit.resolved_by_id IS NULL)
ORDER BY edit.sent_at DESC, edit.id DESC LIMIT %s"""


def list_drafts(member: Member) -> Iterator[DraftOffer]:
    """Yield the member's drafts in this company, newest first, each with the changes since then."""
    for draft in _filter_own(member).select_related("tenant", "base__record__version"):
        assert draft.base is not None, "a draft has a base"
        transitions.hide_name(draft, registry.get_visible_table(member, draft.kind).hidden_columns)
        yield DraftOffer(draft, list_changes_since(member, draft, draft.base.record))


def expire_drafts(most: int) -> int:
    """Discard expired drafts and return how many were checked."""
    old = Edit.objects.filter(state=State.DRAFT, sent_at__lt=timezone.now() - DRAFTS_KEPT)
    why = "This draft expired."
    return len([transitions.move_edit(draft, State.DISCARDED, error_message=why) for draft in old[:most]])


def _filter_own(member: Member) -> EditQuerySet:
    return Edit.objects.drafts_of(member.person).filter(tenant=member.tenant)


def list_changes_since(member: Member, edit: Edit, record: Record) -> list[Change]:
    """Return what has changed in the record since an edit's base, as far as the member may see it."""
    if edit.base is None or record.version is None or edit.base.pk == record.version.pk:
        return []
    table = registry.get_visible_table(member, record.kind)
    try:
        return diff_records(lookup.decode_version(table, edit.base), lookup.decode_version(table, record.version))
    except NotReadable:  # stored before unreadable answers were kept apart: the changes are not known
        return []
