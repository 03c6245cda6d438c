"""How much of a SQLite database the connections of a process keep in its memory."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

FEW_KILOBYTES = 4_000


def keep_few_pages() -> None:
    """Let the connections that this process opens from now on keep few pages.

    Worker and timetable go through whole tables of which nothing is read twice, and the worker has several connections.
    """
    connection_created.connect(limit_pages)


def limit_pages(connection: BaseDatabaseWrapper, **sent: Any) -> None:
    """Let a new connection keep few pages."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size=-{FEW_KILOBYTES}")
