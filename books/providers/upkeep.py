"""Short pieces of database work done beside requests, in one thread of this process that runs while there are any.

Work that fails because the database is unavailable is retried. A process that ends loses its queue, so nothing may
depend on this alone: a lease lapses, and the mark of an ended process is recognized.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, connection

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0

# The work; it returns after how many seconds to run again, None for never.
Work = Callable[[], float | None]

_changed = threading.Condition()
_due: list[tuple[float, Work]] = []
_thread: threading.Thread | None = None


def when_possible(work: Callable[[], object]) -> None:
    """Do `work` once, as soon as the database is available."""

    def once() -> None:
        work()

    run(once)


def now_or_later(work: Callable[[], object]) -> None:
    """Do `work` now or, if the database is unavailable, as soon as it is back. Raises nothing.

    An answer that has been received from the vendor must not be lost.
    """
    try:
        work()
    except Error as error:
        log.warning("The database is unavailable; this is done once it is back: %s", error)
        when_possible(work)


def run(work: Work, *, after: float = 0.0) -> None:
    """Do `work` after this many seconds, and again as long as it returns a delay."""
    global _thread
    with _changed:
        _due.append((time.monotonic() + after, work))
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_work_off, name="upkeep", daemon=True)
            _thread.start()
        _changed.notify()


def _work_off() -> None:
    try:
        while work := _take_next():
            after = _do(work)
            if after is not None:
                run(work, after=after)
    finally:
        connection.close()


def _take_next() -> Work | None:
    """Return the next piece of work when it is due; None if there is none left, which ends the thread."""
    global _thread
    with _changed:
        while _due:
            first = min(_due, key=lambda one: one[0])
            left = first[0] - time.monotonic()
            if left <= 0:
                _due.remove(first)
                return first[1]
            _changed.wait(left)
        _thread = None
        return None


def _do(work: Work) -> float | None:
    try:
        return work()
    except Error as error:
        log.warning("Upkeep failed, as the database is unavailable; it is retried: %s", error)
        connection.close()
        return TRY_AGAIN_SECONDS
    except Exception:  # one failing piece of work must not end the thread that does the others
        log.exception("Upkeep failed and is not retried.")
        return None
