"""The only way to write to a company's books, and the only module that moves an edit from state to state.

    (form) → SENDING ─┬→ SAVED         the books answered with the new record
                      ├→ CONFLICT      the record had moved: nothing written, the person merges
                      ├→ REFUSED       the books said no: nothing written
                      ├→ NOT_SENT      proven not to have reached the books
                      └→ UNKNOWN       sent, no answer: `settle` reads again and compares
    UNKNOWN or a SENDING that nobody is at any more ─┬→ SAVED  ├→ CONFLICT  └→ NOT_APPLIED
                                                     └→ UNKNOWN, looked at again later

A write is sent again in one case only: an answer that proves it was not carried out and asks to wait, once. The wait
stands in the edit, so that the page of the person who waits can show it.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from books import connections, errors, mirror, processes, sync
from books.fields import Field, Table
from books.models import Record, Version
from books.provider import Row
from books.records import Content, Json, NotReadable, dumps, encode_value
from books.turns import PATIENCE_SECONDS, Priority
from books.writing import changed_fields
from tenants.access import Member

from . import wishes
from .landed import holds
from .models import OPEN, Edit, State

BUSY_SECONDS = 1.5  # what the vendor's own advice gives a record in use (fact sheet, section 10)
LOOK_AGAIN = timedelta(seconds=15)
MARGIN = timedelta(seconds=5)
LONGEST_WAIT_SECONDS = 75.0  # a vendor's minute and a little; a person is told of a longer one instead
FREES_TOKEN = (State.NOT_SENT, State.NOT_APPLIED, State.REFUSED)
STATE_OF: tuple[tuple[type[errors.BooksError], State], ...] = (
    (errors.Stale, State.CONFLICT),
    (errors.Refused, State.REFUSED),
    (errors.NotSent, State.NOT_SENT),
    (errors.BooksError, State.UNKNOWN),
)


class NothingChanged(Exception):
    """The person changed nothing, so nothing is sent."""


def save(
    member: Member,
    record: Record,
    seen: Version,
    edited: Content,
    token: str,
    follows: str = "",
    *,
    undoes: Edit | None = None,
) -> Edit:
    """Send what `edited` changes of the version `seen` and record the outcome; the edit is SAVED when this returns.

    A form posted twice is one edit: the second post waits for the first one's outcome. `follows` is the number of the
    author's edit that this one takes up again, "" for none; `undoes` is the saved edit that this one takes back.
    Raises NothingChanged, Stale, Refused, NotSent or NoAnswer, each after it has been recorded.
    """
    table = connections.table(record.tenant, record.kind)
    was = mirror.decoded(table, seen)
    changed = changed_fields(was, edited)
    if not changed:
        raise NothingChanged
    edit, is_new = _begin(member, record, seen, _as_json(edited, changed), token, follows, undoes)
    if not is_new:
        return _outcome_of_first_post(edit)
    return _send(edit, table, was, edited)


def set_aside(
    member: Member, record: Record, seen: Version | None, edited: Content, token: str, follows: str = ""
) -> Edit:
    """Record as a conflict, without sending anything, what a person wants of a record known to have moved."""
    table = connections.table(record.tenant, record.kind)
    was = mirror.decoded(table, seen) if seen else Content(table.shape, {})
    wanted = _as_json(edited, changed_fields(was, edited))
    edit, is_new = _begin(member, record, seen, wanted, token, follows)
    return _close(edit, State.CONFLICT) if is_new else edit


def edit_of(member: Member, token: str) -> Edit:
    """The edit that the form with this token made. Raises Edit.DoesNotExist."""
    return Edit.objects.select_related("tenant", "base").get(tenant=member.tenant, token=token)


def settle(edit: Edit) -> Edit:
    """Find out what became of an edit whose answer was lost, by reading the record again and comparing.

    Unmoved means *not applied* only when the read began after the vendor's own limit for the write had run out:
    until then the write may still land. When the books cannot be read the edit stays unknown and is looked at later.
    """
    edit = _given_up(edit)
    began = timezone.now()
    table = connections.table(edit.tenant, edit.kind)
    try:
        now = sync.read_again(edit.tenant, table, edit.remote_id)
    except errors.NotFound as error:
        return _close(edit, State.CONFLICT, error=error)
    except (errors.BooksError, NotReadable):
        return _postpone(edit, timezone.now() + LOOK_AGAIN)
    assert now.version is not None and edit.base is not None, "what was sent had a base, what was read has a version"
    if now.revision != edit.base.revision:
        landed = holds(mirror.decoded(table, now.version), wishes.base(edit), wishes.wanted(edit))
        return _close(edit, State.SAVED if landed else State.CONFLICT, result=now.version)
    assert edit.may_land_until is not None, "an edit given up has its limit"
    if began < edit.may_land_until:
        return _postpone(edit, edit.may_land_until)
    return _close(edit, State.NOT_APPLIED)


def due() -> list[Edit]:
    """What no process is looking after: sends that were given up or whose process is gone, unknowns to look at now."""
    now = timezone.now()
    edits = Edit.objects.filter(state__in=OPEN).select_related("tenant", "base__record")
    return [edit for edit in edits if _is_due(edit, now)]


def settle_due() -> int:
    """Settle all that is due, one after the other; how many were looked at."""
    found = due()
    for edit in found:
        settle(edit)
    return len(found)


def is_abandoned(edit: Edit) -> bool:
    """Whether an edit that is being sent has nobody at it any more."""
    return edit.state == State.SENDING and (edit.lease_until < timezone.now() or processes.is_gone(edit.process))


def _is_due(edit: Edit, now: datetime) -> bool:
    if edit.state == State.SENDING:
        return is_abandoned(edit)
    return edit.look_at is None or edit.look_at <= now


def _given_up(edit: Edit) -> Edit:
    """Mark an abandoned send as unknown: when it was sent is not known, so its limit counts from now."""
    Edit.objects.filter(pk=edit.pk, state=State.SENDING).update(state=State.UNKNOWN, may_land_until=_limit(edit))
    edit.refresh_from_db()
    return edit


def _limit(edit: Edit) -> datetime:
    """Until when a write that is lost by now may still land."""
    return timezone.now() + timedelta(seconds=connections.write_seconds(edit.tenant)) + MARGIN


def _as_json(content: Content, fields: Iterable[Field]) -> dict[str, Json]:
    return {f.name: encode_value(f, content[f.name]) for f in fields}


def _begin(
    member: Member,
    record: Record,
    seen: Version | None,
    wanted: Mapping[str, Json],
    token: str,
    follows: str,
    undoes: Edit | None = None,
) -> tuple[Edit, bool]:
    now = timezone.now()
    # The write, its turn, and once more.
    patience = 2 * (connections.write_seconds(member.tenant) + PATIENCE_SECONDS) + LONGEST_WAIT_SECONDS
    edit = Edit(
        tenant=member.tenant,
        token=token,
        person=member.person,
        person_name=member.name,
        kind=record.kind,
        remote_id=record.remote_id,
        record_name=record.full_name or record.vendor_name or record.remote_id,
        base=seen,
        wanted=dumps(wanted),
        form=token,
        undoes=undoes,
        sent_at=now,
        process=processes.mark(),
        lease_until=now + timedelta(seconds=patience),
    )
    try:
        with transaction.atomic():
            edit.save(force_insert=True)
            Edit.objects.replace_by(edit, follows)
    except IntegrityError:
        return edit_of(member, token), False
    return edit, True


def _send(edit: Edit, table: Table, was: Content, edited: Content) -> Edit:
    try:
        raw = _write(edit, table, was, edited)
        with transaction.atomic():
            return _close(edit, State.SAVED, result=mirror.store_version(edit.tenant, table, raw, timezone.now()))
    except NotReadable as error:
        return _look(edit, errors.BadAnswer(str(error)))
    except errors.NoAnswer as error:
        return _look(edit, error)
    except errors.BooksError as error:
        if isinstance(error, errors.Refused) and error.now:
            mirror.store_version(edit.tenant, table, error.now, timezone.now())
        _close(edit, _state(error), error=error)
        raise


def _write(edit: Edit, table: Table, was: Content, edited: Content) -> Row:
    assert edit.base is not None, "only what was seen can be changed"
    revision = edit.base.revision
    client = connections.client(edit.tenant, Priority.SAVE)
    try:
        return client.update_record(table, edit.remote_id, revision, was, edited)
    except (errors.Busy, errors.TooMany) as error:
        wait = error.wait if isinstance(error, errors.TooMany) else BUSY_SECONDS
        if wait > LONGEST_WAIT_SECONDS:
            raise
        Edit.objects.filter(pk=edit.pk).update(waits_until=timezone.now() + timedelta(seconds=wait))
        time.sleep(wait)  # the vendor's own stated wait, once
        return client.update_record(table, edit.remote_id, revision, was, edited)


def _look(edit: Edit, error: errors.NoAnswer) -> Edit:
    """No answer: look once at what became of it while the person waits; raise unless it is saved."""
    edit = settle(_close(edit, State.UNKNOWN, error=error, may_land_until=_limit(edit)))
    if edit.state == State.SAVED:
        return edit
    if edit.state == State.CONFLICT:
        raise errors.Stale(request_id=error.request_id)
    raise error


def _outcome_of_first_post(edit: Edit) -> Edit:
    """Wait for the post that was first, then answer as it was answered."""
    while edit.state == State.SENDING and timezone.now() < edit.lease_until:
        time.sleep(0.1)  # the other request moves the row; there is nothing to be woken by
        edit.refresh_from_db()
    if edit.state == State.SAVED:
        return edit
    kind = getattr(errors, edit.error, None) or (errors.Stale if edit.state == State.CONFLICT else errors.NoAnswer)
    raise kind(edit.happened, code=edit.code, request_id=edit.request_id, todo=edit.todo)


def _state(error: errors.BooksError) -> State:
    return next(state for kind, state in STATE_OF if isinstance(error, kind))


def _postpone(edit: Edit, look_at: datetime) -> Edit:
    Edit.objects.filter(pk=edit.pk, state__in=OPEN).update(state=State.UNKNOWN, look_at=look_at)
    edit.refresh_from_db()
    return edit


def _close(
    edit: Edit,
    state: State,
    *,
    result: Version | None = None,
    error: errors.BooksError | None = None,
    may_land_until: datetime | None = None,
) -> Edit:
    """Record an outcome. A settled edit is never moved again, and what was never written frees its form's token."""
    now = timezone.now()
    moved: dict[str, object] = {"state": state, "result": result}
    if error is not None:
        moved |= {"error": type(error).__name__, "happened": error.happened, "todo": error.todo}
        moved |= {"code": error.code, "request_id": error.request_id, "field": getattr(error, "field", "")}
    if state == State.UNKNOWN:
        moved |= {"look_at": now + LOOK_AGAIN, "may_land_until": may_land_until}
    else:
        moved["settled_at"] = now
    if state in FREES_TOKEN:
        moved["token"] = None
    if not Edit.objects.filter(pk=edit.pk, state__in=OPEN).update(**moved):
        edit.refresh_from_db()
        return edit
    for name, value in moved.items():
        setattr(edit, name, value)
    return edit
