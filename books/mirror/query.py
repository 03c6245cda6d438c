"""Lists and searches over the mirror: columns only, one query for the count and one for the rows.

Knows no provider and loads no content.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from books.models import Record
from records.fields import Table
from records.searching import STARTS, Term, explain_too_long, split_search
from tenants.joined import Statement, compose, fetch_composed
from tenants.models import Tenant

from . import cache_version
from .order import NAMES, make_order, page_ranked, rank_matches, select_columns
from .projection import hide_cells, hide_columns

SHORT = 3  # letters of an entry of the trigram index
MANY = 900  # up to so many hits, sorting them is faster than reading the list in order
PLENTY = 5_000  # above so many hits, reading the list in order meets them soon enough without the word index
FEW = 5_000  # below so many rows, reading all is faster than a search in the index of all companies
HINT_SECONDS = 600  # how long it is remembered whether a list is that long

COMPOSED = 1_000  # statements that are remembered

Filters = Mapping[str, Any] | Q
Frozen = tuple[tuple[str, Any], ...]


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
    sort: str = "",
    page: int = 1,
    size: int = 100,
    columns: Sequence[str] = (),
    edition: str = "",
    lines: Sequence[int] | None = None,
    start: int | None = None,
    total: int | None = None,
    main: str | None = None,
) -> RecordPage:
    """Return one page of a kind's records that contain every word of `q` and pass `filters`, ordered by `sort`.

    `filters` are Django lookups on the columns of Record, or a Q; `sort` is a column, "-column" for descending; without
    one, the best matches of a search come first, and a list goes by name. A search that is too long finds nothing.
    Deleted records are left out. A page beyond the last is the last. The rows are records, or `columns` alone.
    With the `edition` of the mirror, as `freshness` returns it, the rows of a list without a search are counted once.
    `lines` are the numbers of the table's searched columns to look in; None for all. `start` is the first row to
    return, from 0, in place of the page's. `total` is how many there are, where that is known; with the `main`
    currency, amounts are sorted within each currency.
    """
    terms = split_search(q)
    if total is None:
        total = 0 if explain_too_long(q) else _count(tenant, table, q, filters, lines, edition)
    page = min(max(1, page), max(1, -(-total // size)))
    start = (page - 1) * size if start is None else start
    if not total:
        return RecordPage([], total, page, size)
    few, ranked = total <= MANY, not sort and bool(terms)
    if columns and not terms and (plain := _freeze(filters)) is not None:
        part = start, start + size
        composed = _compose_page(tenant.pk, table, plain, sort or "full_name", not few, part, tuple(columns), main)
        return RecordPage(hide_cells(fetch_composed(composed), table), total, page, size)

    def find(**how: bool) -> QuerySet[Record]:
        return filter_records(tenant, table.kind, q, filters, lines=lines, **how)

    order = make_order(sort or "full_name", table, walk=not few, main=main)
    found = find(walk=not few, indexed=ranked or total <= PLENTY)
    if ranked and not few:
        found = page_ranked(find(indexed=False), find(indexed=False, starts=True), found, q, start, size)
    rows: QuerySet[Any] = found.order_by(*[rank_matches(NAMES, q)] * ranked, *order)
    rows = rows if ranked and not few else rows[start : start + size]
    shown = fetch_composed(compose(select_columns(rows, columns), columns)) if columns else list(rows)
    shown = hide_cells(shown, table) if columns else [hide_columns(row, table) for row in shown]
    return RecordPage(shown, total, page, size)


def _freeze(filters: Filters | None) -> Frozen | None:
    """Return filters by values in a form that can be compared; None for any other."""
    if isinstance(filters, Q):
        return None
    return tuple((name, tuple(one) if isinstance(one, list) else one) for name, one in (filters or {}).items())


@lru_cache(maxsize=COMPOSED)
def _compose_page(
    tenant_pk: int,
    table: Table,
    filters: Frozen,
    sort: str,
    walk: bool,
    part: tuple[int, int],
    columns: Sequence[str],
    main: str | None,
) -> Statement | None:
    """Compose the statement of a page of a list without a search: that takes longer than to execute it."""
    found = filter_records(Tenant(pk=tenant_pk), table.kind, filters=dict(filters), walk=walk)
    rows = found.order_by(*make_order(sort, table, walk=walk, main=main))[part[0] : part[1]]
    return compose(select_columns(rows, columns), columns)


def _count(
    tenant: Tenant, table: Table, q: str, filters: Filters | None, lines: Sequence[int] | None, edition: str
) -> int:
    """Return the number of rows; a list without a search is counted once for each edition of the mirror."""

    def count() -> int:
        return filter_records(tenant, table.kind, q, filters, lines=lines).count()

    if split_search(q) or isinstance(filters, Q):
        return count()
    what = "-".join([table.kind, *(f"{lookup}={value}" for lookup, value in (filters or {}).items())])
    return cache_version.cache_count(tenant, edition, what, count)


def filter_records(
    tenant: Tenant,
    kind: str | Sequence[str],
    q: str = "",
    filters: Filters | None = None,
    *,
    walk: bool = False,
    indexed: bool = True,
    starts: bool = False,
    lines: Sequence[int] | None = None,
) -> QuerySet[Record]:
    """Return the records of one or several kinds that contain every word of `q` and pass `filters`, unordered.

    `walk` is for a page of very many: read them in order and skip those that do not match. Without `indexed`, the word
    index is not used, unless it finds those with a word that `starts` with the search. `lines` are the searched columns
    to look in; None for all.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    terms = split_search(q)
    if terms and lines is not None and not lines:
        return Record.objects.none()
    asked = [filters] if isinstance(filters, Q) else [Q(**filters)] if filters else []
    if lines is not None:
        asked += [match_term(term, "regex", lambda word: _match_lines(word, lines)) for term in terms]
    own = Q(tenant=tenant, kind__in=kinds, deleted_at__isnull=True)
    if starts and (match := _match_starts(terms)) and connection.vendor == "sqlite" and _is_large(tenant, kinds):
        return _scan_hits(tenant, kinds, match).filter(*asked, *[match_term(term) for term in terms])
    long = [term for term in terms if all(any(len(word) >= SHORT for word in way) for way in term)]
    if not (long and indexed and connection.vendor == "sqlite" and _is_large(tenant, kinds)):
        return Record.objects.filter(own, *asked, *[match_term(term) for term in terms])
    match = _match_trigrams(long)
    found = _walk_hits(Record.objects.filter(own), match) if walk else _scan_hits(tenant, kinds, match)
    unsure = [term for term in terms if not _is_trigram(term)]
    return found.filter(*asked, *[match_term(term) for term in unsure])


def match_term(term: Term, lookup: str = "holds", spell: Callable[[str], str] = str) -> Q:
    """Return the condition that a record contains a term in one of its ways."""
    found = Q()
    for way in term:
        found |= Q(*[Q(**{f"search__{lookup}": spell(word)}) for word in way])
    return found


def _is_trigram(term: Term) -> bool:
    """Return whether the index as a whole finds a term, so that nothing is to be checked."""
    return len(term) == 1 and [len(word) for word in term[0]] == [SHORT]


def _match_lines(word: str, lines: Sequence[int]) -> str:
    """Return a pattern for a word in one of these lines."""
    places = "|".join(rf"(?:[^\n]*\n){{{line}}}" for line in lines)
    return rf"\A(?:{places})[^\n]*{re.escape(word)}"


def _match_trigrams(terms: Sequence[Term]) -> str:
    """Return the query for the index: all three-letter pieces of each term in any order, which the caller checks."""
    return " AND ".join(f"({' OR '.join(map(_list_pieces, term))})" for term in terms)


def _match_starts(terms: Sequence[Term]) -> str:
    """Return the query for the index that finds a word which starts with the only word of a search; "" if none does."""
    word = terms[0][0][0] if len(terms) == 1 else ""
    if len(word) < SHORT - 1 or not word.isalpha():
        return ""
    starts = " OR ".join(_quote(f"{sign}{word[: SHORT - 1]}") for sign in STARTS.replace("\t", ":"))
    return f"({starts})" + (f" AND {_list_pieces([word])}" if len(word) >= SHORT else "")


def _list_pieces(words: Sequence[str]) -> str:
    pieces = {word[at : at + SHORT] for word in words for at in range(len(word) - SHORT + 1)}
    return f"({' AND '.join(_quote(piece) for piece in sorted(pieces))})"


def _quote(piece: str) -> str:
    return '"' + piece.replace('"', '""') + '"'


def _walk_hits(found: QuerySet[Record], match: str) -> QuerySet[Record]:
    """Return those of the records that are in the set of the index's hits."""
    hits = RawSQL("SELECT rowid FROM books_search WHERE books_search MATCH %s", [match])
    return found.filter(pk__in=hits)


def _scan_hits(tenant: Tenant, kinds: Sequence[str], match: str) -> QuerySet[Record]:
    """Return the company's records that the index finds, by a join: 2.5 ms for 6,800; a set is sorted and takes 4.1."""
    joined = "books_search.rowid = books_record.id AND books_search MATCH %s"
    # A plus keeps SQLite from using an index on that column.
    kept = f"+tenant_id = %s AND +kind IN ({', '.join(['%s'] * len(kinds))}) AND +deleted_at IS NULL"
    values = [match, tenant.pk, *kinds]
    return Record.objects.extra(tables=["books_search"], where=[joined, kept], params=values)  # noqa: S610 - all values are parameters


def _is_large(tenant: Tenant, kinds: Sequence[str]) -> bool:
    """Return whether there are many records of these kinds. It is only a hint for the search, so it may be outdated."""

    def ask() -> bool:
        return Record.objects.filter(tenant=tenant, kind__in=kinds, deleted_at__isnull=True)[:FEW].count() == FEW

    return bool(cache.get_or_set(f"large-{tenant.pk}-{'-'.join(kinds)}", ask, HINT_SECONDS))
