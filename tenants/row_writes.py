"""Writes rows by statements in SQL that are composed once, for what every save writes.

Django takes several times as long to compose such a statement as the database to carry it out. Knows no table.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, CharField, ForeignKey, Model, TextField


def insert_row(row: Model, *, unless: Sequence[str] = (), where: tuple[str, Sequence[Any]] = ("", ())) -> bool:
    """Insert a row and give it its number; return False if there is one already with the same columns `unless`.

    Also if the condition `where` does not hold, in SQL with its values.
    """
    statement = _compose_insert(type(row), tuple(unless), where[0])
    db = connections[DEFAULT_DB_ALIAS]  # once: each value would look for the one of this thread anew
    values = [_prepare(f, f.pre_save(row, add=True), db) for f in _list_inserted(type(row))]
    with db.cursor() as cursor:
        cursor.execute(statement, [*values, *where[1]])
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk, row._state.adding, row._state.db = row.pk or found[0], False, db.alias
    return True


def update_row(model: type[Model], values: Mapping[str, Any], **of: Any) -> bool:
    """Write values into the row that has the values `of`, and return whether there is one."""
    db, fields = connections[DEFAULT_DB_ALIAS], _map_fields(model)
    prepared = [_prepare(fields[name], value, db) for part in (values, of) for name, value in part.items()]
    with db.cursor() as cursor:
        cursor.execute(_compose_update(model, tuple(values), tuple(of)), prepared)
        return bool(cursor.rowcount)


def _prepare(f: Any, value: Any, db: BaseDatabaseWrapper) -> Any:
    """Return a value as the database takes it; most are texts, numbers of rows, or missing, and are so already."""
    if value is None or isinstance(f, _PLAIN):
        return value.pk if isinstance(value, Model) else value
    return f.get_db_prep_save(value, db)


_PLAIN = (CharField, TextField, ForeignKey)


@cache
def _map_fields(model: type[Model]) -> dict[str, Any]:
    named = {f.name: f for f in model._meta.concrete_fields}
    return {**{f.attname: f for f in named.values()}, **named, "pk": model._meta.pk}


@cache
def _list_inserted(model: type[Model]) -> list[Any]:
    """Each column but a number that the database gives."""
    return [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]


@cache
def _compose_insert(model: type[Model], unless: Sequence[str], where: str) -> str:
    fields = _list_inserted(model)
    names, marks = ", ".join(f'"{f.column}"' for f in fields), ", ".join(["%s"] * len(fields))
    same = ", ".join(f'"{_map_fields(model)[name].column}"' for name in unless)
    otherwise = f"ON CONFLICT ({same}) DO NOTHING" if unless else ""
    values = f"SELECT {marks} WHERE {where}" if where else f"VALUES ({marks})"
    into = f'INSERT INTO "{model._meta.db_table}" ({names}) {values}'
    return f"{into} {otherwise} RETURNING {model._meta.pk.column}"


@cache
def _compose_update(model: type[Model], names: Sequence[str], of: Sequence[str]) -> str:
    fields = _map_fields(model)
    changes = ", ".join(f'"{fields[name].column}" = %s' for name in names)
    same = " AND ".join(f'"{fields[name].column}" = %s' for name in of)
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE {same}'  # noqa: S608 - names of tables and columns are no input
