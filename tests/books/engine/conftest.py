"""An engine in a thread of the test's process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from books.engine.choice import AnyEngine, make_engine
from books.queues.order import list_queues
from tests.books.engine import jobs

Started = Callable[..., AnyEngine]


@pytest.fixture(autouse=True)
def noted() -> Iterator[jobs.Noted]:
    """What the test's tasks did; those that still wait go on at its end."""
    jobs.noted = jobs.Noted()
    yield jobs.noted
    jobs.noted.goes_on.set()


@pytest.fixture
def engine(transactional_db: None, noted: jobs.Noted) -> Iterator[Started]:
    """`engine(slots=4)`: start one, which is stopped after the test."""
    with ExitStack() as running:
        yield lambda slots=320, permits=4: running.enter_context(_running(noted, slots, permits))


@contextmanager
def _running(noted: jobs.Noted, slots: int, permits: int) -> Iterator[AnyEngine]:
    found = make_engine(list_queues(), slots, permits)
    thread = threading.Thread(target=found.run)
    thread.start()
    try:
        yield found
    finally:
        noted.goes_on.set()
        found.stop()
        thread.join(20)
