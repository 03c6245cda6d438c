"""Runs what pages have queued: in this process, outside of a request, in the worker's order."""

from django_tasks_db.models import DBTaskResult

MOST = 100  # a task that queues itself again without end fails the test


def run_queued_tasks(*queues: str) -> list[str]:
    """Run every task that is ready in these queues ("saves" and "reads"), those too that it queues meanwhile.

    Return the names of the tasks in the order they ran. An error of a task is raised here, and its row removed.
    Readings of lists ("sync") run only if that queue is named, as most pages queue some.
    """
    done: list[str] = []
    while row := DBTaskResult.objects.ready().filter(queue_name__in=queues or ("saves", "reads")).first():
        assert len(done) < MOST, done
        DBTaskResult.objects.filter(pk=row.pk).delete()
        result = row.task_result
        row.task.call(*result.args, **result.kwargs)
        done.append(row.task_path.rpartition(".")[2])
    return done
