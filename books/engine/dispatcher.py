"""The engine: runs the queued tasks of all companies in threads, one slot for each company that has something to do.

One dispatcher claims tasks and notes how they ended, in one statement each per tick. A thread runs one task; before
each request of a background read it runs what people wait for. What a dead engine had claimed is claimed again, and
each task finds out itself how far that had come.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from django.db import connections

from books.models import SyncStatus
from books.queues.order import count_waited_for, list_queues
from books.sync import tasks, vendor_reads
from books.sync.outage import AWAY, Outage

from . import task_rows
from .lease import Lease
from .lines import Job, Lines
from .permits import Permits
from .running import EngineSlot, run_task

log = logging.getLogger(__name__)

TICK_SECONDS = 0.05
STANDBY_SECONDS = 1.0  # between two looks of a second worker at the lease
STOP_SECONDS = 4.0  # that running tasks have when the engine is asked to stop


class Superseded(Exception):
    """Another process has taken over the lease, so this one must end with all its threads."""


class Engine:
    """The engine of this process, if it gets the lease."""

    def __init__(self, queues: Sequence[str], slots: int, permits: int) -> None:
        self.queues = [name for name in list_queues() if name in queues]
        self._lease, self._permits = Lease(), Permits(permits)
        self._lines = Lines(slots, len(list_queues()), count_waited_for())
        self._ended: deque[tuple[Job, BaseException | None]] = deque()
        self._stopping = threading.Event()
        self._has_taken_over = False  # completely: the database may fail amid that
        self._lacks_threads = False

    def run(self) -> None:
        """Work until asked to stop, also through database outages. Raises Superseded."""
        outage = Outage()
        while not self._stopping.is_set():
            try:
                pause = self._tick()
                outage.end()
            except AWAY as error:
                outage.wait(error)
                continue
            self._stopping.wait(pause)
        self._end()

    def stop(self) -> None:
        """Ask the engine to stop."""
        self._stopping.set()

    def _tick(self) -> float:
        """Do what is due, and return the seconds until the next tick."""
        if not self._lease.is_held and not self._lease.take():
            return STANDBY_SECONDS
        if not self._has_taken_over:
            self._take_over()
            self._has_taken_over = True
        if self._lease.is_lost:
            raise Superseded
        self._write_ended()
        self._lines.add(task_rows.claim_ready(self.queues, self._lease.mark))
        self._start()
        return TICK_SECONDS

    def _take_over(self) -> None:
        """Let all that the engine before left unfinished be done again, or settled."""
        task_rows.put_back_all()
        tasks.requeue_interrupted()
        vendor_reads.requeue_interrupted()
        for company in SyncStatus.objects.filter(failing_since__isnull=False).values_list("tenant_id", flat=True):
            self._lines.note_answer(company, came=False)
        tasks.do_each(tasks.SWEEPS)

    def _write_ended(self) -> None:
        ended = [self._ended.popleft() for _ in range(len(self._ended))]
        if not ended:
            return
        try:
            task_rows.write_ended(ended)
        except Exception:  # whatever kept them from being written, they are written at the next tick
            self._ended.extendleft(reversed(ended))
            raise

    def _start(self) -> None:
        for job in self._lines.start():
            slot = threading.Thread(target=self._run_in_slot, args=(job,), name=f"company-{job.company}", daemon=True)
            try:
                slot.start()
                self._lacks_threads = False
            except RuntimeError as error:  # the system has none to give now; the next tick tries again
                self._lines.give_back(job)
                if not self._lacks_threads:
                    log.warning("No thread can be started, so tasks wait: %s", error)
                self._lacks_threads = True

    def _run_in_slot(self, job: Job) -> None:
        self._permits.take(partial(self._lines.is_waited_for, job))
        try:
            self._run(job)
        finally:
            self._permits.give_back()
            self._lines.end(job)
            if not self._stopping.is_set():
                self._start()

    def _run(self, job: Job) -> None:
        """Run a task in this thread, which has a permit; never raises."""
        own = EngineSlot(job, self._lines, self._permits, self._run, self._lease.is_valid)
        self._ended.append((job, run_task(job, own)))

    def _end(self) -> None:
        """Give running tasks a little time, and leave the rest to the next engine."""
        left = self._lines.clear()
        ends = time.monotonic() + STOP_SECONDS
        while self._lines.count_running() and time.monotonic() < ends:
            time.sleep(TICK_SECONDS)  # the process ends anyway, so its threads need not signal that they have
        with suppress(*AWAY):  # the next engine finds all of it
            if self._lease.is_held:
                self._write_ended()
                task_rows.put_back(left)
                self._lease.release()
        self._permits.close()
        connections.close_all()
