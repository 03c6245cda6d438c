"""What goes to a vendor and comes back, as it is noted of each request: method and path, duration, outcome, sizes.

Never the query, a header, a key or a body. Knows no vendor and no company: who makes requests collects them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Exchange:
    """One request: when it ended in seconds since 1970, its duration, the status of the answer (0: none came), bytes.

    `date` is the clock of the server that answered. The vendor's client adds the vendor's request id, and the error by
    the name of its class, as soon as it has read the answer.
    """

    method: str
    path: str
    ended: float
    seconds: float
    status: int = 0
    sent: int = 0
    received: int = 0
    date: str = ""
    request_id: str = ""
    error: str = ""
    code: str = ""


_made: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)
_last: ContextVar[Exchange | None] = ContextVar("last_exchange", default=None)


@contextmanager
def collect() -> Iterator[list[Exchange]]:
    """Collect the exchanges of this thread within the block; a block around it gets them too."""
    made, around = list[Exchange](), _made.get()
    token = _made.set(made)
    try:
        yield made
    finally:
        _made.reset(token)
        if around is not None:
            around += made


def note(exchange: Exchange) -> None:
    """Note an exchange that has ended."""
    _last.set(exchange)
    if (made := _made.get()) is not None:
        made.append(exchange)


def begin_call() -> None:
    """Forget the last exchange, as what fails from now on may have nothing to do with it."""
    _last.set(None)


def name_last(request_id: str) -> None:
    """Note the vendor's id of the last exchange."""
    if (last := _last.get()) is not None:
        last.request_id = request_id


def blame_last(error: str, code: str, request_id: str) -> None:
    """Note the error to which the last exchange of the present call has led, if there was one."""
    if (last := _last.get()) is not None and not last.error:
        last.error, last.code = error, code
        last.request_id = last.request_id or request_id
