"""How accepted edits are carried out, and what the worker of the `saves` queue does: settle those without an answer."""

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from books.providers.lock import pause
from edits.models.edit import Edit, State

from .lifecycle import save, settle

WAIT_SECONDS = 0.1  # between two looks at an edit that another process sends


def carry_out_now(edit: Edit) -> Edit:
    """Have an accepted edit carried out, and return it when that is done, as it ended.

    Where another process or thread sends it already, wait for that while it lives.
    """
    edit = save.carry_out(edit)
    while edit.state == State.SENDING and not settle.is_abandoned(edit):
        pause(WAIT_SECONDS)  # the other one moves the row, which wakes nobody here
        edit.refresh_from_db()
    return settle.settle_edit(edit) if edit.state == State.SENDING else edit


@task(queue_name="saves")
def settle_due() -> int:
    """Settle every edit that no process looks after any more; returns how many were looked at."""
    return settle.settle_due()


def queue_due() -> None:
    """Queue the settling when there is something to settle and it does not wait already; the timetable calls this.

    A settling under way does not count: its worker may have been killed in it, and a second one does no harm.
    """
    if not settle.list_due() and not settle.find_late_landings():
        return
    if not DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=settle_due.module_path).exists():
        settle_due.enqueue()
