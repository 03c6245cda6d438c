"""What can befall the desk's own database, for tests in a database that really commits: locked, full, not writable."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from django.db import connection

from books.models import RequestLock
from edits.models.edit import Edit, State

from .running import wait_until


class Trouble:
    """The trouble of one test's database. It may begin in any thread; `over` ends all of it."""

    def __init__(self) -> None:
        self.holder: sqlite3.Connection | None = None
        self.attend()

    def attend(self) -> None:
        """Have this thread's connection be the one that trouble befalls."""
        connection.ensure_connection()
        self.own: sqlite3.Connection = connection.connection
        self.name = str(connection.settings_dict["NAME"])

    def lock(self) -> None:
        """Let somebody else hold the database for writing, for longer than anybody waits."""
        self.holder = sqlite3.connect(self.name, isolation_level=None, check_same_thread=False, timeout=5)
        self.holder.execute("BEGIN IMMEDIATE")

    def fill(self) -> None:
        """Let the disk be full: what is there can be changed, and nothing added."""
        with closing(self.own.cursor()) as cursor:
            cursor.execute("VACUUM")  # pages that earlier tests have left free would take what is added
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute("PRAGMA max_page_count = 1")  # SQLite takes no less than there is
            assert cursor.execute("PRAGMA max_page_count").fetchone()[0] <= pages

    def forbid(self) -> None:
        """Let nothing be written any more, as on a disk that was remounted after an error."""
        self.own.execute("PRAGMA query_only = 1").close()

    def over(self) -> None:
        """Put everything right."""
        if self.holder is not None:
            self.holder.execute("ROLLBACK")
            self.holder.close()
            self.holder = None
        with suppress(sqlite3.ProgrammingError):  # the connection may have been opened anew since
            for pragma in ("query_only = 0", "max_page_count = 1073741823"):
                self.own.execute(f"PRAGMA {pragma}").close()


@pytest.fixture
def trouble(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    """A database that may be locked, full or not writable: `trouble.lock()`, `.fill()`, `.forbid()`, `.over()`.

    Nobody waits long for a lock: the same dictionary holds for the connections of all threads.
    """
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    found = Trouble()
    yield found
    found.over()
    wait_until(nothing_is_left)
    connection.close()


def nothing_is_left() -> bool:
    """Whether what the trouble held up has been written, as it is by a thread that ends with the test's database."""
    return not Edit.objects.filter(state=State.SENDING).exists() and not RequestLock.objects.exclude(holder="").exists()
