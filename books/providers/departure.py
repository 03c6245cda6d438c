"""Records whether a write may have left for the vendor: noted before its first byte, to report its outcome.

Once it has left, only the vendor's own answer to it proves anything, so nothing may be read and nothing sent again
until its outcome is recorded. Knows no vendor and no edit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from . import slot
from .errors import BooksError, NotReached, Withdrawn


class Departure:
    """One attempt at a write. `before` is called just before it leaves; an exception from it stops the write.

    `has_begun`: `before` is done, so that the write is noted as being sent, whether it left or not.
    """

    def __init__(self, before: Callable[[], object]) -> None:
        self.before = before
        self.has_begun = self.may_have_left = False


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
    check_not_left()
    _check_claim()
    departure.before()
    departure.has_begun = True
    _check_claim()  # it may have been lost while that was written
    departure.may_have_left = True
    try:
        yield
    except NotReached:
        departure.may_have_left = False
        raise


def _check_claim() -> None:
    if not slot.has_claim():
        raise Withdrawn(detail="Another worker has taken this task over.")


def check_not_left() -> None:
    """Raise RuntimeError if the watched write may have left: a request after it could only confuse its outcome."""
    departure = _watched.get()
    if departure is not None and departure.may_have_left:
        raise RuntimeError("A write has left, and its outcome is not recorded yet.")


@contextmanager
def own_answer() -> Iterator[None]:
    """Mark the errors raised inside as the vendor's own answer to the write."""
    try:
        yield
    except BooksError as error:
        error.answers_write = True
        raise


def is_decided_by(error: BooksError, *, has_left: bool) -> bool:
    """Return whether this error says how a write ended, though it may have left."""
    return error.answers_write or not has_left
