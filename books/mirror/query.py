"""Lists and searches over the mirror: columns only, one query for their number and one for the rows.

Knows no provider and loads no content.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import CharField, F, Func, Q, QuerySet, TextField
from django.db.models.expressions import OrderBy, RawSQL
from django.db.models.lookups import Contains, Exact, In, IsNull

from books.models import Record, order_by_name
from records.fields import Table
from tenants.models import Tenant

from . import cache_version

SHORT = 3  # letters of one entry of the trigram index
MANY = 900  # hits that are sorted faster than the list is walked through in its order
FEW = 5_000  # rows that are read through faster than the index over all companies is asked
HINT_SECONDS = 600  # for which it is taken as known whether a list has more

Filters = Mapping[str, Any] | Q


@TextField.register_lookup
class ContainsLiteral(Contains):
    """`search__holds`: contains, taken literally."""

    lookup_name = "holds"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        return f"instr({column}, %s) > 0", [*values, self.rhs]

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Elsewhere what Django's `contains` asks, its signs escaped; SQLite's would not tell `a` from `A`."""
        return str(connection.operators["contains"] % rhs)


class Unindexed(Func):
    """A column, said so that SQLite uses no index on it."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="+%(expressions)s")


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a list: its rows, records without their content or columns by name, and where it stands."""

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
        """The place of the first row shown, from 1; 0 where there is none."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


def search_records(
    tenant: Tenant,
    table: Table,
    *,
    q: str = "",
    filters: Filters | None = None,
    sort: str = "full_name",
    page: int = 1,
    size: int = 100,
    columns: Sequence[str] = (),
    edition: str = "",
) -> RecordPage:
    """One page of a kind's records that hold every word of `q` and pass `filters`, in the order of `sort`.

    `filters` are Django lookups on the columns of Record, or a Q; `sort` is a column, "-column" for descending.
    Deleted records are left out. A page beyond the last is the last. The rows are records, or `columns` alone.
    With the `edition` of the copy, as `freshness` tells it, the number of a list without a search is counted once.
    """
    hits = filter_records(tenant, table.kind, q, filters)
    if q.strip() or isinstance(filters, Q):
        total = hits.count()
    else:
        what = "-".join([table.kind, *(f"{lookup}={value}" for lookup, value in (filters or {}).items())])
        total = cache_version.cache_count(tenant, edition, what, hits.count)
    page = min(max(1, page), max(1, -(-total // size)))
    start = (page - 1) * size
    few = total <= MANY
    found = hits if few else filter_records(tenant, table.kind, q, filters, walk=True)
    rows: QuerySet[Any] = found.order_by(*make_order(sort, walk=not few))[start : start + size]
    if columns:
        rows = rows.values_list(*columns, named=True)
    return RecordPage(list(rows) if total else [], total, page, size)


def filter_records(
    tenant: Tenant, kind: str | Sequence[str], q: str = "", filters: Filters | None = None, *, walk: bool = False
) -> QuerySet[Record]:
    """The records of a kind, or of several, that hold every word of `q` and pass `filters`, in no order.

    `walk` is for a page of very many: go through them in their order and pass over those that do not match.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    words = q.replace("\0", " ").casefold().split()  # no database takes it in a word to search
    long = [word for word in words if len(word) >= SHORT]
    found = Record.objects.filter(tenant=tenant, kind__in=kinds, deleted_at__isnull=True)
    if long and connection.vendor == "sqlite" and _is_large(tenant, kinds):
        hits = _match_trigrams(long)
        found = found.filter(pk__in=hits) if walk else _scan_kinds(tenant, kinds).filter(pk__in=hits)
    for word in words:
        found = found.filter(search__holds=word)
    return found.filter(filters) if isinstance(filters, Q) else found.filter(**(filters or {}))


def make_order(sort: str, *, walk: bool = True) -> list[OrderBy]:
    """The order of `sort`, names without regard to case, blanks last, ties by id.

    Without `walk`, what was found is sorted, and not looked for along an index that has this order.
    """
    name = sort.removeprefix("-")
    is_text = isinstance(Record._meta.get_field(name), CharField | TextField)
    by: Any = order_by_name(name) if is_text else F(name)
    by = by if walk else Unindexed(by)
    if sort.startswith("-"):
        return [by.desc(nulls_last=True), F("id").desc()]
    return [by.asc(nulls_last=True), F("id").asc()]


def _match_trigrams(words: Sequence[str]) -> RawSQL:
    """The rows that hold all three-letter pieces of the words; whether in this order, the caller still checks."""
    pieces = {word[at : at + SHORT] for word in words for at in range(len(word) - SHORT + 1)}
    query = " AND ".join('"' + piece.replace('"', '""') + '"' for piece in sorted(pieces))
    return RawSQL("SELECT rowid FROM books_search WHERE books_search MATCH %s", [query])


def _scan_kinds(tenant: Tenant, kinds: Sequence[str]) -> QuerySet[Record]:
    """The company's records of these kinds, said so that SQLite begins with the hits and not with their index."""
    return Record.objects.filter(
        Exact(Unindexed("tenant"), tenant.pk),
        In(Unindexed("kind"), kinds),
        IsNull(Unindexed("deleted_at"), True),
    )


def _is_large(tenant: Tenant, kinds: Sequence[str]) -> bool:
    """Whether there are many of these kinds. Only a hint how to search, so it need not be the newest."""

    def ask() -> bool:
        return Record.objects.filter(tenant=tenant, kind__in=kinds, deleted_at__isnull=True)[:FEW].count() == FEW

    return bool(cache.get_or_set(f"large-{tenant.pk}-{'-'.join(kinds)}", ask, HINT_SECONDS))
