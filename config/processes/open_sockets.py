"""The open sockets of a server, and waiting for them. Looks only at those that can have changed since the last pass.

Waitress itself looks at every connection in every pass: with hundreds of them, most idle, that was a third of the
processor time of a page.
"""

import select
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waitress import wasyncore


class OpenSockets(dict[int, Any]):
    """Waitress's map of sockets by number, each registered with the system as long as something is awaited from it.

    What a socket awaits changes when something happens to it, when its request is carried out in a thread, and for
    those in `watched` at any time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.watched: list[Any] = []
        # Linux's own way costs nothing for those to which nothing happens.
        self._poll: Any = select.epoll() if hasattr(select, "epoll") else select.poll()
        self._second = 1 if hasattr(select, "epoll") else 1000
        self._awaited: dict[int, int] = {}
        self._carried_out: dict[int, Any] = {}  # by thread
        self._left: deque[Any] = deque()  # by a thread since the last pass

    def __setitem__(self, number: int, socket: Any) -> None:
        super().__setitem__(number, socket)
        self._left.append(socket)

    def __delitem__(self, number: int) -> None:
        super().__delitem__(number)
        if self._awaited.pop(number, 0):
            self._poll.unregister(number)

    @contextmanager
    def carrying_out(self, socket: Any) -> Iterator[None]:
        """Look at a socket in each pass while this thread carries out its request, and once after that."""
        own = threading.get_ident()
        self._carried_out[own] = socket
        try:
            yield
        finally:
            self._left.append(socket)  # first, so that a pass in between misses nothing
            del self._carried_out[own]

    def wait(self, seconds: float) -> None:
        """Wait until something happens to a socket, and let the sockets to which it does deal with it."""
        left = [self._left.popleft() for _ in range(len(self._left))]
        for socket in [*left, *self.watched, *list(self._carried_out.values())]:
            self._look(socket)
        for number, events in self._poll.poll(seconds * self._second):
            if (socket := self.get(number)) is not None:
                wasyncore.readwrite(socket, events)
                self._look(socket)

    def _look(self, socket: Any) -> None:
        """Register what a socket awaits now. A closed one has no number."""
        number = socket._fileno
        if number not in self or self[number] is not socket:
            return
        awaited = select.POLLIN | select.POLLPRI if socket.readable() else 0
        if socket.writable() and not socket.accepting:
            awaited |= select.POLLOUT
        before = self._awaited.get(number, 0)
        if awaited == before:
            return
        if awaited:
            (self._poll.modify if before else self._poll.register)(number, awaited)
            self._awaited[number] = awaited
        else:
            self._poll.unregister(number)
            del self._awaited[number]
