"""A company's turns among the jobs of Procrastinate, the engine on PostgreSQL.

A job says that a company has a task in one of its queues. Which task that is, its worker reads from the task table when
the company's lock is free. So a company has at most one waiting job for each queue, however much waits there.
"""

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from books.models import SyncStatus

from .order import list_queues

TAKE_TURN = "take_turn"  # the task of such a job: books/engine/postgres/jobs.py
SILENT = "-silent"  # ends the names of the queues of companies that do not answer, which have slots of their own
_IS_SILENT = f"SELECT 1 FROM {SyncStatus._meta.db_table} WHERE tenant_id = %s AND failing_since IS NOT NULL"  # noqa: S608 - a table's name is no input
_HOLD = "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo' FOR SHARE"


def queue_turn(company: int, queue: str) -> None:
    """Queue a turn of a company, in the caller's transaction, unless one waits already.

    No turn is queued for later: such a job would keep the company's lock from all others until then.
    """
    waiting = f"company-{company}-{queue}"
    job = app.configure_task(
        TAKE_TURN,
        queue=f"{queue}{SILENT}" if _is_silent(company) else queue,
        lock=f"company-{company}",
        queueing_lock=waiting,
        priority=find_priority(queue),
        task_kwargs={"company": company},
    )
    while True:
        try:
            with transaction.atomic():  # else the error would end the caller's transaction
                job.defer()
        except AlreadyEnqueued:
            if not _hold_waiting(waiting):
                continue  # it was taken meanwhile, and may have looked before our task was there
        return


def _is_silent(company: int) -> bool:
    """Whether the company's vendor has not answered last time."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_SILENT, [company])
        return cursor.fetchone() is not None


def find_priority(queue: str) -> int:
    """Return the priority of a queue's jobs: the sooner in the order of a line, the higher."""
    queues = list_queues()
    return 10 * (len(queues) - queues.index(queue))


def _hold_waiting(waiting: str) -> bool:
    """Keep the waiting job from being taken until the caller's transaction ends, as its worker would not see its task.

    Return False if it no longer waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [waiting])
        return cursor.fetchone() is not None
