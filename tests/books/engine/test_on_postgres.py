"""The engine on PostgreSQL: turns as jobs of Procrastinate, and what becomes of those of a worker that is gone."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.exceptions import InvalidTaskError
from django_tasks_db.models import DBTaskResult

from books.engine.lines import Job
from books.engine.postgres import recovery, rows
from books.engine.postgres.claim import Claim
from books.engine.postgres.engine import OPTIONS
from books.models import Purpose, ReadState, SyncStatus, VendorRead
from books.providers import processes
from tests.books.engine import jobs
from tests.support.running import wait_until

pytestmark = pytest.mark.postgres_only("Procrastinate is the engine of PostgreSQL")


def list_jobs(*columns: str) -> list[tuple[Any, ...]]:
    return execute(f"SELECT {', '.join(columns)} FROM procrastinate_jobs ORDER BY id")


def execute(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def test_a_company_has_one_waiting_job_for_each_queue_however_many_tasks(transactional_db):
    for _ in range(3):
        jobs.pause.enqueue(7)
        jobs.read_pages.enqueue(7, pages=1)
    assert list_jobs("queueing_lock", "lock", "priority") == [
        ("company-7-saves", "company-7", 40),
        ("company-7-sync", "company-7", 10),
    ]
    assert DBTaskResult.objects.count() == 6


def test_a_turn_that_waits_already_does_not_break_the_callers_transaction(transactional_db):
    jobs.pause.enqueue(7)
    with transaction.atomic():
        jobs.pause.enqueue(7)
        assert DBTaskResult.objects.count() == 2
    assert (DBTaskResult.objects.count(), len(list_jobs("id"))) == (2, 1)


def test_what_is_rolled_back_leaves_neither_task_nor_job(transactional_db):
    with transaction.atomic():
        jobs.pause.enqueue(7)
        transaction.set_rollback(True)
    assert (DBTaskResult.objects.count(), list_jobs("id")) == (0, [])


def test_a_waiting_job_is_not_taken_before_the_task_that_relies_on_it_is_there(transactional_db):
    jobs.pause.enqueue(7)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            jobs.pause.enqueue(7)
            taken = other.submit(fetch_job).result()
        assert (taken, fetch_job() is not None) == (None, True)


def fetch_job() -> int | None:
    """Take the next job as a worker does."""
    ((worker,),) = execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    try:
        found: int | None = execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", worker)[0][0]
        return found
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()


def test_no_task_is_queued_for_later(transactional_db):
    with pytest.raises(InvalidTaskError):
        jobs.pause.using(run_after=timezone.now() + timedelta(hours=1))


def test_there_are_as_many_threads_as_slots(engine, noted):
    for company in range(1, 21):
        jobs.wait.enqueue(company)
    engine(slots=20)
    wait_until(lambda: noted.most_of_all == 20)


def test_a_save_goes_before_reads_that_waited_longer(engine, noted):
    jobs.look.enqueue(7, "read")
    jobs.pause.enqueue(7, "save")
    engine()
    wait_until(lambda: len(noted.order) == 2)
    assert noted.order == ["save", "read"]


def test_the_next_turn_of_a_company_follows_at_once(engine, noted, monkeypatch):
    monkeypatch.setitem(OPTIONS, "fetch_job_polling_interval", 60.0)
    jobs.pause.enqueue(7, "save")
    jobs.look.enqueue(7, "read")
    engine()
    wait_until(lambda: len(noted.order) == 2, within=10)


def test_every_fifth_turn_of_a_busy_line_is_the_backgrounds(engine, noted):
    jobs.read_pages.enqueue(7, pages=1)
    for number in range(6):
        jobs.pause.enqueue(7, f"save {number}")
    noted.goes_on.set()
    engine()
    wait_until(lambda: len(noted.order) == 7)
    assert noted.order.index("page 0") == 4


def test_companies_that_do_not_answer_have_slots_of_their_own(engine, noted, companies):
    silent, other = list(companies.values())[:3], list(companies.values())[3:6]
    for company in silent:
        SyncStatus.objects.create(tenant=company, failing_since=timezone.now())
        jobs.wait.enqueue(company.pk, "hangs")
    for company in other:
        jobs.pause.enqueue(company.pk, "answers")
    engine(slots=2)
    wait_until(lambda: noted.order.count("answers") == 3)
    assert noted.order.count("hangs") == 1


GONE = f"{processes.get_process_mark()}0"  # its last part is when the process started
OTHER_MACHINE = "another machine:1:1"


@dataclass
class DeadWorker:
    """A worker that has taken a company's turn and its task, and gives no further sign."""

    company: int
    mark: str

    def __post_init__(self) -> None:
        rows = execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        self.number = rows[0][0]
        self.job = execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", self.number)[0][0]
        DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=[str(self.job), self.mark])

    def age(self, seconds: float) -> None:
        """Let its last heartbeat be so long ago."""
        aged = "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s) WHERE id = %s"
        execute(aged + " RETURNING id", seconds, self.number)


def is_taken_over(dead: DeadWorker) -> bool:
    """Whether the recovery has deleted its job and put back its task, for which another turn waits."""
    jobs_left = [number for (number,) in list_jobs("id")]
    status = DBTaskResult.objects.get().status
    assert (status == TaskResultStatus.READY) == (dead.job not in jobs_left)
    return dead.job not in jobs_left and len(jobs_left) == 1


@pytest.mark.parametrize(
    ("mark", "seconds", "is_taken"),
    [(GONE, 0, True), (OTHER_MACHINE, 10, False), (OTHER_MACHINE, 30, True)],
    ids=["its process is gone", "another machine's", "another machine's without heartbeat"],
)
def test_the_turn_of_a_worker_that_is_gone_is_taken_over(transactional_db, mark, seconds, is_taken):
    jobs.pause.enqueue(7)
    dead = DeadWorker(7, mark)
    dead.age(seconds)
    recovery.recover()
    assert is_taken_over(dead) == is_taken


def test_a_claim_ends_when_the_job_is_taken_over_or_the_heartbeat_is_late(transactional_db):
    jobs.pause.enqueue(7)
    frozen = DeadWorker(7, OTHER_MACHINE)
    assert Claim(frozen.job).is_valid()
    frozen.age(11)
    assert not Claim(frozen.job).is_valid()
    frozen.age(0)
    recovery.delete_job(frozen.job)
    assert not Claim(frozen.job).is_valid()


def test_a_claim_is_looked_up_again_after_a_while_even_if_one_clock_has_stopped(transactional_db, monkeypatch):
    jobs.pause.enqueue(7)
    claim = Claim(DeadWorker(7, OTHER_MACHINE).job)
    assert claim.is_valid()
    recovery.delete_job(claim.number)
    assert claim.is_valid(), "nobody can have taken it over since"
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 11)
    assert not claim.is_valid()


def test_the_end_of_a_task_that_was_taken_over_is_not_noted(transactional_db):
    jobs.pause.enqueue(7)
    frozen = DeadWorker(7, OTHER_MACHINE)
    row = DBTaskResult.objects.get()
    rows.write_end(Job(row.pk, 7, 0), None, frozen.job + 1)
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING


def test_a_task_whose_turn_was_lost_gets_another(transactional_db):
    jobs.pause.enqueue(7)
    execute("DELETE FROM procrastinate_jobs RETURNING id")
    recovery.recover()
    assert list_jobs("queueing_lock") == [("company-7-saves",)]


def test_what_a_dead_worker_read_is_read_by_another(engine, larch, abc):
    now = timezone.now()
    SyncStatus.objects.create(tenant=larch, state=ReadState.RUNNING, process=OTHER_MACHINE)
    VendorRead.objects.create(
        tenant=larch, purpose=Purpose.ACCOUNT, state=ReadState.RUNNING, asked_at=now, process=OTHER_MACHINE
    )
    jobs.pause.enqueue(larch.pk)
    DeadWorker(larch.pk, OTHER_MACHINE).age(30)
    recovery.recover()
    assert SyncStatus.objects.get(tenant=larch).state == ReadState.QUEUED
    assert VendorRead.objects.get().state == ReadState.QUEUED
