"""The tasks on edits: sends the queued ones, settles those without an answer, reads the records of conflicts.

A queue says only that a company has something to send. What, and in which order, is read from its edits.
"""

from functools import partial
from typing import Any

from django.db import connection, transaction
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from books.engine.backend import TaskTable
from edits.models.edit import Edit, State
from tenants.models import Tenant

from .lifecycle import queue, reread, save, settle


@task(queue_name="saves")
def send_queued(tenant_id: int) -> int:
    """Send the next edit of a company, queue the one after, and return how many were tried."""
    edit, has_more = queue.find_next(tenant_id)
    if edit is None:
        return 0
    if not has_more:
        # What is queued meanwhile does not wait for the company to answer.
        save.carry_out(edit)
        return 1
    send_edit(edit)
    queue_once(send_queued, tenant_id)
    return 1


def send_edit(edit: Edit) -> Edit:
    """Send a queued edit in this turn, and return it as it ended."""
    edit = save.carry_out(edit)
    if edit.state == State.SAVED:
        queue.wake(edit.tenant_id)
    return edit


def queue_sending(tenant: Tenant) -> None:
    """Queue that task for a company, unless it is queued already. In the caller's transaction."""
    queue_once(send_queued, tenant.pk)


def queue_due_edits() -> None:
    """Queue the companies whose edits are due; the timetable calls this, for those that waited or lost their task."""
    if not Edit.objects.filter(state=State.QUEUED).exists():
        return  # nearly always: to compose the rest takes Django longer than all of it runs
    queue.expire_queued()
    queue.end_resting()
    queue.wake_answering()
    for tenant_id in queue.list_due_companies():
        queue_once(send_queued, tenant_id)


@task(queue_name="saves")
def settle_due(tenant_id: int = 0) -> int:
    """Settle every edit of a company that no process works on any more, and return how many were checked."""
    if not tenant_id:  # queued by an earlier release, for all companies
        return queue_due()
    return settle.settle_due(tenant_id)


@task(queue_name="reads")
def settle_now(edit_pk: int, tenant_id: int = 0) -> None:
    """Settle an edit that somebody asks about, unless it is settled or a process works on it."""
    edit = Edit.objects.select_related("tenant").get(pk=edit_pk)
    if edit.state == State.UNKNOWN or settle.is_abandoned(edit):
        settle.settle_edit(edit)


def queue_settle_now(edit: Edit) -> None:
    """Queue that task unless it is queued already."""
    queue_once(settle_now, edit.pk, tenant_id=edit.tenant_id)


@task(queue_name="reads")
def read_again(edit_pk: int, tenant_id: int = 0) -> None:
    """Read the record of a conflict, whose page waits for it."""
    reread.read_again(Edit.objects.select_related("tenant").get(pk=edit_pk))


def queue_read_again(edit: Edit) -> None:
    """Queue that task unless it is queued already, or an attempt has just been made."""
    if reread.is_due(edit):
        queue_once(read_again, edit.pk, tenant_id=edit.tenant_id)


def queue_due() -> int:
    """Queue that task for each company that has something to settle, and return for how many; the timetable calls this.

    A running task does not count: its worker may have been killed, and a second task does no harm.
    """
    companies = settle.list_due_companies()
    for tenant_id in companies:
        queue_once(settle_due, tenant_id)
    return len(companies)


def queue_once(what: Task[..., Any], number: int, **company: int) -> None:
    """Queue a task unless it is queued already; a running one may have begun before there was anything to do."""
    backend = what.get_backend()
    if isinstance(backend, TaskTable):
        backend.queue_once(what, number, company)
    elif not _is_queued(what.module_path, number):
        what.enqueue(number, **company)
    elif connection.in_atomic_block:
        # That one may begin, and find nothing to do, before the caller's transaction has ended.
        transaction.on_commit(partial(queue_once, what, number, **company))


def _is_queued(path: str, number: int) -> bool:
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=path)
    return ready.filter(args_kwargs__args=[number]).exists()
