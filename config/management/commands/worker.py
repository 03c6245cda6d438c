"""Runs one queue's tasks: django-tasks-db's worker, kept alive through database outages."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from books.sync import heartbeat, tasks
from books.sync.outage import AWAY, Outage, get_first_line
from config.processes.garbage import collect_seldom

log = logging.getLogger(__name__)


class QueueWorker(db_worker.Worker):
    """Restarts its loop when the database is back, after it has released what it held."""

    def run(self) -> None:
        """Work until asked to stop."""
        outage = Outage()
        while self.running:
            try:
                self.let_go()
                outage.end()
                super().run()
            except AWAY as error:
                outage.wait(error)

    def run_task(self, row: DBTaskResult[Any, Any]) -> None:
        """Run one task; a failed one may have left something locked."""
        super().run_task(row)
        if row.status == TaskResultStatus.FAILED:
            self.let_go()

    def let_go(self) -> None:
        """Release what this worker held when an error ended it: called only between two tasks."""
        now = timezone.now()
        mine = DBTaskResult.objects.running().filter(worker_ids=[self.worker_id])
        mine.update(status=TaskResultStatus.FAILED, finished_at=now)
        tasks.let_go(now)


class ThreadWorker(QueueWorker):
    """Runs its tasks in threads, so that a company that does not answer delays no other one."""

    def __init__(self, *, threads: int, **options: Any) -> None:
        super().__init__(**options)
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="task")

    def run_task(self, row: DBTaskResult[Any, Any]) -> None:
        """Let a thread run the task. What became of its edits is in their states, whatever becomes of the task."""
        self.pool.submit(self._run_in_thread, row)

    def _run_in_thread(self, row: DBTaskResult[Any, Any]) -> None:
        try:
            db_worker.Worker.run_task(self, row)
        except AWAY as error:
            log.warning("The database does not answer; the timetable queues the work again: %s", get_first_line(error))
        finally:
            close_old_connections()


class Command(BaseCommand):
    help = "Run the tasks of one queue until a signal asks to stop, also through database outages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queue-name", required=True)
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two polls of an empty queue")
        parser.add_argument("--threads", type=int, default=0, help="tasks at the same time; 0: one after the other")

    def handle(self, *args: Any, queue_name: str, interval: float, threads: int, **options: Any) -> None:
        heartbeat.start(queue_name)
        settings: dict[str, Any] = {
            "queue_names": [queue_name],
            "interval": interval,
            "worker_id": get_random_string(32),
            "backend_name": "default",
            "excluded_queue_names": [],
            "startup_delay": False,
            "batch": False,
            "max_tasks": None,
        }
        worker = ThreadWorker(threads=threads, **settings) if threads else QueueWorker(**settings)
        worker.configure_signals()
        collect_seldom()
        worker.run()
