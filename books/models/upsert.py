"""Writes many rows of a table in few statements, new ones and those that replace others.

Knows no table. Values are as the database takes them.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

import msgspec
from django.db import connection

MOST_VALUES = 32_766  # of a statement on SQLite, which writes its full-text index to the file at the end of each
USUAL = 400  # rows: each size of a statement is kept prepared by each connection, and this takes a megabyte of memory
AS_JSON = frozenset({"extra"})  # columns whose values are JSON: an object with texts
NUL, NO_LETTER = "\0", "\N{REPLACEMENT CHARACTER}"

Row = Sequence[Any]


def upsert_rows(
    table: str, names: Sequence[str], replaced: Sequence[str], rows: Sequence[Row], unless_null: Sequence[str] = ()
) -> None:
    """Write rows with their ids; of a row that exists, change the columns `replaced`, and `unless_null` to a value.

    A column that is replaced and not named becomes null.
    """
    changes = ", ".join(
        [f"{name} = excluded.{name}" for name in replaced]
        + [f"{name} = COALESCE(excluded.{name}, {table}.{name})" for name in unless_null]
    )
    left = iter(rows)
    with connection.cursor() as cursor:
        for size in cut_rows(len(rows), MOST_VALUES // len(names)):
            some = list(islice(left, size))
            if connection.vendor == "postgresql":
                insert, values = _compose_from_json(table, tuple(names)), [_write_json(names, some)]
            else:
                # To replace Django's marks takes a thirtieth of a list's reading; only its log of queries needs them.
                mark = "%s" if connection.queries_logged else "?"
                insert = _compose_from_values(table, tuple(names), len(some), mark)
                values = list(chain.from_iterable(some))
            cursor.execute(f"{insert} ON CONFLICT (id) DO UPDATE SET {changes}", values)


def cut_rows(count: int, most: int) -> Iterator[int]:
    """Yield how many rows each statement writes: as many as can be, or no more than USUAL of the many other sizes."""
    while count:
        size = most if count >= most else min(count, USUAL)
        yield size
        count -= size


@cache
def _compose_from_values(table: str, names: Sequence[str], rows: int, mark: str) -> str:
    marks = f"({','.join([mark] * len(names))})"
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {','.join([marks] * rows)}"  # noqa: S608 - a name cannot be a parameter; names are constants here, values are marks


@cache
def _compose_from_json(table: str, names: Sequence[str]) -> str:
    """Compose a statement with one parameter: with one for each value psycopg takes six times as long."""
    columns = ", ".join(names)
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"  # noqa: S608 - a name cannot be a parameter; names are constants here


def _write_json(names: Sequence[str], rows: Sequence[Row]) -> str:
    """Return the rows as a JSON array; a NUL as `config.database` sends it, which JSON would spell as an escape."""
    text = _encode(names, rows)
    if "\\u0000" in text:
        text = _encode(names, [list(map(_replace_nul, names, row)) for row in rows])
    return text


def _replace_nul(name: str, value: Any) -> Any:
    if name in AS_JSON and value:
        return json.dumps({key: one.replace(NUL, NO_LETTER) for key, one in json.loads(value).items()})
    return value.replace(NUL, NO_LETTER) if isinstance(value, str) else value


def _encode(names: Sequence[str], rows: Sequence[Row]) -> str:
    raw = [name in AS_JSON for name in names]
    if any(raw):
        rows = [
            [msgspec.Raw(value.encode()) if is_raw and value else value for value, is_raw in zip(row, raw, strict=True)]
            for row in rows
        ]
    return msgspec.json.encode([dict(zip(names, row, strict=True)) for row in rows]).decode()
