"""Records whether a write may have left for the vendor: noted before its first byte, to report its outcome.

Knows no vendor and no edit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .errors import NotReached


class Departure:
    """One attempt at a write. `before` is called just before it leaves; an exception from it stops the write."""

    def __init__(self, before: Callable[[], object]) -> None:
        self.before = before
        self.may_have_left = False


_watched: ContextVar[Departure | None] = ContextVar("departure", default=None)


@contextmanager
def watch_departure(departure: Departure) -> Iterator[None]:
    """Watch the one write that is attempted inside."""
    token = _watched.set(departure)
    try:
        yield
    finally:
        _watched.reset(token)


@contextmanager
def departing() -> Iterator[None]:
    """Mark that a write leaves inside; only NotReached proves that it did not."""
    departure = _watched.get()
    if departure is None:
        yield
        return
    departure.before()
    departure.may_have_left = True
    try:
        yield
    except NotReached:
        departure.may_have_left = False
        raise
