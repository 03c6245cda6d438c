"""The steps of bulk changes and of their items; only this module writes their tables. Each move is one statement.

    PLANNED ─┬→ RUNNING ⇄ SUSPENDED      confirmed once; stopped for now and resumed by its author
             │      └──────┴→ ENDED      nothing waits any more, or the rest was cancelled
             └→ DISCARDED                deleted by its author

A move applies only in its starting state, so of two confirmations one starts the bulk change. An item moves while its
bulk change is locked: what was cancelled meanwhile is not begun.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import time, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from edits.lifecycle import queue, transitions
from edits.models.batch import GOES_ON, WORTH_RUNNING, Batch, BatchItem, BatchState, Step
from edits.models.edit import POSTPONED, UNDER_WAY, Edit, State
from edits.models.handed_over import add_hand_over
from tenants.models import Tenant

log = logging.getLogger(__name__)

AT_ONCE = 500  # rows that one statement writes
PLANS_KEPT = timedelta(days=30)
UNFINISHED = (BatchState.PLANNED, BatchState.RUNNING, BatchState.SUSPENDED)


@transaction.atomic
def store_plan(batch: Batch, person: User, items: Sequence[BatchItem]) -> Batch:
    """Store a planned bulk change with its items."""
    batch.person, batch.person_name, batch.planned_at = person, person.get_username(), timezone.now()
    batch.save(force_insert=True)
    for item in items:
        item.batch = batch
    BatchItem.objects.bulk_create(items, batch_size=AT_ONCE)
    return batch


@transaction.atomic
def choose(batch: Batch, shown: Iterable[int], taken: Iterable[int]) -> None:
    """Leave out those of the shown items of a plan that are not taken, by number, and take the others again."""
    if not Batch.objects.lock(batch.pk, BatchState.PLANNED):
        return
    planned = batch.items.filter(finding__in=WORTH_RUNNING)
    keep, leave = set(taken), set(shown)
    planned.filter(number__in=leave - keep, step=Step.PLANNED).update(step=Step.LEFT_OUT)
    planned.filter(number__in=leave & keep, step=Step.LEFT_OUT).update(step=Step.PLANNED)


@transaction.atomic
def leave_out_others(batch: Batch, companies: Sequence[int]) -> None:
    """Leave out the records of a plan that are of none of these companies: nobody was asked about them."""
    if Batch.objects.lock(batch.pk, BatchState.PLANNED):
        planned = batch.items.filter(finding__in=WORTH_RUNNING, step=Step.PLANNED)
        planned.exclude(tenant__in=companies).update(step=Step.LEFT_OUT)


@transaction.atomic
def start(batch: Batch, reason: str, hours: tuple[time, time] | None) -> bool:
    """Let a planned bulk change run, and return whether this was its first confirmation."""
    runs_from, runs_until = hours or (None, None)
    facts = {"reason": reason, "confirmed_at": timezone.now(), "runs_from": runs_from, "runs_until": runs_until}
    if not _move(batch, BatchState.RUNNING, (BatchState.PLANNED,), **facts):
        return False
    batch.items.filter(finding__in=WORTH_RUNNING, step=Step.PLANNED).update(step=Step.WAITING)
    return True


def suspend(batch: Batch) -> bool:
    """Begin no further record until the bulk change is resumed."""
    return _move(batch, BatchState.SUSPENDED, (BatchState.RUNNING,))


def resume(batch: Batch) -> bool:
    """Let it go on."""
    return _move(batch, BatchState.RUNNING, (BatchState.SUSPENDED,))


def cancel_rest(batch: Batch) -> int:
    """Cancel what waits, and return how many records that were; what is being sent goes on."""
    with transaction.atomic():
        if not Batch.objects.lock(batch.pk, *GOES_ON):
            return 0
        count = batch.items.filter(step=Step.WAITING).update(step=Step.CANCELLED)
        resume(batch)  # so that it does not look stopped until what is being sent has ended
    # One that waits for its company to answer would be sent hours later.
    queued = Edit.objects.filter(batch=batch, state=State.QUEUED).select_related("tenant")
    count += sum(queue.cancel_edit(edit) for edit in queued)
    end_done([batch.pk])
    batch.refresh_from_db()
    return count


def discard(batch: Batch) -> bool:
    """Delete a plan: its row is kept, and it can no longer be started."""
    return _move(batch, BatchState.DISCARDED, (BatchState.PLANNED,))


@transaction.atomic
def hand_over(batch: Batch, to: User, by: str) -> bool:
    """Make another person the author; one that runs is stopped for now. Return False if it has ended meanwhile.

    `by` is the name of the administrator who does so.
    """
    suspend(batch)
    was = batch.person.get_username() if batch.person else batch.person_name
    kept = add_hand_over(batch.handed_over, was, to.get_username(), by)
    own = Batch.objects.filter(pk=batch.pk, state__in=UNFINISHED, person=batch.person_id)
    return bool(own.update(person=to, handed_over=kept))


def forget_plans(most: int) -> int:
    """Discard the plans that nobody has started, and delete the items of discarded ones; return how many items."""
    old = Batch.objects.filter(state=BatchState.PLANNED, planned_at__lt=timezone.now() - PLANS_KEPT)
    old.update(state=BatchState.DISCARDED)
    items = BatchItem.objects.filter(batch__state=BatchState.DISCARDED).order_by().values_list("pk", flat=True)
    return BatchItem.objects.filter(pk__in=list(items[:most])).delete()[0]


def forget_company(tenant: Tenant, most: int) -> int:
    """Delete the items of a company that was removed: what they became is in the history. Return how many."""
    pks = list(BatchItem.objects.filter(tenant=tenant).order_by().values_list("pk", flat=True)[:most])
    return BatchItem.objects.filter(pk__in=pks).delete()[0]


@transaction.atomic
def park(item: BatchItem, problem: str) -> None:
    """End a waiting item of a running bulk change without an edit, with the reason for its author."""
    if Batch.objects.lock(item.batch_id, BatchState.RUNNING):
        BatchItem.objects.filter(pk=item.pk, step=Step.WAITING).update(step=Step.NOT_SENT, problem=problem)


@transaction.atomic
def end_same(item: BatchItem, problem: str) -> None:
    """End an item whose record has the values already; a try of it that clashed is nothing to decide any more."""
    if not Batch.objects.lock(item.batch_id, *GOES_ON):
        return
    own = BatchItem.objects.filter(pk=item.pk, step__in=(Step.WAITING, Step.BEGUN))
    if own.update(step=Step.SAME, problem=problem, edit=None) and item.edit is not None:
        transitions.move_edit(item.edit, State.DISCARDED, error_message=problem, next_step="")


@transaction.atomic
def take_back(edit: Edit) -> bool:
    """Let the record of a queued edit wait again, without that edit; return whether it was not being sent yet."""
    is_open = edit.batch_id is not None and Batch.objects.lock(edit.batch_id, *GOES_ON)
    if not is_open or not transitions.withdraw_edit(edit, POSTPONED):
        return False
    return bool(BatchItem.objects.filter(edit=edit, step=Step.BEGUN).update(step=Step.WAITING, edit=None))


def end_done(numbers: Iterable[int] | None = None) -> int:
    """End the started bulk changes (of these) of which nothing waits or is under way, and return how many.

    So one that was stopped during its last record ends as well.
    """
    own = BatchItem.objects.filter(batch=OuterRef("pk"))
    open_ones = own.filter(step=Step.WAITING), own.filter(step=Step.BEGUN, edit__state__in=UNDER_WAY)
    started = Batch.objects.filter(state__in=GOES_ON)
    if numbers is not None:
        started = started.filter(pk__in=list(numbers))
    done = started.exclude(Exists(open_ones[0])).exclude(Exists(open_ones[1]))
    return done.update(state=BatchState.ENDED, ended_at=timezone.now())


def _move(batch: Batch, to: BatchState, starts: Sequence[BatchState], **facts: object) -> bool:
    if not Batch.objects.filter(pk=batch.pk, state__in=starts).update(state=to, **facts):
        batch.refresh_from_db()
        return False
    for name, value in {"state": to, **facts}.items():
        setattr(batch, name, value)
    log.info("batch=%s -> %s", batch.pk, to)
    return True
