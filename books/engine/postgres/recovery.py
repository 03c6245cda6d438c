"""Finds the work of workers that have ended or do not answer, on whatever machine, and lets it be done again.

Nothing is repeated blindly: each task finds out how far it had come, and an edit that was being sent is settled.
"""

import logging

from django.db import connection, transaction
from procrastinate import sql
from procrastinate.contrib.django import app

from books.queues.turns import queue_turn
from books.sync import tasks, vendor_reads

from . import rows
from .claim import STALLED_SECONDS

log = logging.getLogger(__name__)

_KEEP_STALLED = """SELECT last_heartbeat < now() - make_interval(secs => %s) FROM procrastinate_workers
    WHERE id = %s FOR UPDATE"""
_DELETE = "DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'doing'"


def recover() -> None:
    """Take their jobs from workers that have ended, put back their tasks, and queue every turn that is missing."""
    stalled = app.connector.get_sync_connector().execute_query_all(
        query=sql.queries["select_stalled_jobs_by_heartbeat"],
        queue=None,
        task_name=None,
        seconds_since_heartbeat=STALLED_SECONDS,
    )
    for job in stalled:
        _take_from_worker(job["id"], job["worker_id"])
    for number in rows.list_jobs_of_gone_processes():
        delete_job(number)
    if companies := rows.put_back_lost():
        log.warning("The work of an ended worker is done again, for companies %s.", companies)
        tasks.requeue_interrupted(companies)
        vendor_reads.requeue_interrupted(companies)
        tasks.do_each(tasks.SWEEPS)
    queue_missing_turns()


def queue_missing_turns(company: int | None = None) -> None:
    """Queue a turn wherever a task waits without one."""
    for number, queue in rows.list_without_turn(company):
        queue_turn(number, queue)


def delete_job(number: int) -> None:
    """Delete a job that nobody runs any more. A new one gets another number, so that the old worker cannot end it."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [number])


@transaction.atomic
def _take_from_worker(number: int, worker: int | None) -> None:
    """Delete a job of a worker that gives no heartbeat, unless it does by now: its row is locked meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_STALLED, [STALLED_SECONDS, worker])
        found = cursor.fetchone()
    if found is None or found[0]:
        delete_job(number)
