"""Says whether the pending migrations only add to the database, so that processes with older code can go on meanwhile.

Knows Django's operations and no migration of ours. One that the rule cannot judge says so itself: `is_additive = True`.
"""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

# What the old code does not notice: tables and indexes that it does not know, and what only Python sees.
HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.AlterModelTableComment,
)


def list_obstacles(executor: MigrationExecutor) -> list[str]:
    """Return what of the pending migrations needs a stop: each one's name and its first such operation."""
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [
        f"{migration.app_label}.{migration.name}: {why}"
        for migration, _ in plan
        if (why := next(_list_changes(migration), ""))
    ]


def _list_changes(migration: Migration) -> Iterator[str]:
    """Yield the operations that change what is there."""
    if not getattr(migration, "is_additive", False):
        yield from (one.describe() for one in migration.operations if not is_additive(one))


def is_additive(operation: Operation) -> bool:
    """Whether code that does not know of an operation can still read and write all rows."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return all(map(is_additive, operation.database_operations))
    if isinstance(operation, migrations.AddField):
        return _can_be_left_out(operation.field)
    return isinstance(operation, HARMLESS)


def _can_be_left_out(field: "models.Field[object, object]") -> bool:
    """Whether a row may be inserted without naming a column. A default of Django's is not the database's."""
    return field.many_to_many or field.null or getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED


class Command(BaseCommand):
    help = "Say whether the pending migrations only add to the database, so that `make reload` is enough; else fail."

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if obstacles := list_obstacles(executor):
            changes = "; ".join(obstacles)
            raise CommandError(f"Stop Ledgerdesk for this upgrade, as it changes what the database has: {changes}.")
        what = "No migration is pending" if not pending else f"The pending migrations ({pending}) only add"
        self.stdout.write(f"{what}: make reload is enough.")
