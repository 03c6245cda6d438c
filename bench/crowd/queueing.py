"""What the engine itself costs: tasks that find nothing to do, of many companies at once, on an idle desk."""

import time
from pathlib import Path

from bench.figures import Figure

from .stage import Crowd, wait
from .usage import find_children, read_pss, read_seconds, spent

COMPANIES = 300
ROUNDS = 10
IDLE_SECONDS = 8.0
DONE_WITHIN = 120.0


def figures(home: Path, companies: int = COMPANIES) -> list[Figure]:
    """Processor time of a task, beyond what the processes take when idle, and the memory of the database's server."""
    crowd = Crowd(home, companies)
    try:
        crowd.open()
        time.sleep(IDLE_SECONDS)  # the processes have started only now; what they then do ends by the clock
        before = read_seconds(crowd.desk)
        time.sleep(IDLE_SECONDS)  # what is measured is the use over these seconds
        idle = [seconds / IDLE_SECONDS for seconds in spent(before, read_seconds(crowd.desk))]
        before, began = read_seconds(crowd.desk), time.time()
        run_rounds(crowd)
        took = time.time() - began
        _, workers, _ = spent(before, read_seconds(crowd.desk))
        server = read_server_memory()
    finally:
        crowd.close()
    count = ROUNDS * companies
    own = 1000 * (workers - idle[1] * took) / count
    return [
        Figure(f"{count:,} tasks that do nothing, of {companies} companies"),
        Figure("  the engine's own processor time of one", f"{own:.2f} ms"),
        Figure("  tasks a second", f"{count / took:,.0f}"),
        Figure("  idle: share of a core, all workers", f"{100 * idle[1]:.1f} %"),
        Figure("  memory of the database's server (PSS)", "none" if server is None else f"{server:.0f} MB"),
    ]


def run_rounds(crowd: Crowd) -> None:
    """Let each company have a task, and another one when all have ended."""
    from django_tasks_db.models import DBTaskResult

    from edits.tasks import queue_sending

    unfinished = DBTaskResult.objects.filter(finished_at=None, queue_name="saves")
    for _ in range(ROUNDS):
        for tenant in crowd.tenants:
            queue_sending(tenant)
        if wait(lambda: not unfinished.exists(), DONE_WITHIN) is None:
            raise RuntimeError(f"Not all tasks had ended within {DONE_WITHIN:.0f} seconds.")


def read_server_memory() -> float | None:
    """Return the megabytes of the database's own processes; None for a database without any."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)")
        server = int(cursor.fetchone()[0])
    return sum(read_pss(pid) for pid in (server, *find_children(server)))
