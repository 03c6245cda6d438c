"""The engine runs the tasks of many companies at once, one at a time for each, in their order."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from books.engine import dispatcher
from books.engine.lease import Lease, is_lease_held
from books.management.commands import load_companies
from books.models import EngineLease, Purpose, ReadState, SyncStatus, VendorRead
from books.moved import MOVED
from books.providers import processes
from books.sync import tasks, vendor_reads
from edits.models.edit import Edit, State
from tenants.access import Member
from tenants.models import Role
from tests.books.engine import jobs
from tests.edits.lifecycle.queueing import save_values
from tests.support.running import wait_until

MANY = range(1, 41)
GONE = f"{processes.get_process_mark()}0"  # its last part is when the process started
OTHER_MACHINE = "another machine:1:1"


def are_done() -> bool:
    return not DBTaskResult.objects.filter(finished_at=None).exists()


def list_statuses() -> list[str]:
    return list(DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True))


def test_many_companies_run_at_once_and_each_runs_one_task_at_a_time(engine, noted):
    for company in MANY:
        for number in range(3):
            jobs.pause.enqueue(company, f"{company} {number}", seconds=0.3)
    engine()
    wait_until(are_done)
    assert (noted.most_of_one, len(noted.order)) == (1, 3 * len(MANY))
    assert noted.most_of_all > len(MANY) / 2
    assert set(list_statuses()) == {TaskResultStatus.SUCCESSFUL}


@pytest.mark.sqlite_only("on PostgreSQL Procrastinate starts the threads")
def test_a_task_for_which_there_is_no_thread_waits_until_there_is_one(engine, noted, caplog):
    engine()
    default = threading.stack_size(2**46)  # more than any machine has, so that no thread can be started
    try:
        jobs.pause.enqueue(1, "save")
        wait_until(lambda: "No thread can be started" in caplog.text)
    finally:
        threading.stack_size(default)
    wait_until(are_done)
    assert (noted.order, list_statuses()) == (["save"], [TaskResultStatus.SUCCESSFUL])


def test_between_two_requests_of_a_background_read_a_save_goes_first(engine, noted):
    jobs.read_pages.enqueue(1, pages=3)
    engine()
    wait_until(lambda: noted.order == ["page 0"])
    for name in ("save", "another save"):
        jobs.pause.enqueue(1, name)
    wait_until(lambda: connection.vendor == "postgresql" or TaskResultStatus.READY not in list_statuses())
    noted.goes_on.set()
    wait_until(are_done)
    assert (noted.order, noted.most_of_one) == (["page 0", "save", "another save", "page 1", "page 2"], 1)


@pytest.mark.sqlite_only("on PostgreSQL the companies' own rows say who hangs: test_on_postgres.py")
def test_companies_that_hang_leave_the_others_their_slots(engine, noted):
    for company in MANY:
        jobs.stay_silent.enqueue(company)
    engine(slots=4)
    wait_until(are_done)
    for company in MANY:
        jobs.wait.enqueue(company, "hangs")
    wait_until(lambda: noted.order == ["hangs"] * 2)
    for company in range(101, 111):
        jobs.pause.enqueue(company, "answers")
    wait_until(lambda: noted.order.count("answers") == 10)
    assert noted.order.count("hangs") == 2


def test_a_company_that_hangs_delays_no_read_of_another(engine, noted, abc, larch, sandbox):
    jobs.wait.enqueue(abc.pk, "hangs")
    engine(slots=2, permits=1)
    wait_until(lambda: noted.order == ["hangs"])
    vendor_reads.ask(larch, Purpose.CONNECTION)
    wait_until(lambda: VendorRead.objects.get().state == ReadState.DONE)
    assert noted.at_once[abc.pk] == 1


def test_a_demo_is_filled_by_the_worker_while_one_runs(transactional_db, abc, sandbox, capsys):
    EngineLease.objects.create(pk=1, holder=OTHER_MACHINE, until=timezone.now() + timedelta(minutes=1))
    if connection.vendor == "postgresql":
        EngineLease.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    call_command("load_companies")
    queued = DBTaskResult.objects.filter(args_kwargs__args=[abc.pk])
    assert (capsys.readouterr().out, queued.count()) == ("The worker loads them.\n", 1)
    assert sandbox.requests() == []


def test_a_task_that_fails_is_noted_and_the_line_goes_on(engine, noted):
    jobs.fail.enqueue(1)
    jobs.pause.enqueue(1, "next")
    engine()
    wait_until(are_done)
    failed = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    assert (noted.order, failed.exception_class_path) == (["next"], "builtins.ZeroDivisionError")
    assert "ZeroDivisionError" in failed.traceback


@pytest.mark.sqlite_only("on PostgreSQL, Django's own pool bounds the connections")
def test_many_threads_share_few_connections(engine, noted):
    opened: list[str] = []
    connection_created.connect(note := lambda **_: opened.append(threading.current_thread().name))
    for company in MANY:
        jobs.pause.enqueue(company, seconds=0.2)
    engine(permits=2)
    wait_until(are_done)
    connection_created.disconnect(note)
    assert noted.most_of_all > len(MANY) / 2
    assert sum(name.startswith("company-") for name in opened) <= 2


@pytest.mark.sqlite_only("Procrastinate needs no lease")
def test_a_second_engine_takes_nothing_until_the_first_ends(engine, noted):
    EngineLease.objects.create(pk=1, holder=OTHER_MACHINE, until=timezone.now() + timedelta(minutes=1))
    jobs.pause.enqueue(1, "task")
    found = engine()
    assert (found._tick(), list_statuses()) == (dispatcher.STANDBY_SECONDS, [TaskResultStatus.READY])
    EngineLease.objects.update(until=timezone.now())
    wait_until(are_done)
    assert noted.order == ["task"]


@pytest.fixture
def author(bob, abc):
    return Member(abc, bob, Role.BOOKKEEPER)


A_DAY = 24 * 3600


@pytest.mark.parametrize(
    ("holder", "seconds", "is_taken"),
    [
        ("", 60, True),
        (GONE, 60, True),
        (OTHER_MACHINE, 60, False),
        (OTHER_MACHINE, -1, True),
        (OTHER_MACHINE, A_DAY, True),
        (MOVED, A_DAY, False),
    ],
    ids=["free", "ended", "another machine's", "another's that lapsed", "by a clock that ran ahead", "moved"],
)
def test_the_lease_is_taken_over_only_from_one_that_ended_or_lapsed(transactional_db, holder, seconds, is_taken):
    EngineLease.objects.create(pk=1, holder=holder, until=timezone.now() + timedelta(seconds=seconds))
    lease = Lease()
    assert is_lease_held() is (not is_taken)
    assert lease.take() is is_taken
    lease.release()
    assert EngineLease.objects.get().holder == ("" if is_taken else holder)


@pytest.mark.sqlite_only("Procrastinate needs no lease")
def test_an_engine_whose_lease_was_taken_claims_nothing_and_ends(transactional_db, noted):
    engine = dispatcher.Engine(["saves"], 4, 1)
    engine._tick()
    EngineLease.objects.update(holder=OTHER_MACHINE)
    jobs.pause.enqueue(1)
    engine._tick()
    assert list_statuses() == [TaskResultStatus.READY]
    engine._lease._renew()
    with pytest.raises(dispatcher.Superseded):
        engine._tick()
    engine._end()


@pytest.mark.sqlite_only("Procrastinate needs no lease")
def test_what_a_dead_engine_held_is_found_again_at_once(engine, noted, larch, abc):
    SyncStatus.objects.create(tenant=larch, state=ReadState.RUNNING, process=GONE)
    now = timezone.now()
    VendorRead.objects.create(tenant=abc, purpose=Purpose.ACCOUNT, state=ReadState.RUNNING, asked_at=now, process=GONE)
    EngineLease.objects.create(pk=1, holder=GONE, until=now + timedelta(minutes=1))
    jobs.pause.enqueue(1, "held")
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    engine()
    wait_until(lambda: noted.order == ["held"])
    assert SyncStatus.objects.get(tenant=larch).state != ReadState.RUNNING
    assert VendorRead.objects.get().process != GONE


@pytest.mark.sqlite_only("Procrastinate needs no lease")
def test_a_take_over_that_the_database_cuts_off_is_made_again(transactional_db, noted, monkeypatch):
    jobs.pause.enqueue(1)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    engine = dispatcher.Engine(["saves"], 4, 1)
    with monkeypatch.context() as cut_off:
        cut_off.setattr(tasks, "requeue_interrupted", away)
        with pytest.raises(OperationalError):
            engine._tick()
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    engine._tick()
    wait_until(lambda: len(noted.order) == 1)
    engine._end()


def away() -> None:
    raise OperationalError("database is locked")


def test_an_edit_that_a_dead_engine_was_sending_is_settled_and_not_sent_again(engine, noted, author, job, sandbox):
    save_values(author, job, "form-1", phone="555-0100")
    Edit.objects.update(state=State.SENDING, process=GONE, lease_until=timezone.now() + timedelta(minutes=1))
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    sandbox.clear_requests()
    engine()
    wait_until(lambda: Edit.objects.get().state == State.UNKNOWN and sandbox.requests())
    assert {request["method"] for request in sandbox.requests()} == {"GET"}


@pytest.mark.sqlite_only("Procrastinate needs no lease")
@pytest.mark.parametrize("clock", ["monotonic", "time"])
def test_a_lease_that_a_suspended_process_could_not_renew_is_not_valid(transactional_db, monkeypatch, clock):
    lease = Lease()
    assert (lease.take(), lease.is_valid()) == (True, True)
    later = getattr(time, clock)() + 16
    monkeypatch.setattr(time, clock, lambda: later)
    assert not lease.is_valid()
    lease.release()


def test_a_demo_is_filled_at_once_while_no_worker_runs(transactional_db, monkeypatch):
    loaded: list[str] = []
    monkeypatch.setattr(load_companies.Command, "_load_all", lambda self: loaded.append("all"))
    call_command("load_companies")
    assert loaded == ["all"]
