"""The task table as the engine on PostgreSQL sees it: the tasks of a company, claimed by the job that runs its turn.

A claimed row names that job, and the process that ran it: when both are gone, the task is put back.
"""

import json
from collections.abc import Sequence

from django.db import connection
from django_tasks_db.models import DBTaskResult

from books.engine.lines import Job
from books.engine.task_rows import describe_end
from books.providers import processes
from books.queues.order import list_queues

_TABLE = DBTaskResult._meta.db_table
# As `find_company` finds it.
_COMPANY = "COALESCE(NULLIF(args_kwargs->'kwargs'->>'tenant_id', '0'), args_kwargs->'args'->>0, '0')"
_NEXT = f"""SELECT id FROM {_TABLE} WHERE status = 'READY' AND queue_name = ANY(%s) AND {_COMPANY} = %s
    ORDER BY array_position(%s, queue_name::text), enqueued_at LIMIT 1 FOR UPDATE SKIP LOCKED"""  # noqa: S608 - names of tables and columns are no input
_CLAIM = f"""UPDATE {_TABLE} SET status = 'RUNNING', started_at = now(),
    worker_ids = jsonb_build_array(%s::text, %s::text) WHERE id = ({_NEXT})
    RETURNING id, queue_name, task_path, args_kwargs::text"""  # noqa: S608 - only names of columns are put in
_WITHOUT_TURN = f"""SELECT DISTINCT {_COMPANY}::bigint, queue_name FROM {_TABLE} AS task WHERE status = 'READY'
    AND (%s::text IS NULL OR {_COMPANY} = %s) AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs
    WHERE status = 'todo' AND queueing_lock = 'company-' || {_COMPANY} || '-' || task.queue_name)"""  # noqa: S608 - only names of columns are put in
_PUT_BACK = f"""UPDATE {_TABLE} SET status = 'READY' WHERE status = 'RUNNING' AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' AND id::text = worker_ids->>0)
    RETURNING {_COMPANY}::bigint"""  # noqa: S608 - only names of columns are put in
_RUNNERS = f"SELECT DISTINCT worker_ids->>0, worker_ids->>1 FROM {_TABLE} WHERE status = 'RUNNING'"  # noqa: S608 - only names of columns are put in


def claim_next(company: int, queues: Sequence[str], job: int) -> Job | None:
    """Claim the first task of a company, in this order of queues, for the job that runs now."""
    order = list(queues)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [str(job), processes.get_process_mark(), order, str(company), order])
        row = cursor.fetchone()
    if row is None:
        return None
    task, queue, path, arguments = row
    given = json.loads(arguments)
    return Job(task, company, list_queues().index(queue), path, given["args"], given["kwargs"])


def write_end(task: Job, error: BaseException | None, job: int) -> None:
    """Note how a task has ended that this job has run, unless another one has taken it over."""
    DBTaskResult.objects.filter(pk=task.id, worker_ids__0=str(job)).update(**describe_end(error))


def list_without_turn(company: int | None = None) -> list[tuple[int, str]]:
    """Return the companies and queues in which a task waits for which no turn does."""
    only = None if company is None else str(company)
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_TURN, [only, only])
        return [(int(number), str(queue)) for number, queue in cursor.fetchall()]


def put_back_lost() -> list[int]:
    """Let the tasks be claimed again whose job is gone, and return the numbers of their companies."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK)
        return sorted({int(number) for (number,) in cursor.fetchall()})


def list_jobs_of_gone_processes() -> list[int]:
    """Return the jobs that were run by processes of this machine which have ended."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNERS)
        return [
            int(job)
            for job, mark in cursor.fetchall()
            if (job or "").isdigit() and processes.is_process_gone(mark or "")
        ]
