"""The data, in one SQLite file. Knows rows and texts, not their meaning.

Each record is kept as the text of its response, split into up to three pieces (the rest, its lines, its links), so that
a list is joined from texts and never encoded again. The first change to a record keeps its original, which makes a
reset quick however large the company is.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

VERSION = 1


class Row(NamedTuple):
    """A record as stored: its searchable columns, then its text in pieces."""

    seq: int | None
    company: str
    resource: str
    id: str
    name: str
    full_name: str
    parent: str | None
    active: int
    updated: int
    revision: int
    currency: str | None
    class_: str | None
    balance: int
    kind: str | None
    day: str | None
    vendor: str | None
    accounts: str
    ref_number: str | None
    paid: int
    body: str
    lines: str
    links: str


_COLUMNS = ", ".join(Row._fields)
_MARKS = ", ".join("?" for _ in Row._fields)
_SCHEMA = f"""
CREATE TABLE records (seq INTEGER PRIMARY KEY, {_COLUMNS.removeprefix("seq, ")});
CREATE UNIQUE INDEX records_by_id ON records (company, resource, id);
CREATE INDEX records_by_name ON records (company, resource, full_name, active, name, updated);
CREATE INDEX records_by_parent ON records (company, parent) WHERE parent IS NOT NULL;
CREATE TABLE originals (seq INTEGER, {_COLUMNS.removeprefix("seq, ")}, existed INTEGER,
    UNIQUE (company, resource, id));
CREATE TABLE deletions (company, resource, id, listed_as, created, deleted INTEGER, name, original INTEGER);
CREATE TABLE companies (id PRIMARY KEY, state, facts, last_request, last_success, original);
CREATE TABLE counters (name PRIMARY KEY, value INTEGER);
PRAGMA user_version = {VERSION};
"""
# Separate, so that a file written before the history table existed gets one.
_HISTORY = f"CREATE TABLE IF NOT EXISTS history (written INTEGER PRIMARY KEY, {_COLUMNS})"
_WRITES_KEPT = 5_000


class Store:
    """One connection behind one lock: every statement here takes milliseconds at most."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        # A crash of this process loses nothing; a crash of the machine may.
        self.db.execute("PRAGMA synchronous = OFF")
        if self.value("SELECT count(*) FROM sqlite_master") == 0:
            self.db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        elif self.value("PRAGMA user_version") != VERSION:
            raise ValueError(f"{path} was not written by this version of the sandbox.")
        self.db.execute(_HISTORY)
        # Also of a file whose writer was stopped before it had put its companies there.
        self.is_new = self.value("SELECT count(*) FROM companies") == 0

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nests."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self.db.execute("BEGIN IMMEDIATE")
                yield
                if self._depth == 1:
                    self.db.execute("COMMIT")
            except BaseException:  # also on Ctrl-C: an open transaction would lock the file for the next process
                if self._depth == 1:
                    self.db.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        with self._lock:
            return self.db.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        with self._lock:
            row = self.db.execute(sql, values).fetchone()
            return None if row is None else row[0]

    def execute(self, sql: str, *values: Any) -> None:
        """Runs one statement."""
        with self._lock:
            self.db.execute(sql, values)

    def get(self, company: str, resource: str, key: str) -> Row | None:
        """The row of one record."""
        where = "company = ? AND resource = ? AND id = ?"
        found = self.rows(f"SELECT {_COLUMNS} FROM records WHERE {where}", company, resource, key)
        return Row._make(found[0]) if found else None

    def fill(self, rows: Iterable[Row]) -> None:
        """Adds rows as part of the original data."""
        with self._lock:
            self.db.executemany(f"INSERT INTO records ({_COLUMNS}) VALUES ({_MARKS})", rows)

    def put(self, row: Row) -> None:
        """Writes a record, new or changed."""
        with self.transaction():
            self.keep_original(row.company, row.resource, row.id)
            old = self.get(row.company, row.resource, row.id)
            row = row._replace(seq=old.seq if old else None)
            self.db.execute(f"INSERT OR REPLACE INTO records ({_COLUMNS}) VALUES ({_MARKS})", row)
            written = self.db.execute(f"INSERT INTO history ({_COLUMNS}) VALUES ({_MARKS})", row).lastrowid or 0
            self.db.execute("DELETE FROM history WHERE written <= ?", (written - _WRITES_KEPT,))

    def history(self, company: str, resource: str, key: str) -> list[Row]:
        """The original of a record, if it was written since, and the result of each of the last writes."""
        where = "company = ? AND resource = ? AND id = ?"
        place = (company, resource, key)
        first = self.rows(f"SELECT {_COLUMNS} FROM originals WHERE existed AND {where}", *place)
        later = self.rows(f"SELECT {_COLUMNS} FROM history WHERE {where} ORDER BY written", *place)
        return [Row._make(row) for row in (*first, *later)]

    def remove(self, company: str, resource: str, key: str) -> None:
        """Deletes a record."""
        with self.transaction():
            self.keep_original(company, resource, key)
            where = "company = ? AND resource = ? AND id = ?"
            self.db.execute(f"DELETE FROM records WHERE {where}", (company, resource, key))

    def keep_original(self, company: str, resource: str, key: str) -> None:
        """Keeps the record's original, if it is not kept already."""
        where = "company = ? AND resource = ? AND id = ?"
        place = (company, resource, key)
        if self.value(f"SELECT 1 FROM originals WHERE {where}", *place):
            return
        copy = f"INSERT INTO originals SELECT {_COLUMNS}, 1 FROM records WHERE {where}"
        if self.db.execute(copy, place).rowcount == 0:
            self.db.execute("INSERT INTO originals (company, resource, id, existed) VALUES (?, ?, ?, 0)", place)

    def replace_text(self, company: str, old: str, new: str) -> None:
        """Replaces a text in all records of this company."""
        with self.transaction():
            for column in ("body", "lines"):
                where = f"company = ? AND instr({column}, ?)"
                touched = self.rows(f"SELECT resource, id FROM records WHERE {where}", company, old)
                for resource, key in touched:
                    self.keep_original(company, resource, key)
                change = f"UPDATE records SET {column} = replace({column}, ?, ?) WHERE {where}"
                self.db.execute(change, (old, new, company, old))

    def next_number(self, name: str) -> int:
        """The next of a series of numbers."""
        with self.transaction():
            self.db.execute("INSERT OR IGNORE INTO counters VALUES (?, 0)", (name,))
            self.db.execute("UPDATE counters SET value = value + 1 WHERE name = ?", (name,))
            return int(self.value("SELECT value FROM counters WHERE name = ?", name))

    def reset(self) -> None:
        """Restores the original data."""
        with self.transaction():
            joined = "(company, resource, id) IN (SELECT company, resource, id FROM originals)"
            self.db.execute(f"DELETE FROM records WHERE {joined}")
            copy = f"INSERT INTO records ({_COLUMNS}) SELECT {_COLUMNS} FROM originals WHERE existed = 1"
            self.db.execute(copy)
            self.db.execute("DELETE FROM originals")
            self.db.execute("DELETE FROM history")
            self.db.execute("DELETE FROM deletions WHERE original = 0")
            self.db.execute("DELETE FROM records WHERE company IN (SELECT id FROM companies WHERE original IS NULL)")
            self.db.execute("DELETE FROM companies WHERE original IS NULL")
            self.db.execute("DELETE FROM counters WHERE name LIKE 'clock %'")
            self.db.execute(
                "UPDATE companies SET state = original ->> '$[0]', last_request = original ->> '$[1]', "
                "last_success = original ->> '$[2]'"
            )
