"""Writes rows by statements in SQL that are composed once, for what every save writes.

Django takes several times as long to compose such a statement as the database to carry it out. Knows no table.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, CharField, ForeignKey, Model, TextField


def insert_row(row: Model, *, unless: Sequence[str] = ()) -> bool:
    """Insert a row and give it its number; return False if there is one already with the same columns `unless`."""
    fields = _list_inserted(type(row))
    statement = _compose_insert(type(row), tuple(unless))
    with connection.cursor() as cursor:
        cursor.execute(statement, [_prepare_own(row, f, is_plain=is_plain) for f, is_plain in fields])
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk, row._state.adding, row._state.db = row.pk or found[0], False, connection.alias
    return True


def update_row(model: type[Model], values: Mapping[str, Any], **of: Any) -> bool:
    """Write values into the row that has the values `of`, and return whether there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            _compose_update(model, tuple(values), tuple(of)), [*_prepare(model, values), *_prepare(model, of)]
        )
        return bool(cursor.rowcount)


def _prepare_own(row: Model, f: Any, *, is_plain: bool) -> Any:
    if is_plain:
        return getattr(row, f.attname)
    return f.get_db_prep_save(f.pre_save(row, add=True), connection)


def _prepare(model: type[Model], values: Mapping[str, Any]) -> list[Any]:
    fields = _map_fields(model)
    plain = {name: value.pk if isinstance(value, Model) else value for name, value in values.items()}
    return [fields[name].get_db_prep_save(value, connection) for name, value in plain.items()]


@cache
def _map_fields(model: type[Model]) -> dict[str, Any]:
    named = {f.name: f for f in model._meta.concrete_fields}
    return {**{f.attname: f for f in named.values()}, **named, "pk": model._meta.pk}


@cache
def _list_inserted(model: type[Model]) -> list[tuple[Any, bool]]:
    """Each column but a number that the database gives, and whether the database takes its value as it is."""
    columns = [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]
    return [(f, isinstance(f, CharField | TextField | ForeignKey)) for f in columns]


@cache
def _compose_insert(model: type[Model], unless: Sequence[str]) -> str:
    fields = [f for f, _ in _list_inserted(model)]
    names, marks = ", ".join(f'"{f.column}"' for f in fields), ", ".join(["%s"] * len(fields))
    same = ", ".join(f'"{_map_fields(model)[name].column}"' for name in unless)
    otherwise = f"ON CONFLICT ({same}) DO NOTHING" if unless else ""
    into = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - names of tables and columns are no input
    return f"{into} {otherwise} RETURNING {model._meta.pk.column}"


@cache
def _compose_update(model: type[Model], names: Sequence[str], of: Sequence[str]) -> str:
    fields = _map_fields(model)
    changes = ", ".join(f'"{fields[name].column}" = %s' for name in names)
    same = " AND ".join(f'"{fields[name].column}" = %s' for name in of)
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE {same}'  # noqa: S608 - names of tables and columns are no input
