"""What the worker of the `saves` queue does: settle edits whose answer was lost."""

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from .lifecycle import settle


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
