"""Lists and searches over the mirror: columns only, one query for the count and one for the rows.

Knows no provider and loads no content.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from books.models import Record, Version
from books.models.search_conditions import Hits, ask_index, ask_starts, count_in_index, join_parts, read_through
from books.models.word_index import LISTS, is_indexed, list_marks
from records.fields import Table
from records.searching import Term, explain_too_long, split_search
from tenants.joined import Part, Statement, compose, fetch_composed, fetch_number, fill_gaps, make_gap
from tenants.models import Tenant

from . import cache_version
from .order import RecordPage, join_ranks, make_order, select_columns, write_rank, write_ranks
from .projection import hide_cells, hide_columns

__all__ = ["RecordPage", "fetch_entries", "filter_records", "is_large", "list_below", "match_term", "search_records"]

MANY = 900  # up to so many hits, sorting them is faster than reading the list in order
PLENTY = 5_000  # above so many hits, reading the list in order meets them soon enough without the word index
FEW = 5_000  # below so many rows, reading all is faster than a search in the index of all companies
HINT_SECONDS = 600  # how long it is remembered whether a list is that long
COMPOSED = 1_000  # statements that are remembered

Filters = Mapping[str, Any] | Q
Annotate = Callable[[QuerySet[Record]], QuerySet[Record]]
Frozen = Q | tuple[tuple[str, Any], ...]
RECORD = tuple(f.attname for f in Record._meta.concrete_fields)
CONTENT = "version__content"
ALL = Hits("1 = 1", ())
ACTIVE: Frozen = (("is_active__in", (True,)),)


def search_records(
    tenant: Tenant,
    table: Table,
    *,
    q: str = "",
    filters: Filters | None = None,
    sort: str = "",
    page: int = 1,
    size: int = 100,
    columns: Sequence[str] = (),
    edition: str = "",
    lines: Sequence[int] | None = None,
    start: int | None = None,
    total: int | None = None,
    main: str | None = None,
    annotate: Annotate | None = None,
) -> RecordPage:
    """Return one page of a kind's records that contain every word of `q` and pass `filters`, ordered by `sort`.

    `filters` are Django lookups on the columns of Record, or a Q; `sort` is a column, "-column" for descending; without
    one, the best matches of a search come first, and a list goes by name. A search that is too long finds nothing.
    Deleted records are left out. A page beyond the last is the last. The rows are records, or `columns` alone.
    With the `edition` of the mirror, as `freshness` returns it, the rows of a list without a search are counted once.
    `lines` are the numbers of the table's searched columns to look in; None for all. `start` is the first row to
    return, from 0, in place of the page's. `total` is how many there are, where that is known; with the `main`
    currency, amounts are sorted within each currency. `annotate` adds what else `columns` name; it is composed once.
    """
    search = _Search(tenant, table, q, split_search(q), _freeze(filters), lines, main, annotate)
    if total is None:
        total = 0 if explain_too_long(q) else search.count(edition)
    page = min(max(1, page), max(1, -(-total // size)))
    start = (page - 1) * size if start is None else start
    if not total:
        return RecordPage([], total, page, size)
    rows = fetch_composed(search.compose_page(sort, start, size, tuple(columns) or RECORD, total))
    if columns:
        return RecordPage(hide_cells(rows, table), total, page, size)
    records = [Record.from_db(connection.alias, RECORD, row) for row in rows]
    return RecordPage([hide_columns(row, table) for row in records], total, page, size)


def list_below(tenant: Tenant, table: Table, remote_id: str, size: int) -> RecordPage:
    """Return the first records directly below one of this id, ordered by name, and how many there are.

    For every page of a customer: nothing of its statement is composed anew, and few customers have more jobs than fit.
    """
    search = _Search(tenant, table, "", (), (), None, None)
    below = Hits("books_record.parent_id = %s", (remote_id,))
    rows = search.fill(below, RECORD)
    found = fetch_composed(rows and rows._replace(sql=f"{rows.sql} LIMIT {size + 1}"))
    total = len(found) if len(found) <= size else fetch_number(search.count_rows(below))
    records = [Record.from_db(connection.alias, RECORD, row) for row in found[:size]]
    return RecordPage([hide_columns(row, table) for row in records], total, 1, size)


def filter_records(
    tenant: Tenant,
    kind: str | Sequence[str],
    q: str = "",
    filters: Filters | None = None,
    *,
    lines: Sequence[int] | None = None,
) -> QuerySet[Record]:
    """Return the records of one or several kinds that contain every word of `q` and pass `filters`, unordered.

    `lines` are the searched columns to look in; None for all.
    """
    kinds, asked, terms = (kind,) if isinstance(kind, str) else tuple(kind), _freeze(filters), split_search(q)
    if not terms:
        return _list_own(tenant.pk, kinds, asked)
    sql, values, joined = _ask_index(tenant, kinds, terms, asked, lines)
    return _list_own(tenant.pk, kinds, asked, joined).filter(RawSQL(sql, values, BooleanField()))  # noqa: S611 - values are %s


def fetch_entries(
    tenant: Tenant,
    kinds: Sequence[str],
    columns: Sequence[str],
    filters: Filters | None,
    *,
    q: str = "",
    id: str | None = None,
    name: str | None = None,
) -> list[Record]:
    """Return these columns of the records with this id or full name, or of those that contain every word of `q`.

    Unordered; other columns are deferred. `CONTENT` is a column too, that of the current version. For the many names of
    one form: of its statement, only what is looked for is composed anew.
    """
    asked, terms = _freeze(filters), split_search(q)
    if id is not None:
        hits = Hits("books_record.remote_id = %s", (id,))
    elif name is not None:
        hits = Hits("books_record.full_name = %s", (name,))
    else:
        hits = _ask_index(tenant, kinds, terms, asked, None) if terms else ALL
    own, more = tuple(name for name in RECORD if name in columns), (CONTENT,) * (CONTENT in columns)
    found = fill_gaps(_compose_entries(tenant.pk, tuple(kinds), asked, own + more, hits.joined), search=hits[:2])
    records = []
    for row in fetch_composed(found):
        records.append(record := Record.from_db(connection.alias, own, row[: len(own)]))
        if more and record.version_id is not None:
            record.version = Version(pk=record.version_id, content=row[-1])
    return records


def is_large(tenant: Tenant, kinds: Sequence[str]) -> bool:
    """Return whether there are many records of these kinds. It is only a hint for searches, and may be outdated."""

    def ask() -> bool:
        return Record.objects.filter(tenant=tenant, kind__in=kinds, deleted_at__isnull=True)[:FEW].count() == FEW

    return bool(cache.get_or_set(f"large-{tenant.pk}-{'-'.join(kinds)}", ask, HINT_SECONDS))


def match_term(term: Term) -> Q:
    """Return the condition that a row with a `search` contains a term in one of its ways."""
    found = Q()
    for way in term:
        found |= Q(*[Q(search__holds=word) for word in way])
    return found


class _Search(NamedTuple):
    """What is asked for of one kind, by the words of `q` or as a list."""

    tenant: Tenant
    table: Table
    q: str
    terms: Sequence[Term]
    filters: Frozen
    lines: Sequence[int] | None
    main: str | None
    annotate: Annotate | None = None

    def count(self, edition: str) -> int:
        """Return the number of rows; a list without a search is counted once for each edition of the mirror."""
        if self.terms:
            return fetch_number(self._count_in_index() or self.count_rows(self._ask_index()))
        if isinstance(self.filters, Q):
            return fetch_number(self.count_rows())
        what = "-".join([self.table.kind, *(f"{lookup}={value}" for lookup, value in self.filters)])
        return cache_version.cache_count(self.tenant, edition, what, lambda: fetch_number(self.count_rows()))

    def compose_page(self, sort: str, start: int, size: int, columns: Sequence[str], total: int) -> Statement | None:
        """Compose the statement of one page of this many rows."""
        few, by, part = total <= MANY, sort or "full_name", f" LIMIT {size} OFFSET {start}"
        if not self.terms:
            own = (self.tenant.pk, self.table, self.filters)
            rows = _compose_rows(*own, columns, by, walk=not few, main=self.main, annotate=self.annotate)
        elif sort:
            hits = self._ask_index(walk=not few) if total <= PLENTY else read_through(self.terms, self.lines)
            rows = self.fill(hits, columns, by, walk=not few)
        elif few:
            rows = self.fill(self._ask_index(), columns, by, ranked=True)
        else:
            page, part = join_ranks(self._list_ranks(), start, size), ""
            rows = fill_gaps(_compose_found(columns), search=page, rank=write_rank(self.q))
        return rows and rows._replace(sql=rows.sql + part)

    def _list_ranks(self) -> list[Statement | None]:
        """Compose what finds the hits of each rank in the order of names."""
        near, far = read_through(self.terms, self.lines), self._ask_index(walk=True)
        starting = ask_starts(marks, self.terms, self.lines) if (marks := self._list_marks()) else near
        at_start, at_word, elsewhere = write_ranks(self.q)
        return [
            self.fill(near, walk=True, only=at_start),
            self.fill(starting, walk=not starting.joined, only=at_word),
            self.fill(far, walk=True, only=elsewhere),
        ]

    def count_rows(self, hits: Hits = ALL) -> Part | None:
        """Compose the statement that counts the rows."""
        found = self.fill(hits, by="")
        return found and (f"SELECT COUNT(*) FROM ({found.sql}) found", found.values)  # noqa: S608 - a composed statement

    def _count_in_index(self) -> Part | None:
        is_told = self.lines is None and self.filters in ((), ACTIVE) and self.table.kind in LISTS
        return count_in_index(marks, self.terms) if is_told and (marks := self._list_marks()) else None

    def _ask_index(self, *, walk: bool = False) -> Hits:
        return _ask_index(self.tenant, (self.table.kind,), self.terms, self.filters, self.lines, walk=walk)

    def _list_marks(self) -> list[str]:
        return _list_marks(self.tenant, (self.table.kind,), self.terms, self.filters)

    def fill(
        self,
        hits: Hits,
        columns: Sequence[str] = ("id",),
        by: str = "full_name",
        *,
        walk: bool = False,
        ranked: bool = False,
        only: Part | None = None,
    ) -> Statement | None:
        """Compose the statement of the rows that are hit, of which only the search is composed anew."""
        gaps, search = ("search", *["rank"] * ranked), join_parts([hits[:2], *([only] if only else [])])
        own, joined = (self.tenant.pk, self.table, self.filters), hits.joined
        more = {"joined": joined, "main": self.main, "annotate": self.annotate}
        rows = _compose_rows(*own, columns, by, walk=walk, gaps=gaps, **more)
        return fill_gaps(rows, search=search, rank=write_rank(self.q))


@lru_cache(maxsize=COMPOSED)
def _compose_rows(
    tenant_pk: int,
    table: Table,
    filters: Frozen,
    columns: Sequence[str],
    by: str,
    *,
    walk: bool,
    gaps: Sequence[str] = (),
    joined: bool = False,
    main: str | None = None,
    annotate: Annotate | None = None,
) -> Statement | None:
    """Compose the rows of a list, with gaps for its search: that takes longer than to execute it."""
    found = _list_own(tenant_pk, (table.kind,), filters, joined).filter(*map(make_gap, gaps[:1]))
    found = annotate(found) if annotate else found
    order = make_order(by, table, walk=walk, main=main) if by else []
    return compose(_select(found.order_by(*map(make_gap, gaps[1:]), *order), columns), columns)


@lru_cache(maxsize=COMPOSED)
def _compose_entries(
    tenant_pk: int, kinds: Sequence[str], filters: Frozen, columns: Sequence[str], joined: bool
) -> Statement | None:
    found = _list_own(tenant_pk, kinds, filters, joined).filter(make_gap("search"))
    return compose(found.values_list(*columns), columns)


@lru_cache(maxsize=COMPOSED)
def _compose_found(columns: Sequence[str]) -> Statement | None:
    """Compose the rows of a page whose ids are looked for, best first."""
    found = Record.objects.filter(make_gap("search")).order_by(make_gap("rank"), *make_order("full_name"))
    return compose(_select(found, columns), columns)


def _select(found: QuerySet[Record], columns: Sequence[str]) -> QuerySet[Any, Any]:
    return found.values_list(*RECORD, named=True) if columns == RECORD else select_columns(found, columns)


def _list_own(tenant_pk: int, kinds: Sequence[str], filters: Frozen, joined: bool = False) -> QuerySet[Record]:
    """Return the company's records of these kinds, beside the index that finds the rows if `joined`."""
    asked = filters if isinstance(filters, Q) else Q(**dict(filters))
    if not joined:
        return Record.objects.filter(Q(tenant=tenant_pk, kind__in=kinds, deleted_at__isnull=True), asked)
    # A plus keeps SQLite from using an index on that column.
    kept = f"+tenant_id = %s AND +kind IN ({', '.join(['%s'] * len(kinds))}) AND +deleted_at IS NULL"
    return Record.objects.extra(tables=["books_search"], where=[kept], params=[tenant_pk, *kinds]).filter(asked)  # noqa: S610 - all values are parameters


def _freeze(filters: Filters | None) -> Frozen:
    """Return filters in a form that can be compared."""
    if isinstance(filters, Q):
        return filters
    return tuple((name, tuple(one) if isinstance(one, list) else one) for name, one in (filters or {}).items())


def _ask_index(
    tenant: Tenant,
    kinds: Sequence[str],
    terms: Sequence[Term],
    filters: Frozen,
    lines: Sequence[int] | None,
    *,
    walk: bool = False,
) -> Hits:
    marks = _list_marks(tenant, kinds, terms, filters)
    return ask_index(marks, terms, lines, walk=walk) if marks else read_through(terms, lines)


def _list_marks(tenant: Tenant, kinds: Sequence[str], terms: Sequence[Term], filters: Frozen) -> list[str]:
    """Return what marks the records in SQLite's index; none if it is not asked."""
    is_asked = connection.vendor == "sqlite" and any(map(is_indexed, terms))
    if not (is_asked and is_large(tenant, kinds)):
        return []
    return list_marks(tenant.pk, kinds, is_active=filters == ACTIVE)
