"""The request lock: one request at a time per company, by priority, across web and worker processes.

The lock of a company is a leased row. Whoever finds it taken adds a row with their priority and looks again every few
hundredths of a second. No transaction is held while a request runs. Taking and releasing it are written in SQL: every
page of a read and every save does both, and composing them in the ORM took longer than executing them.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, TypeVar

from django.db import Error, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from books.models import LockWaiter, RequestLock
from tenants.models import Tenant

from . import processes, upkeep
from .errors import Busy

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.03
SEEN_EVERY_SECONDS = 1.0
WAITER_LAPSES = timedelta(seconds=5)
LEASE_SECONDS = 300.0  # if the caller does not say how long its request may take
PATIENCE_SECONDS = 120.0

T = TypeVar("T")


class RequestPriority(IntEnum):
    """Who goes first when several wait: lower is sooner."""

    SAVE = 0
    PERSON = 1
    SYNC = 2


@contextmanager
def hold_line(
    tenant: Tenant, priority: RequestPriority, seconds: float = LEASE_SECONDS, patience: float = PATIENCE_SECONDS
) -> Iterator[None]:
    """Hold the company's request lock for one request of at most `seconds`; then it is free, whatever happens.

    Raises Busy after `patience` seconds of waiting, for a background read also if another one is waiting already.
    """
    holder = f"{processes.get_process_mark()} {secrets.token_hex(8)}"

    def free() -> object:
        return _execute(_FREE, tenant.pk, holder)

    try:
        if not _take_line(tenant, priority, holder, seconds):
            _wait_for_line(tenant, priority, holder, seconds, patience)
    except Error:
        _work_when_possible(free)  # it may have been taken, though no answer of the database came
        raise
    try:
        if priority is not RequestPriority.SYNC:
            lend_back()
        yield
    finally:
        _work_when_possible(free)


def _work_when_possible(work: Callable[[], object]) -> None:
    """Do a short piece of database work now or, if the database is unavailable, as soon as it is back.

    Raises nothing: an answer already received from the vendor must not be lost.
    """
    try:
        work()
    except Error as error:
        log.warning("The request lock is not released yet, as the database is unavailable; it is retried: %s", error)
        upkeep.when_possible(work)


def lend_back() -> None:
    """Release the database connection (on SQLite its cache) while waiting for a vendor: hundreds may wait at once."""
    if connection.connection is None or connection.in_atomic_block:
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA shrink_memory")  # reopening the file would cost a save several milliseconds
    else:
        connection.close()


def pause(seconds: float) -> None:
    """Sleep until another process has had time to act, and give it the pooled connection that it needs."""
    if connection.settings_dict["OPTIONS"].get("pool"):
        lend_back()
    time.sleep(seconds)  # it may be another process, and a database sends no notification there


def _wait_for_line(tenant: Tenant, priority: RequestPriority, holder: str, seconds: float, patience: float) -> None:
    if priority is RequestPriority.SYNC and _list_waiters(tenant).filter(priority=RequestPriority.SYNC).exists():
        raise _make_busy()
    RequestLock.objects.get_or_create(tenant=tenant)
    place = {"tenant": tenant, "priority": priority, "process": processes.get_process_mark()}
    waiter = _retry_locked(lambda: LockWaiter.objects.create(**place, seen_at=timezone.now()))
    ends, seen = time.monotonic() + patience, time.monotonic()
    try:
        _remove_dead(tenant)
        while not _take_line(tenant, priority, holder, seconds, waiter):
            now = time.monotonic()
            if now > ends:
                raise _make_busy()
            if now - seen > SEEN_EVERY_SECONDS:
                seen = now
                _retry_locked(lambda: LockWaiter.objects.filter(pk=waiter.pk).update(seen_at=timezone.now()))
                _remove_dead(tenant)
            pause(LOOK_AGAIN_SECONDS)
    finally:
        _work_when_possible(lambda: LockWaiter.objects.filter(pk=waiter.pk).delete())


def _take_line(
    tenant: Tenant, priority: RequestPriority, holder: str, seconds: float, waiter: LockWaiter | None = None
) -> bool:
    """Take the lock in one statement if it is free and no waiter has a higher priority or came earlier."""
    now = timezone.now()
    place = waiter.pk if waiter else _LAST
    until, lapsed = _adapt_moment(now + timedelta(seconds=seconds)), _adapt_moment(now - WAITER_LAPSES)
    values = (holder, until, tenant.pk, _adapt_moment(now), tenant.pk, lapsed, int(priority), int(priority), place)
    return bool(_retry_locked(lambda: _execute(_TAKE, *values)))


_LAST = 2**62  # behind everybody who waits
_TAKE = """UPDATE books_line SET holder = %s, until = %s
WHERE tenant_id = %s AND (holder = '' OR until < %s) AND NOT EXISTS (
    SELECT 1 FROM books_waiter WHERE tenant_id = %s AND seen_at > %s AND (priority < %s OR (priority = %s AND id < %s))
)"""
_FREE = "UPDATE books_line SET holder = '', until = NULL WHERE tenant_id = %s AND holder = %s"


def _execute(statement: str, *values: Any) -> int:
    """Run a statement; return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _adapt_moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _list_waiters(tenant: Tenant) -> QuerySet[LockWaiter]:
    return LockWaiter.objects.filter(tenant=tenant, seen_at__gt=timezone.now() - WAITER_LAPSES)


def _remove_dead(tenant: Tenant) -> None:
    """Remove the locks and waiters of processes that have ended, before their leases lapse."""
    gone = [
        pk for pk, process in _list_waiters(tenant).values_list("pk", "process") if processes.is_process_gone(process)
    ]
    if gone:
        _retry_locked(lambda: LockWaiter.objects.filter(pk__in=gone).delete())
    holder = RequestLock.objects.filter(tenant=tenant).values_list("holder", flat=True).first()
    if holder and processes.is_process_gone(holder.partition(" ")[0]):
        RequestLock.objects.filter(tenant=tenant, holder=holder).update(holder="", until=None)


def _retry_locked(work: Callable[[], T]) -> T:
    """Do a short piece of database work, again if SQLite was locked for longer than the connection's timeout."""
    for _ in range(3):
        try:
            return work()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
    return work()


def _make_busy() -> Busy:
    return Busy(
        "This company is busy: another request is still running.",
        next_step="Requests for one company run one at a time. Try again in a minute.",
    )
