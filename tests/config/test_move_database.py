"""From SQLite to PostgreSQL: every row of every table, what is queued goes out from there, and nothing from here."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from books import moved
from books.models import EngineLease, Record, Version
from books.providers import processes
from config.processes.children import Child, stop_children
from tests.customers.test_edit import EDIT, sent
from tests.support import databases, postgres
from tests.support.inputs import inputs
from tests.support.people import PatientClient
from tests.support.running import ROOT, wait_until
from tests.support.vendor import Sandbox

pytestmark = [pytest.mark.sqlite_only("it moves from there"), pytest.mark.django_db(transaction=True)]
REFUSE = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON auth_user DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse();"""  # as late as a commit
NUMBERS = ("555-0101", "555-0102", "555-0103")  # saved, queued, and typed only


@pytest.fixture
def worked(job: Record, as_bob: PatientClient) -> None:
    """Bob has saved a change, a second one is queued, and a third is a draft."""
    saved, queued, typed = NUMBERS
    assert as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": saved, "save": "1"}).status_code == 303
    assert as_bob.post_only(EDIT, inputs(as_bob.get(EDIT)) | {"phone": queued, "save": "1"}).status_code == 303
    assert as_bob.post_only(EDIT, inputs(as_bob.get(EDIT)) | {"phone": typed, "draft": "1"}).status_code == 200
    # What only SQLite accepts in a text, and more than its columns hold exactly.
    Record.objects.filter(pk=job.pk).update(name="a\0b", extra={"z": "a\0b", "a": [1e22, 0.5]}, balance="-1234567.125")


@pytest.fixture(scope="module")
def empty() -> str:
    """The URL of a PostgreSQL database; all tests but the last leave it empty, as to fill it with tables takes long."""
    return postgres.new_database()


def manage(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    """Run a command over the database at this URL."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def move(url: str) -> dict[str, list[str]]:
    """Move everything there; return what it says: by table, its rows before and after. Raises CommandError."""
    done = manage("move_database", "--to", url, url=databases.url())
    if done.returncode:
        raise CommandError(done.stderr)
    _, *tables, _ = [line.split() for line in done.stdout.splitlines()]
    return {table: counts for table, *counts in tables}


def list_tables() -> dict[str, int]:
    """Return the rows of every table here, but of those that only a migration or the search writes."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if not name.startswith("books_search")]
        counts = {}
        for name in {*names} - {"django_migrations"}:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
        return counts


@contextmanager
def working(url: str, vendor: Sandbox, home: Path) -> Iterator[None]:
    """A worker over the database at this URL."""
    own = {"DATABASE_URL": url, "CONDUCTOR_BASE_URL": f"{vendor.url}/v1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, str(ROOT / "manage.py"), "worker", "--queue-name", "saves"]
    worker = Child("worker", command, home / "worker.log", {**os.environ, **own}, ROOT)
    worker.start()
    try:
        yield
    finally:
        stop_children([worker])


@pytest.fixture
def ask(empty: str) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    with psycopg.connect(empty, autocommit=True) as there:
        yield lambda sql: there.execute(sql).fetchall()


def test_a_database_that_a_worker_uses_does_not_move() -> None:
    EngineLease.objects.create(pk=1, holder=processes.get_process_mark(), until=timezone.now() + timedelta(seconds=20))
    with pytest.raises(CommandError, match="Stop it first"):
        call_command("move_database", to="postgresql://nowhere/desk")


def test_a_password_with_a_sign_that_ends_the_address_is_refused_without_it() -> None:
    with pytest.raises(CommandError, match=r"^The URL of the new database cannot be read\. Write it like"):
        call_command("move_database", to="postgresql://desk:hunter2/x@db/desk")


def test_nothing_moves_over_other_rows(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as there:
        there.execute("CREATE TABLE tenants_tenant AS SELECT 1 AS id")
        with pytest.raises(CommandError, match="not empty: tenants_tenant have rows"):
            move(empty)
        there.execute("DROP TABLE tenants_tenant")


def test_what_postgresql_does_not_take_leaves_both_as_they_were(
    empty: str, ask: Callable[[str], list[tuple[object, ...]]], job: Record
) -> None:
    Version.objects.filter(record=job).update(revision="1" * 65)
    with pytest.raises(CommandError, match=r"Nothing was moved\. value too long"):
        move(empty)
    assert (ask("SELECT count(*) FROM auth_user"), moved.is_forbidden()) == ([(0,)], False)


def test_where_the_old_database_cannot_be_forbidden_nothing_moves(
    empty: str, ask: Callable[[str], list[tuple[object, ...]]], job: Record
) -> None:
    with connection.cursor() as cursor:  # stands for a full disk
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON books_enginelease BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    try:
        with pytest.raises(CommandError, match=r"Nothing was moved\. disk is full"):
            move(empty)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER full")
    assert (ask("SELECT count(*) FROM auth_user"), moved.is_forbidden()) == ([(0,)], False)


def test_where_the_new_database_does_not_commit_nothing_moves(empty: str, job: Record) -> None:
    assert manage("migrate", "--verbosity", "0", url=empty).returncode == 0
    with psycopg.connect(empty, autocommit=True) as there:
        there.execute(REFUSE)
        with pytest.raises(CommandError, match=r"Nothing was moved\. no room"):
            move(empty)
        there.execute("DROP FUNCTION refuse CASCADE")
        kept = there.execute("SELECT count(*) FROM auth_user").fetchall()
    assert (kept, moved.is_forbidden()) == ([(0,)], False)


def test_a_move_can_be_undone() -> None:
    moved.forbid()
    call_command("move_database", undo=True)
    assert not moved.is_forbidden()


def test_all_rows_move_and_the_queued_edit_goes_out_from_there(
    worked: None,
    empty: str,
    ask: Callable[[str], list[tuple[object, ...]]],
    as_bob: Client,
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    before = list_tables()
    assert move(empty) == {name: [f"{count:,}"] * 2 for name, count in before.items()}
    assert ask("SELECT state FROM edits_edit ORDER BY id") == [("saved",), ("queued",), ("draft",)]
    assert ask("SELECT session_key FROM django_session WHERE expire_date > now()") == [(as_bob.session.session_key,)]
    asked = "SELECT name, extra, balance::text FROM books_record WHERE name LIKE 'a_b'"
    assert ask(asked) == [("a\ufffdb", {"z": "a\ufffdb", "a": [10**22, 0.5]}, "-1234567.125")]
    with working(empty, sandbox, tmp_path):
        wait_until(lambda: ask("SELECT 1 FROM edits_edit WHERE state = 'queued'") == [], within=60)
        wait_until(lambda: ask("SELECT 1 FROM edits_edit WHERE state = 'sending'") == [])
    assert [body["phone"] for body in sent(sandbox)] == list(NUMBERS[:2])
    assert ask("SELECT state FROM edits_edit ORDER BY id") == [("saved",), ("saved",), ("draft",)]
    assert ask("SELECT nextval(pg_get_serial_sequence('edits_edit', 'id')) - max(id) FROM edits_edit") == [(1,)]
    with pytest.raises(CommandError, match="Everything in this database was moved"):
        call_command("prepare")
