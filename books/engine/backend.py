"""Queues tasks in django-tasks-db's table, in one statement that is composed once, as every save queues one."""

from collections.abc import Mapping
from typing import Any, ParamSpec, TypeVar

from django_tasks.base import Task
from django_tasks.signals import task_enqueued
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

from tenants.row_writes import insert_row

P = ParamSpec("P")
T = TypeVar("T")


class TaskTable(DatabaseBackend):
    """The library's own backend, but for how it writes a row, and that it makes the result once."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Queue a task in a row."""
        self.validate_task(task)
        result: Any = self._task_to_db_task(task, args, kwargs).task_result
        task_enqueued.send(type(self), task_result=result)
        return result

    def queue_once(self, task: Any, number: int, kwargs: Mapping[str, int]) -> None:
        """Queue a task unless one with this number as its argument waits already, in one statement.

        Nobody is told of it, and no result is made, which takes as long again.
        """
        insert_row(self._make_row(task, [number], kwargs), where=(_NONE_WAITS, [task.module_path, number]))

    def _task_to_db_task(  # type: ignore[override]  # the library's task has type variables of its own
        self, task: Task[P, T], args: Any, kwargs: Any
    ) -> DBTaskResult[P, T]:
        row = self._make_row(task, args, kwargs)
        insert_row(row)
        return row

    def _make_row(self, task: Task[P, T], args: Any, kwargs: Any) -> DBTaskResult[P, T]:
        return DBTaskResult(
            args_kwargs={"args": list(args), "kwargs": kwargs},
            priority=task.priority,
            task_path=task.module_path,
            queue_name=task.queue_name,
            run_after=task.run_after or get_date_max(),
            backend_name=self.alias,
        )


_NONE_WAITS = f"""NOT EXISTS (SELECT 1 FROM {DBTaskResult._meta.db_table}
WHERE status = 'READY' AND task_path = %s AND json_extract(args_kwargs, '$.args[0]') = %s)"""  # noqa: S608 - a table's name is no input
