"""The engine on PostgreSQL: a worker of Procrastinate that takes turns of companies, beside those of other machines.

Procrastinate brings the lock of a company, the order of its turns, heartbeats, notifications and periodic jobs. Its
tasks run in threads of ours, as many as there are slots: those of asyncio's own would be six.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connections
from procrastinate import App, JobContext, exceptions
from procrastinate.contrib.django.utils import connector_params
from procrastinate.worker import Worker

from books.engine.lines import Job
from books.engine.permits import Permits
from books.engine.running import EngineSlot, run_task
from books.queues.order import is_waited_for, list_queues
from books.queues.turns import SILENT, TAKE_TURN
from books.sync import heartbeat
from books.sync.outage import AWAY, Outage, get_first_line

from . import recovery, rows
from .claim import HEARTBEAT_SECONDS, STALLED_SECONDS, Claim
from .connector import PatientConnector
from .order import TurnOrder

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between two looks for jobs, if no notification comes
STOP_SECONDS = 4.0  # that running tasks have when the engine is asked to stop
UPKEEP_THREADS = 4
RECOVERY = "recovery"  # the queue and the task of the periodic job
EVERY_FIVE_SECONDS = "* * * * * */5"  # the seconds are the last field
OPTIONS: Any = {
    "fetch_job_polling_interval": LOOK_SECONDS,
    "update_heartbeat_interval": HEARTBEAT_SECONDS,
    "stalled_worker_timeout": 24 * 3600.0,  # a worker that was suspended still finds its row, and goes on with new jobs
    "delete_jobs": "always",  # the task's own row says how it ended
    "install_signal_handlers": False,
    "shutdown_graceful_timeout": None,
}
_DROP = """DELETE FROM procrastinate_jobs
    WHERE worker_id = %(worker_id)s AND status = 'doing' AND NOT id = ANY(%(running)s::bigint[])"""


class TurnWorker(Worker):
    """A worker that looks again when a job has ended, as the next of its company could not be fetched before."""

    async def _persist_job_status(self, job: Any, *arguments: Any, **named: Any) -> None:
        try:
            await super()._persist_job_status(job, *arguments, **named)
        except exceptions.ConnectorException as error:
            log.warning("Another worker has taken over job %s: %s", job.id, get_first_line(error.__cause__ or error))
        self._new_job_event.set()

    def list_running(self) -> list[int]:
        """Return the numbers of the jobs that this worker runs."""
        return [context.job.id for context in self._running_jobs.values() if context.job.id]


class PostgresEngine:
    """The engine of this process. Several processes may have one, on any number of machines."""

    def __init__(self, queues: Sequence[str], slots: int, permits: int) -> None:
        self._queues = [name for name in list_queues() if name in queues]
        self._slots, self._permits, self._order = slots, Permits(permits), TurnOrder(queues)
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(slots + slots // 2 + UPKEEP_THREADS, "company"))
        self._stopping = asyncio.Event()
        self._connector = PatientConnector(self._drop_orphans, kwargs=connector_params())
        self._app = App(connector=self._connector)
        self._app.task(name=TAKE_TURN, pass_context=True)(self._take_turn)
        recover = self._app.task(name=RECOVERY, queue=RECOVERY, queueing_lock=RECOVERY)(self._recover)
        self._app.periodic(cron=EVERY_FIVE_SECONDS)(recover)
        self._workers: list[TurnWorker] = []

    def run(self) -> None:
        """Work until asked to stop, also through database outages."""
        outage = Outage()
        while not self._stopping.is_set():
            try:
                self._loop.run_until_complete(self._work())
            except (*AWAY, exceptions.ConnectorException) as error:
                outage.wait(error)
        self._permits.close()
        connections.close_all()

    def stop(self) -> None:
        """Ask the engine to stop."""
        self._loop.call_soon_threadsafe(self._stopping.set)

    async def _work(self) -> None:
        """Run the workers until asked to stop or until one of them fails."""
        async with self._app.open_async():
            workers = self._workers = self._make_workers()
            running = [asyncio.ensure_future(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]  # Procrastinate's
            beside = [asyncio.ensure_future(self._stopping.wait()), asyncio.ensure_future(_keep_beating())]
            await asyncio.wait([*running, *beside], return_when=asyncio.FIRST_COMPLETED)
            await self._end(workers, running)
            for task in beside:
                task.cancel()

    def _make_workers(self) -> list[TurnWorker]:
        """Return the worker of companies that answer, of those that do not, and of the recovery.

        So companies that hang leave the others their slots, and the recovery its own.
        """
        silent = [f"{name}{SILENT}" for name in self._queues]
        return [
            TurnWorker(self._app, self._queues, "turns", self._slots, **OPTIONS),
            TurnWorker(self._app, silent, "silent", max(1, self._slots // 2), **OPTIONS),
            TurnWorker(self._app, [RECOVERY], RECOVERY, **OPTIONS),
        ]

    async def _end(self, workers: Sequence[Worker], running: Sequence[asyncio.Future[None]]) -> None:
        """Give running tasks a little time, and leave the rest to other workers. Raises what has ended a worker."""
        for worker in workers:
            worker.stop()  # type: ignore[no-untyped-call]  # Procrastinate's
        ended, left = await asyncio.wait(running, timeout=STOP_SECONDS)
        for worker, task in zip(workers, running, strict=True):
            if task in left and worker.worker_id is not None:
                with suppress(TimeoutError):  # a database that is away finds out later
                    await asyncio.wait_for(self._app.job_manager.unregister_worker(worker.worker_id), timeout=1.0)
        for task in ended:
            task.result()

    async def _drop_orphans(self) -> None:
        """Delete the jobs that the database gave to this worker in an answer that never came."""
        for worker in self._workers:
            own = {"worker_id": worker.worker_id, "running": worker.list_running()}
            await self._connector.execute_query_async(_DROP, **own)

    def _take_turn(self, context: JobContext, company: int) -> None:
        """Run the next task of a company. What it says of the database is left to the recovery."""
        assert context.job.id is not None, "a job that runs has a number"
        self._permits.take(lambda: is_waited_for(context.job.queue.removesuffix(SILENT)))
        try:
            self._order.claims[company] = Claim(context.job.id)
            if job := self._order.take_next(company):
                self._run(job)
            recovery.queue_missing_turns(company)
        except AWAY as error:
            log.warning("A turn of company %s is taken again later: %s", company, get_first_line(error))
        finally:
            self._permits.give_back()

    def _run(self, job: Job) -> None:
        claim = self._order.claims[job.company]
        error = run_task(job, EngineSlot(job, self._order, self._permits, self._run, claim.is_valid))
        self._order.end(job)
        with suppress(*AWAY):  # a task without an end, whose job has one, is put back by the recovery
            rows.write_end(job, error, claim.number)

    def _recover(self, timestamp: int) -> None:
        """Recover the work of other workers, unless an outage may be why they have given no heartbeat."""
        if self._connector.is_away or self._connector.returned.is_within(STALLED_SECONDS):
            return
        self._permits.take(lambda: True)
        try:
            recovery.recover()
        finally:
            self._permits.give_back()


async def _keep_beating() -> None:
    while True:
        heartbeat.note_progress()
        await asyncio.sleep(LOOK_SECONDS)  # between two notes of progress
