"""Moves everything from a SQLite database to an empty PostgreSQL: all tables in one transaction, counted and compared.

Each row is read as Ledgerdesk reads it, on both sides. Knows no table but the engine's lease.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

from books import moved
from books.engine.lease import is_lease_held
from config.database import replace_nul
from config.environment.variables import DATABASE, take_apart

TARGET = "target"
ROWS = 2_000  # read at once, so that the largest table takes no more memory than the smallest
MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}  # tables that have rows in a new database
Model = type[models.Model]


class Sum(NamedTuple):
    """How many rows a table has, and a checksum of them that does not depend on their order."""

    rows: int = 0
    check: int = 0

    def __str__(self) -> str:
        return f"{self.rows:,}"


class Command(BaseCommand):
    help = (
        "Copy everything from the SQLite database of DATABASE_URL to an empty PostgreSQL database, and compare both. "
        "Stop Ledgerdesk before, and set DATABASE_URL to the new database after. If it fails, nothing has moved."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="URL", help="of the new database, as in DATABASE_URL")
        parser.add_argument("--undo", action="store_true", help="let the old database be used again after a move")

    def handle(self, *args: Any, to: str | None, undo: bool, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("DATABASE_URL is no SQLite database, and from no other can be moved.")
        if undo:
            moved.allow()
        elif not to or not to.startswith(("postgres://", "postgresql://")):
            raise CommandError("Name the new database with --to postgresql://USER:PASSWORD@HOST/DATABASE")
        else:
            self._move(to)

    def _move(self, url: str) -> None:
        refuse_unready()
        refuse_served()
        add_target(url)
        refuse_filled()
        migrate(url)
        self._copy_once()
        with connections[TARGET].cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write("All rows are the same. Set DATABASE_URL to the new database, and start Ledgerdesk.")

    def _copy_once(self) -> None:
        """Copy all tables and forbid the old database, or do neither. Raises CommandError.

        The old one is forbidden before the new one is complete: if the power fails between, none of both is served.
        """
        is_forbidden = False
        try:
            with transaction.atomic(using=TARGET):
                with transaction.atomic():  # within it nobody else can write the old database
                    refuse_served()
                    self._copy_all()
                    moved.forbid()
                is_forbidden = True
        except DatabaseError as error:
            if is_forbidden:
                moved.allow()
            raise CommandError(f"Nothing was moved. {error}") from error

    def _copy_all(self) -> None:
        tables = list_tables()
        with connections[TARGET].cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(quote(one) for one in tables)}")
        self.stdout.write(f"{'table':<40} {'before':>12} {'after':>12}")
        for model in tables:
            before = copy(model)
            after = add_up(read(model, TARGET))
            self.stdout.write(f"{model._meta.db_table:<40} {before!s:>12} {after!s:>12}")
            if before != after:
                raise DatabaseError(f"{model._meta.db_table} is not the same on both sides.")
        with connections[TARGET].cursor() as cursor:
            for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)


def add_target(url: str) -> None:
    """Let Django connect to the new database. Raises CommandError if its URL is wrong or it does not answer."""
    try:
        own = take_apart(url, DATABASE, "The URL of the new database")
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from None
    own["OPTIONS"] = {"connect_timeout": 5, **own.get("OPTIONS", {})}
    configured = connections.configure_settings({**connections.settings, TARGET: own})
    connections.settings[TARGET] = configured[TARGET]
    try:
        connections[TARGET].ensure_connection()
    except DatabaseError as error:
        raise CommandError(f"The new database does not answer: {error}") from None


def refuse_unready() -> None:
    """Raise CommandError if the old database has not the tables of this release."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The old database is not up to date: run manage.py migrate first.")


def refuse_served() -> None:
    """Raise CommandError if a worker works on the old database, or if it has been moved already."""
    if moved.is_forbidden():
        raise CommandError(moved.WHY_NOT)
    if is_lease_held():
        raise CommandError("Ledgerdesk runs on the old database. Stop it first.")


def refuse_filled() -> None:
    """Raise CommandError if the new database has rows that a new one has not."""
    with connections[TARGET].cursor() as cursor:
        there = set(connections[TARGET].introspection.table_names(cursor))
        filled = []
        for model in list_tables():
            if (table := model._meta.db_table) in there - MADE_BY_MIGRATE:
                cursor.execute(f"SELECT EXISTS(SELECT 1 FROM {quote(model)})")  # noqa: S608 - only the name of a table is put in
                filled += [table] * cursor.fetchone()[0]
    if filled:
        raise CommandError(f"The new database is not empty: {', '.join(filled)} have rows. Nothing was moved.")


def migrate(url: str) -> None:
    """Create the tables of the new database, in a process that knows no other; what it would check, this one has."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "--verbosity", "0", "--skip-checks"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 - this project's own program
    if done.returncode:
        raise CommandError(f"The new database cannot be prepared. {(done.stderr.strip().splitlines() or ['?'])[-1]}")


def list_tables() -> list[Model]:
    """Return the models of all tables, those first to which others refer, as far as they do not refer to each other."""
    left = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    tables: list[Model] = []
    while left:
        ready = [model for model in left if not _list_needed(model).intersection(left)] or left[:1]
        tables += ready
        left = [model for model in left if model not in ready]
    return tables


def _list_needed(model: Model) -> set[Model]:
    found = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    return {one for one in found if isinstance(one, type) and one is not model}


def quote(model: Model) -> str:
    return connections[TARGET].ops.quote_name(model._meta.db_table)


def read(model: Model, alias: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table as Ledgerdesk reads them."""
    names = [field.attname for field in model._meta.concrete_fields]
    found = model._base_manager.using(alias).order_by().values_list(*names).iterator(ROWS)
    yield from (tuple(map(replace_nul, row)) for row in found)


def copy(model: Model) -> Sum:
    """Write a table's rows into the new database; return what they add up to."""
    fields, target = model._meta.concrete_fields, connections[TARGET]
    columns = ", ".join(target.ops.quote_name(str(field.column)) for field in fields)
    prepare: list[Callable[..., Any]] = [field.get_db_prep_save for field in fields]

    def write() -> Iterator[tuple[Any, ...]]:
        for row in read(model, "default"):
            stream.write_row([take(value, target) for take, value in zip(prepare, row, strict=True)])
            yield row

    statement = f"COPY {quote(model)} ({columns}) FROM STDIN"
    with target.wrap_database_errors, target.cursor() as cursor, cursor.copy(statement) as stream:
        return add_up(write())


def add_up(rows: Iterator[Sequence[Any]]) -> Sum:
    """Return the number of rows and the sum of their digests."""
    found = Sum()
    for row in rows:
        digest = blake2b(repr([spell(value) for value in row]).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        found = Sum(found.rows + 1, (found.check + int.from_bytes(digest)) % 2**64)
    return found


def spell(value: Any) -> Any:
    """Return a value in the one spelling of all that are equal; members of an object come in any order."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return sorted((name, spell(one)) for name, one in value.items())
    return [spell(one) for one in value] if isinstance(value, list) else value
