"""What pages ask of a vendor is queued once, carried out outside of the page, and ends in words for the person."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from books.models import Purpose, ReadState, Record, VendorRead
from books.providers import errors, processes
from books.sync import refresh, vendor_reads
from tenants.models import Tenant
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
OLD = timedelta(seconds=60)


@pytest.fixture
def records(abc: Tenant, copied: Any) -> list[Record]:
    """Seven customers, all read a day ago."""
    copied(abc, "customers")
    Record.objects.update(read_at=timezone.now() - timedelta(days=1))
    return list(Record.objects.filter(tenant=abc, kind="customers").order_by("pk")[:7])


def look(client: Client, record: Record) -> Any:
    return client.get(f"/t/abc/edits/presence/customers/{record.remote_id}/")


def states() -> list[tuple[str, str]]:
    return list(VendorRead.objects.order_by("pk").values_list("state", "error"))


def test_seven_tabs_beside_a_pc_that_hangs_are_all_answered_and_queue_one_task(
    as_bob: Client, records: list[Record], sandbox: Sandbox, settings: Settings
) -> None:
    settings.CONDUCTOR_READ_TIMEOUT = 0.2
    sandbox.fault(endUserId=ABC, operation="*", fault="slow", seconds=60, count=None)
    tabs = [look(as_bob, record) for record in records * 2]
    assert {(tab.status_code, b"checking with QuickBooks" in tab.content) for tab in tabs} == {(200, True)}
    assert (len(sandbox.requests()), len(states()), DBTaskResult.objects.count()) == (0, 7, 1)


def test_one_answer_that_does_not_come_ends_the_waiting_of_all_tabs(
    as_bob: Client, records: list[Record], sandbox: Sandbox, settings: Settings
) -> None:
    settings.CONDUCTOR_READ_TIMEOUT = 0.2
    sandbox.fault(endUserId=ABC, operation="*", fault="slow", seconds=2, count=None)
    for record in records:
        look(as_bob, record)
    run_queued_tasks()
    assert (len(sandbox.requests(ABC)), states()) == (1, [(ReadState.FAILED, "NoAnswer")] * 7)
    again = [look(as_bob, record) for record in records]
    assert {b"No answer came" in tab.content for tab in again} == {True}
    assert run_queued_tasks() == []


def test_a_company_that_does_not_answer_is_asked_again_after_a_minute(records: list[Record], sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=ABC, operation="*", fault="not_active")
    for record in records[:2]:
        vendor_reads.ask_record(record, OLD)
        run_queued_tasks()
    assert states() == [(ReadState.FAILED, "NotActive")], "the second one rests with the first"
    VendorRead.objects.update(ended_at=timezone.now() - vendor_reads.REST)
    vendor_reads.ask_record(records[1], OLD)
    run_queued_tasks()
    assert states() == [(ReadState.FAILED, "NotActive"), (ReadState.DONE, "")]
    vendor_reads.ask_record(records[0], OLD)
    assert run_queued_tasks() == ["read_wanted"], "it answers again"


def test_a_record_that_cannot_be_read_stops_no_other(records: list[Record], sandbox: Sandbox) -> None:
    sandbox.change(endUserId=ABC, resource="customers", id=records[0].remote_id, delete=True)
    for record in records[:2]:
        vendor_reads.ask_record(record, OLD)
    run_queued_tasks()
    assert states() == [(ReadState.FAILED, "NotFound"), (ReadState.DONE, "")]


def test_an_unforeseen_error_is_an_end_too(abc: Tenant, sandbox: Sandbox) -> None:
    read = vendor_reads.ask(abc, Purpose.RECORD, "unicorns", "1")
    run_queued_tasks()
    read.refresh_from_db()
    assert (read.state, type(vendor_reads.read_error(read))) == (ReadState.FAILED, errors.OwnFault)


@pytest.mark.parametrize(("more", "is_taken_over"), [("", False), ("0", True)])
def test_a_read_whose_process_has_ended_is_carried_out_by_another(
    records: list[Record], sandbox: Sandbox, more: str, is_taken_over: bool
) -> None:
    vendor_reads.ask_record(records[0], OLD)
    DBTaskResult.objects.all().delete()
    process = processes.get_process_mark() + more  # its last part is when the process started
    VendorRead.objects.update(state=ReadState.RUNNING, process=process, began_at=timezone.now())
    vendor_reads.ask_record(records[0], OLD)
    assert (run_queued_tasks(), len(sandbox.requests(ABC))) == ((["read_wanted"], 1) if is_taken_over else ([], 0))


def test_a_task_leaves_a_company_alone_that_another_thread_reads(records: list[Record], sandbox: Sandbox) -> None:
    for record in records[:2]:
        vendor_reads.ask_record(record, OLD)
    VendorRead.objects.filter(remote_id=records[0].remote_id).update(state=ReadState.RUNNING, began_at=timezone.now())
    run_queued_tasks()
    assert states() == [(ReadState.RUNNING, ""), (ReadState.QUEUED, "")]


def test_the_usual_seconds_are_measured(abc: Tenant) -> None:
    assert vendor_reads.get_usual_seconds(abc) == vendor_reads.FIRST_GUESS_SECONDS
    now = timezone.now()
    for number, seconds in enumerate((3, 4, 60)):
        done = {"state": ReadState.DONE, "asked_at": now - timedelta(seconds=seconds), "ended_at": now}
        VendorRead.objects.create(tenant=abc, purpose=Purpose.RECORD, kind="customers", remote_id=str(number), **done)
    assert vendor_reads.get_usual_seconds(abc) == 4


def test_what_nobody_has_asked_for_a_day_is_forgotten(records: list[Record], sandbox: Sandbox) -> None:
    for record in records[:2]:
        vendor_reads.ask_record(record, OLD)
    run_queued_tasks()
    VendorRead.objects.filter(remote_id=records[0].remote_id).update(ended_at=timezone.now() - vendor_reads.KEPT)
    assert (vendor_reads.clear_old(9), VendorRead.objects.get().remote_id) == (1, records[1].remote_id)


def test_a_fresh_record_is_not_asked_for(records: list[Record]) -> None:
    refresh.note_visit(records[0].tenant)
    Record.objects.update(read_at=timezone.now())
    records[0].refresh_from_db()
    assert (vendor_reads.ask_record(records[0], OLD), states()) == (None, [])


def test_a_read_that_another_worker_has_taken_over_is_not_ended_by_the_first(
    abc: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_taken_over(read: VendorRead) -> dict[str, Any]:
        VendorRead.objects.update(process="other:1:1")
        raise errors.Busy

    monkeypatch.setitem(vendor_reads._READS, Purpose.ACCOUNT, be_taken_over)
    vendor_reads.ask(abc, Purpose.ACCOUNT)
    run_queued_tasks()
    read = VendorRead.objects.get()
    assert (read.state, read.process) == (ReadState.RUNNING, "other:1:1")
