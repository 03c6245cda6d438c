"""What the engine does around a request of one of its threads: lets others go first, and lends out what it holds.

Outside of the engine nothing of this happens. Knows no engine, no company and no database.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol


class Slot(Protocol):
    """The place of one running task."""

    def give_way(self) -> None:
        """Let what goes before this task's next request be done now."""

    def lend_out(self) -> AbstractContextManager[None]:
        """Let other threads use, within the block, what this one needs only between two waits."""

    def note_answer(self, came: bool) -> None:
        """Note whether the vendor has answered a request."""

    def has_claim(self) -> bool:
        """Whether no other worker can have taken this task over, as one does when its process is suspended."""


_own: ContextVar[Slot | None] = ContextVar("slot", default=None)


@contextmanager
def use_slot(slot: Slot) -> Iterator[None]:
    """Run a task in this slot within the block."""
    token = _own.set(slot)
    try:
        yield
    finally:
        _own.reset(token)


def give_way() -> None:
    """Let what goes before this thread's next request be done now."""
    if slot := _own.get():
        slot.give_way()


def waiting() -> AbstractContextManager[None]:
    """Mark that this thread waits for a vendor within the block, and uses no database there."""
    slot = _own.get()
    return slot.lend_out() if slot else nullcontext()


def note_answer(came: bool) -> None:
    """Note whether the vendor has answered a request of this thread."""
    if slot := _own.get():
        slot.note_answer(came)


def has_claim() -> bool:
    """Whether this thread's task is still its own, so that it may ask the vendor and store what it answers."""
    slot = _own.get()
    return slot is None or slot.has_claim()
