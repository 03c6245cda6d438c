"""Carries out accepted edits, and queues what settles or reads again those that were not saved."""

from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from books.providers import serving
from books.providers.lock import pause
from edits.models.edit import Edit, State

from .lifecycle import reread, save, settle

WAIT_SECONDS = 0.1  # between two checks of an edit that another process is sending


def carry_out_now(edit: Edit) -> Edit:
    """Carry out an accepted edit and return it in its final state.

    If another process or thread is sending it already, wait for that one as long as it is alive.
    """
    with serving.save_within_request():
        edit = save.carry_out(edit)
        while edit.state == State.SENDING and not settle.is_abandoned(edit):
            pause(WAIT_SECONDS)  # the other one changes the row, which sends no signal here
            edit.refresh_from_db()
        return settle.settle_edit(edit) if edit.state == State.SENDING else edit


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
    _queue_once(settle_now, edit)


@task(queue_name="reads")
def read_again(edit_pk: int) -> None:
    """Read the record of a conflict, whose page waits for it."""
    reread.read_again(Edit.objects.select_related("tenant").get(pk=edit_pk))


def queue_read_again(edit: Edit) -> None:
    """Queue that task unless it is queued already, or an attempt has just been made."""
    if reread.is_due(edit):
        _queue_once(read_again, edit)


def _queue_once(what: Task[[int], None], edit: Edit) -> None:
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=what.module_path)
    if not ready.filter(args_kwargs__args=[edit.pk]).exists():
        what.enqueue(edit.pk)


def queue_due() -> None:
    """Queue the task if there is something to settle and it is not queued already; the timetable calls this.

    A running task does not count: its worker may have been killed, and a second task does no harm.
    """
    if not settle.list_due() and not settle.find_late_landings():
        return
    if not DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=settle_due.module_path).exists():
        settle_due.enqueue()
