"""How fast a worker reads all customers into the mirror, and whether its memory grows with them.

The worker shares the machine with the sandbox and waits for each of its answers, so its own processor time says more
than the wall clock. Linux reports both in /proc.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from books.models import ReadState, SyncRun, SyncStatus
from books.sync import refresh, tasks
from tenants.models import Tenant

from .figures import Figure
from .stage import SLUG, Stage

EARLY = 1 / 5  # share of the rows: the memory used then is compared with the maximum
LEAST_ROWS = 10_000
MOST_GROWTH = 1.1
PATIENCE_SECONDS = 1_800


@dataclass(frozen=True, slots=True)
class Sample:
    """The worker at one moment: rows read, seconds by wall clock and by its processor, MB of its own memory."""

    rows: int
    clock: float
    processor: float
    memory: float


def figures(stage: Stage) -> list[Figure]:
    """Read the whole company with the real worker; leave the web servers running over the result."""
    tenant = Tenant.objects.get(slug=SLUG)
    worker = stage.desk.children["worker"]
    SyncRun.objects.create(tenant=tenant, kind="customers")
    SyncStatus.objects.create(tenant=tenant)
    worker.start()
    assert worker.process is not None
    tasks.queue_reading(tenant)
    samples = list(watched(tenant, worker.process.pid))
    refresh.queue_stale(tenant)
    wait_for_all(tenant)
    worker.kill()
    stage.serve()
    return told([sample for sample in samples if sample.rows], stage.customers)


def told(samples: list[Sample], customers: int) -> list[Figure]:
    """Return the figures of the samples, from the first rows to the last."""
    first, last = samples[0], samples[-1]
    rows = last.rows - first.rows
    own = rows / (last.processor - first.processor)
    early = max(sample.memory for sample in samples if sample.rows <= customers * EARLY)
    late = max(sample.memory for sample in samples)
    by_clock = f"{rows / (last.clock - first.clock):,.0f} rows/s"
    memory = f"{early:.0f} → {late:.0f} MB"
    met, is_flat = own >= LEAST_ROWS, late <= early * MOST_GROWTH
    what = f"drain {customers:,} customers, worker's own processor time"
    return [
        Figure(what, f"{own:,.0f} rows/s", "", "", f"≥ {LEAST_ROWS:,} rows/s", met),
        Figure("  by the clock, with the sandbox on the same cores", by_clock),
        Figure(f"  worker's memory at {customers * EARLY:,.0f} → {customers:,}", memory, "", "", "≤ +10 %", is_flat),
    ]


def watched(tenant: Tenant, pid: int) -> Iterator[Sample]:
    """Sample the worker until all customers are read."""
    for _ in looks():
        run = SyncRun.objects.get(tenant=tenant, kind="customers")
        yield Sample(run.so_far, time.monotonic(), processor_seconds(pid), own_megabytes(pid))
        if run.state == ReadState.DONE:
            return
        if run.state == ReadState.FAILED:
            raise RuntimeError(run.why)


def wait_for_all(tenant: Tenant) -> None:
    """Return when the company's other lists are read too."""
    for _ in looks():
        if not SyncRun.objects.filter(tenant=tenant).exclude(state=ReadState.DONE).exists():
            return


def looks() -> Iterator[None]:
    """Yield samples, ten a second. Raises RuntimeError when the time limit has passed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        yield
        time.sleep(0.1)  # samples are taken by the clock, as the worker is another process that sends no signal
    raise RuntimeError(f"Not everything was read within {PATIENCE_SECONDS} seconds.")


def processor_seconds(pid: int) -> float:
    """Return the process's user and system time so far."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def own_megabytes(pid: int) -> float:
    """Return the process's private memory, without the mapped database file."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024
