"""Lists and searches over the mirror: columns only, one query for the count and one for the rows.

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

SHORT = 3  # length of one entry of the trigram index
MANY = 900  # up to this many hits, sorting them is faster than walking the list in its order
FEW = 5_000  # up to this many rows, scanning them is faster than the index over all companies
HINT_SECONDS = 600  # how long it is cached whether a company has more rows than that

Filters = Mapping[str, Any] | Q


@TextField.register_lookup
class ContainsLiteral(Contains):
    """`search__holds`: contains the literal text."""

    lookup_name = "holds"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        return f"instr({column}, %s) > 0", [*values, self.rhs]

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """On other databases use Django's escaped `contains`; on SQLite that would ignore case."""
        return str(connection.operators["contains"] % rhs)


class Unindexed(Func):
    """A column wrapped so that SQLite does not use an index on it."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="+%(expressions)s")


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
    """Return one page of a kind's records that contain every word of `q` and pass `filters`, ordered by `sort`.

    `filters` are Django lookups on the columns of Record, or a Q; `sort` is a column, "-column" for descending order.
    Deleted records are excluded. A page beyond the last is the last. The rows are records, or `columns` alone. With
    `edition`, the version stamp from `freshness`, the count of a list without a search is cached.
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
    """Return the records of one or several kinds that contain every word of `q` and pass `filters`, unordered.

    `walk` suits pages with very many hits: scan the records in list order and skip those that do not match.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    words = q.replace("\0", " ").casefold().split()  # a NUL cannot be part of a search word in any database
    long = [word for word in words if len(word) >= SHORT]
    found = Record.objects.filter(tenant=tenant, kind__in=kinds, deleted_at__isnull=True)
    if long and connection.vendor == "sqlite" and _is_large(tenant, kinds):
        hits = _match_trigrams(long)
        found = found.filter(pk__in=hits) if walk else _scan_kinds(tenant, kinds).filter(pk__in=hits)
    for word in words:
        found = found.filter(search__holds=word)
    return found.filter(filters) if isinstance(filters, Q) else found.filter(**(filters or {}))


def make_order(sort: str, *, walk: bool = True) -> list[OrderBy]:
    """Return the order for `sort`: names regardless of case, blanks last, ties by id.

    Without `walk` the hits are sorted, instead of scanning an index that has this order.
    """
    name = sort.removeprefix("-")
    is_text = isinstance(Record._meta.get_field(name), CharField | TextField)
    by: Any = order_by_name(name) if is_text else F(name)
    by = by if walk else Unindexed(by)
    if sort.startswith("-"):
        return [by.desc(nulls_last=True), F("id").desc()]
    return [by.asc(nulls_last=True), F("id").asc()]


def _match_trigrams(words: Sequence[str]) -> RawSQL:
    """Return the rows that contain all trigrams of the words; the caller still checks that they are in order."""
    pieces = {word[at : at + SHORT] for word in words for at in range(len(word) - SHORT + 1)}
    query = " AND ".join('"' + piece.replace('"', '""') + '"' for piece in sorted(pieces))
    return RawSQL("SELECT rowid FROM books_search WHERE books_search MATCH %s", [query])


def _scan_kinds(tenant: Tenant, kinds: Sequence[str]) -> QuerySet[Record]:
    """Return the company's records of these kinds, in a form that makes SQLite start with the hits, not the index."""
    return Record.objects.filter(
        Exact(Unindexed("tenant"), tenant.pk),
        In(Unindexed("kind"), kinds),
        IsNull(Unindexed("deleted_at"), True),
    )


def _is_large(tenant: Tenant, kinds: Sequence[str]) -> bool:
    """Whether there are many records of these kinds. Only a hint for the search, so it may be out of date."""

    def ask() -> bool:
        return Record.objects.filter(tenant=tenant, kind__in=kinds, deleted_at__isnull=True)[:FEW].count() == FEW

    return bool(cache.get_or_set(f"large-{tenant.pk}-{'-'.join(kinds)}", ask, HINT_SECONDS))
