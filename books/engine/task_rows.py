"""The rows of the task table as the engine sees them: claims and endings, in one statement each."""

from collections.abc import Iterable, Mapping, Sequence
from traceback import format_exception
from typing import Any

from django.db import connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from books.models import EngineLease
from books.queues.order import find_company, list_queues
from tenants.joined import fetch_rows

from .lines import Job

MOST_AT_ONCE = 1_000
_TABLE = DBTaskResult._meta.db_table
_ANY = f"SELECT 1 FROM {_TABLE} WHERE status = 'READY' LIMIT 1"  # noqa: S608 - a table's name is no input
# Only the holder of the lease can claim.
_CLAIM = f"""UPDATE {_TABLE} SET status = 'RUNNING', started_at = %s, worker_ids = %s WHERE id IN (
    SELECT id FROM {_TABLE} WHERE status = 'READY' AND (run_after = %s OR run_after <= %s) AND queue_name IN ({{}})
    ORDER BY priority DESC, run_after, enqueued_at LIMIT {MOST_AT_ONCE}
) AND EXISTS (SELECT 1 FROM {EngineLease._meta.db_table} WHERE holder = %s) RETURNING *"""  # noqa: S608 - names of tables and a constant are no input

# In SQL, as every tick with a save in it composes it anew.
_END = f"UPDATE {_TABLE} SET status = %s, finished_at = %s WHERE id IN ({{}})"  # noqa: S608 - a table's name is no input
_KEY = DBTaskResult._meta.get_field("id")


def claim_ready(queues: Sequence[str], mark: str) -> list[Job]:
    """Claim the tasks of these queues that are ready to run."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY)  # takes no lock, unlike an update that finds nothing
        if cursor.fetchone() is None:
            return []
    now, never = (connection.ops.adapt_datetimefield_value(moment) for moment in (timezone.now(), get_date_max()))
    workers = DBTaskResult._meta.get_field("worker_ids").get_db_prep_value([mark], connection)
    statement = _CLAIM.format(", ".join(["%s"] * len(queues)))
    rows = fetch_rows(DBTaskResult, statement, [now, workers, never, now, *queues, mark])
    # RETURNING has no order of its own.
    ordered = sorted(rows, key=lambda row: (-row.priority, row.run_after, row.enqueued_at))
    ranks = {name: rank for rank, name in enumerate(list_queues())}
    return [_make_job(row, ranks) for row in ordered]


def _make_job(row: DBTaskResult[Any, Any], ranks: Mapping[str, int]) -> Job:
    args, kwargs = row.args_kwargs["args"], row.args_kwargs["kwargs"]
    return Job(row.pk, find_company(args, kwargs), ranks[row.queue_name], row.task_path, args, kwargs)


def write_ended(ended: Iterable[tuple[Job, BaseException | None]]) -> None:
    """Note how tasks have ended. What became of edits and reads is in their own rows."""
    done = [_KEY.get_db_prep_value(job.id, connection) for job, error in ended if error is None]
    if done:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_END.format(", ".join(["%s"] * len(done))), [TaskResultStatus.SUCCESSFUL, now, *done])
    for job, error in ended:
        if error is not None:
            DBTaskResult.objects.filter(pk=job.id).update(**describe_end(error))


def describe_end(error: BaseException | None) -> dict[str, Any]:
    """Return the columns that say how a task has just ended."""
    if error is None:
        return {"status": TaskResultStatus.SUCCESSFUL, "finished_at": timezone.now()}
    kind = type(error)
    return {
        "status": TaskResultStatus.FAILED,
        "finished_at": timezone.now(),
        "exception_class_path": f"{kind.__module__}.{kind.__qualname__}",
        "traceback": "".join(format_exception(error)).replace("\0", ""),
    }


def put_back(jobs: Iterable[Job]) -> None:
    """Let claimed tasks that were not begun be claimed again."""
    DBTaskResult.objects.filter(pk__in=[job.id for job in jobs]).update(status=TaskResultStatus.READY)


def put_back_all() -> None:
    """Let the tasks that an engine had claimed when it ended be claimed again."""
    DBTaskResult.objects.running().update(status=TaskResultStatus.READY)
