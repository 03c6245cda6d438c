"""The worker's task: one piece of one company's reading, after which it queues the next.

A company has one such chain at most, kept by its Watch row: waiting, being worked on, or at rest.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from books.models import State, SyncRun, Watch
from books.providers import processes
from books.providers.errors import BooksError, Busy, TooMany
from tenants.models import Tenant

from . import reader

log = logging.getLogger(__name__)

# Each is called by the timetable every few seconds: an app of a floor above adds its own when it is ready.
SWEEPS: list[Callable[[], object]] = []


@task(queue_name="sync")
def read_books(tenant_id: int) -> None:
    """Read the next piece of a company's books, if no other process is at it, and queue the one after."""
    claim = {"state": State.RUNNING, "process": processes.mark(), "beat_at": timezone.now()}
    if not Watch.objects.filter(tenant=tenant_id, state=State.QUEUED).update(**claim):
        return
    watch = Watch.objects.select_related("tenant").get(tenant=tenant_id)
    try:
        _read(watch)
    finally:
        Watch.objects.filter(pk=watch.pk).update(state=State.DONE, process="")
    call(watch.tenant)


def call(tenant: Tenant) -> bool:
    """Put the company's next piece into the workers' queue if it has one and it is not there already."""
    now = timezone.now()
    if not reader.due(SyncRun.objects.filter(tenant=tenant), now).exists():
        return False
    resting = Watch.objects.filter(tenant=tenant, state=State.DONE)
    ready = resting.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=now))
    if not ready.update(state=State.QUEUED, queued_at=now):
        return False
    read_books.enqueue(tenant.pk)
    return True


def recall(tenant_id: int, now: datetime) -> None:
    """Queue a chain again whose worker or whose place in the queue is gone."""
    own = DBTaskResult.objects.filter(task_path=read_books.module_path, args_kwargs__args=[tenant_id])
    own.running().update(status=TaskResultStatus.FAILED, finished_at=now)
    Watch.objects.filter(tenant=tenant_id).update(state=State.QUEUED, queued_at=now, process="")
    if not own.filter(status=TaskResultStatus.READY).exists():
        read_books.enqueue(tenant_id)


def let_go(now: datetime) -> None:
    """Queue again what this process held when its database went away. Only for a process at no task."""
    held = Watch.objects.filter(state=State.RUNNING, process=processes.mark())
    for tenant_id in held.values_list("tenant_id", flat=True):
        recall(tenant_id, now)


def _read(watch: Watch) -> None:
    watch.tried_at = timezone.now()
    try:
        read = reader.read_next(watch.tenant)
    except Busy:
        # Somebody's own request goes first; that is no failure.
        Watch.objects.filter(pk=watch.pk).update(next_try_at=timezone.now() + reader.GIVEN_WAY)
        return
    except TooMany as error:
        reader.note_pause(watch, error)
        return
    except BooksError as error:
        log.info("%s is not read: %s %s", watch.tenant.slug, error, error.request_id)
        if reader.keeps_all_waiting(error):
            reader.note_failure(watch, error, reader.pause_of_company(watch, error))
        return
    if read:
        reader.note_answer(watch)
