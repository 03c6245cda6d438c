"""One request at a time per company, by priority, across threads and processes, and never blocked by a dead one."""

import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from books.models import LockWaiter, RequestLock
from books.providers.errors import Busy
from books.providers.lock import RequestPriority, hold_line
from tests.support import databases
from tests.support.running import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

HOLD = """
import os, sys, time, django
os.environ["DATABASE_URL"] = sys.argv[1]
django.setup()
from books.providers.lock import RequestPriority, hold_line
from tenants.models import Tenant
with hold_line(Tenant.objects.get(pk=sys.argv[2]), RequestPriority[sys.argv[3]]):
    print("held", time.time(), flush=True)
    time.sleep(float(sys.argv[4]))  # holds the lock as long as a vendor's answer would take
    print("left", time.time(), flush=True)
"""


@pytest.fixture
def hold():
    """`hold(company, "SAVE", 0.3)`: another process that holds the lock for this long and says when."""
    with ExitStack() as running:
        yield lambda *asked: running.enter_context(_holding(*asked))


def _holding(tenant, priority, seconds):
    command = [sys.executable, "-c", HOLD, databases.url(), str(tenant.pk), priority, str(seconds)]
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "DEMO": "1", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def told(process, word):
    got, moment = process.stdout.readline().split()
    assert got == word
    return float(moment)


def in_thread(tenant, priority, order, **more):
    """A thread that takes the lock once and notes that it did."""

    def run():
        try:
            with hold_line(tenant, priority, **more):
                order.append(priority)
        except Busy:
            order.append("busy")
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def waits(count):
    return LockWaiter.objects.count() == count


def test_two_processes_never_hold_the_lock_together(larch, hold):
    first = hold(larch, "SAVE", 0.3)
    told(first, "held")
    second = hold(larch, "SAVE", 0)
    assert told(first, "left") <= told(second, "held")
    assert [first.wait(20), second.wait(20)] == [0, 0]


def test_the_lock_of_a_killed_process_is_released_at_once(larch, hold):
    holder = hold(larch, "SYNC", 60)
    told(holder, "held")
    holder.kill()
    holder.wait(20)
    started = time.monotonic()
    with hold_line(larch, RequestPriority.SAVE):
        assert time.monotonic() - started < 5


def test_a_waiter_of_a_killed_process_delays_nobody(larch, hold):
    processes = [hold(larch, "SAVE", 60)]
    told(processes[0], "held")
    processes.append(hold(larch, "SAVE", 0))
    wait_until(partial(waits, 1))
    for process in processes:
        process.kill()
        process.wait(20)
    LockWaiter.objects.update(seen_at=timezone.now() + timedelta(hours=1))  # as if it never lapsed
    with hold_line(larch, RequestPriority.SAVE, patience=10):
        assert LockWaiter.objects.count() == 0


def test_a_save_precedes_a_persons_read_which_precedes_a_background_read(larch):
    order: list[object] = []
    with hold_line(larch, RequestPriority.PERSON):
        threads = []
        for waiting, priority in enumerate((RequestPriority.SYNC, RequestPriority.PERSON, RequestPriority.SAVE), 1):
            threads.append(in_thread(larch, priority, order))
            wait_until(partial(waits, waiting))
    for thread in threads:
        thread.join(20)
    assert order == [RequestPriority.SAVE, RequestPriority.PERSON, RequestPriority.SYNC]


def test_of_two_background_reads_one_is_refused_at_once(larch):
    order: list[object] = []
    with hold_line(larch, RequestPriority.SAVE):
        first = in_thread(larch, RequestPriority.SYNC, order)
        wait_until(partial(waits, 1))
        in_thread(larch, RequestPriority.SYNC, order).join(20)
        assert order == ["busy"]
    first.join(20)
    assert order == ["busy", RequestPriority.SYNC]


def test_waiting_too_long_raises_busy(larch):
    expected = pytest.raises(Busy, match="This company is busy")
    with hold_line(larch, RequestPriority.SAVE), expected, hold_line(larch, RequestPriority.PERSON, patience=0.1):
        raise AssertionError("The line was taken.")
    assert LockWaiter.objects.count() == 0


def test_a_lapsed_lease_releases_the_lock(larch):
    RequestLock.objects.create(tenant=larch, holder="another machine:1:1 x", until=timezone.now())
    with hold_line(larch, RequestPriority.SAVE, patience=5):
        assert RequestLock.objects.get().holder != "another machine:1:1 x"


def test_companies_do_not_wait_for_each_other(larch, abc):
    with hold_line(larch, RequestPriority.SAVE), hold_line(abc, RequestPriority.SYNC, patience=0):
        assert RequestLock.objects.exclude(holder="").count() == 2


def test_an_error_inside_releases_the_lock(larch):
    with pytest.raises(ZeroDivisionError), hold_line(larch, RequestPriority.SAVE):
        raise ZeroDivisionError
    assert RequestLock.objects.get().holder == ""
