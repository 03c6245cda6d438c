"""Whether a page is being served: then no request may leave for a vendor, as no page waits for one.

What a page wants to know is queued instead: `books/sync/vendor_reads.py`. Knows no request and no company.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_serving = ContextVar("is_serving", default=False)
_whole_process = False


class CalledFromPage(RuntimeError):
    """A mistake in Ledgerdesk: a page called a vendor instead of queueing a task."""


@contextmanager
def serving_page() -> Iterator[None]:
    """Refuse every call of this thread within the block."""
    before = _is_serving.set(True)
    try:
        yield
    finally:
        _is_serving.reset(before)


def forbid_in_process() -> None:
    """Refuse the calls of every thread of this process from now on, also of those that a request starts."""
    global _whole_process
    _whole_process = True


def check_not_serving() -> None:
    """Raise CalledFromPage if this thread serves a page or belongs to a process that serves pages."""
    if _whole_process or _is_serving.get():
        raise CalledFromPage("A page called a vendor. Queue a task instead: books/sync/vendor_reads.py.")
