"""Rows that one test of this process has made through the code under test, written as they are for those after it.

Composing them is most of what a fixture takes. Knows no table.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection, models, transaction

Model = type[models.Model]
ROWS = 100  # rows per statement: SQLite opens its full-text index for each


class Rows(NamedTuple):
    """All rows of a table at one moment: on PostgreSQL as JSON, which is one value for psycopg and not thousands."""

    table: str
    columns: Sequence[str]
    values: Sequence[Sequence[Any]] | str


def are_empty(*among: Model) -> bool:
    """Whether none of these tables has a row: then the rows of another test can have no number that is taken."""
    asked = " OR ".join(f"EXISTS(SELECT 1 FROM {model._meta.db_table})" for model in among)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return not cursor.fetchone()[0]


def read_rows(*among: Model) -> list[Rows]:
    """All rows of these tables."""
    return [_read(model) for model in among]


def _read(model: Model) -> Rows:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if field.column and not field.generated]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT COALESCE(json_agg(one ORDER BY id), '[]')::text FROM {table} one")
            return Rows(table, columns, str(cursor.fetchone()[0]))
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
        return Rows(table, columns, cursor.fetchall())


def write_rows(among: Iterable[Rows], **now: Any) -> None:
    """Write these rows into their tables, which are empty; a column of `now` gets that value where it had one."""
    with transaction.atomic():  # one table may refer to the other
        for table, columns, values in among:
            if isinstance(values, str):
                _write_json(table, columns, values, now)
                continue
            for start in range(0, len(values), ROWS):
                _write(table, columns, values[start : start + ROWS], now)


def _write(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], now: Mapping[str, Any]) -> None:
    marks = f"({', '.join(['%s'] * len(columns))})"
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([marks] * len(rows))}"
    replaced = [now.get(column) for column in columns]
    values = [
        [value if late is None or value is None else late for value, late in zip(row, replaced, strict=True)]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(insert, list(chain.from_iterable(values)))


def _write_json(table: str, columns: Sequence[str], rows: str, now: Mapping[str, Any]) -> None:
    late = [column for column in columns if column in now]
    values = ", ".join(f"CASE WHEN {c} IS NOT NULL THEN %s END" if c in now else c for c in columns)
    insert = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{insert} FROM json_populate_recordset(NULL::{table}, %s::json)", [*(now[c] for c in late), rows]
        )
