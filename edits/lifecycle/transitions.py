"""The states of an edit; only this module creates an edit or changes its state. No other transition is possible.

    (typing) → DRAFT ─┬→ DISCARDED        deleted by its author, without changes, or expired
                      └→ QUEUED           (a save without a draft begins here)
    QUEUED ─┬→ SENDING                    a worker sends it
            ├→ DISCARDED                  cancelled by its author, or replaced by a later save of the same form
            ├→ CONFLICT                   the record moved meanwhile, and the merge needs its author
            ├→ SAVED                      the books hold the values already: nothing is sent
            ├→ REFUSED                    refused before it was sent, as it is too large for example
            └→ NOT_SENT                   it waited too long, or can no longer be sent
    SENDING ─┬→ SAVED                     the vendor answered with the new record
             ├→ CONFLICT                  the record had changed: nothing written, the person merges
             ├→ REFUSED                   the vendor refused it: nothing written
             ├→ NOT_SENT                  proven not to have reached the vendor
             ├→ QUEUED                    the same, but it may be sent later: the PC is off, or busy
             └→ UNKNOWN                   sent without an answer, or abandoned
    UNKNOWN ─┬→ SAVED  ├→ CONFLICT  └→ NOT_APPLIED      known after reading again
    CONFLICT, REFUSED, NOT_SENT, NOT_APPLIED → DISCARDED    discarded by their author
    CONFLICT, NOT_APPLIED or DISCARDED after no answer → SAVED    the write landed late

All but DRAFT, QUEUED, SENDING and UNKNOWN are settled. A transition is one statement that applies only in its starting
state, so if two processes settle the same edit, only one of them does. Rows are never deleted.
"""

import logging
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from books.models import Record, Version
from edits.models.edit import LEFT, OPEN, Edit, State
from edits.models.handed_over import add_hand_over
from records import searching
from records.formatting import format_date
from records.json_text import Json, dump_json
from tenants.access import Member
from tenants.models import Tenant
from tenants.row_writes import insert_row, update_row

from . import form_token

log = logging.getLogger(__name__)

MOVES: Mapping[State, tuple[State, ...]] = {
    State.DRAFT: (State.QUEUED, State.DISCARDED),
    State.QUEUED: (State.SENDING, State.DISCARDED, State.CONFLICT, State.REFUSED, State.SAVED, State.NOT_SENT),
    State.SENDING: (State.SAVED, State.CONFLICT, State.REFUSED, State.NOT_SENT, State.QUEUED, State.UNKNOWN),
    State.UNKNOWN: (State.SAVED, State.CONFLICT, State.NOT_APPLIED),
    State.CONFLICT: (State.DISCARDED, State.SAVED),
    State.NOT_APPLIED: (State.DISCARDED, State.SAVED),
    State.REFUSED: (State.DISCARDED,),
    State.NOT_SENT: (State.DISCARDED,),
    State.DISCARDED: (State.SAVED,),
    State.SAVED: (),
}
FORM = ("tenant", "token")  # what no two edits have alike
FREES_TOKEN = (State.NOT_SENT, State.NOT_APPLIED, State.REFUSED, State.DISCARDED)


class InvalidTransition(RuntimeError):
    """A transition that is not allowed: a bug in Ledgerdesk."""


def begin_edit(
    member: Member, record: Record, seen: Version | None, wanted: Mapping[str, Json], **more: Any
) -> Edit | None:
    """Return a new edit as QUEUED, or the draft of the same form moved there; None if that token has its edit already.

    `more` are further columns, among them `form` and `token`.
    """
    columns = _make_columns(member, record, seen, State.QUEUED)
    columns |= {"wanted": dump_json(wanted), "fields": join_fields(wanted), **more}
    columns["search"] = make_search_text(columns["record_name"], columns.get("reason", ""))
    edit = Edit(**columns)
    if not insert_row(edit, unless=FORM):
        return _send_draft(member, columns)
    log.info("edit=%s company=%s begins as %s", edit.pk, edit.tenant_id, edit.state)
    return edit


def keep_draft(member: Member, record: Record, seen: Version, typed: str, form: str) -> bool:
    """Store a form's data as its draft; return False if the form is another person's.

    A form that has an edit may be changed further, whatever became of that: this makes a separate draft.
    """
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, form=form)
    if own.filter(state=State.DRAFT).update(typed=typed, base=seen, sent_at=timezone.now()):
        return True
    sent = own.filter(kind=record.kind, remote_id=record.remote_id).exclude(token=None)
    token = uuid.uuid4().hex if sent.exists() else form
    draft = Edit(**_make_columns(member, record, seen, State.DRAFT), typed=typed, token=token, form=form)
    return insert_row(draft, unless=FORM)


def rename_draft(draft: Edit, form: str) -> bool:
    """Make a draft that of another form of its author; return False if it is no draft or of another form by now."""
    return update_row(Edit, {"form": form, "token": form}, pk=draft.pk, state=State.DRAFT, form=draft.form)


def drop_drafts(member: Member, form: str) -> None:
    """Discard the drafts of a form that is sent or closed."""
    for draft in Edit.objects.filter(tenant=member.tenant, person=member.person, form=form, state=State.DRAFT):
        move_edit(draft, State.DISCARDED)


def empty_dropped(most: int) -> int:
    """Clear the form data of discarded drafts and return how many had some. Their rows are kept."""
    dropped = Edit.objects.filter(state=State.DISCARDED)
    holding = list(dropped.exclude(typed="").values_list("pk", flat=True)[:most])
    return dropped.filter(pk__in=holding).update(typed="")


def forget_drafts(tenant: Tenant, most: int) -> int:
    """Discard a company's drafts and clear what was typed there; return how many rows that were.

    The rows are kept, without the versions that the drafts were made over.
    """
    never_sent = Edit.objects.filter(tenant=tenant, fields="")
    for draft in never_sent.filter(state=State.DRAFT)[:most]:
        move_edit(draft, State.DISCARDED)
    holding = never_sent.filter(state=State.DISCARDED).exclude(base=None, typed="")
    pks = list(holding.values_list("pk", flat=True)[:most])
    return Edit.objects.filter(pk__in=pks, state=State.DISCARDED).update(typed="", base=None)


def move_edit(edit: Edit, to: State, **facts: Any) -> Edit:
    """Move the edit to a state and store the facts of its outcome in the same statement.

    If another process has moved it meanwhile, it gets the state from there. Raises InvalidTransition.
    """
    start = State(edit.state)
    late = start != State.UNKNOWN and start in (*LEFT, State.DISCARDED) and to == State.SAVED
    if to not in MOVES[start] or (late and edit.uncertain_until is None):
        raise InvalidTransition(f"An edit does not become {to} from {start}.")
    now = timezone.now()
    moved = {"state": to, "state_log": [*edit.state_log, [to, now.isoformat()]], **facts}
    if to not in OPEN:
        moved["settled_at"] = now
    if to == State.CONFLICT:
        moved.setdefault("refused_at", now)
    if to in FREES_TOKEN:
        moved["token"] = None
    if to == State.DISCARDED:
        moved["typed"] = ""
    if not update_row(Edit, moved, pk=edit.pk, state=start):
        edit.refresh_from_db()
        return edit
    for name, value in moved.items():
        setattr(edit, name, value)
    log.info("edit=%s company=%s %s -> %s request=%s", edit.pk, edit.tenant_id, start, to, edit.request_id or "-")
    return edit


def withdraw_edit(edit: Edit, why: str) -> bool:
    """Discard a queued edit, and return whether that was in time; if not, the edit has its present state."""
    return move_edit(edit, State.DISCARDED, error_message=why, next_step="").state == State.DISCARDED


def claim_edit(edit: Edit, **facts: Any) -> bool:
    """Move a queued edit to SENDING; return False if it is no longer queued."""
    log_of_states = [*edit.state_log, [State.SENDING, timezone.now().isoformat()]]
    moved = {"state": State.SENDING, "state_log": log_of_states, **facts}
    if not update_row(Edit, moved, pk=edit.pk, state=State.QUEUED):
        return False
    for name, value in moved.items():
        setattr(edit, name, value)
    log.info("edit=%s company=%s %s -> %s", edit.pk, edit.tenant_id, State.QUEUED, State.SENDING)
    return True


def note_facts(edit: Edit, **facts: Any) -> bool:
    """Store facts without a transition, such as when to check again; return False if the state has changed."""
    assert "state" not in facts, "a state is moved"
    for name, value in facts.items():
        setattr(edit, name, value)
    return update_row(Edit, facts, pk=edit.pk, state=edit.state)


def note_told(edits: Sequence[Edit], at: datetime) -> None:
    """Note that the outcomes of these edits were told, except of those that have moved on meanwhile."""
    if len(edits) == 1:  # nearly always, after every save: Django takes several times as long to compose the other way
        note_facts(edits[0], notified_at=at)
        return
    for state in {edit.state for edit in edits}:
        told = [edit.pk for edit in edits if edit.state == state]
        Edit.objects.filter(pk__in=told, state=state).update(notified_at=at)
    for edit in edits:
        edit.notified_at = at


def hand_over_edit(edit: Edit, to: User, by: str) -> bool:
    """Make another person the author of an edit, whatever its state; return False if that has changed meanwhile.

    `by` is the name of the administrator who does so. Its state and the name of who typed it stay. A draft's form
    token names its person, so it gets one of the new author's.
    """
    was = edit.person.get_username() if edit.person else edit.person_name
    facts: dict[str, Any] = {"person": to, "handed_over": add_hand_over(edit.handed_over, was, to.get_username(), by)}
    facts["handed_at"] = timezone.now()
    if edit.state == State.DRAFT:
        facts["typed"] = form_token.rename_in_form(edit.typed, to.pk)
    if (edit.state in LEFT or edit.differs_open) and edit.batch_id is None:
        facts["notified_at"] = None  # nobody has told the new author how it ended
    # The moment is that of the last letter typed in a draft.
    if not update_row(Edit, facts, pk=edit.pk, state=edit.state, person=edit.person_id, sent_at=edit.sent_at):
        return False
    for name, value in facts.items():
        setattr(edit, name, value)
    log.info("edit=%s company=%s handed over to person %s", edit.pk, edit.tenant_id, to.pk)
    return True


def renew(pks: Iterable[int], until: datetime) -> int:
    """Extend the leases of these edits, and return how many of them are still being sent."""
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


def name_record(record: Record, hidden: Collection[str] = ()) -> str:
    """Return the name of a record in the history: for a bill, its vendor and number, or its day if it has none.

    For somebody who may not see the `hidden` columns the day may be missing.
    """
    has_day = record.bill_date and "bill_date" not in hidden
    called = record.full_name or (f"of {format_date(record.bill_date)}" if has_day else "")
    return " ".join(filter(None, (record.vendor_name, called))) or record.remote_id


def show_name(name: str, remote_id: str, hidden: Collection[str]) -> str:
    """Return a name that the history keeps as somebody may see it who may not see the `hidden` columns."""
    return _DAY.sub("", name) or remote_id if "bill_date" in hidden else name


def hide_name(edit: Edit, hidden: Collection[str]) -> None:
    """Name an edit for somebody who may not see the `hidden` columns; the stored name stays."""
    edit.record_name = show_name(edit.record_name, edit.remote_id, hidden)


_DAY = re.compile(r"(?:^| )of \d{1,2} [A-Z][a-z]{2} \d{4}$")  # as `name_record` writes it


def join_fields(names: Iterable[str]) -> str:
    """Return field names to search by, each between spaces."""
    return f" {' '.join(names)} "


def make_search_text(*texts: str) -> str:
    """Return the text in which an entry of the history is searched, a line each."""
    return searching.make_search_text(texts)


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
    log.info("edit=%s company=%s %s -> %s", draft.pk, draft.tenant_id, State.DRAFT, draft.state)
    return draft
