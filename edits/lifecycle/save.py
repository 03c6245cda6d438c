"""The only way to write to a company's books: one edit, one write, and what came of it.

A write is sent again in one case only: an answer that proves it was not carried out and asks to wait, once. The wait
stands in the edit, so that the page of the person who waits can show it. Whatever goes wrong ends the edit as one
thing: not sent while nothing had left, and from then on unknown unless an answer proves more.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from django.db import Error, transaction
from django.utils import timezone

from books import registry
from books.mirror import lookup, store
from books.models import Record, Version
from books.providers import departure, errors, processes, upkeep
from books.providers.base import Row, Written
from books.providers.lock import RequestPriority, pause
from books.sync import refresh
from edits.models.edit import Edit, EditQuerySet, State
from records.changes import list_changed_fields
from records.content import Content
from records.diff import diff_records, dump_changes
from records.encoder import encode_value
from records.fields import Field, Table
from records.json_text import Json, dump_json
from tenants.access import Member

from . import failures, leases, settle, transitions

log = logging.getLogger(__name__)

BUSY_SECONDS = 1.5  # how long a record in use is given (docs/vendors/conductor.md, section 10)
LONGEST_WAIT_SECONDS = 75.0  # a vendor's minute and a little; a person is told of a longer one instead


class NothingChanged(Exception):
    """The person changed nothing, so nothing is sent."""


@errors.saving()
def save_change(
    member: Member,
    record: Record,
    seen: Version,
    edited: Content,
    token: str,
    follows: str = "",
    reason: str = "",
    *,
    undoes: Edit | None = None,
) -> Edit:
    """Send what `edited` changes of the version `seen` and record the outcome; the edit is SAVED when this returns.

    A form posted twice is one edit: the second post waits for the first one's outcome. One that was typed on in between
    is another edit. `follows` is the number of the author's edit that this one takes up again, "" for none; `reason` is
    what its author says about it; `undoes` is the saved edit that this one takes back.
    Raises NothingChanged, Stale, Refused, NotSent or NoAnswer, each after it has been recorded; where the database
    takes nothing, NotBegun (there is no edit) or NotRecorded (the settling finds it as soon as the database is back);
    and another BooksError, with nothing recorded, where the record has to be read again before and cannot be.
    """
    table = registry.get_table(record.tenant, record.kind)
    was = lookup.decode_version(table, seen)
    changed = list_changed_fields(was, edited)
    if not changed:
        raise NothingChanged
    if lookup.find_unreadable(record):
        # What the books hold by now was not seen: sent over it, a change could be neither compared nor told.
        refresh.read_record(record.tenant, table, record.remote_id)
    said = {"reason": reason, "changes": dump_changes(diff_records(was, edited)), "undoes": undoes}
    edit, is_first = _begin_edit(
        member, record, seen, _encode_fields(edited, changed), form=token, follows=follows, **said
    )
    if is_first:
        return _send_edit(edit, table, was, edited)
    try:
        return _wait_for_first_post(edit)
    except Error as error:
        raise failures.told(edit, error, has_left=True) from error


@errors.saving()
def record_conflict(
    member: Member,
    record: Record,
    seen: Version | None,
    edited: Content,
    token: str,
    follows: str = "",
    reason: str = "",
) -> Edit:
    """Record as a conflict, without sending anything, what a person wants of a record known to have moved."""
    table = registry.get_table(record.tenant, record.kind)
    was = lookup.decode_version(table, seen) if seen else Content(table.shape, {})
    wanted = _encode_fields(edited, list_changed_fields(was, edited))
    said = {"reason": reason, "changes": dump_changes(diff_records(was, edited))}
    try:
        with transaction.atomic():
            edit, is_first = _begin_edit(member, record, seen, wanted, form=token, follows=follows, **said)
            if is_first:
                transitions.move_edit(edit, State.CONFLICT)
    except Error as error:
        raise failures.not_begun(record.tenant, error) from error
    return edit if is_first else settle.settle_edit(edit)


def get_edit(member: Member, form: str) -> Edit:
    """The newest edit that the form with this token made. Raises Edit.DoesNotExist."""
    return _filter_edits(member, form)[:1].get()


def _filter_edits(member: Member, form: str) -> EditQuerySet:
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, form=form)
    return own.select_related("tenant", "base").order_by("-sent_at", "-pk")


def _encode_fields(content: Content, fields: Iterable[Field]) -> dict[str, Json]:
    return {f.name: encode_value(f, content[f.name]) for f in fields}


def _begin_edit(
    member: Member, record: Record, seen: Version | None, wanted: Mapping[str, Json], **more: Any
) -> tuple[Edit, bool]:
    """The edit of a posted form, and whether it is new: the same form that asks the same again has its edit already.

    A form that was typed on after a post of it is one edit more, though the first may hold the form's own token. Raises
    NotBegun where the database does not take it: then there is no edit.
    """
    token = more["form"]
    try:
        while (edit := _begin_with_token(token, member, record, seen, wanted, **more)) is None:
            newest = _filter_edits(member, more["form"]).first()
            if newest and newest.token and _asks_the_same(newest, seen, wanted):
                return newest, False
            said = (more["form"], member.person.pk, newest and newest.pk, seen and seen.pk, dump_json(wanted))
            token = blake2b(repr(said).encode(), digest_size=20).hexdigest()
    except Error as error:
        raise failures.not_begun(record.tenant, error) from error
    return edit, True


def _asks_the_same(edit: Edit, seen: Version | None, wanted: Mapping[str, Json]) -> bool:
    return (edit.base_id, edit.wanted) == (seen and seen.pk, dump_json(wanted))


def _begin_with_token(
    token: str, member: Member, record: Record, seen: Version | None, wanted: Mapping[str, Json], **more: Any
) -> Edit | None:
    follows = more.pop("follows")
    at_it = {"process": processes.get_process_mark(), "lease_until": timezone.now() + leases.LEASE}
    with transaction.atomic():
        edit = transitions.begin_edit(member, record, seen, wanted, token=token, **at_it, **more)
        if edit is not None:
            Edit.objects.replace_by(edit, follows)
            if token != more["form"]:
                transitions.drop_drafts(
                    member, more["form"]
                )  # what was typed on after the first post is what is sent now
    return edit


def _send_edit(edit: Edit, table: Table, was: Content, edited: Content) -> Edit:
    """Carry out one save. Whatever is raised in it, by whomever, ends the edit: the one rule stands here."""
    with leases.held(edit):
        attempt = departure.Departure(lambda: leases.confirm(edit))
        try:
            raw = _write_update(edit, table, was, edited, attempt)
            request_id = raw.request_id if isinstance(raw, Written) else ""
            with transaction.atomic():
                return _mark_saved(edit, store.store_version(edit.tenant, table, raw, timezone.now()), request_id)
        except Exception as error:  # an edit must end, whatever goes wrong: what is unforeseen counts as no answer
            return _end(edit, table, failures.told(edit, error, has_left=attempt.may_have_left))


def _end(edit: Edit, table: Table, error: errors.BooksError) -> Edit:
    """Record how a save that failed has ended, and raise; the edit where it turns out to be saved."""
    if isinstance(error, errors.NoAnswer):
        return _settle_unanswered(edit, error)
    if isinstance(error, errors.Refused) and error.now:
        _store(edit, table, error.now)
    _record(edit, lambda: transitions.move_edit(edit, failures.state_of(error), **failures.facts(error)))
    raise error


def _store(edit: Edit, table: Table, now: Row) -> None:
    """Put the record as the books told it into the mirror, where that can be done; the refusal holds anyway."""
    try:
        store.store_version(edit.tenant, table, now, timezone.now())
    except Exception:  # a copy that could not be brought up to date is read again; the edit has to end
        log.exception("The record of edit %s was not stored.", edit.pk)


def _record(edit: Edit, ends: Callable[[], Edit]) -> None:
    """Write how an edit ended: now, or as soon as the database takes it, unless it has been settled by then."""

    def end() -> None:
        edit.refresh_from_db()  # what was moved in a transaction that failed has not moved
        if edit.state == State.SENDING:
            ends()

    try:
        end()
    except Error as error:
        log.warning("How edit %s ended is written as soon as the database takes it: %s", edit.pk, error)
        upkeep.when_possible(end)


def _mark_saved(edit: Edit, version: Version, request_id: str) -> Edit:
    """The edit as SAVED, also where it was given up for lost while its answer was on its way."""
    while edit.state != State.SAVED:
        edit = transitions.move_edit(edit, State.SAVED, result=version, request_id=request_id)
    return edit


def _write_update(edit: Edit, table: Table, was: Content, edited: Content, attempt: departure.Departure) -> Row:
    assert edit.base is not None, "only what was seen can be changed"
    revision = edit.base.revision
    client = registry.make_client(edit.tenant, RequestPriority.SAVE)
    try:
        with departure.watch_departure(attempt):
            return client.update_record(table, edit.remote_id, revision, was, edited)
    except (errors.Busy, errors.TooMany) as error:
        wait = error.wait if isinstance(error, errors.TooMany) else BUSY_SECONDS
        if wait > LONGEST_WAIT_SECONDS:
            raise
        attempt.may_have_left = False  # so the answer says
        transitions.note_facts(edit, waits_until=timezone.now() + timedelta(seconds=wait))
        pause(wait)  # the vendor's own stated wait, once
        with departure.watch_departure(attempt):
            return client.update_record(table, edit.remote_id, revision, was, edited)


def _settle_unanswered(edit: Edit, error: errors.NoAnswer) -> Edit:
    """No answer: look once at what became of it while the person waits; raise unless it is saved."""
    _record(edit, lambda: settle.mark_unknown(edit, **failures.facts(error)))
    if isinstance(error, errors.NotRecorded):
        raise error  # the database has trouble enough; the settling looks
    try:
        settle.settle_edit(edit)
    except Error:
        raise error from None
    if edit.state == State.SAVED:
        return edit
    if edit.state == State.CONFLICT:
        raise errors.Stale(request_id=error.request_id)
    raise error


def _wait_for_first_post(edit: Edit) -> Edit:
    """Wait for the post that was first while anybody is at it, then answer as it was answered."""
    while edit.state == State.SENDING and not settle.is_abandoned(edit):
        pause(0.1)  # the other request moves the row, which wakes nobody here
        edit.refresh_from_db()
    edit = settle.mark_unknown(edit) if edit.state == State.SENDING else edit
    if edit.state == State.SAVED:
        return edit
    kind = getattr(errors, edit.error, None) or (errors.Stale if edit.state == State.CONFLICT else errors.NoAnswer)
    raise failures.named(
        edit.tenant, kind(edit.error_message, code=edit.code, request_id=edit.request_id, next_step=edit.next_step)
    )
