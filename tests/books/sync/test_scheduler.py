"""The timetable and the worker: work without a request, also after a worker was killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books import registry
from books.mirror import freshness, lookup
from books.models import ReadState, Record, SyncRun, SyncStatus, Version
from books.providers import processes
from books.sync import outcome, reader, refresh, scheduler, tasks
from config.processes import page_cache
from tenants.models import Tenant
from tests.support import databases
from tests.support.running import wait_until

JOB = "80000001-1234567890"


def work():
    """Let the worker run the queued tasks."""
    call_command("db_worker", queue_name="sync", batch=True, startup_delay=False, reload=False, verbosity=0)


def process(*command, sandbox):
    """One of Ledgerdesk's own programs on the tests' database."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": databases.url(),
        "CONDUCTOR_BASE_URL": f"{sandbox.url}/v1",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.django_db(transaction=True)
def test_a_new_company_is_read_without_a_request(sandbox, abc):
    Tenant.objects.exclude(pk=abc.pk).delete()
    scheduler.start_new_companies()
    work()
    assert lookup.find_record(abc, "customers", JOB).full_name == "ABC Corporation:Website Redesign Project"
    assert set(SyncRun.objects.filter(tenant=abc).values_list("state", flat=True)) == {ReadState.DONE}


@pytest.mark.django_db(transaction=True)
def test_a_company_whose_pc_is_off_shows_it_and_is_retried(sandbox, garnet):
    refresh.request_refresh(garnet)
    work()
    watch = SyncStatus.objects.get(tenant=garnet)
    age = freshness.get_freshness(garnet, "bills")
    assert "not active" in watch.why
    assert watch.request_id.startswith("req_")
    assert (watch.state, age.failing_since, age.first_time) == (ReadState.DONE, watch.failing_since, True)
    assert watch.next_try_at is not None
    assert timedelta(0) < watch.next_try_at - timezone.now() <= outcome.AWAY_PAUSE


@pytest.mark.django_db(transaction=True)
def test_an_answer_ends_the_failure(sandbox, abc):
    refresh.request_refresh(abc)
    SyncRun.objects.exclude(kind="customers").delete()
    sandbox.fault(endUserId=abc.end_user_id, fault="closed", count=1)
    work()
    assert SyncStatus.objects.get(tenant=abc).failing_since is not None
    SyncStatus.objects.update(next_try_at=None)
    scheduler.wake_due_companies(timezone.now())
    work()
    watch = SyncStatus.objects.get(tenant=abc)
    assert (watch.failing_since, watch.why, watch.tries) == (None, "", 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_is_followed_by_another(sandbox, larch):
    sandbox.fault(endUserId=larch.end_user_id, operation="list", resource="customers", fault="slow", seconds=6)
    SyncRun.objects.create(tenant=larch, kind="customers")
    SyncStatus.objects.create(tenant=larch)
    tasks.queue_reading(larch)
    worker = process("worker", "--queue-name", "sync", sandbox=sandbox)
    wait_until(lambda: sandbox.requests(larch.end_user_id), within=40)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    sandbox.reset()
    scheduler.revive_readings(timezone.now())
    assert DBTaskResult.objects.running().count() == 0
    work()
    run = SyncRun.objects.get(tenant=larch, kind="customers")
    assert (run.state, run.rows, run.failing_since) == (ReadState.DONE, 600, None)


@pytest.mark.django_db(transaction=True)
def test_the_timetable_ends_at_once_when_told(sandbox, abc):
    running = process("timetable", "--interval", "0.1", sandbox=sandbox)
    wait_until(lambda: DBTaskResult.objects.exists(), within=40)
    started = time.monotonic()
    running.terminate()
    running.wait(10)
    assert time.monotonic() - started < 2


def test_nothing_is_queued_twice(sandbox, abc):
    assert refresh.request_refresh(abc) is True
    assert [refresh.request_refresh(abc), refresh.request_refresh(abc, "person")] == [False, False]
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_task_whose_company_is_read_elsewhere_does_nothing(sandbox, abc):
    refresh.request_refresh(abc)
    SyncStatus.objects.update(state=ReadState.RUNNING, process=processes.get_process_mark())
    work()
    assert sandbox.requests(abc.end_user_id) == []


def test_a_lost_place_in_the_queue_is_restored(sandbox, abc):
    refresh.request_refresh(abc)
    DBTaskResult.objects.all().delete()
    scheduler.revive_readings(timezone.now() + timedelta(minutes=1))
    assert DBTaskResult.objects.count() == 1


def test_only_a_visited_company_is_refreshed(sandbox, abc):
    refresh.queue_stale(abc)
    long_ago = timezone.now() - timedelta(hours=2)
    SyncRun.objects.update(state=ReadState.DONE, as_of=long_ago, full_at=long_ago)
    SyncStatus.objects.create(tenant=abc, looked_at=long_ago)
    scheduler.refresh_visited(timezone.now())
    scheduler.wake_due_companies(timezone.now())
    assert DBTaskResult.objects.count() == 0
    SyncStatus.objects.update(looked_at=timezone.now())
    scheduler.refresh_visited(timezone.now())
    scheduler.wake_due_companies(timezone.now())
    assert DBTaskResult.objects.count() == 1


def test_a_recent_list_is_not_refreshed_unless_somebody_asks(sandbox, abc):
    now = timezone.now()
    SyncRun.objects.bulk_create(
        SyncRun(tenant=abc, kind=kind, state=ReadState.DONE, as_of=now, full_at=now, high_water_mark=now)
        for kind in refresh.list_kinds(abc)
    )
    assert refresh.request_refresh(abc) is False
    assert refresh.request_refresh(abc, "person") is True
    queued = SyncRun.objects.filter(state=ReadState.QUEUED).order_by("kind").values_list("kind", flat=True)
    assert list(queued) == ["balances", "bills", "customers", "deleted"]


def test_everything_is_read_in_full_once_a_day(sandbox, abc):
    old = timezone.now() - timedelta(hours=25)
    refresh.queue_stale(abc)
    SyncRun.objects.update(state=ReadState.DONE, as_of=old, full_at=old, high_water_mark=old)
    SyncStatus.objects.create(tenant=abc)
    scheduler.read_daily(timezone.now())
    reader.read_next(abc)
    assert SyncRun.objects.get(kind="bills").is_full is True


def test_old_versions_are_deleted_but_not_the_current_one(sandbox, abc):
    table, old = registry.get_table(abc, "customers"), timezone.now() - timedelta(days=91)
    for revision in ("1", "2"):
        lookup.store_record(abc, table, {"id": "8-1", "fullName": "A", "revisionNumber": revision}, old)
    Version.objects.update(replaces_unreported=None)
    assert scheduler.clear_old_rows(timezone.now()) == 1
    assert list(Version.objects.values_list("revision", flat=True)) == ["2"]
    assert lookup.get_content(Record.objects.get())["revision_number"] == "2"


def test_an_old_version_that_was_replaced_lately_is_kept_for_the_forms_over_it(abc):
    table, now = registry.get_table(abc, "customers"), timezone.now()
    for revision, days in (("1", 200), ("2", 1)):
        row = {"id": "8-1", "fullName": "A", "revisionNumber": revision}
        lookup.store_record(abc, table, row, now - timedelta(days=days))
    Version.objects.update(replaces_unreported=None)
    assert (scheduler.clear_old_rows(now), Version.objects.count()) == (0, 2)
    assert scheduler.clear_old_rows(now + timedelta(days=90)) == 1


def test_an_unreported_version_is_kept_with_its_predecessor(abc):
    table, old = registry.get_table(abc, "customers"), timezone.now() - timedelta(days=91)
    for revision in ("1", "2", "3"):
        lookup.store_record(abc, table, {"id": "8-1", "fullName": "A", "revisionNumber": revision}, old)
    Version.objects.filter(revision="3").update(replaces_unreported=None)
    assert (scheduler.clear_old_rows(timezone.now()), Version.objects.count()) == (0, 3)


def test_steps_of_higher_layers_are_called_each_round(db, monkeypatch):
    called = []
    monkeypatch.setattr(tasks, "SWEEPS", [lambda: called.append(1)])
    monkeypatch.setattr(tasks, "CHORES", [lambda: called.append(2)])
    scheduler.run_round()
    assert called == [1, 2]


def test_a_step_that_fails_keeps_none_of_the_others_from_being_done(db, monkeypatch, caplog):
    called = []
    monkeypatch.setattr(tasks, "SWEEPS", [lambda: [][0], lambda: called.append(1)])
    monkeypatch.setattr(tasks, "CHORES", [lambda: called.append(2)])
    scheduler.run_round()
    assert (called, [one.exc_info[0] for one in caplog.records]) == ([1, 2], [IndexError])


def test_a_round_ends_where_the_database_is_away(db, monkeypatch):
    def fail():
        raise OperationalError

    monkeypatch.setattr(tasks, "SWEEPS", [fail])
    with pytest.raises(OperationalError):
        scheduler.run_round()


def test_a_reading_that_another_worker_has_taken_over_is_not_ended_by_the_first(abc, sandbox, monkeypatch):
    SyncStatus.objects.create(tenant=abc, state=ReadState.QUEUED)
    monkeypatch.setattr(tasks, "_read_next", lambda watch: SyncStatus.objects.update(process="other:1:1"))
    tasks.read_books.call(abc.pk)
    watch = SyncStatus.objects.get()
    assert (watch.state, watch.process) == (ReadState.RUNNING, "other:1:1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only("its own page cache")
def test_worker_and_timetable_keep_few_pages_of_a_database():
    with closing(connections.create_connection(DEFAULT_DB_ALIAS)) as own:
        page_cache.limit_pages(own)
        with own.cursor() as cursor:
            assert cursor.execute("PRAGMA cache_size").fetchall() == [(-page_cache.FEW_KILOBYTES,)]
