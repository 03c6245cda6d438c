"""Permits to work, each with a database connection of its own: a thread has one except while it waits for a vendor.

They bound what hundreds of threads use at the same time: connections with their caches, and answers being decoded.
Of the threads that wait for one, those that a person waits for are first.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Place = SimpleQueue[BaseDatabaseWrapper]  # of one thread that waits; its connection is put there
IsUrgent = Callable[[], bool]  # asked whenever a permit is free, as it may change while a thread waits


class Permits:
    """So many permits for the threads of this process. A connection is opened when its permit is first used."""

    def __init__(self, count: int) -> None:
        self._free = [connections.create_connection(DEFAULT_DB_ALIAS) for _ in range(count)]
        for connection in self._free:
            connection.inc_thread_sharing()  # one thread after the other uses it
        self._waiting: list[tuple[Place, IsUrgent]] = []
        self._lock = threading.Lock()

    def take(self, is_urgent: IsUrgent) -> None:
        """Wait for a permit; its connection is this thread's from now on."""
        place: Place = SimpleQueue()
        with self._lock:
            if self._free:
                place.put(self._free.pop())
            else:
                self._waiting.append((place, is_urgent))
        connection = place.get()
        connections[DEFAULT_DB_ALIAS] = connection
        connection.close_at = None  # a permit keeps its connection, which a pool would else get back and give out
        connection.close_if_unusable_or_obsolete()

    def give_back(self) -> None:
        """Let another thread have this one's permit."""
        connection = connections[DEFAULT_DB_ALIAS]
        del connections[DEFAULT_DB_ALIAS]
        with self._lock:
            if not self._waiting:
                self._free.append(connection)
                return
            first = next((number for number, (_, is_urgent) in enumerate(self._waiting) if is_urgent()), 0)
            place, _ = self._waiting.pop(first)
            place.put(connection)

    def is_transaction_open(self) -> bool:
        """Whether this thread has begun a transaction, so that its connection cannot be lent."""
        return connections[DEFAULT_DB_ALIAS].in_atomic_block

    def close(self) -> None:
        """Close the connections that no thread uses."""
        with self._lock:
            for connection in self._free:
                connection.close()
