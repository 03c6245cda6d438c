"""A bulk change that is stopped, cancelled or held up ends all the same, and nothing of it is sent hours later."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from books.models import Record, SyncStatus
from edits import change, next_steps
from edits.batches import items as listing
from edits.batches import moves, progress, tasks
from edits.batches import run as running
from edits.models.batch import Batch, BatchItem, BatchState, Step
from edits.models.edit import Edit, State
from edits.tasks import queue_due_edits, send_edit
from tenants.access import Member
from tests.customers.test_edit import change as change_job
from tests.customers.test_edit import sent
from tests.edits.lifecycle.queueing import find_again, send
from tests.edits.lifecycle.test_queue import fail
from tests.support.vendor import Sandbox

from .planning import NEW_PHONE, get_now, list_steps, plan_phones, run, start
from .test_page import post
from .test_run import SAVED, member, records

__all__ = ["member", "records"]


def start_at_silent(sandbox: Sandbox, member: Member, records: list[Record]) -> Batch:
    """Start a bulk change whose first record waits for its company to answer."""
    batch = start(plan_phones(member, records))
    fail(sandbox, "not_active")
    run()
    return batch


def answer_again() -> None:
    Edit.objects.filter(state=State.QUEUED).update(waits_until=None)
    SyncStatus.objects.update(next_try_at=timezone.now())


def find_state(batch: Batch) -> str:
    return Batch.objects.get(pk=batch.pk).state


def count_shown(batch: Batch) -> dict[str, int]:
    found = listing.count_filters(Batch.objects.get(pk=batch.pk), BatchItem.objects.filter(batch=batch))
    return {name: count for name, count in found.items() if count}


def test_stopped_during_its_last_record_it_ends_with_that(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start_at_silent(sandbox, member, records[:1])
    moves.suspend(batch)
    tasks.queue_due_batches()
    stopped = find_state(batch)
    answer_again()
    queue_due_edits()
    send()
    tasks.queue_due_batches()
    assert (stopped, find_state(batch), list_steps(batch)) == (BatchState.SUSPENDED, BatchState.ENDED, [SAVED])


def test_it_ends_in_the_turn_in_which_its_last_record_is_saved(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start_at_silent(sandbox, member, records[:1])
    answer_again()
    running.carry_on(member.tenant.pk)
    assert (list_steps(batch), find_state(batch)) == ([SAVED], BatchState.ENDED)


def test_what_waits_for_its_company_is_cancelled_too(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start_at_silent(sandbox, member, records)
    before = len(sent(sandbox))
    assert moves.cancel_rest(batch) == 3
    answer_again()
    queue_due_edits()
    send()
    run()
    assert (list_steps(batch), batch.state) == (
        [(Step.BEGUN, State.DISCARDED), (Step.CANCELLED, ""), (Step.CANCELLED, "")],
        BatchState.ENDED,
    )
    assert (len(sent(sandbox)), count_shown(batch)) == (before, {"all": 3, "cancelled": 3})


def test_what_waits_for_its_company_is_not_sent_outside_of_its_hours(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start_at_silent(sandbox, member, records)
    now = timezone.localtime()
    begins, ends = [(now + timedelta(hours=ahead)).time() for ahead in (1, 2)]
    Batch.objects.update(runs_from=begins, runs_until=ends)
    tasks.queue_due_batches()
    held, before = list_steps(batch), len(sent(sandbox))
    answer_again()
    queue_due_edits()
    send()
    run()
    assert (held, list_steps(batch), len(sent(sandbox))) == ([(Step.WAITING, "")] * 3, held, before)
    Batch.objects.update(runs_from=None, runs_until=None)
    SyncStatus.objects.update(failing_since=None, next_try_at=None)
    tasks.queue_due_batches()
    run()
    assert (list_steps(batch), find_state(batch)) == ([SAVED] * 3, BatchState.ENDED)


def test_what_was_cancelled_is_not_done(as_bob: Client, member: Member, records: list[Record]) -> None:
    batch = start(plan_phones(member, records))
    post(as_bob, batch, "cancel")
    found = as_bob.get(batch.get_absolute_url()).context["progress"]
    assert (found.done, found.left, found.total) == (0, 0, 3)


def test_where_nothing_is_left_to_cancel_the_page_says_so(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    answers = [as_bob.post(batch.get_absolute_url(), {"do": "cancel"}, follow=True).content.decode() for _ in range(2)]
    said = "Cancelled: 3 records. Nothing of it was sent.", "Nothing was left to cancel."
    assert [words in answer for words, answer in zip(said, answers, strict=True)] == [True, True]


def test_a_record_that_was_begun_is_finished_after_it_was_stopped(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    change_job(sandbox, email="b@example.com")
    item = running.find_next(member.tenant.pk, timezone.now())
    assert item is not None
    first = running._begin(item)
    assert first is not None and send_edit(first).state == State.CONFLICT
    moves.suspend(batch)
    again = running._begin(item)
    assert (again and again.state, running.find_next(member.tenant.pk, timezone.now())) == (State.QUEUED, None)


def test_a_record_that_turns_out_to_have_the_values_leaves_nothing_to_decide(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    change_job(sandbox, phone=NEW_PHONE)
    run()
    assert list_steps(batch) == [(Step.SAME, ""), SAVED, SAVED]
    assert list(Edit.objects.waiting_for(member.person)) == []
    assert count_shown(batch) == {"all": 3, "saved": 2, "unchanged": 1}


def test_a_record_that_fails_unforeseen_holds_up_no_other(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    batch.items.filter(number=1).update(wanted='{"no_such_field": "1"}')
    run()
    assert (list_steps(batch), find_state(batch)) == ([(Step.NOT_SENT, ""), SAVED, SAVED], BatchState.ENDED)
    assert batch.items.get(number=1).problem == running.UNFORESEEN


def test_a_record_that_is_sent_again_is_followed(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start_at_silent(sandbox, member, records[:1])
    Edit.objects.update(sent_at=timezone.now() - timedelta(hours=settings.QUEUED_HOURS + 1))
    queue_due_edits()
    run()
    (left,) = Edit.objects.all()
    shown = [count_shown(batch)]
    SyncStatus.objects.update(failing_since=None, next_try_at=None)
    assert next_steps.send_again(member, left).is_done
    shown.append(count_shown(batch))
    send()
    shown.append(count_shown(batch))
    assert left.state == State.NOT_SENT
    assert shown == [{"all": 1, "needs-you": 1}, {"all": 1, "waiting": 1}, {"all": 1, "saved": 1}]


def test_a_conflict_that_its_author_has_decided_is_followed(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records[:1]))
    change_job(sandbox, phone="555-0199")
    run()
    (clash,) = Edit.objects.filter(state=State.CONFLICT, resolved_by=None)
    record = find_again(records[0])
    mine = get_now(record).replace(phone=NEW_PHONE)
    decided: Any = change.apply(member, record, record.version, mine, token="decision", follows=str(clash.pk))
    send()
    assert (batch.items.get().edit, list_steps(batch)) == (decided.edit, [SAVED])


def test_while_another_company_file_is_open_no_end_is_foretold(member: Member, records: list[Record]) -> None:
    batch = start(plan_phones(member, records))
    other = {"other_file_since": timezone.now(), "other_file": {"name": "Harbor"}}
    SyncStatus.objects.update_or_create(tenant=member.tenant, defaults=other)
    found = progress.measure_progress(batch, listing.filter_items(batch, {member.tenant.pk: member}))
    why = "A different company file is open in QuickBooks. It continues when the right one answers again."
    assert (found.finish, found.notes) == (None, [f"{member.tenant}: {why}"])


def test_while_the_company_is_paused_no_end_is_foretold(member: Member, records: list[Record]) -> None:
    batch = start(plan_phones(member, records))
    SyncStatus.objects.update_or_create(tenant=member.tenant, defaults={"resting_since": timezone.now()})
    found = progress.measure_progress(batch, listing.filter_items(batch, {member.tenant.pk: member}))
    said = f"{member.tenant}: This company is paused. It continues when the pause ends."
    assert (found.finish, found.notes) == (None, [said])


def test_a_record_in_use_is_named_beside_its_progress(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records[:2]))
    fail(sandbox, "busy")
    run()
    found = progress.measure_progress(batch, listing.filter_items(batch, {member.tenant.pk: member}))
    said = f"{member.tenant}: 1 record is in use in QuickBooks and is tried again every minute."
    assert (found.left, found.finish, found.notes) == (1, None, [said])
