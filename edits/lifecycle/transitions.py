"""The life of an edit, and the only module that makes one or moves it. What is not drawn here cannot happen.

    (typing) → DRAFT ─┬→ DISCARDED        dropped by its author, empty again, or out of date
                      └→ SENDING          (a save without a draft begins here)
    SENDING ─┬→ SAVED                     the books answered with the new record
             ├→ CONFLICT                  the record had moved: nothing written, the person merges
             ├→ REFUSED                   the books said no: nothing written
             ├→ NOT_SENT                  proven not to have reached the books
             └→ UNKNOWN                   sent, no answer, or nobody at it any more
    UNKNOWN ─┬→ SAVED  ├→ CONFLICT  └→ NOT_APPLIED      found out by reading again
    CONFLICT, REFUSED, NOT_SENT, NOT_APPLIED → DISCARDED    their author drops them
    CONFLICT, NOT_APPLIED or DISCARDED after no answer → SAVED    the write landed late after all

All but DRAFT, SENDING and UNKNOWN are settled. A move is one statement that holds only from the state it starts in, so
of two processes that settle the same edit one does and the other finds it done. Rows are never deleted.
"""

import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from books.models import Record, Version
from edits.models.edit import LEFT, OPEN, Edit, State
from records.json_text import Json, dump_json
from tenants.access import Member

log = logging.getLogger(__name__)

MOVES: Mapping[State, tuple[State, ...]] = {
    State.DRAFT: (State.SENDING, State.DISCARDED),
    State.SENDING: (State.SAVED, State.CONFLICT, State.REFUSED, State.NOT_SENT, State.UNKNOWN),
    State.UNKNOWN: (State.SAVED, State.CONFLICT, State.NOT_APPLIED),
    State.CONFLICT: (State.DISCARDED, State.SAVED),
    State.NOT_APPLIED: (State.DISCARDED, State.SAVED),
    State.REFUSED: (State.DISCARDED,),
    State.NOT_SENT: (State.DISCARDED,),
    State.DISCARDED: (State.SAVED,),
    State.SAVED: (),
}
FREES_TOKEN = (State.NOT_SENT, State.NOT_APPLIED, State.REFUSED, State.DISCARDED)


class InvalidTransition(RuntimeError):
    """A move that the life of an edit does not have: a fault in the desk."""


def begin_edit(
    member: Member, record: Record, seen: Version | None, wanted: Mapping[str, Json], **more: Any
) -> Edit | None:
    """A new edit as SENDING, or the draft of the same form moved there; None where that token has its edit already.

    `more` are further columns, among them `form` and `token`.
    """
    columns = _make_columns(member, record, seen, State.SENDING)
    columns |= {"wanted": dump_json(wanted), "fields": join_fields(wanted), **more}
    columns["search"] = make_search_text(columns["record_name"], columns.get("reason", ""))
    edit = Edit(**columns)
    try:
        with transaction.atomic():
            edit.save(force_insert=True)
    except IntegrityError:
        return _send_draft(member, columns)
    log.info("edit=%s company=%s begins as %s", edit.pk, edit.tenant_id, edit.state)
    return edit


def keep_draft(member: Member, record: Record, seen: Version, typed: str, form: str) -> bool:
    """Keep what is typed in a form as its draft; False where that form has been sent.

    A form whose save has no answer yet may be typed on: that is a draft beside it.
    """
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, form=form)
    if own.filter(state=State.DRAFT).update(typed=typed, base=seen, sent_at=timezone.now()):
        return True
    token = uuid.uuid4().hex if own.filter(state=State.UNKNOWN).exists() else form
    draft = Edit(**_make_columns(member, record, seen, State.DRAFT), typed=typed, token=token, form=form)
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def drop_drafts(member: Member, form: str) -> None:
    """Discard what is kept of a form that is sent or done with."""
    for draft in Edit.objects.filter(tenant=member.tenant, person=member.person, form=form, state=State.DRAFT):
        move_edit(draft, State.DISCARDED)


def empty_dropped(most: int) -> int:
    """Empty what was typed in drafts that are dropped; how many held something. Their rows stay."""
    dropped = Edit.objects.filter(state=State.DISCARDED)
    holding = list(dropped.exclude(typed="").values_list("pk", flat=True)[:most])
    return dropped.filter(pk__in=holding).update(typed="")


def move_edit(edit: Edit, to: State, **facts: Any) -> Edit:
    """Move the edit on, and note what came of it in the same statement.

    Where another process has moved it meanwhile, its state is what that made of it. Raises InvalidTransition.
    """
    start = State(edit.state)
    late = start != State.UNKNOWN and start in (*LEFT, State.DISCARDED) and to == State.SAVED
    if to not in MOVES[start] or (late and edit.uncertain_until is None):
        raise InvalidTransition(f"An edit does not become {to} from {start}.")
    now = timezone.now()
    moved = {"state": to, "state_log": [*edit.state_log, [to, now.isoformat()]], **facts}
    if to not in OPEN:
        moved["settled_at"] = now
    if to in FREES_TOKEN:
        moved["token"] = None
    if to == State.DISCARDED:
        moved["typed"] = ""
    if not Edit.objects.filter(pk=edit.pk, state=start).update(**moved):
        edit.refresh_from_db()
        return edit
    for name, value in moved.items():
        setattr(edit, name, value)
    log.info("edit=%s company=%s %s -> %s request=%s", edit.pk, edit.tenant_id, start, to, edit.request_id or "-")
    return edit


def note_facts(edit: Edit, **facts: Any) -> bool:
    """Note facts that move nothing, such as when to look again; False where the edit has moved meanwhile."""
    assert "state" not in facts, "a state is moved"
    for name, value in facts.items():
        setattr(edit, name, value)
    return bool(Edit.objects.filter(pk=edit.pk, state=edit.state).update(**facts))


def claim_edit(edit: Edit, held_by: str, **facts: Any) -> bool:
    """Let a process send an edit that `held_by` holds; False where another one came first, or the edit has ended."""
    waiting = Edit.objects.filter(pk=edit.pk, state=State.SENDING, process=held_by)
    if not waiting.update(**facts):
        return False
    for name, value in facts.items():
        setattr(edit, name, value)
    return True


def renew(pks: Iterable[int], until: datetime) -> int:
    """Say that somebody is still at these sends until then; how many of them are still being sent."""
    return Edit.objects.filter(pk__in=list(pks), state=State.SENDING).update(lease_until=until)


def _make_columns(member: Member, record: Record, seen: Version | None, state: State) -> dict[str, Any]:
    now = timezone.now()
    return {
        "tenant": member.tenant,
        "person": member.person,
        "person_name": member.name,
        "kind": record.kind,
        "remote_id": record.remote_id,
        "record_name": name_record(record),
        "base": seen,
        "state": state,
        "state_log": [[state, now.isoformat()]],
        "sent_at": now,
    }


def name_record(record: Record) -> str:
    """The name by which the history keeps a record: of a bill its vendor and its number."""
    return " ".join(filter(None, (record.vendor_name, record.full_name))) or record.remote_id


def join_fields(names: Iterable[str]) -> str:
    """Field names to search by, each between blanks."""
    return f" {' '.join(names)} "


def make_search_text(*texts: str) -> str:
    """What an entry of the history is found by, with capitals made small."""
    return "\n".join(texts).casefold()


def _send_draft(member: Member, columns: Mapping[str, Any]) -> Edit | None:
    own = Edit.objects.filter(tenant=member.tenant, token=columns["token"], person=member.person, state=State.DRAFT)
    draft = own.first()
    if draft is None:
        return None
    sent = {**columns, "state_log": [*draft.state_log, *columns["state_log"]], "typed": ""}
    if not own.update(**sent):
        return None
    for name, value in sent.items():
        setattr(draft, name, value)
    return draft
