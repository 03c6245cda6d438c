"""The order of a company's tasks on PostgreSQL: read from the task table at each turn, with the background's fifth.

Procrastinate's lock lets one turn of a company run at a time, wherever its worker is. How many urgent turns in a row a
company had is counted by each worker for itself.
"""

from collections import defaultdict
from collections.abc import Sequence

from books.engine.lines import MOST_URGENT, Job
from books.queues.order import count_waited_for, list_queues

from . import rows
from .claim import Claim


class TurnOrder:
    """The order of the turns that this worker takes. `claims` are those of the turns that run, by company."""

    def __init__(self, queues: Sequence[str]) -> None:
        self._queues = [name for name in list_queues() if name in queues]
        self._background = list_queues()[-1]
        self._urgent: defaultdict[int, int] = defaultdict(int)  # turns since the last one of the background
        self.claims: dict[int, Claim] = {}

    def take_next(self, company: int) -> Job | None:
        """Claim the company's next task, None if there is none."""
        is_fifth = self._urgent[company] >= MOST_URGENT
        queues = sorted(self._queues, key=lambda name: is_fifth and name != self._background)
        job = rows.claim_next(company, queues, self.claims[company].number)
        if job is not None and not self.is_background(job):
            self._urgent[company] += 1
        return job

    def take_urgent(self, company: int) -> Job | None:
        """Claim a task that goes before the next request of the company's background read, None if none does."""
        urgent = [name for name in self._queues if name != self._background]
        goes_first = self._urgent[company] < MOST_URGENT
        job = rows.claim_next(company, urgent, self.claims[company].number) if goes_first else None
        self._urgent[company] = self._urgent[company] + 1 if job else 0
        return job

    def end(self, job: Job) -> None:
        """Note that a task has ended."""
        if self.is_background(job):
            self._urgent[job.company] = 0

    def is_background(self, job: Job) -> bool:
        """Whether a task lets others of its company go before each of its requests."""
        return job.rank == len(list_queues()) - 1

    def is_waited_for(self, job: Job) -> bool:
        """Whether a person waits for a running task."""
        return job.rank < count_waited_for()

    def note_answer(self, company: int, came: bool) -> None:
        """Do nothing: a company that does not answer is noted in its own row."""
