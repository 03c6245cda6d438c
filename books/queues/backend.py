"""The backend of Django's Tasks API on PostgreSQL: each task is a row, as on SQLite, and its company gets a turn."""

from typing import Any

from django_tasks_db.backend import DatabaseBackend

from .order import find_company


class TurnsBackend(DatabaseBackend):
    """Queue tasks in rows and turns in Procrastinate's jobs, both in the caller's transaction."""

    supports_defer = False  # a job for later would hold its company's lock until then

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Queue a task and a turn of its company."""
        from .turns import queue_turn  # Procrastinate has models, and backends are made before those are loaded

        result: Any = super().enqueue(task, args, kwargs)
        queue_turn(find_company(args, kwargs), task.queue_name)
        return result
