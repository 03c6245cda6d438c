"""A database that an older Ledgerdesk made, as it was and as today's migrations leave it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from .running import ROOT

DUMP = ROOT / "tests" / "config" / "old_databases" / "before_renames.sql"
Row = dict[str, Any]


class Databases(NamedTuple):
    """The files of the database as its dump has it, and after `manage.py migrate`."""

    before: Path
    after: Path


@pytest.fixture(scope="module")
def old_database(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """The dump in a file of its own, and a second that has been migrated by a process; read only."""
    home = tmp_path_factory.mktemp("old")
    made = Databases(home / "before.sqlite3", home / "after.sqlite3")
    for file in made:
        with closing(sqlite3.connect(file)) as database:
            database.executescript(DUMP.read_text(encoding="utf-8"))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": f"sqlite:///{made.after}"}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0", "--skip-checks"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def migrated_desk(
    old_database: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Let this test's code work on a copy of the migrated database in place of the tests' own."""
    with closing(sqlite3.connect(old_database.after)) as made, closing(sqlite3.connect(tmp_path / "desk")) as copy:
        made.backup(copy)
    with django_db_blocker.unblock():
        connection.close()
        with monkeypatch.context() as patch:
            patch.setitem(connection.settings_dict, "NAME", str(tmp_path / "desk"))
            yield
            connection.close()


def read_rows(file: Path, table: str) -> list[Row]:
    """The rows of a table by column, in the order of their first column."""
    with closing(sqlite3.connect(file)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f'SELECT * FROM "{table}" ORDER BY 1')]


def read_schema(file: Path) -> dict[str, list[str]]:
    """Name → what makes it, sorted, of every table, index and trigger: a table may have gained its columns later."""
    with closing(sqlite3.connect(file)) as database:
        made = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: split_definition(sql) for name, sql in made}


def split_definition(sql: str) -> list[str]:
    """The parts of a CREATE statement between its outermost commas, with one blank where there are several."""
    parts, depth = [""], 0
    for letter in " ".join(sql.split()):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 1:
            parts.append("")
        else:
            parts[-1] += letter
    whole = parts if len(parts) == 1 else [*parts[0].split("(", 1), *parts[1:-1], parts[-1].strip().removesuffix(")")]
    return sorted(part.strip() for part in whole)
