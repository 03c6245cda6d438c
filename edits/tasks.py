"""What the worker of the `saves` queue does: settle edits whose answer was lost."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from . import drafts, presence, settling

DEAD_AFTER = timedelta(minutes=10)  # a worker that was killed never says so; a second one does no harm


@task(queue_name="saves")
def settle_due() -> int:
    """Settle every edit that no process looks after any more; returns how many were looked at."""
    return settling.settle_due()


def queue_due() -> None:
    """Queue the settling when there is something to settle and nobody is at it; the timetable calls this."""
    if not settling.due() and not settling.came_late():
        return
    recent = timezone.now() - DEAD_AFTER
    at_it = Q(status=TaskResultStatus.READY) | Q(status=TaskResultStatus.RUNNING, started_at__gt=recent)
    if not DBTaskResult.objects.filter(at_it, task_path=settle_due.module_path).exists():
        settle_due.enqueue()


def clear_away() -> None:
    """Discard drafts whose time has run out, and forget who had something open; the timetable calls this."""
    drafts.expire()
    presence.forget()
