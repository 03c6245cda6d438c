"""The worker's task: one piece of one company's read, after which it queues the next.

A company has at most one such chain, kept in its Watch row: queued, running, or idle.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial

from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from books import pace
from books.models import ReadState, SyncStatus
from books.providers import processes, upkeep
from books.providers.errors import BooksError, Busy, Resting, TooMany
from tenants.models import Tenant

from . import company_file, outcome, reader
from .outage import AWAY

log = logging.getLogger(__name__)

MOST_FAILED = 50  # more than a company has lists, each of which is left alone for a while after it failed

# The timetable calls each every few seconds, and an engine that takes over the work of another. Apps of higher layers
# register theirs in AppConfig.ready.
SWEEPS: list[Callable[[], object]] = []
CHORES: list[Callable[[], object]] = []  # the timetable alone calls these, which only start work in another thread


def do_each(steps: Iterable[Callable[[], object]]) -> None:
    """Take these steps one after the other. One that fails is logged, and the next call tries it again.

    Raises the error of a database that is away.
    """
    for step in steps:
        try:
            step()
        except AWAY:
            raise
        except Exception:  # of any kind: what one company's rows are like must not keep all others from being looked at
            log.exception("A step of the timetable failed; the next round retries.")


@task(queue_name="sync")
def read_books(tenant_id: int) -> None:
    """Read the next piece of a company if no other process is reading it, and queue the one after."""
    claim = {"state": ReadState.RUNNING, "process": processes.get_process_mark(), "heartbeat_at": timezone.now()}
    if not SyncStatus.objects.filter(tenant=tenant_id, state=ReadState.QUEUED).update(**claim):
        return
    watch = SyncStatus.objects.select_related("tenant").get(tenant=tenant_id)
    try:
        _read_next(watch)
    finally:
        upkeep.now_or_later(partial(_end_reading, watch))
    queue_reading(watch.tenant)


def _end_reading(watch: SyncStatus) -> None:
    own = SyncStatus.objects.filter(pk=watch.pk, process=processes.get_process_mark())  # unless it was taken over
    own.update(state=ReadState.DONE, process="")


def queue_reading(tenant: Tenant, watch: SyncStatus | None = None) -> bool:
    """Queue the company's next piece if it has one and it is not queued already."""
    now = timezone.now()
    if not reader.list_due(tenant, watch).exists():
        return False
    resting = SyncStatus.objects.filter(tenant=tenant, state=ReadState.DONE)
    ready = resting.filter(pace.filter_ready(now))
    if not ready.update(state=ReadState.QUEUED, queued_at=now):
        return False
    read_books.enqueue(tenant.pk)
    return True


def requeue_reading(tenant_id: int, now: datetime) -> None:
    """Queue a chain again that has lost its worker or its place in the queue."""
    own = DBTaskResult.objects.filter(task_path=read_books.module_path, args_kwargs__args=[tenant_id])
    own.running().update(status=TaskResultStatus.FAILED, finished_at=now)
    SyncStatus.objects.filter(tenant=tenant_id).update(state=ReadState.QUEUED, queued_at=now, process="")
    if not own.filter(status=TaskResultStatus.READY).exists():
        read_books.enqueue(tenant_id)


def requeue_interrupted(companies: Collection[int] | None = None) -> None:
    """Let every company (of these) be read on that is noted as being read. Only where no process reads it any more."""
    running = SyncStatus.objects.filter(state=ReadState.RUNNING)
    if companies is not None:
        running = running.filter(tenant__in=companies)
    running.update(state=ReadState.QUEUED, queued_at=timezone.now(), process="")


def read_at_once(tenant: Tenant) -> None:
    """Read all that is due of a company in this process, unless another one reads it.

    Raises BooksError, as noted: at once if it stops the company, else the first after all other lists are read.
    """
    claim = {"state": ReadState.RUNNING, "process": processes.get_process_mark(), "heartbeat_at": timezone.now()}
    if not SyncStatus.objects.filter(tenant=tenant).exclude(state=ReadState.RUNNING).update(**claim):
        return
    watch = SyncStatus.objects.select_related("tenant").get(tenant=tenant)
    failed: list[BooksError] = []
    try:
        while _try_next(watch, failed):
            continue
    finally:
        _end_reading(watch)
    if failed:
        raise failed[0]


def _try_next(watch: SyncStatus, failed: list[BooksError]) -> bool:
    """Read the next piece; return whether another one can be read at once. The error of one list goes to `failed`."""
    try:
        return _read_piece(watch)
    except BooksError as error:
        if outcome.stops_company(error):
            raise
        failed.append(error)
        return len(failed) < MOST_FAILED


def _read_next(watch: SyncStatus) -> None:
    try:
        _read_piece(watch)
    except (Busy, TooMany, Resting):
        return
    except BooksError as error:
        log.info("%s is not read: %s %s", watch.tenant.slug, error, error.request_id)


def _read_piece(watch: SyncStatus) -> bool:
    """Read the company's next piece; return False if there is none. Raises BooksError after noting it."""
    if not reader.list_due(watch.tenant).exists():
        return False  # or a company that is held back would still be asked for its company file
    watch.tried_at = timezone.now()
    try:
        if not company_file.check_company_file(watch):
            outcome.note_wait(watch, company_file.ASK_AGAIN)
            return False
        read = reader.read_next(watch.tenant)
    except Busy:
        # A person's own request goes first; that is not a failure.
        SyncStatus.objects.filter(pk=watch.pk).update(next_try_at=timezone.now() + reader.GIVEN_WAY)
        raise
    except Resting:
        raise  # no failure: it was put to rest meanwhile
    except TooMany as error:
        outcome.note_pause(watch, error)
        raise
    except BooksError as error:
        if outcome.stops_company(error):
            outcome.note_failure(watch, error, outcome.compute_company_pause(watch, error))
        raise
    if read:
        outcome.note_answer(watch)
    return read
