"""The only way to write to a vendor: one edit, one write, and its outcome.

An edit is queued until its first byte leaves, so it can be cancelled till then. What provably has not left, and may be
sent later, is queued again: nothing waits here. Any other error ends the edit: as not sent while nothing had left, and
after that as unknown unless an answer proves more.
"""

import logging
from datetime import datetime
from typing import Any

from django.db import Error, transaction
from django.utils import timezone

from books import registry
from books.mirror import lookup, store, unreadable
from books.models import Version
from books.providers import departure, errors, upkeep
from books.providers.base import Row, Written
from books.providers.lock import RequestPriority
from books.sync import company_file, refresh
from edits.models.edit import Edit, State
from records.content import Content
from records.decoder import decode
from records.fields import Table

from . import answer, failures, last_check, leases, queue, requested, reread, settle, transitions

log = logging.getLogger(__name__)


@errors.saving()
def carry_out(edit: Edit) -> Edit:
    """Send a queued edit once, if it is still to be sent as it is, and record how it ended.

    Never raises an error of a vendor. If the database cannot store the outcome, the returned edit has it, and it is
    written as soon as possible.
    """
    facts = last_check.prepare_edit(edit) if edit.state == State.QUEUED else None
    if facts is None:
        if edit.state == State.CONFLICT:
            reread.read_again(edit)
        return edit
    for name, value in facts.items():
        setattr(edit, name, value)
    table = registry.get_table(edit.tenant, edit.kind)
    try:
        return _send_edit(edit, table, departure.Departure(lambda: leases.begin(edit, **facts)))
    finally:
        leases.end(edit)


def _send_edit(edit: Edit, table: Table, attempt: departure.Departure) -> Edit:
    """Carry out one save. Any error in it ends the edit or queues it again; no other place decides this."""
    was, edited, began = requested.get_base(edit), requested.get_requested(edit), timezone.now()
    try:
        _read_if_unreadable(edit, table)
        raw = _write_update(edit, table, was, edited, attempt)
        request_id = raw.request_id if isinstance(raw, Written) else ""
        with transaction.atomic():
            version = store.store_version(edit.tenant, table, raw, began)
            return _mark_saved(edit, version, decode(table.shape, raw), request_id)
    except errors.Withdrawn as error:
        if attempt.has_begun:
            return _put_back(edit, error)
        edit.refresh_from_db()
        return edit
    except Exception as error:  # an edit must end, whatever goes wrong: what is unforeseen counts as no answer
        return _end(edit, table, failures.told(edit, error, has_left=attempt.may_have_left))


def _read_if_unreadable(edit: Edit, table: Table) -> None:
    """Read a record again if its last answer could not be read, because its current values are not known.

    A change sent over them could be neither compared nor shown.
    """
    if not edit.__dict__.get("is_aside", True):
        return  # it was fetched with the edit, a moment ago
    if unreadable.find(edit.tenant, edit.kind, edit.remote_id):
        refresh.read_record(edit.tenant, table, edit.remote_id)


def _end(edit: Edit, table: Table, error: errors.BooksError) -> Edit:
    """Record how a failed save ended, or queue it again."""
    if isinstance(error, errors.NoAnswer):
        return _settle_unanswered(edit, error)
    if isinstance(error, errors.NotSent) and error.may_pass:
        return _put_back(edit, error)
    now = error.now if isinstance(error, errors.Refused) else None
    refused_at = timezone.now()
    if now:
        _store(edit, table, now, refused_at)
    if isinstance(error, errors.NotFound):
        _mark_deleted(edit)
    said = {"refused_at": refused_at} if isinstance(error, errors.Stale) else {}
    _record(edit, failures.state_of(error), **failures.facts(error), **said)
    if isinstance(error, errors.Stale):
        reread.read_again(edit)
    return edit


def _put_back(edit: Edit, error: errors.NotSent) -> Edit:
    """Queue the edit again. If the database does not take that now, an edit that was not sent is still queued there."""
    try:
        edit.refresh_from_db()
        return queue.put_back(edit, error)
    except Error as trouble:
        log.warning("That edit %s waits is written as soon as the database takes it: %s", edit.pk, trouble)
        stored = Edit.objects.select_related("tenant")
        upkeep.when_possible(lambda: queue.put_back(stored.get(pk=edit.pk), error))
        return edit


def _store(edit: Edit, table: Table, now: Row, read_at: datetime) -> None:
    """Store the record from the vendor's answer in the mirror, if possible; the refusal is valid in any case."""
    try:
        store.store_version(edit.tenant, table, now, read_at)
    except Exception:  # a record that could not be stored is read again; the edit has to end
        log.exception("The record of edit %s was not stored.", edit.pk)


def _mark_deleted(edit: Edit) -> None:
    """Mark the record as deleted, if possible: the vendor itself says that there is none with its id."""
    try:
        if company_file.answers_own(edit.tenant):
            lookup.mark_deleted(edit.tenant, edit.kind, [edit.remote_id])
    except Error as trouble:
        log.warning("That the record of edit %s is deleted is found by the next refresh: %s", edit.pk, trouble)


def _record(edit: Edit, state: State, **facts: Any) -> None:
    """Write how an edit ended: now, or as soon as the database can be written to, unless it is settled by then.

    In the second case the given edit already has the outcome.
    """
    try:
        edit.refresh_from_db()  # what was moved in a transaction that failed has not moved
        _end_sending(edit, state, **facts)
    except Error as error:
        log.warning("How edit %s ended is written as soon as the database takes it: %s", edit.pk, error)
        stored = Edit.objects.select_related("tenant")
        upkeep.when_possible(lambda: _end_sending(stored.get(pk=edit.pk), state, **facts))
        for name, value in {"state": state, **facts}.items():
            setattr(edit, name, value)


def _end_sending(edit: Edit, state: State, **facts: Any) -> None:
    if edit.state not in (State.QUEUED, State.SENDING):
        return
    if state == State.UNKNOWN:
        settle.mark_unknown(edit, **facts)
    else:
        transitions.move_edit(edit, state, **facts)


def _mark_saved(edit: Edit, version: Version, answered: Content, request_id: str) -> Edit:
    """Return the edit as SAVED, even if it was given up while its answer was on its way."""
    while edit.state != State.SAVED:
        edit = answer.move_saved(edit, version, answered, request_id=request_id)
    return edit


def _write_update(edit: Edit, table: Table, was: Content, edited: Content, attempt: departure.Departure) -> Row:
    assert edit.base is not None, "only what was seen can be changed"
    revision = edit.base.revision
    client = registry.make_client(edit.tenant, RequestPriority.SAVE)
    with departure.watch_departure(attempt):
        return client.update_record(table, edit.remote_id, revision, was, edited)


def _settle_unanswered(edit: Edit, error: errors.NoAnswer) -> Edit:
    """Record that there was no answer, and check the outcome once at once."""
    _record(edit, State.UNKNOWN, **failures.facts(error))
    if isinstance(error, errors.NotRecorded):
        return edit  # the database is in trouble; the task settles it later
    try:
        return settle.settle_edit(edit)
    except Error as trouble:
        log.warning("What became of edit %s is looked up later: %s", edit.pk, trouble)
        return edit
