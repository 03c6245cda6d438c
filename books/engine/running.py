"""Runs one task in a slot, for either engine: what goes before its requests, and what it lends out meanwhile."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from functools import partial
from typing import Protocol

from django.utils.module_loading import import_string

from books.providers import slot
from books.sync.outage import get_first_line, is_away

from .lines import Job
from .permits import Permits

log = logging.getLogger(__name__)


class Order(Protocol):
    """What an engine knows of the order of its tasks."""

    def is_background(self, job: Job) -> bool:
        """Whether a task lets others of its company go before each of its requests."""

    def is_waited_for(self, job: Job) -> bool:
        """Whether a person waits for a running task, or for the turn that comes after it."""

    def take_urgent(self, company: int) -> Job | None:
        """Return a task that goes before the next request of the company's background read, None if none does."""

    def note_answer(self, company: int, came: bool) -> None:
        """Note whether a company's vendor has answered."""


class EngineSlot:
    """The slot of one running task of a company."""

    def __init__(
        self,
        job: Job,
        order: Order,
        permits: Permits,
        run: Callable[[Job], None],
        has_claim: Callable[[], bool],
    ) -> None:
        self._job, self._order, self._permits, self._run = job, order, permits, run
        self.has_claim = has_claim

    def give_way(self) -> None:
        """Run, in this thread, what goes before the next request of a background read."""
        if not self._order.is_background(self._job) or self._permits.is_transaction_open():
            return
        while urgent := self._order.take_urgent(self._job.company):
            Context().run(self._run, urgent)  # nothing of this task's context belongs to the other one

    @contextmanager
    def lend_out(self) -> Iterator[None]:
        """Let another thread have the permit, unless a transaction is open on its connection."""
        if self._permits.is_transaction_open():
            yield
            return
        self._permits.give_back()
        try:
            yield
        finally:
            self._permits.take(partial(self._order.is_waited_for, self._job))

    def note_answer(self, came: bool) -> None:
        """Note whether the company's vendor has answered."""
        self._order.note_answer(self._job.company, came)


def run_task(job: Job, own: EngineSlot) -> BaseException | None:
    """Run a task in this thread, which has a permit, and return its error; never raises."""
    try:
        with slot.use_slot(own):
            import_string(job.path).call(*job.args, **job.kwargs)
    except BaseException as raised:  # of any kind: it is noted, and the company's line goes on
        if is_away(raised):
            log.warning("The database does not answer; the work is queued again: %s", get_first_line(raised))
        else:
            log.exception("The task %s of company %s failed.", job.path, job.company)
        return raised
    return None
