"""Procrastinate's connection to the database, which waits through an outage instead of ending the worker.

A worker that ended would wait for all its threads, and its jobs would be taken for those of a dead one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from procrastinate import connector, exceptions, sql
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import AsyncConnection, OperationalError
from psycopg_pool import AsyncConnectionPool

from books.engine.elapsed import Since
from books.sync.outage import get_first_line, is_away

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
POOL: dict[str, Any] = {"min_size": 1, "max_size": 4, "timeout": 5.0, "reconnect_timeout": 2.0}


def _make_pool(**options: Any) -> AsyncConnectionPool:
    """Return a pool that does not ask before each statement whether its connection is broken: it is tried again."""
    return AsyncConnectionPool(**{**options, "check": None})


async def _commit_each(connection: AsyncConnection[Any]) -> None:
    """Let each statement be a transaction: with BEGIN and COMMIT it would be three."""
    await connection.set_autocommit(True)


class PatientConnector(PsycopgConnector):
    """Tries again until the database answers. `before_fetch` is awaited before a fetch that had lost its answer."""

    def __init__(self, before_fetch: Callable[[], Awaitable[None]], **options: Any) -> None:
        super().__init__(pool_factory=_make_pool, configure=_commit_each, **POOL, **options)
        self._before_fetch = before_fetch
        self.is_away = False
        self.returned = Since()  # after the last outage

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        """Execute a query."""
        await self._try_until_answered(super().execute_query_async, query, arguments)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        """Execute a query and return its row."""
        found: dict[str, Any] = await self._try_until_answered(super().execute_query_one_async, query, arguments)
        return found

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        """Execute a query and return its rows."""
        found: list[dict[str, Any]] = await self._try_until_answered(super().execute_query_all_async, query, arguments)
        return found

    async def listen_notify(self, on_notification: connector.Notify, channels: Iterable[str]) -> None:
        """Listen for new jobs, and connect again after an outage."""
        names = list(channels)
        while True:
            try:
                await super().listen_notify(on_notification, names)
            except exceptions.ConnectorException as error:
                await self._pause(error)

    async def _try_until_answered(self, execute: Callable[..., Awaitable[Any]], query: Any, arguments: Any) -> Any:
        while True:
            try:
                found = await execute(query, **arguments)
            except exceptions.ConnectorException as error:
                await self._pause(error)
                if query == sql.queries["fetch_job"]:
                    await self._before_fetch()
                continue
            if self.is_away:
                self.is_away, self.returned = False, Since.now()
                log.warning("The database answers again.")
            return found

    async def _pause(self, error: exceptions.ConnectorException) -> None:
        """Wait a moment if the database is away. Raises what is no outage."""
        if not (is_away(error) or isinstance(error.__cause__, OperationalError)):
            raise error
        if not self.is_away:
            self.is_away = True
            log.warning("The database does not answer: %s", get_first_line(error.__cause__ or error))
        await asyncio.sleep(PAUSE_SECONDS)  # nothing tells when the database is back
