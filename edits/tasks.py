"""The tasks on edits: sends the queued ones, settles those without an answer, reads the records of conflicts.

A queue says only that a company has something to send. What, and in which order, is read from its edits.
"""

import threading
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from edits.models.edit import Edit, State
from tenants.models import Tenant

from .lifecycle import queue, reread, save, settle

_lines: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)  # one thread at a time sends for a company


@task(queue_name="saves")
def send_queued(tenant_id: int) -> int:
    """Send what a company has to send, one edit after the other, and return how many were tried."""
    tried: set[int] = set()
    with _lines[tenant_id]:
        while (edit := queue.find_next(tenant_id, without=tried)) is not None:
            tried.add(edit.pk)
            if save.carry_out(edit).state == State.SAVED:
                queue.wake(tenant_id)
    return len(tried)


def queue_sending(tenant: Tenant) -> None:
    """Queue that task for a company, unless it is queued already. In the caller's transaction."""
    _queue_once(send_queued, tenant.pk)


def queue_due_edits() -> None:
    """Queue the companies whose edits are due; the timetable calls this, for those that waited or lost their task."""
    queue.expire_queued()
    queue.end_resting()
    queue.wake_answering()
    for tenant_id in queue.list_due_companies():
        _queue_once(send_queued, tenant_id)


@task(queue_name="saves")
def settle_due() -> int:
    """Settle every edit that no process works on any more, and return how many were checked."""
    return settle.settle_due()


@task(queue_name="reads")
def settle_now(edit_pk: int) -> None:
    """Settle an edit that somebody asks about, unless it is settled or a process works on it."""
    edit = Edit.objects.select_related("tenant").get(pk=edit_pk)
    if edit.state == State.UNKNOWN or settle.is_abandoned(edit):
        settle.settle_edit(edit)


def queue_settle_now(edit: Edit) -> None:
    """Queue that task unless it is queued already."""
    _queue_once(settle_now, edit.pk)


@task(queue_name="reads")
def read_again(edit_pk: int) -> None:
    """Read the record of a conflict, whose page waits for it."""
    reread.read_again(Edit.objects.select_related("tenant").get(pk=edit_pk))


def queue_read_again(edit: Edit) -> None:
    """Queue that task unless it is queued already, or an attempt has just been made."""
    if reread.is_due(edit):
        _queue_once(read_again, edit.pk)


def queue_due() -> None:
    """Queue the task if there is something to settle and it is not queued already; the timetable calls this.

    A running task does not count: its worker may have been killed, and a second task does no harm.
    """
    if not settle.list_due() and not settle.find_late_landings():
        return
    if not _filter_ready(settle_due.module_path).exists():
        settle_due.enqueue()


def _queue_once(what: Task[[int], Any], number: int) -> None:
    """Queue a task unless it is queued already; a running one may have begun before there was anything to do."""
    if not _filter_ready(what.module_path).filter(args_kwargs__args=[number]).exists():
        what.enqueue(number)


def _filter_ready(path: str) -> QuerySet[DBTaskResult[Any, Any]]:
    return DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=path)
