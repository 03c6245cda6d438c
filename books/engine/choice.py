"""Which engine runs the queued tasks: the one of the database's kind."""

from collections.abc import Sequence
from typing import Protocol

from django.db import connection

from .dispatcher import Engine
from .lease import is_lease_held


class AnyEngine(Protocol):
    """What the worker's command needs of an engine."""

    def run(self) -> None:
        """Work until asked to stop, also through database outages."""

    def stop(self) -> None:
        """Ask the engine to stop."""


def make_engine(queues: Sequence[str], slots: int, permits: int) -> AnyEngine:
    """Return the engine of this installation: Procrastinate's on PostgreSQL, ours on SQLite."""
    if connection.vendor == "postgresql":
        from .postgres.engine import PostgresEngine  # it needs packages that are installed only with PostgreSQL

        return PostgresEngine(queues, slots, permits)
    return Engine(queues, slots, permits)


def is_worker_alive() -> bool:
    """Whether a worker runs, on whatever machine."""
    return is_any_worker_alive() or is_lease_held()


def is_any_worker_alive() -> bool:
    """Whether a worker runs that holds no lease, on whatever machine: several may, on PostgreSQL."""
    if connection.vendor == "postgresql":
        from .postgres import claim

        return claim.is_any_worker_alive()
    return False
