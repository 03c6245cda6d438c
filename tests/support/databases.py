"""Which tests run on which database: all on SQLite, and on PostgreSQL again those that use one themselves.

`make test-postgres` runs all of them there, also those that are left out in the following.

A test is selected by its fixtures, so that new ones are included. Tests with a running desk or a browser take long and
say little about a database, and so do those of forms, of pages and of vendors' answers: what they ask of the database,
the tests of the mirror, of lists and of the edit life cycle ask on both. A few of them are marked `on_both`.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from hypothesis import settings as rules

from . import postgres

# The database refuses to empty the security log, which is done after a test that commits.
KEPT_WHOLE = "security_log_is_kept_whole"
MIGRATED = "migrated"  # on PostgreSQL, to be copied
# What a new database has rows in. No test changes them, and to make them anew takes longer than to empty all others.
FILLED_BY_MIGRATE = {"django_content_type", "auth_permission"}
MOST_BYTES = 16 * 2**20  # of all tables of a test's database on PostgreSQL
_empty_tables = DatabaseWrapper.ops_class.execute_sql_flush


def empty_tables(operations: Any, statements: Any) -> None:
    """Do what Django does, without the trigger meanwhile."""
    with operations.connection.cursor() as cursor:
        made = cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [KEPT_WHOLE]).fetchone()
        if made:
            cursor.execute(f"DROP TRIGGER {KEPT_WHOLE}")
        _empty_tables(operations, statements)
        if made:
            cursor.execute(made[0])


DatabaseWrapper.ops_class.execute_sql_flush = empty_tables  # type: ignore[method-assign, assignment]
EXAMPLES = 12  # of a rule that has been tested a hundred times on SQLite
DATABASE = {"db", "transactional_db", "django_db_setup"}
OF_SQLITE = {"trouble", "old_rows"}  # a locked or full file; rows that PostgreSQL never accepted
NOT_IN_PROCESS = {"desk", "page", "context", "browser"}
OF_FORMS = (
    *("tests/bills/grid/", "tests/bills/test_", "tests/bills/terms/", "tests/customers/", "tests/record_forms/"),
    *("tests/edits/bulk/", "tests/edits/imports/"),
)
OF_PAGES = (
    *("tests/pages/", "tests/books/pages/", "tests/edits/editor/", "tests/edits/conflict/"),
    *("tests/config/test_urls.py", "tests/tenants/test_account_pages.py", "tests/tenants/test_second_factor.py"),
    *("tests/tenants/test_sign_in.py", "tests/tenants/test_passkeys.py", "tests/tenants/test_passwords.py"),
    "tests/tenants/test_address_change.py",
    *("tests/edits/batches/test_page.py", "tests/overview/inbox/test_walk.py"),
    *(f"tests/administration/companies/test_{name}.py" for name in ("bigcapital", "end_user", "kinds", "life", "link")),
    *("tests/administration/companies/test_list.py", "tests/administration/test_commands.py"),
    *(
        f"tests/administration/people/test_{name}.py"
        for name in ("accounts", "invitations", "members", "office", "rules")
    ),
    *("tests/administration/settings/", "tests/administration/test_django_admin.py"),
    *(f"tests/administration/health/test_{name}.py" for name in ("doctor", "usage")),
    *(f"tests/administration/log/test_{name}.py" for name in ("factors", "security_log")),
    *("tests/overview/inbox/test_steps.py", "tests/overview/test_away.py", "tests/overview/test_guide.py"),
    *("tests/overview/search/test_actions.py", "tests/config/test_bodies.py"),
    *(f"tests/tenants/test_{name}.py" for name in ("clients", "commands", "person_settings", "security_events")),
    *("tests/tenants/test_sessions.py", "tests/config/test_set_pace.py"),
)
OF_VENDORS = (
    "tests/books/providers/",
    *(f"tests/edits/lifecycle/test_{name}.py" for name in ("after_the_write", "answer", "fault_matrix", "refusals")),
    *(f"tests/edits/lifecycle/test_{name}.py" for name in ("other_company", "returned", "trouble")),
    *("tests/edits/test_hidden_fields.py", "tests/edits/test_text.py", "tests/bills/checks/"),
    *("tests/books/health/test_states.py", "tests/books/test_pace.py"),
    *("tests/books/sync/test_bad_rows.py", "tests/books/sync/test_company_file.py"),
)
ASKS_MUCH = (
    *("tests/customers/test_list.py", "tests/books/providers/test_lock.py"),
    "tests/books/providers/bigcapital/test_limits.py",
)


def pytest_configure(config: pytest.Config) -> None:
    if postgres.is_asked():
        rules.register_profile("fewer", parent=rules.get_profile("desk"), max_examples=EXAMPLES)
        rules.load_profile("fewer")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """On PostgreSQL, do not even import the modules of which no test is run there."""
    if not postgres.is_asked() or "DESK_TEST_ALL" in os.environ or not collection_path.name.startswith("test_"):
        return None
    place = collection_path.relative_to(config.rootpath).as_posix()
    return True if asks_little(place) and "on_both" not in collection_path.read_text() else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not belongs(item)]
    items[:] = [item for item in items if belongs(item)]
    config.hook.pytest_deselected(items=left_out)


def belongs(item: pytest.Item) -> bool:
    """Whether a test runs on the database of this run, and in a run of this length."""
    if item.get_closest_marker("at_length") and "SOAK" not in os.environ:
        return False
    if not postgres.is_asked():
        return item.get_closest_marker("postgres_only") is None
    used = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("sqlite_only") or used & OF_SQLITE:
        return False
    if "DESK_TEST_ALL" in os.environ:
        return True
    asks = bool(used & DATABASE) or item.get_closest_marker("django_db") is not None
    is_asked = asks and not used & NOT_IN_PROCESS and not asks_little(item.nodeid)
    return item.get_closest_marker("on_both") is not None or is_asked


def asks_little(place: str) -> bool:
    """Whether the tests of a module are among those that say little about a database."""
    return place.startswith((*OF_FORMS, *OF_PAGES, *OF_VENDORS)) and not place.startswith(ASKS_MUCH)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A selection of tests may use no database; that is not a failure."""
    if postgres.is_asked() and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


def make_once(make: Callable[[], object]) -> None:
    """Make the database of this test process, or copy the one that another process of the run has made.

    To migrate takes longer than many tests.
    """

    def make_and_leave() -> str:
        make()
        if postgres.is_asked():  # which copies no database in use
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # only that of PostgreSQL has one
        return url()

    # Several processes give their own databases longer names as they make them.
    name = f"desk_{os.getpid()}" if postgres.is_asked() else str(connection.settings_dict["TEST"]["NAME"])
    if migrate_once(find_url(name), make_and_leave):
        use(name)
    keep_filled()


def keep_filled() -> None:
    """Let Django leave alone what it fills as it migrates, where it empties all tables after a test that commits."""
    own, flush = type(connection.ops), type(connection.ops).sql_flush

    def flush_others(operations: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        others = [table for table in tables if table not in FILLED_BY_MIGRATE]
        if postgres.is_asked() and not is_large(others):
            return list_deletions(others)
        return flush(operations, style, others, **options)

    own.sql_flush = flush_others  # type: ignore[method-assign, assignment]
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


def is_large(tables: list[str]) -> bool:
    """Whether rows deleted before take so much room on PostgreSQL that every query is slower until it is freed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(pg_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name", [tables])
        return bool(cursor.fetchone()[0] > MOST_BYTES)


def list_deletions(tables: list[str]) -> list[str]:
    """Return what empties these tables on PostgreSQL. To truncate all makes their files anew, 50 times as much work."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS(SELECT 1 FROM {name})" for name in tables))
        filled = [name for (name,) in cursor.fetchall()]
    # Without triggers: neither those of foreign keys, which ask for an order, nor that of the security log.
    return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in filled)]


def migrate_once(database: str, make: Callable[[], str]) -> bool:
    """Let `make` migrate the first database of a run, and return its URL; make that at `database` a copy for others.

    Returns whether it is a copy.
    """
    shared = Path(os.environ["DESK_TEST_SHARED"])
    with (shared / "migrating.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if database.startswith("postgres"):
            if not (is_there := postgres.make_like(database, MIGRATED)):
                postgres.keep_copy(make(), MIGRATED)
            return is_there
        migrated = shared / "migrated.sqlite3"
        if is_there := migrated.exists():
            shutil.copy(migrated, find_file(database))
        else:
            keep_copy(find_file(make()), migrated)
        return is_there


def keep_copy(database: Path, copy: Path) -> None:
    """Copy a SQLite database that may be in use."""
    with closing(sqlite3.connect(database)) as found, closing(sqlite3.connect(copy)) as made:
        found.backup(made)
    copy.chmod(0o600)  # as a desk leaves it


def use(name: str) -> None:
    """Do what Django does to set a test database up, with a file that has its tables already."""
    connection.close()
    settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"] = connection.settings_dict["NAME"] = name


def examples(count: int) -> int:
    """Return how many examples of a rule to try when SQLite tries `count`."""
    return min(count, EXAMPLES) if postgres.is_asked() else count


def url() -> str:
    """Return the URL of this test process's own database, for a process that a test starts."""
    return find_url(str(connection.settings_dict["NAME"]))


def find_url(name: str) -> str:
    """Return the URL of the database of that name, as Django calls it."""
    return postgres.database(name) if postgres.is_asked() else f"sqlite:///{name}"


def find_file(url: str) -> Path:
    """Return where the SQLite database of that URL is."""
    return Path(url.removeprefix("sqlite:///"))


def read_rows(url: str, sql: str, *values: object) -> list[Any]:
    """Query the database of another process, whichever it is; a value stands for each question mark."""
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(find_file(url), timeout=20)) as database:
            return database.execute(sql, values).fetchall()
    with psycopg.connect(url) as server:
        return server.execute(sql.replace("?", "%s").encode(), values).fetchall()


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """What a test has cached of a company must not be found by the next, whose company may have the same number."""
    cache.clear()


@receiver(post_migrate)
def empty_jobs(sender: Any, using: str, **sent: Any) -> None:
    """Django empties its own tables after a test that commits, and says so; those of Procrastinate are not among them.

    A job that a killed worker has left would hold its company's lock.
    """
    if sender.label == "books" and connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT to_regclass('procrastinate_jobs')")
            if cursor.fetchone() != (None,):
                cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
