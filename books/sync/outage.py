"""Handles database outages in a long-running process: wait with growing pauses, log once, continue.

Knows no queue and no task.
"""

import logging
import time

from django.db import InterfaceError, OperationalError, connections

from . import heartbeat

log = logging.getLogger(__name__)

# Unavailable, locked, full or restarting: the statement is valid and will work later.
AWAY = (OperationalError, InterfaceError)
PAUSES = (0.5, 1.0, 2.0, 4.0)


class Outage:
    """The outages of one process: call `wait` after each failure, `end` after each success."""

    def __init__(self) -> None:
        self.began: float | None = None
        self.failures = 0

    def wait(self, error: Exception) -> None:
        """Close every connection and pause, longer each time; only the first failure is logged."""
        if self.began is None:
            self.began = time.monotonic()
            log.warning("The database does not answer: %s. It is tried again every few seconds.", get_first_line(error))
        connections.close_all()
        pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1
        heartbeat.note_progress()
        time.sleep(pause)  # a database sends no signal when it is back, so it has to be polled
        heartbeat.note_progress()

    def end(self) -> None:
        """Log once that the database answers again, if it did not before."""
        if self.began is not None:
            log.warning("The database answers again, after %.0f seconds.", time.monotonic() - self.began)
        self.began, self.failures = None, 0


def is_away(error: BaseException | None) -> bool:
    """Whether an error, or one that caused it, means that the database is unavailable."""
    while error is not None:
        if isinstance(error, AWAY):
            return True
        error = error.__cause__ or error.__context__
    return False


def get_first_line(error: BaseException) -> str:
    """Return an error's message on one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
