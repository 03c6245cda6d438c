"""The columns, pages and orders of lists: by a column, or by how well a name matches a search.

Names and texts are sorted as they are folded, so that databases and languages make no difference. Knows no provider.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, DecimalField, F, Func, IntegerField, Q, QuerySet, TextField, When
from django.db.models.expressions import OrderBy, RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from books.models import InOrder, Record, order_by_name
from records.fields import READ_DIGITS, FieldKind, Table
from records.searching import STARTS, make_sort_key
from tenants.joined import Part, Statement

from .projection import COLUMNS, KEYS, find_field, name_key

LAST = chr(0x10FFFF)
NAMES = "full_name_key"  # by which the hits of a list are ranked
WORD_START, ANYWHERE = 1, 2  # a name that starts with the search is 0

OWN = frozenset({*COLUMNS, *KEYS, "id", "remote_id", "version_id"})


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a list: its rows (records without content, or columns by name) and its position."""

    rows: list[Any]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def next(self) -> int:
        return self.page + 1

    @property
    def first(self) -> int:
        """The position of the first row shown, from 1; 0 if there is none."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


class Unindexed(Func):
    """A column wrapped so that SQLite does not use an index on it."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="+%(expressions)s")


def make_order(
    sort: str, table: Table | None = None, *, walk: bool = True, main: str | None = None
) -> list[OrderBy | Any]:
    """Return the order of `sort`, "-column" for descending: texts folded, blanks last, ties by id.

    Further columns follow a comma. Without `walk`, the hits are sorted. The table says how to compare a column that
    Record does not have. With the `main` currency, amounts are ordered within each currency, that one first.
    """
    keys = sort.split(",")
    order: list[Any] = []
    for key in keys:
        name = key.removeprefix("-")
        by = compare_by(name, table)
        by = by if walk else Unindexed(by)
        if main is not None and table and is_amount(name, table):
            order += _group_currencies(main)
            main = None
        order.append(by.desc(nulls_last=True) if key.startswith("-") else by.asc(nulls_last=True))
    return [*order, F("id").desc() if keys[0].startswith("-") else F("id").asc()]


def compare_by(name: str, table: Table | None) -> Any:
    """Return the expression by which a column is compared."""
    return _order_extra(name, table) if table and name not in OWN else _order_column(name)


def is_amount(name: str, table: Table) -> bool:
    """Return whether a column holds amounts of money, which only compare within one currency."""
    f = find_field(table, name)
    return f is not None and f.kind is FieldKind.MONEY


def _group_currencies(main: str) -> list[Any]:
    first = When(currency=main, then=0) if main else When(currency__isnull=True, then=0)
    return [Case(first, default=1, output_field=IntegerField()), F("currency").asc(nulls_first=True)]


def select_columns(found: QuerySet[Any], names: Iterable[str]) -> QuerySet[Any, Any]:
    """Return the records as rows of these columns; those that Record does not have are read from `extra`, as text."""
    extra = {name: KeyTextTransform(name, "extra") for name in names if name not in {*OWN, *found.query.annotations}}
    rows: QuerySet[Any, Any] = found.annotate(**extra).values_list(*names, named=True)
    return rows


def start_with(key: str, q: str) -> Q:
    """Return the condition that a name, by the column with its sort key, starts with a search."""
    first = make_sort_key(q)
    return Q(**{f"{key}__gte": first, f"{key}__lt": first + LAST})


def rank_matches(key: str, q: str, number: str = "") -> RawSQL:
    """Return how well a name matches: it starts with the search, every word of it starts one of the name, or neither.

    `key` is the column with the name's sort key; the `number` in another column may start with the search as well.
    In SQL, because the ORM takes longer to compose it than the database to search.
    """
    phrase, words = make_sort_key(q), make_sort_key(q).split()
    first, values = _start_sql(key), [phrase, phrase + LAST]
    if number:
        first += f" OR LOWER(books_record.{number}) LIKE %s ESCAPE '!'"
        values.append(re.sub("([!%_])", r"!\1", q.strip().lower()) + "%")
    place = "INSTR" if connection.vendor == "sqlite" else "STRPOS"
    found = " OR ".join([_start_sql(key), *[f"{place}(books_record.{key}, %s) > 0"] * len(STARTS)])
    then = " AND ".join([f"({found})"] * len(words)) or "TRUE"
    for word in words:
        values += [word, word + LAST, *(sign + word for sign in STARTS)]
    return RawSQL(f"CASE WHEN {first} THEN 0 WHEN {then} THEN 1 ELSE 2 END", values, IntegerField())  # noqa: S611 - names of columns are constants here, values are %s


def write_rank(q: str) -> Part:
    """Return `rank_matches` for the names of a list in SQL."""
    rank = rank_matches(NAMES, q)
    return rank.sql, rank.params


def write_ranks(q: str) -> tuple[Part, Part, Part]:
    """Return the conditions that a name starts with a search, that each word starts one of the name, and neither."""
    first, (rank, values) = make_sort_key(q), write_rank(q)
    start = _start_sql(NAMES), [first, first + LAST]
    return start, (f"{rank} = {WORD_START}", values), (f"{rank} = {ANYWHERE}", values)


def join_ranks(ranks: Sequence[Statement | None], start: int, size: int) -> Part:
    """Return the condition that a record is on one page of these hits, best first.

    Each rank is read in its order only until the page is full.
    """
    parts: list[str] = []
    values: list[Any] = []
    for number, rank in enumerate(ranks):
        if rank is not None:
            parts.append(f"SELECT rank{number}.id FROM ({rank.sql} LIMIT {start + size}) rank{number}")  # noqa: S608 - composed statements and numbers
            values += rank.values
    ids = f"SELECT ranked.id FROM ({' UNION ALL '.join(parts)}) ranked LIMIT {size} OFFSET {start}"  # noqa: S608 - composed statements and numbers
    return f"books_record.id IN ({ids})", values


def _start_sql(key: str) -> str:
    return f"books_record.{key} >= %s AND books_record.{key} < %s"


def _order_column(name: str) -> Any:
    key = name_key(name)
    if key in KEYS:
        return F(key)
    is_text = isinstance(Record._meta.get_field(name), CharField | TextField)
    # Only texts that are not plain (`records.folding`) have a key of their own beside the columns.
    return Coalesce(KeyTextTransform(key, "extra"), order_by_name(name)) if is_text else F(name)


def _order_extra(name: str, table: Table) -> Any:
    f, value = find_field(table, name), KeyTextTransform(name, "extra")
    is_number = f is not None and f.kind in READ_DIGITS
    if is_number:
        return Cast(value, DecimalField(max_digits=20, decimal_places=5))
    return Coalesce(KeyTextTransform(name_key(name), "extra"), InOrder(value))
