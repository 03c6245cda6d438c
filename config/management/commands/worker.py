"""Runs the tasks of one queue, and of others beside it in threads: django-tasks-db's worker, through outages too."""

import logging
import os
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from books.sync import heartbeat, tasks
from books.sync.outage import AWAY, Outage
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


class Command(BaseCommand):
    help = "Run the tasks of one queue until a signal asks to stop, also through database outages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queue-name", required=True)
        parser.add_argument("--beside", action="append", default=[], help="another queue, worked on by a thread")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two polls of an empty queue")

    def handle(self, *args: Any, queue_name: str, beside: list[str], interval: float, **options: Any) -> None:
        heartbeat.start(queue_name)
        worker = _make_worker(queue_name, interval)
        worker.configure_signals()
        collect_seldom()
        for name in beside:
            threading.Thread(target=_work_beside, args=(name, interval), name=name, daemon=True).start()
        worker.run()


def _make_worker(queue_name: str, interval: float) -> QueueWorker:
    return QueueWorker(
        queue_names=[queue_name],
        interval=interval,
        worker_id=get_random_string(32),
        backend_name="default",
        excluded_queue_names=[],
        startup_delay=False,
        batch=False,
        max_tasks=None,
    )


def _work_beside(queue_name: str, interval: float) -> None:
    """Work on another queue as long as the process lives. It only reads, so it may be cut off at any time."""
    try:
        _make_worker(queue_name, interval).run()
    finally:
        log.critical(
            "The thread for %s has ended; the process ends with it and is started again.", queue_name, exc_info=True
        )
        os._exit(1)
