"""The run of a bulk change: one edit for each record, sent once, or parked for its author with the reason."""

from datetime import time, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.models import Record, SyncStatus
from edits.batches import moves, tasks
from edits.models.batch import Batch, BatchState, Step
from edits.models.edit import Edit, State
from edits.tasks import queue_due_edits
from record_forms.checks import RULES, Check, CheckRules
from tenants.access import Member
from tenants.models import Membership, Role, Tenant
from tests.customers.test_edit import change as change_job
from tests.customers.test_edit import sent
from tests.edits.lifecycle.queueing import find_again, save_values, send
from tests.edits.lifecycle.test_queue import fail
from tests.support.copies import Copied
from tests.support.vendor import Sandbox

from .planning import NEW_PHONE, get_now, list_steps, plan_batch, plan_phones, propose, run, start

SAVED = (Step.BEGUN, State.SAVED)
WARNING = Check(title="This is unusual.", why="", next_step="Look at it.")


@pytest.fixture
def member(job: Record, bob: User) -> Member:
    return Member(job.tenant, bob, Role.BOOKKEEPER)


@pytest.fixture
def records(job: Record) -> list[Record]:
    """Three customers, the documented job first."""
    others = Record.objects.filter(tenant=job.tenant, kind="customers", deleted_at=None).exclude(pk=job.pk)
    return [job, *(find_again(one) for one in others.order_by("pk")[:2])]


def test_each_record_is_saved_once_with_the_reason(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records), reason="New line")
    run()
    batch.refresh_from_db()
    assert (list_steps(batch), batch.state) == ([SAVED] * 3, BatchState.ENDED)
    assert [body["phone"] for body in sent(sandbox)] == [NEW_PHONE] * 3
    assert set(Edit.objects.values_list("reason", "batch", "person_name")) == {("New line", batch.pk, "bob")}


def test_one_who_may_only_view_by_now_changes_nothing(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    Membership.objects.filter(person=member.person).update(role=Role.VIEWER)
    run()
    assert (list_steps(batch), sent(sandbox)) == ([(Step.NOT_SENT, "")] * 3, [])
    assert set(batch.items.values_list("problem", flat=True)) == {"You can view but not change this company."}


def test_one_who_has_left_the_company_changes_nothing(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    Membership.objects.filter(person=member.person).delete()
    run()
    assert (list_steps(batch), sent(sandbox)) == ([(Step.NOT_SENT, "")] * 3, [])


def test_a_paused_company_is_not_asked_and_its_records_wait_for_the_end_of_the_pause(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    SyncStatus.objects.update_or_create(tenant=member.tenant, defaults={"resting_since": timezone.now()})
    run()
    tasks.queue_due_batches()
    run()
    waited = list_steps(batch), sent(sandbox)
    SyncStatus.objects.update(resting_since=None)
    tasks.queue_due_batches()
    run()
    assert (waited, list_steps(batch)) == (([(Step.WAITING, "")] * 3, []), [SAVED] * 3)


def test_a_company_that_is_paused_as_a_record_is_begun_keeps_it_waiting(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    from edits.batches import run as running

    batch = start(plan_phones(member, records))
    item = running.find_next(member.tenant.pk, timezone.now())
    SyncStatus.objects.update_or_create(tenant=member.tenant, defaults={"resting_since": timezone.now()})
    assert item is not None and running._begin(item) is None
    assert list_steps(batch) == [(Step.WAITING, "")] * 3


def test_what_waits_for_a_company_that_is_archived_ends_as_not_sent(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    Tenant.objects.filter(pk=member.tenant.pk).update(archived_at=timezone.now())
    SyncStatus.objects.update_or_create(tenant=member.tenant, defaults={"resting_since": timezone.now()})
    run()
    assert (list_steps(batch), sent(sandbox)) == ([(Step.NOT_SENT, "")] * 3, [])


def test_a_record_that_moved_elsewhere_is_merged(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    save_values(member, records[0], "form-1", email="a@example.com")
    send()
    run()
    now = get_now(records[0])
    assert (list_steps(batch), now["phone"], now["email"]) == ([SAVED] * 3, NEW_PHONE, "a@example.com")


def test_a_record_that_the_books_have_moved_elsewhere_is_read_and_merged(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    change_job(sandbox, email="b@example.com")
    run()
    now = get_now(records[0])
    assert (list_steps(batch), now["phone"], now["email"]) == ([SAVED] * 3, NEW_PHONE, "b@example.com")
    first = Edit.objects.get(state=State.CONFLICT)
    assert first.resolved_by == batch.items.get(number=1).edit


def test_a_value_that_somebody_else_changed_is_for_the_author_to_decide(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    change_job(sandbox, phone="555-0199")
    run()
    assert list_steps(batch) == [(Step.BEGUN, State.CONFLICT), SAVED, SAVED]
    assert (get_now(records[0])["phone"], Batch.objects.get().state) == ("555-0199", BatchState.ENDED)


def test_what_a_plan_already_knew_as_changed_is_for_the_author_to_decide(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    save_values(member, records[0], "form-1", phone="555-0199")
    send()
    before = len(sent(sandbox))
    batch = start(plan_phones(member, records))
    run()
    assert list_steps(batch) == [(Step.BEGUN, State.CONFLICT), SAVED, SAVED]
    assert len(sent(sandbox)) == before + 2


def test_a_refusal_is_parked_and_the_others_go_on(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    fail(sandbox, "refuse")
    run()
    assert list_steps(batch) == [(Step.BEGUN, State.REFUSED), SAVED, SAVED]


def test_a_company_that_does_not_answer_keeps_its_records_waiting(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    fail(sandbox, "not_active")
    run()
    tasks.queue_due_batches()
    run()
    assert list_steps(batch) == [(Step.BEGUN, State.QUEUED), (Step.WAITING, ""), (Step.WAITING, "")]


def test_a_record_in_use_holds_up_itself_alone(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    fail(sandbox, "busy")
    run()
    waited = list_steps(batch)
    Edit.objects.update(waits_until=None)
    tasks.queue_due_batches()
    queue_due_edits()
    send()
    assert waited == [(Step.BEGUN, State.QUEUED), SAVED, SAVED]
    assert (list_steps(batch), Batch.objects.get().state) == ([SAVED] * 3, BatchState.RUNNING)
    tasks.queue_due_batches()
    assert Batch.objects.get().state == BatchState.ENDED


def test_where_many_records_are_in_use_no_further_one_is_tried(
    member: Member, records: list[Record], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edits.batches import run as running

    monkeypatch.setattr(running, "MOST_IN_USE", 2)
    batch = start(plan_phones(member, records))
    for _ in range(2):
        fail(sandbox, "busy")
    run()
    tasks.queue_due_batches()
    run()
    assert list_steps(batch) == [(Step.BEGUN, State.QUEUED), (Step.BEGUN, State.QUEUED), (Step.WAITING, "")]


def test_it_goes_on_when_the_company_answers_again(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    fail(sandbox, "not_active")
    run()
    Edit.objects.update(waits_until=None)
    SyncStatus.objects.update(next_try_at=timezone.now())
    queue_due_edits()
    send()
    tasks.queue_due_batches()
    run()
    assert (list_steps(batch), len(sent(sandbox))) == ([SAVED] * 3, 4)


def test_a_record_with_a_save_under_way_waits_for_that(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    save_values(member, records[0], "form-1", email="a@example.com")
    run()
    assert list_steps(batch) == [(Step.WAITING, ""), SAVED, SAVED]


def test_stopped_it_begins_no_further_record(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    moves.suspend(batch)
    run()
    stopped = list_steps(batch)
    moves.resume(batch)
    tasks.queue_batch(batch)
    run()
    assert (stopped, list_steps(batch)) == ([(Step.WAITING, "")] * 3, [SAVED] * 3)


def test_what_is_cancelled_is_not_sent(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    assert moves.cancel_rest(batch) == 3
    run()
    assert (list_steps(batch), batch.state, sent(sandbox)) == ([(Step.CANCELLED, "")] * 3, BatchState.ENDED, [])


def test_outside_of_its_hours_it_waits(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    now = timezone.localtime()
    later = [(now + timedelta(hours=ahead)).time() for ahead in (1, 2)]
    batch = start(plan_phones(member, records), hours=(later[0], later[1]))
    run()
    waited = list_steps(batch)
    Batch.objects.update(runs_from=time(0, 0), runs_until=time(23, 59, 59, 999999))
    tasks.queue_due_batches()
    run()
    assert (waited, list_steps(batch)) == ([(Step.WAITING, "")] * 3, [SAVED] * 3)


def test_a_warning_that_came_up_since_is_for_the_author_to_decide(
    member: Member, records: list[Record], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start(plan_phones(member, records))
    monkeypatch.setitem(RULES, "customers", CheckRules(against=lambda record, base, edited: [WARNING]))
    run()
    assert (list_steps(batch), sent(sandbox)) == ([(Step.BEGUN, State.CONFLICT)] * 3, [])


def test_a_worker_that_was_killed_after_it_made_an_edit_goes_on_with_that(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    from edits.batches import run as running

    batch = start(plan_phones(member, records))
    item = running.find_next(member.tenant.pk, timezone.now())
    assert item is not None
    running._begin(item)
    run()
    assert (list_steps(batch), len(sent(sandbox)), Edit.objects.count()) == ([SAVED] * 3, 3, 3)


def test_one_bulk_change_moves_in_two_companies_at_once(
    member: Member, records: list[Record], larch: Tenant, copied: Copied, sandbox: Sandbox
) -> None:
    copied(larch)
    other = Record.objects.filter(tenant=larch, kind="customers", deleted_at=None).order_by("pk")[0]
    elsewhere = propose(Member(larch, member.person, Role.BOOKKEEPER), find_again(other), phone=NEW_PHONE)
    batch = start(plan_batch(propose(member, records[0], phone=NEW_PHONE), elsewhere))
    queued = DBTaskResult.objects.filter(queue_name="batches").values_list("args_kwargs__args", flat=True)
    assert sorted(queued) == sorted([[member.tenant.pk], [larch.pk]])
    run()
    assert list_steps(batch) == [SAVED] * 2


def test_a_company_that_has_just_failed_is_left_alone_until_it_is_due(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch, now = start(plan_phones(member, records)), timezone.now()
    failing = {"failing_since": now, "next_try_at": now + timedelta(minutes=1)}
    SyncStatus.objects.update_or_create(tenant=member.tenant, defaults=failing)
    run()
    assert (list_steps(batch), sent(sandbox)) == ([(Step.WAITING, "")] * 3, [])
