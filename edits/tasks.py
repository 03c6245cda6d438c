"""What the worker of the `saves` queue does: settle edits whose answer was lost."""

from django_tasks import task

from . import saving


@task(queue_name="saves")
def settle_due() -> int:
    """Settle every edit that no process looks after any more; returns how many were looked at."""
    return saving.sweep()
