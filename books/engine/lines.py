"""The lines of the companies: which task runs next, one at a time for each company, in so many slots.

Knows no thread, no database and no task but its company and its place in the order.
"""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

MOST_URGENT = 4  # turns of a line in a row that leave a background read waiting; the fifth is its own


@dataclass(frozen=True, slots=True)
class Job:
    """A task to run. `rank` is the place of its queue in the order of a line; the last queue is the background."""

    id: UUID
    company: int
    rank: int
    path: str = ""
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """What waits of one company, by rank, and how its last turns went."""

    waiting: list[deque[Job]]
    urgent: int = 0  # urgent turns since the last one of the background
    answers: bool = True  # whether its vendor answered the last request

    @property
    def first_rank(self) -> int:
        """The rank that goes first by the order alone."""
        return next(rank for rank, jobs in enumerate(self.waiting) if jobs)

    def pick(self) -> Job:
        """Take the next task."""
        is_fifth = self.urgent >= MOST_URGENT and self.waiting[-1]
        job = self.waiting[-1 if is_fifth else self.first_rank].popleft()
        self.urgent += job.rank < len(self.waiting) - 1
        return job

    def pick_urgent(self) -> Job | None:
        """Take a task that goes before the next request of the background read that runs."""
        return self.pick() if self.urgent < MOST_URGENT and any(self.waiting[:-1]) else None


class Lines:
    """All lines. Companies that did not answer last time take at most half of the slots."""

    def __init__(self, slots: int, ranks: int, waited_for: int) -> None:
        self._slots, self._ranks = slots, ranks
        self._waited_for = waited_for  # so many of the first ranks are of people who wait
        self._lines: dict[int, Line] = {}
        self._idle: dict[int, None] = {}  # companies with waiting tasks and no slot, in the order they came
        self._running: set[int] = set()
        self._lock = threading.Lock()

    def add(self, jobs: Sequence[Job]) -> None:
        """Put tasks at the ends of their lines."""
        with self._lock:
            for job in jobs:
                self._get(job.company).waiting[job.rank].append(job)
                if job.company not in self._running:
                    self._idle.setdefault(job.company)

    def start(self) -> list[Job]:
        """Give slots to companies that wait for one, the most urgent first, and return the task of each."""
        with self._lock:
            if not self._idle or len(self._running) >= self._slots:
                return []
            return [self._start(company) for company in self._choose()]

    def is_background(self, job: Job) -> bool:
        """Whether a task lets others of its company go before each of its requests."""
        return job.rank == self._ranks - 1

    def is_waited_for(self, job: Job) -> bool:
        """Whether a person waits for a running task, or for the turn that comes after it."""
        return job.rank < self._waited_for or any(self._lines[job.company].waiting[: self._waited_for])

    def take_urgent(self, company: int) -> Job | None:
        """Return a task that goes before the next request of the company's background read, None if none does."""
        with self._lock:
            job = self._lines[company].pick_urgent()
            if job is None:
                self._lines[company].urgent = 0  # its turn
            return job

    def end(self, job: Job) -> None:
        """Take the slot of a task that has ended; its company, if it has more to do, waits for another one."""
        with self._lock:
            line = self._lines[job.company]
            if self.is_background(job):
                line.urgent = 0
            self._running.discard(job.company)
            if any(line.waiting):
                self._idle.setdefault(job.company)

    def give_back(self, job: Job) -> None:
        """Take the slot of a task that was not begun; it stays the first of its rank."""
        with self._lock:
            self._lines[job.company].waiting[job.rank].appendleft(job)
            self._running.discard(job.company)
            self._idle.setdefault(job.company)

    def note_answer(self, company: int, came: bool) -> None:
        """Note whether a company's vendor has answered."""
        with self._lock:
            self._get(company).answers = came

    def clear(self) -> list[Job]:
        """Remove all waiting tasks and return them."""
        with self._lock:
            self._idle.clear()
            left = [job for line in self._lines.values() for jobs in line.waiting for job in jobs]
            for line in self._lines.values():
                line.waiting = self._make_waiting()
            return left

    def count_running(self) -> int:
        """Return how many slots are taken."""
        return len(self._running)

    def _choose(self) -> list[int]:
        free = self._slots - len(self._running)
        for_silent = self._slots // 2 - sum(not self._lines[company].answers for company in self._running)
        chosen: list[int] = []
        for company in sorted(self._idle, key=lambda company: self._lines[company].first_rank):
            if len(chosen) == free:
                break
            if self._lines[company].answers or for_silent > 0:
                for_silent -= not self._lines[company].answers
                chosen.append(company)
        return chosen

    def _start(self, company: int) -> Job:
        del self._idle[company]
        self._running.add(company)
        return self._lines[company].pick()

    def _get(self, company: int) -> Line:
        if company not in self._lines:
            self._lines[company] = Line(self._make_waiting())
        return self._lines[company]

    def _make_waiting(self) -> list[deque[Job]]:
        return [deque() for _ in range(self._ranks)]
