"""Faults of Ledgerdesk's own database, for tests with real commits: locked, full, not writable."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from django.db import connection

from books.providers import lock
from edits.models.edit import Edit, State

from .running import wait_until


class Trouble:
    """The faults of one test's database. They may begin in any thread; `over` ends all of them."""

    def __init__(self) -> None:
        self.holder: sqlite3.Connection | None = None
        self.is_forbidden = False
        self.attend()

    def attend(self) -> None:
        """Make this thread's connection the faulty one."""
        connection.ensure_connection()
        self.own: sqlite3.Connection = connection.connection
        self.name = str(connection.settings_dict["NAME"])

    def lock(self) -> None:
        """Let another connection hold the write lock, longer than any timeout."""
        self.holder = sqlite3.connect(self.name, isolation_level=None, check_same_thread=False, timeout=5)
        self.holder.execute("BEGIN IMMEDIATE")

    def fill(self) -> None:
        """Simulate a full disk: existing pages can be changed, none added."""
        with closing(self.own.cursor()) as cursor:
            cursor.execute("VACUUM")  # pages freed by earlier tests would make room
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute("PRAGMA max_page_count = 1")  # SQLite accepts no value below the current size
            assert cursor.execute("PRAGMA max_page_count").fetchone()[0] <= pages

    def forbid(self) -> None:
        """Make the database read-only, like a disk that was remounted after an error."""
        self.own.execute("PRAGMA query_only = 1").close()
        self.is_forbidden = True

    def over(self) -> None:
        """End all faults."""
        self.is_forbidden = False
        if self.holder is not None:
            self.holder.execute("ROLLBACK")
            self.holder.close()
            self.holder = None
        with suppress(sqlite3.ProgrammingError):  # the connection may have been reopened since
            for pragma in ("query_only = 0", "max_page_count = 1073741823"):
                self.own.execute(f"PRAGMA {pragma}").close()


@pytest.fixture
def trouble(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    """A database that can be locked, full or not writable: `trouble.lock()`, `.fill()`, `.forbid()`, `.over()`.

    Lock timeouts are short: the same dictionary configures the connections of all threads.
    """
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    found = Trouble()
    yield found
    found.over()
    wait_until(nothing_is_left)
    connection.close()


def nothing_is_left() -> bool:
    """Whether the delayed writes are done, by a thread that ends with the test's database."""
    return not Edit.objects.filter(state=State.SENDING).exists() and not list_held_lines()


def list_held_lines() -> list[int]:
    """Return the numbers of the companies that a request of this process is under way for."""
    return [tenant_id for tenant_id, line in lock._lines.items() if line.locked()]
