"""Rows of several tables from one statement in SQL, for the few that every page begins with.

Django takes eight times as long to compose such a statement as to carry it out. Knows no table.
"""

from collections.abc import Callable, Collection
from functools import cache, partial
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Found = TypeVar("Found", bound=Model)
Step = Callable[[Any], Any]


def name_columns(model: type[Model], alias: str, without: Collection[str] = ()) -> str:
    """The columns of the table called `alias` in a statement, named so that `take_joined` finds them."""
    fields = [f for f in model._meta.concrete_fields if f.attname not in without]
    return ", ".join(f"{alias}.{f.column} AS {alias}_{f.attname}" for f in fields)


def take_joined(row: Model, model: type[Found], alias: str, without: Collection[str] = ()) -> Found | None:
    """The row of the table called `alias` that stands beside `row`; None where there is none.

    Its values are converted here, as Django converts those of the first table only.
    """
    columns = [(name, steps) for name, steps in _list_steps(model, connection.vendor) if name not in without]
    values = [_convert(steps, row.__dict__.pop(f"{alias}_{name}")) for name, steps in columns]
    if values[0] is None:
        return None
    return model.from_db(connection.alias, [name for name, _ in columns], values)


@cache
def _list_steps(model: type[Model], vendor: str) -> list[tuple[str, list[Step]]]:
    """Each column of a table with what makes a value of the database's into one of Python's."""
    found: list[tuple[str, list[Step]]] = []
    for f in model._meta.concrete_fields:
        steps = [*connection.ops.get_db_converters(f.cached_col), *f.get_db_converters(connection)]
        found.append((f.attname, [partial(_call, step, f.cached_col) for step in steps]))
    return found


def _call(step: Callable[..., Any], column: Any, value: Any) -> Any:
    return step(value, column, connection)


def _convert(steps: list[Step], value: Any) -> Any:
    for step in steps:
        value = step(value)
    return value
