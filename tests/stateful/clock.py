"""The time of an example: it passes with the steps of the machine, however long they take on a busy computer.

What is due, and so which rules can follow, depends on the time. An example that is run again must see the same one.
"""

import threading
from datetime import datetime, timedelta

from django.utils import timezone

PREPARED = timedelta(minutes=1)  # what the test has stored before its examples is older than each of them
STEP = timedelta(seconds=0.5)  # forty are over before the time limit of a write is, which only the machine lets pass
TICK = timedelta(microseconds=1)  # no two moments are the same


class Clock:
    """Stands in for the clock of Ledgerdesk. Each example begins at the same moment, that of the test."""

    def __init__(self) -> None:
        self.start = self.moment = timezone.now()
        self.reading = threading.Lock()

    def begin(self) -> None:
        self.moment = self.start + PREPARED

    def step(self) -> None:
        self.moment += STEP

    def pass_limits(self) -> None:
        """Let the time pass in which a vendor counts calls."""
        self.moment += timedelta(seconds=62)

    def now(self) -> datetime:
        with self.reading:
            self.moment += TICK
            return self.moment

    def time(self) -> float:
        return self.now().timestamp()
