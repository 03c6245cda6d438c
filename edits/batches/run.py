"""Carries out bulk changes: one record of one company in each turn of the worker, so that a person's save goes first.

`edits.change.apply` decides for each record whether it may be written, with its author's role and the checks at that
time. What cannot go on by itself is parked for the author. A worker may be killed anywhere: an item's edit is made
once, by its token, and what was claimed is settled by reading.
"""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import Error
from django.db.models import Exists, OuterRef
from django.utils import timezone

from books import pace, registry
from books.mirror import lookup
from books.models import Record, Version, find_status
from books.providers import errors
from edits import change
from edits.conflict.undo import UNDONE, name_failed_undo
from edits.lifecycle import last_check, queue, reread
from edits.lifecycle.acceptance import Invalid, NeedsAgreement
from edits.models.batch import BatchItem, BatchState, Step
from edits.models.edit import UNDER_WAY, Edit, State
from edits.models.fetching import fetch_edit
from edits.tasks import send_edit
from edits.undone import find_undo
from records.content import Content
from records.decoder import decode_value
from records.json_text import NotReadable, parse_json
from records.merge.three_way import merge_three_way
from tenants.access import Member, find_member, get_settings
from tenants.models import Tenant

from . import hours, moves

log = logging.getLogger(__name__)

MOST_TRIES = 3  # of one record in a turn: each time somebody else was quicker
MOST_IN_USE = 25  # records of a company at once: with more of them it is not the records that are in use
STUCK_AFTER = timedelta(minutes=30)
NO_LONGER = "You can no longer change this company."
CHANGED_SINCE = "The record was changed since this bulk change was planned."
NOT_READABLE = "Its values cannot be read."
SAME = "It has these values already."
UNFORESEEN = "Ledgerdesk could not check this change, so nothing was sent. Change the record on its own page."


def carry_on(tenant_id: int) -> bool:
    """Carry out the next record of the company's running bulk changes; return whether to come back at once."""
    if (waiting := _find_under_way(tenant_id)) is not None:
        if waiting.state != State.QUEUED or queue.is_put_off(waiting, timezone.now()):
            return False
        edit = fetch_edit(waiting.pk)
        goes_on = edit is not None and _lets_others_go(send_edit(edit))
        moves.end_done([waiting.batch_id] if waiting.batch_id else [])
        return goes_on
    item = find_next(tenant_id, timezone.now())
    if item is None:
        return False
    goes_on = _carry_out(item)
    moves.end_done([item.batch_id])
    return goes_on


def list_due_companies() -> list[int]:
    """Return the numbers of the companies with a record that may be carried out now."""
    items = BatchItem.objects.filter(step=Step.WAITING, batch__state=BatchState.RUNNING)
    companies = items.order_by().values_list("tenant", flat=True).distinct()
    return [one for one in companies if _find_under_way(one) is None and find_next(one, timezone.now()) is not None]


def hold_outside_hours() -> int:
    """Take back what is queued outside of its bulk change's hours, and return how much.

    It waited for its company, and would be sent as soon as that answers.
    """
    now = timezone.now()
    queued = Edit.objects.filter(state=State.QUEUED, batch__runs_from__isnull=False).select_related("tenant", "batch")
    return sum(moves.take_back(edit) for edit in queued if not _is_open(edit, now))


def _is_open(edit: Edit, now: datetime) -> bool:
    return edit.batch is None or hours.is_open(edit.batch, hours.find_zone(edit.tenant), now)


def find_next(tenant_id: int, now: datetime) -> BatchItem | None:
    """Return the company's next record to carry out, None if there is none now.

    A record with an edit under way waits for that one. A company that does not answer is asked when it is due.
    """
    busy = Edit.objects.filter(tenant=tenant_id, state__in=UNDER_WAY, kind=OuterRef("batch__kind"))
    waiting = BatchItem.objects.filter(tenant=tenant_id, step=Step.WAITING, batch__state=BatchState.RUNNING)
    free = waiting.exclude(Exists(busy.filter(remote_id=OuterRef("remote_id"))))
    found = free.select_related("tenant", "batch__person", "base", "undoes").order_by("batch", "number")
    outside: list[int] = []
    while (item := found.exclude(batch__in=outside).first()) is not None:
        if _is_away(item.tenant, now):
            return None
        if hours.is_open(item.batch, hours.find_zone(item.tenant), now):
            return item
        outside.append(item.batch_id)
    return None


def _is_away(tenant: Tenant, now: datetime) -> bool:
    """Return whether the company is not asked for now: it is paused, does not answer, or another file answers for it.

    Of an archived one nothing waits: each record is parked.
    """
    status = find_status(tenant)
    if status is None or status.resting_since:
        return status is not None and tenant.archived_at is None
    is_left_alone = status.failing_since is not None and pace.is_put_off(status, now)
    return is_left_alone or status.other_file_since is not None


def _find_under_way(tenant_id: int) -> Edit | None:
    """Return the edit of a bulk change for whose end the company's next one waits; there is one at most.

    Records that are in use hold up no other, unless they are many: each is tried again as a person's save is. One
    without an answer is settled by reading as soon as the company answers. After half an hour it alone is stuck.
    """
    own = Edit.objects.filter(tenant=tenant_id, state__in=UNDER_WAY, batch__isnull=False)
    own = own.exclude(state=State.UNKNOWN, sent_at__lt=timezone.now() - STUCK_AFTER)
    in_use = own.filter(**queue.IN_USE)[:MOST_IN_USE]
    return own.exclude(**queue.IN_USE).first() or (in_use[0] if len(in_use) == MOST_IN_USE else None)


def _carry_out(item: BatchItem) -> bool:
    """Carry out one record, again if somebody else was quicker and the changes do not touch."""
    for _ in range(MOST_TRIES):
        edit = _begin(item)
        if edit is None or edit.state != State.QUEUED:
            return True
        edit = item.edit = send_edit(edit)
        if not _is_stale(edit) or not reread.is_read_since(edit, _find_record(item)):
            return _lets_others_go(edit)
    return True


def _lets_others_go(edit: Edit) -> bool:
    """Return whether the company's next record may be carried out, though this edit may still wait for its own."""
    return edit.state not in UNDER_WAY or queue.is_in_use(edit)


def _is_stale(edit: Edit) -> bool:
    return edit.state == State.CONFLICT and edit.error == errors.Stale.__name__


def _begin(item: BatchItem) -> Edit | None:
    """Return the edit that the item has become, as queued or as a conflict; None if it waits or was parked."""
    person = item.batch.person
    member = find_member(item.tenant, person)
    try:
        if member is None or person is None:
            raise PermissionDenied(NO_LONGER)
        with timezone.override(get_settings(person).zone):  # the words agreed to may name days
            return _ask(item, member, _find_record(item))
    except errors.OtherCompany:
        return None
    except NotReadable:
        moves.park(item, NOT_READABLE)
    except errors.Resting as error:
        if item.tenant.archived_at is not None:  # else it waits for the end of the pause
            moves.park(item, f"{error.title}. {error.error_message}")
    except (PermissionDenied, errors.NotMirrored) as error:
        moves.park(item, str(error))
    except (Error, errors.NotBegun):
        raise  # the database takes nothing now: this record is tried again
    except Exception:  # of any kind: it would come again, and hold up all bulk changes of the company
        log.exception("Record %s of bulk change %s cannot be changed.", item.number, item.batch_id)
        moves.park(item, UNFORESEEN)
    return None


def _find_record(item: BatchItem) -> Record:
    return lookup.find_record(item.tenant, item.batch.kind, item.remote_id)


def _ask(item: BatchItem, member: Member, record: Record) -> Edit | None:
    """Ask `apply` for the change, merged into the record if that has moved. A clash is a conflict of its author."""
    if record.deleted_at is not None or record.version is None or item.base is None:
        raise errors.NotMirrored(f"It is no longer in {registry.get_description(item.tenant).name}.")
    token = _make_token(item)
    if item.undoes is not None and find_undo(item.undoes, token) is not None:
        moves.end_same(item, UNDONE)
        return None
    was, wanted = _decode(item)
    seen, edited = item.base, wanted
    if record.version != item.base:
        now = lookup.get_content(record)
        merge = merge_three_way(was, wanted, now)
        if merge.clashes:
            return _record_conflict(item, member, record, item.base, wanted, CHANGED_SINCE)
        seen, edited = record.version, merge.content({})
    outcome = change.apply(
        member,
        record,
        seen,
        edited,
        token=token,
        total_seen=Decimal(item.total_after) if item.total_after else None,
        agreed=[box for _, box, *_ in item.checks],
        reason=item.batch.reason,
        follows=name_failed_undo(member, item.undoes) if item.undoes else "",
        undoes=item.undoes,
        batch=item,
    )
    if isinstance(outcome, change.Accepted | change.Moved):
        return outcome.edit
    if isinstance(outcome, change.NothingChanged):
        moves.end_same(item, SAME)
        return None
    why = last_check.describe_objection(outcome)
    if isinstance(outcome, Invalid) or (isinstance(outcome, NeedsAgreement) and outcome.checks.refusals):
        moves.park(item, why)
        return None
    return _record_conflict(item, member, record, seen, edited, why)


def _record_conflict(item: BatchItem, member: Member, record: Record, seen: Version, edited: Content, why: str) -> Edit:
    reason = item.batch.reason
    return change.record_conflict(
        member, record, seen, edited, token=_make_token(item), item=item, reason=reason, why=why
    )


def _make_token(item: BatchItem) -> str:
    """Return what no two edits have alike: an item that was begun before it was killed finds its edit by it."""
    return f"batch-{item.pk}"


def _decode(item: BatchItem) -> tuple[Content, Content]:
    """Return what the author saw of the record, and what they want it to become."""
    table = registry.get_table(item.tenant, item.batch.kind)
    assert item.base is not None, "what is to be changed was seen"
    was = lookup.decode_version(table, item.base)
    wanted = {name: decode_value(table.shape[name], raw) for name, raw in parse_json(item.wanted).items()}
    return was, was.replace(**wanted)
