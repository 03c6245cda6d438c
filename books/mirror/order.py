"""The orders of lists: by a column, or by how well a name matches a search.

Names and texts are sorted as they are folded, so that databases and languages make no difference. Knows no provider.
"""

from typing import Any

from django.db.models import Case, CharField, DecimalField, F, Func, IntegerField, Q, TextField, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, StrIndex
from django.db.models.lookups import GreaterThan

from books.models import InOrder, Record, order_by_name
from records.fields import READ_DIGITS, Table
from records.searching import STARTS, make_sort_key

from .projection import COLUMNS, KEYS, find_field, name_key

LAST = chr(0x10FFFF)
NAME_START, WORD_START, ANYWHERE = range(3)

OWN = frozenset({*COLUMNS, *KEYS, "id", "remote_id"})


class Unindexed(Func):
    """A column wrapped so that SQLite does not use an index on it."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="+%(expressions)s")


def make_order(sort: str, table: Table | None = None, *, walk: bool = True) -> list[OrderBy]:
    """Return the order of `sort`, "-column" for descending: texts folded, blanks last, ties by id.

    Without `walk`, the hits are sorted. The table says how to compare a column that Record does not have.
    """
    name = sort.removeprefix("-")
    by: Any = _order_extra(name, table) if table and name not in OWN else _order_column(name)
    by = by if walk else Unindexed(by)
    if sort.startswith("-"):
        return [by.desc(nulls_last=True), F("id").desc()]
    return [by.asc(nulls_last=True), F("id").asc()]


def start_with(key: str, q: str) -> Q:
    """Return the condition that a name, by the column with its sort key, starts with a search."""
    first = make_sort_key(q)
    return Q(**{f"{key}__gte": first, f"{key}__lt": first + LAST})


def rank_matches(key: str, q: str, number: str = "") -> Case:
    """Return how well a name matches: it starts with the search, every word of it starts one of the name, or neither.

    `key` is the column with the name's sort key; the `number` in another column may start with the search as well.
    """
    starts, in_words = start_with(key, q), Q(pk__isnull=False)
    if number:
        starts |= Q(**{f"{number}__istartswith": q.strip()})
    for word in make_sort_key(q).split():
        in_words &= _start_word(key, word)
    return Case(
        When(starts, then=NAME_START),
        When(in_words, then=WORD_START),
        default=ANYWHERE,
        output_field=IntegerField(),
    )


def _start_word(key: str, word: str) -> Q:
    found = start_with(key, word)
    for sign in STARTS:
        found |= Q(GreaterThan(StrIndex(F(key), Value(sign + word)), 0))
    return found


def _order_column(name: str) -> Any:
    key = name_key(name)
    if key in KEYS:
        return F(key)
    is_text = isinstance(Record._meta.get_field(name), CharField | TextField)
    # Only texts that are not plain ASCII have a key of their own beside the columns.
    return Coalesce(KeyTextTransform(key, "extra"), order_by_name(name)) if is_text else F(name)


def _order_extra(name: str, table: Table) -> Any:
    f, value = find_field(table, name), KeyTextTransform(name, "extra")
    is_number = f is not None and f.kind in READ_DIGITS
    if is_number:
        return Cast(value, DecimalField(max_digits=20, decimal_places=5))
    return Coalesce(KeyTextTransform(name_key(name), "extra"), InOrder(value))
