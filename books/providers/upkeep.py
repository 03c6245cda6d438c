"""Short pieces of database work that are done beside requests, in one thread of this process, while there are any.

What the database does not take now is tried again until it does. A process that ends takes its list with it, so
nothing may depend on this alone: a lease lapses, and the mark of a process that is gone is known.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, connection

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0

# What is to be done; it returns in how many seconds to do it again, None for never.
Work = Callable[[], float | None]

_changed = threading.Condition()
_due: list[tuple[float, Work]] = []
_thread: threading.Thread | None = None


def when_possible(work: Callable[[], object]) -> None:
    """Do `work` once, as soon as the database takes it."""

    def once() -> None:
        work()

    run(once)


def run(work: Work, *, after: float = 0.0) -> None:
    """Do `work` after so many seconds, and again for as long as it says when."""
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
    """The next piece of work, when its time has come; None when there is none left, upon which the thread ends."""
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
        log.warning("The database does not take what is to be noted; it is tried again: %s", error)
        connection.close()
        return TRY_AGAIN_SECONDS
    except Exception:  # one piece of work that cannot be done must not end the thread that does all the others
        log.exception("A piece of upkeep failed and is given up.")
        return None
