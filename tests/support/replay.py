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
    """All rows of a table at one moment."""

    table: str
    columns: Sequence[str]
    values: Sequence[Sequence[Any]]


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
    columns = [field.column for field in model._meta.concrete_fields if field.column and not field.generated]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table} ORDER BY id")
        return Rows(model._meta.db_table, columns, cursor.fetchall())


def write_rows(among: Iterable[Rows], **now: Any) -> None:
    """Write these rows into their tables, which are empty; a column of `now` gets that value where it had one."""
    with transaction.atomic():  # one table may refer to the other
        for rows in among:
            for start in range(0, len(rows.values), ROWS):
                _write(rows, rows.values[start : start + ROWS], now)


def _write(rows: Rows, some: Sequence[Sequence[Any]], now: Mapping[str, Any]) -> None:
    marks = f"({', '.join(['%s'] * len(rows.columns))})"
    insert = f"INSERT INTO {rows.table} ({', '.join(rows.columns)}) VALUES {', '.join([marks] * len(some))}"
    replaced = [now.get(column) for column in rows.columns]
    values = [
        [value if late is None or value is None else late for value, late in zip(row, replaced, strict=True)]
        for row in some
    ]
    with connection.cursor() as cursor:
        cursor.execute(insert, list(chain.from_iterable(values)))
