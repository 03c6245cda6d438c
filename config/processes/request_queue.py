"""The requests that wait for a thread of the web: forms that are posted and all others go in turns.

So hundreds of saves in one instant do not keep those waiting who only open a page. Knows no address.
"""

from collections import deque
from typing import Any, Protocol


class WaitingConnection(Protocol):
    """A connection with a request to serve, waitress's channel."""

    requests: list[Any]


class RequestQueue:
    """What waitress takes for a deque of tasks; it locks it."""

    def __init__(self) -> None:
        self._posted: deque[WaitingConnection] = deque()
        self._others: deque[WaitingConnection] = deque()
        self._is_turn_of_posted = False

    def __len__(self) -> int:
        return len(self._posted) + len(self._others)

    def append(self, task: WaitingConnection) -> None:
        """Let a task wait behind those of its kind."""
        kind = self._posted if task.requests and task.requests[0].command == "POST" else self._others
        kind.append(task)

    def popleft(self) -> WaitingConnection:
        """Take the next task: of the kind whose turn it is, or of the other if none of it waits."""
        first, second = self._others, self._posted
        if self._is_turn_of_posted:
            first, second = second, first
        task = (first or second).popleft()
        self._is_turn_of_posted = not self._is_turn_of_posted
        return task
