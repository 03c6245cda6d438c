"""The queue of a company: what goes next, what waits and for how long, and what is cancelled in time."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from books.models import Record, SyncStatus
from books.providers import errors, processes
from edits import tasks
from edits.lifecycle import last_check, leases, queue, save
from edits.models.edit import Edit, State
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, sent
from tests.support.copies import Copied
from tests.support.vendor import Sandbox

from .queueing import find_again, list_states, log_of, save_values, send

OFF, SAVED, QUEUED = "not_active", State.SAVED, State.QUEUED


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


@pytest.fixture
def records(job: Record) -> list[Record]:
    """Three customers, the documented job first."""
    others = Record.objects.filter(tenant=job.tenant, kind="customers", deleted_at=None).exclude(pk=job.pk)
    return [job, *(find_again(one) for one in others.order_by("pk")[:2])]


def fail(sandbox: Sandbox, fault: str, count: int = 1, company: str = ABC, **more: object) -> None:
    sandbox.fault(endUserId=company, operation="update", resource="customers", count=count, fault=fault, **more)


def list_sent_phones(sandbox: Sandbox) -> list[str]:
    return [body["phone"] for body in sent(sandbox)]


def save_three(author: Member, records: list[Record]) -> list[Edit]:
    return [save_values(author, record, f"form-{n}", phone=f"555-010{n}") for n, record in enumerate(records)]


def let_time_pass(**moved: timedelta) -> None:
    """Let these columns of every edit lie that much earlier."""
    for name, passed in moved.items():
        for edit in Edit.objects.exclude(**{name: None}):
            Edit.objects.filter(pk=edit.pk).update(**{name: getattr(edit, name) - passed})


def test_a_save_is_stored_with_its_task_and_asks_the_vendor_nothing(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    queued = [(row.task_path, row.args_kwargs["args"]) for row in DBTaskResult.objects.all()]
    assert (list_states(), queued) == ([QUEUED], [(tasks.send_queued.module_path, [job.tenant_id])])
    assert sandbox.requests() == []


def test_of_an_edit_and_its_task_there_are_both_or_none(author: Member, job: Record) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        save_values(author, job, "form-1", phone="555-0100")
        raise ZeroDivisionError
    assert (Edit.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_no_edit_stays_whose_task_could_not_be_queued(
    author: Member, job: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Tenant) -> None:
        raise RuntimeError("no room for a task")

    monkeypatch.setattr("edits.change.queue_sending", full)
    with pytest.raises(RuntimeError):
        save_values(author, job, "form-1", phone="555-0100")
    assert Edit.objects.count() == 0


def test_edits_are_sent_in_the_order_of_their_saves(author: Member, records: list[Record], sandbox: Sandbox) -> None:
    save_three(author, records)
    send()
    assert (list_sent_phones(sandbox), list_states()) == (["555-0100", "555-0101", "555-0102"], [SAVED] * 3)


def test_a_cancelled_edit_is_never_sent(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    was_in_time = queue.cancel_edit(edit)
    send()
    assert (was_in_time, log_of(edit), sandbox.requests()) == (True, [QUEUED, State.DISCARDED], [])


def test_nor_one_that_is_cancelled_when_a_worker_has_prepared_it(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    prepare = last_check.prepare_edit

    def cancelled_after(one: Edit) -> object:
        prepared = prepare(one)
        assert queue.cancel_edit(Edit.objects.get(pk=one.pk))
        return prepared

    monkeypatch.setattr(last_check, "prepare_edit", cancelled_after)
    send()
    assert (log_of(edit), sandbox.requests()) == ([QUEUED, State.DISCARDED], [])


def test_what_is_being_sent_cannot_be_cancelled(author: Member, job: Record) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    seen_queued = Edit.objects.get(pk=edit.pk)
    leases.begin(edit)
    assert (queue.cancel_edit(seen_queued), seen_queued.state) == (False, State.SENDING)
    leases.end(edit)


def test_an_edit_that_another_process_has_taken_is_not_sent_twice(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    twice = [Edit.objects.select_related("tenant", "base", "person").get(pk=edit.pk) for _ in range(2)]
    for one in twice:
        save.carry_out(one)
    assert (len(sent(sandbox)), [one.state for one in twice]) == (1, [SAVED, SAVED])


def test_a_company_that_is_off_is_asked_once_for_all_its_edits(
    author: Member, records: list[Record], sandbox: Sandbox
) -> None:
    save_three(author, records)
    fail(sandbox, OFF, count=9)
    send()
    waiting = Edit.objects.filter(state=QUEUED, error="NotActive", waiting_since__isnull=False)
    assert (waiting.exclude(waits_until=None).count(), len(sent(sandbox))) == (3, 1)


def test_what_is_saved_while_it_is_off_waits_too(author: Member, records: list[Record], sandbox: Sandbox) -> None:
    fail(sandbox, OFF, count=2)
    for n, record in enumerate(records[:2]):
        save_values(author, record, f"form-{n}", phone=f"555-010{n}")
        send()
    since = [edit.waiting_since for edit in Edit.objects.order_by("pk")]
    assert (list_states(), None in since, since == sorted(filter(None, since))) == ([QUEUED] * 2, False, True)


def test_when_it_is_back_all_go_out_in_their_order(author: Member, records: list[Record], sandbox: Sandbox) -> None:
    save_three(author, records)
    fail(sandbox, OFF)
    send()
    SyncStatus.objects.update(failing_since=None)
    tasks.queue_due_edits()
    send()
    assert list_sent_phones(sandbox) == ["555-0100", "555-0100", "555-0101", "555-0102"]
    assert list_states() == [SAVED] * 3


def test_the_first_that_is_saved_lets_the_others_go(author: Member, records: list[Record], sandbox: Sandbox) -> None:
    first, *_ = save_three(author, records)
    fail(sandbox, OFF)
    send()
    Edit.objects.filter(pk=first.pk).update(waits_until=timezone.now())
    tasks.queue_due_edits()
    send()
    assert list_states() == [SAVED] * 3


def test_a_company_that_is_off_still_does_not_let_them_go(
    author: Member, records: list[Record], sandbox: Sandbox
) -> None:
    save_three(author, records)
    fail(sandbox, OFF)
    send()
    tasks.queue_due_edits()
    send()
    assert (list_states(), len(sent(sandbox))) == ([QUEUED] * 3, 1)


def test_what_has_waited_longer_than_the_limit_is_not_sent(
    author: Member, job: Record, sandbox: Sandbox, settings: Settings
) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    let_time_pass(sent_at=timedelta(hours=settings.QUEUED_HOURS, seconds=1))
    tasks.queue_due_edits()
    send()
    edit.refresh_from_db()
    assert (edit.state, edit.error, edit.needs_author) == (State.NOT_SENT, "NotBegun", True)
    assert (edit.error_message, sandbox.requests()) == ("It waited for 12 hours and was not sent.", [])


def test_nor_is_it_sent_when_its_turn_comes_before_it_was_ended(
    author: Member, job: Record, sandbox: Sandbox, settings: Settings
) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    let_time_pass(sent_at=timedelta(hours=settings.QUEUED_HOURS, seconds=1))
    send()
    assert (list_states(), sandbox.requests()) == ([State.NOT_SENT], [])


def test_what_is_younger_waits_on(author: Member, job: Record, settings: Settings) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    let_time_pass(sent_at=timedelta(hours=settings.QUEUED_HOURS) - timedelta(minutes=1))
    assert (queue.expire_queued(), list_states()) == (0, [QUEUED])


def test_a_vendor_that_asks_to_wait_is_asked_nothing_for_the_company_meanwhile(
    author: Member, records: list[Record], sandbox: Sandbox
) -> None:
    fail(sandbox, "rate_limited", seconds=30)
    save_three(author, records)
    send()
    seconds = [e.waits_until and (e.waits_until - timezone.now()).total_seconds() for e in Edit.objects.order_by("pk")]
    assert (len(sent(sandbox)), 20 < (seconds[0] or 0) <= 30, seconds[1:]) == (1, True, [None, None])
    let_time_pass(waits_until=timedelta(seconds=31))
    tasks.queue_due_edits()
    send()
    assert (list_sent_phones(sandbox)[1:], list_states()) == (["555-0100", "555-0101", "555-0102"], [SAVED] * 3)


def test_nor_for_what_was_saved_before_and_has_waited_for_something_else(
    author: Member, records: list[Record], sandbox: Sandbox
) -> None:
    fail(sandbox, "busy")
    fail(sandbox, "rate_limited", seconds=30)
    first, *_ = save_three(author, records)
    send()
    assert list_sent_phones(sandbox) == ["555-0100", "555-0101"]
    Edit.objects.filter(pk=first.pk).update(waits_until=timezone.now())
    tasks.queue_due_edits()
    send()
    assert len(sent(sandbox)) == 2


def test_other_companies_are_served_meanwhile(
    author: Member, bob: User, job: Record, harbor: Tenant, copied: Copied, sandbox: Sandbox
) -> None:
    copied(harbor, "customers")
    other = Record.objects.filter(tenant=harbor, kind="customers", deleted_at=None).order_by("pk")[0]
    fail(sandbox, "rate_limited", seconds=30)
    save_values(author, job, "form-1", phone="555-0100")
    send()
    save_values(Member(harbor, bob, Role.BOOKKEEPER), find_again(other), "form-2", phone="555-0101")
    send()
    assert list_states() == [QUEUED, SAVED]


def test_a_record_in_use_holds_up_its_own_edits_alone(author: Member, records: list[Record], sandbox: Sandbox) -> None:
    fail(sandbox, "busy")
    first = save_values(author, records[0], "form-1", phone="555-0100")
    save_values(author, records[0], "form-2", over=[first], fax="555-0101")
    save_values(author, records[1], "form-3", phone="555-0102")
    send()
    assert list_states() == [QUEUED, QUEUED, SAVED]
    let_time_pass(waits_until=timedelta(minutes=1))
    tasks.queue_due_edits()
    send()
    assert list_states() == [SAVED] * 3


def test_what_is_behind_an_edit_without_answer_waits_for_its_outcome(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    fail(sandbox, "cut_before")
    first = save_values(author, job, "form-1", phone="555-0100")
    save_values(author, job, "form-2", over=[first], fax="555-0101")
    send()
    assert (list_states(), len(sent(sandbox))) == ([State.UNKNOWN, QUEUED], 1)


def test_a_task_that_was_lost_is_made_again(author: Member, job: Record) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    DBTaskResult.objects.all().delete()
    for _ in range(2):
        tasks.queue_due_edits()
    send()
    assert list_states() == [SAVED]


def test_an_author_who_may_no_longer_edit_is_not_heard(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    author.person.memberships.filter(tenant=job.tenant).update(role=Role.VIEWER)
    send()
    edit.refresh_from_db()
    assert (edit.state, edit.error_message, sandbox.requests()) == (
        State.NOT_SENT,
        "Bob can no longer change this company.",
        [],
    )


def test_a_record_that_was_deleted_meanwhile_is_refused_by_the_vendor_itself(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    sandbox.change(endUserId=ABC, resource="customers", id=job.remote_id, delete=True)
    send()
    edit.refresh_from_db()
    assert (edit.state, edit.error, find_again(job).deleted_at is None) == (State.REFUSED, "NotFound", False)


OWN = (processes.get_process_mark(), QUEUED)


@pytest.mark.parametrize(("process", "state"), [OWN, ("other:1:1", "sending")], ids=["own", "another's"])
def test_only_the_process_that_was_sending_an_edit_queues_it_again(author: Member, job: Record, process, state) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    leases.begin(edit)
    leases.end(edit)
    Edit.objects.update(process=process)
    edit.refresh_from_db()
    queue.put_back(edit, errors.Busy())
    assert list_states() == [state]
