"""Rows of several tables from one statement in SQL, for the few that every page begins with.

Django takes eight times as long to compose such a statement as to carry it out, and twice as long to make rows of the
answer to a raw one. Knows no table.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, partial, reduce
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.utils import create_namedtuple_class

Found = TypeVar("Found", bound=Model)
Step = Callable[[Any], Any]
Part = tuple[str, Sequence[Any]]  # of a statement in SQL, with its values

_GAP = re.compile(r"\{(\w+)\}")


class Statement(NamedTuple):
    """A query set of named columns as SQL, with its values, the type of its rows, and the expression of each column.

    It may be remembered and shared: it holds nothing of a thread's connection.
    """

    sql: str
    values: Sequence[Any]
    row_type: Any
    selected: Sequence[Any]


def compose(rows: QuerySet[Any, Any], names: Sequence[str]) -> Statement | None:
    """Compose the statement of a query set of columns with these names; None for one that can find nothing."""
    compiler = rows.query.get_compiler(connection.alias)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    selected = [expression for expression, *_ in compiler.select[: compiler.col_count]]
    return Statement(sql, values, create_namedtuple_class(*names), selected)


def make_gap(name: str) -> RawSQL:
    """What stands in a query set for a part that `fill_gaps` puts in its place."""
    return RawSQL(f"{{{name}}}", [], BooleanField())  # noqa: S611 - names are constants


def fill_gaps(statement: Statement | None, **parts: Part) -> Statement | None:
    """Put parts in SQL into the gaps of a statement, so that it can be remembered without what changes each time."""
    if statement is None:
        return None
    sql, values, left = [], list[Any](), list(statement.values)
    for number, piece in enumerate(_GAP.split(statement.sql)):
        text, own = parts[piece] if number % 2 else (piece, [left.pop(0) for _ in range(piece.count("%s"))])
        sql.append(text)
        values += own
    return statement._replace(sql="".join(sql), values=values)


def fetch_composed(statement: Statement | None) -> list[Any]:
    """The rows that Django would make, converted a column at a time."""
    if statement is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.values)
        columns: list[Sequence[Any]] = list(zip(*cursor.fetchall(), strict=True))
    for place, expression in enumerate(statement.selected if columns else ()):
        for step in (*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)):
            columns[place] = [step(value, expression, connection) for value in columns[place]]
    return list(map(statement.row_type._make, zip(*columns, strict=True)))


def fetch_number(statement: Part | None) -> int:
    """The number that a statement counts; 0 for one that can find nothing."""
    if statement is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return int(cursor.fetchone()[0])


class ConvertedColumn(NamedTuple):
    """How values of the database's in one place of a row become Python's: by steps, and what becomes of a null."""

    place: int
    steps: Sequence[Step]
    blank: Any


class Plan(NamedTuple):
    """What of an answer's columns makes a row of a table, by their places, and what is beside it.

    `converted` are those of its columns that Python has otherwise than the database.
    """

    places: Sequence[Any]
    names: list[str]
    converted: list[ConvertedColumn]
    beside: Sequence[tuple[int, str]] = ()


def fetch_rows(model: type[Found], statement: str, values: Sequence[Any]) -> list[Found]:
    """The rows of a table that a statement finds; what else it selects becomes attributes, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
        if not rows:  # nearly always of what a save asks
            return []
        plan = _plan_rows(model, tuple(column[0] for column in cursor.description), cursor.db.vendor)
        return [_make_row(model, plan, row, cursor.db.alias) for row in rows]


def _make_row(model: type[Found], plan: Plan, row: Sequence[Any], alias: str) -> Found:
    made = _make(model, plan, [row[place] for place in plan.places], alias)
    made.__dict__.update({name: row[place] for place, name in plan.beside})
    return made


def _make(model: type[Found], plan: Plan, values: list[Any], alias: str | None) -> Found:
    """Make what `Model.from_db` makes, which gives each value by itself, and so takes four times as long."""
    for place, steps, blank in plan.converted:
        value = values[place]
        if value is None:
            values[place] = blank
        else:
            for step in steps:
                value = step(value)
            values[place] = value
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, alias
    made.__dict__.update(zip(plan.names, values, strict=True))
    return made


@cache
def _plan_rows(model: type[Model], columns: tuple[str, ...], vendor: str) -> Plan:
    # In the order of the table, as Django makes its own rows.
    fields = [f for f in model._meta.concrete_fields if f.column in columns]
    places = [columns.index(f.column) for f in fields]
    beside = [(place, name) for place, name in enumerate(columns) if place not in places]
    return Plan(places, [f.attname for f in fields], _list_converted(fields), beside)


def name_columns(model: type[Model], alias: str, without: Collection[str] = ()) -> str:
    """The columns of the table called `alias` in a statement, named so that `take_joined` finds them."""
    fields = [f for f in model._meta.concrete_fields if f.attname not in without]
    return ", ".join(f"{alias}.{f.column} AS {alias}_{f.attname}" for f in fields)


def take_joined(row: Model, model: type[Found], alias: str, without: Collection[str] = ()) -> Found | None:
    """The row of the table called `alias` that stands beside `row`; None where there is none.

    Its values are converted here, as Django converts those of the first table only.
    """
    plan = _plan_joined(model, alias, tuple(without), connection.vendor)
    beside = row.__dict__
    values = [beside.pop(name) for name in plan.places]
    if values[0] is None:  # its number
        return None
    return _make(model, plan, values, row._state.db)


@cache
def _plan_joined(model: type[Model], alias: str, without: Collection[str], vendor: str) -> Plan:
    fields = [f for f in model._meta.concrete_fields if f.attname not in without]
    names = [f.attname for f in fields]
    return Plan([f"{alias}_{name}" for name in names], names, _list_converted(fields))


def drop_joined(row: Model, model: type[Model], alias: str) -> None:
    """Forget the columns of the table called `alias` beside `row`, which are the same beside another row."""
    beside = row.__dict__
    for name in _plan_joined(model, alias, (), connection.vendor).places:
        beside.pop(name, None)


def _list_converted(fields: Iterable[Any]) -> list[ConvertedColumn]:
    found = []
    for place, f in enumerate(fields):
        steps = [*connection.ops.get_db_converters(f.cached_col), *f.get_db_converters(connection)]
        made: list[Step] = [partial(_call, step, f.cached_col) for step in steps]
        if made:
            found.append(ConvertedColumn(place, made, reduce(lambda value, step: step(value), made, None)))
    return found


def _call(step: Callable[..., Any], column: Any, value: Any) -> Any:
    return step(value, column, connection)
