"""What the app `config` does when Django starts: how statements reach the database, beyond Django's own way."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

KEPT = 500  # statements
LONGEST = 5_000  # characters of one that is kept


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        if connection.vendor == "postgresql":
            from .database import send_no_nul  # it needs a driver that is installed only with PostgreSQL

            send_no_nul()
        else:
            write_marks_once()


def write_marks_once() -> None:
    """Let each statement's `%s` be written as SQLite's `?` once: for every page that is as much work as two queries."""
    write: Any = SQLiteCursorWrapper.convert_query

    @lru_cache(maxsize=KEPT)
    def write_once(statement: str) -> str:
        written: str = write(None, statement)
        return written

    def convert_query(self: Any, query: str, *, param_names: Sequence[str] | None = None) -> str:
        if param_names is None and len(query) <= LONGEST:
            return write_once(query)
        written: str = write(self, query, param_names=param_names)
        return written

    SQLiteCursorWrapper.convert_query = convert_query  # type: ignore[method-assign]
