"""Customers, bills and vendors of several companies that a search finds, in few queries however many there are.

Names that start with the search come first: the index of names has them in order, company by company. Then come words
that do, and texts that contain it, a limited number of each: of very many the best are among those that start with it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, TypeVar

from django.db import connection
from django.urls import reverse

from books.mirror.currencies import find_main, get_code, map_codes
from books.models import Record
from books.models.search_conditions import Hits, ask_index, ask_starts, read_through
from books.models.word_index import PIECE, is_indexed, list_marks
from books.registry import get_description, get_visible_table
from edits.lifecycle.transitions import name_record
from records.fields import Table
from records.formatting import format_money, show_date
from records.searching import make_sort_key
from records.visible import list_searched
from tenants.access import Member
from tenants.joined import Part
from tenants.models import Tenant

from .hits import Hit, Needle

PAGES = {"customers": "customer_page", "bills": "bill_page", "vendors": "vendor_page"}
NEAR = 8  # names that start with the search, of each company and list
KEPT = 40  # of those, of each list
FAR = 40  # other hits, of each list
MANY = 400  # hits in all companies of the installation up to which they are all looked at
COLUMNS = (
    *("tenant", "kind", "remote_id", "full_name", "full_name_key", "vendor_name", "is_active", "search"),
    *("bill_date", "amount", "open_amount", "currency", "company_name", "phone"),
)
AT_ONCE = 400  # parts of one statement; SQLite takes 500
LAST = chr(0x10FFFF)

One = TypeVar("One")
MakeHits = Callable[[Sequence[str], Needle], Hits | None]


@dataclass(frozen=True, slots=True)
class RecordMatch:
    """A record that a search finds, as its member may see it."""

    record: Record
    member: Member
    rank: int


def find_records(
    members: Mapping[int, Member], needle: Needle, here: str, recent: Sequence[RecordMatch] = (), most: int = FAR
) -> dict[str, list[RecordMatch]]:
    """Return what is found in the companies of `members`, by kind, the best first.

    Among equals those come first that are in `recent`, then those of the company with the slug `here`. Of a kind with
    more than `most` names that start with the search, only such names are found.
    """
    places = [(pk, kind) for pk, one in members.items() for kind in PAGES if _has(one, kind)]
    if not needle.terms or not places:
        return {}
    own = next((pk for pk, one in members.items() if one.tenant.slug == here), 0)
    starting = _list_starting(places, make_sort_key(needle.q), own)
    few = [place for place in places if len(starting[place[1]]) <= most]
    known = {one.record.pk: one.record for one in recent if needle.is_in(one.record.search)}
    ids = {*chain(*starting.values()), *_list_holding(few, needle, most)} - known.keys()
    rows = [row for some in _cut(sorted(ids)) for row in Record.objects.only(*COLUMNS).filter(pk__in=some)]
    rows += known.values()
    found: dict[str, list[RecordMatch]] = {kind: [] for kind in PAGES}
    for row in rows:
        if shown := _show(row, members[row.tenant_id], needle):
            found[row.kind].append(shown)
    for some in found.values():
        some.sort(key=lambda one: _order(one, here, known))
    return found


def find_by_ids(members: Mapping[int, Member], keys: Sequence[tuple[int, str, str]]) -> list[RecordMatch]:
    """Return the records with these companies, kinds and ids, in this order; those that are gone are left out."""
    kept = [key for key in keys if key[0] in members and _has(members[key[0]], key[1])]
    if not kept:
        return []
    rows = {}
    for some in _cut(kept):
        ways = " OR ".join(["(tenant_id = %s AND kind = %s AND remote_id = %s)"] * len(some))
        sql = f"SELECT id FROM books_record WHERE deleted_at IS NULL AND ({ways})"  # noqa: S608 - values are %s
        ids = _fetch_ids([(sql, list(chain(*some)))])
        for row in Record.objects.only(*COLUMNS).filter(pk__in=ids):
            rows[row.tenant_id, row.kind, row.remote_id] = row
    return [RecordMatch(rows[key], members[key[0]], 0) for key in kept if key in rows]


def make_hit(found: RecordMatch) -> Hit:
    """Return a record as a hit: its name, and what tells it from others."""
    row, slug = found.record, found.member.tenant.slug
    table = get_visible_table(found.member, row.kind)
    url = reverse(PAGES[row.kind], args=[slug, row.remote_id])
    is_inactive = row.is_active is False and "is_active" not in table.hidden_columns
    badge = "inactive" if is_inactive else ""
    return Hit(
        name_record(row, table.hidden_columns),
        url,
        found.rank,
        _describe(row, found.member, table),
        found.member.tenant.name,
        badge,
    )


def _has(member: Member, kind: str) -> bool:
    return kind in get_description(member.tenant).tables


def _list_starting(places: Sequence[tuple[int, str]], key: str, own: int) -> dict[str, list[int]]:
    """Return, by kind, the ids of the first names that start with a key; the company `own` comes before others."""
    one = (
        "SELECT * FROM (SELECT id, tenant_id, kind, full_name_key FROM books_record"  # noqa: S608 - values are %s
        " WHERE tenant_id = %s AND kind = %s AND deleted_at IS NULL"
        f" AND full_name_key >= %s AND full_name_key < %s ORDER BY full_name_key LIMIT {NEAR}) named"
    )
    found = _fetch([(one, [*place, key, key + LAST]) for place in places])
    found.sort(key=lambda row: (row[1] != own, row[3]))
    return {kind: [row[0] for row in found if row[2] == kind][:KEPT] for kind in PAGES}


def _list_holding(places: Sequence[tuple[int, str]], needle: Needle, most: int) -> list[int]:
    """Return the ids of records of each list that hold the words of a search; of very many, some whose words start so.

    To read the index for texts takes longer than for such words, and for two letters so long that a list which has
    enough of those is passed over.
    """
    if (few := _find_if_few(places, needle)) is not None:
        return few
    is_short = any(len(word) < PIECE for term in needle.terms for way in term for word in way)
    both = (_make_hits_of_starts, _make_hits_of_texts)
    first, second = both if is_short else reversed(both)
    found = _find_holding(places, needle, first)
    count = Counter(kind for _, kind in found)
    rest = [place for place in places if (count[place[1]] <= most if is_short else count[place[1]] >= FAR)]
    return [pk for pk, _ in (*found, *_find_holding(rest, needle, second))]


def _find_if_few(places: Sequence[tuple[int, str]], needle: Needle) -> list[int] | None:
    """Return the ids of all that the lists hold; None if they or other companies hold too many.

    To name fifty companies to the index takes longer than to look at a few hits of others.
    """
    hits = _make_hits_of_texts([], needle)
    if hits is None or not hits.joined:
        return None
    sql = (
        "SELECT books_record.id, books_record.tenant_id, books_record.kind FROM books_search, books_record"  # noqa: S608 - names are constants, values are %s
        f" WHERE {hits.sql} AND books_record.deleted_at IS NULL LIMIT {MANY}"
    )
    rows, lists = _fetch([(sql, list(hits.values))]), set(places)
    own = [row for row in rows if row[1:] in lists]
    is_few = len(rows) < MANY and all(some <= FAR for some in Counter(row[2] for row in own).values())
    return [row[0] for row in own] if is_few else None


def _find_holding(places: Sequence[tuple[int, str]], needle: Needle, make_hits: MakeHits) -> list[tuple[int, str]]:
    """Return id and kind of some hits of each list."""
    parts = []
    for kind in sorted({kind for _, kind in places}):
        companies = [pk for pk, other in places if other == kind]
        hits = make_hits([mark for pk in companies for mark in list_marks(pk, [kind])], needle)
        parts += [_take_some(hits, companies, kind)] if hits else []
    return [(pk, kind) for pk, kind in _fetch(parts)]


def _make_hits_of_starts(marks: Sequence[str], needle: Needle) -> Hits | None:
    """Return how records with these marks are found in which a word starts with the search, if the index knows."""
    starting = ask_starts(marks, needle.terms) if connection.vendor == "sqlite" else None
    return starting if starting and starting.joined else None


def _make_hits_of_texts(marks: Sequence[str], needle: Needle) -> Hits | None:
    """Return how records with these marks are found that contain the search, if the database has an index for it."""
    if connection.vendor != "sqlite":
        return read_through(needle.terms)
    return ask_index(marks, needle.terms) if any(map(is_indexed, needle.terms)) else None


def _take_some(hits: Hits, companies: Sequence[int], kind: str) -> Part:
    """Return the statement of some of the hits in these companies."""
    tables = "books_search, books_record" if hits.joined else "books_record"
    own = f"books_record.tenant_id IN ({', '.join(['%s'] * len(companies))}) AND books_record.kind = %s"
    if hits.joined:
        # A plus keeps SQLite from using an index on that column.
        own = f"+{own.replace('AND ', 'AND +')}"
    sql = (
        f"SELECT * FROM (SELECT books_record.id, books_record.kind FROM {tables}"  # noqa: S608 - names are constants, values are %s
        f" WHERE {hits.sql} AND {own} AND books_record.deleted_at IS NULL LIMIT {FAR}) held"
    )
    return sql, [*hits.values, *companies, kind]


def _fetch_ids(parts: Sequence[Part]) -> list[int]:
    return [row[0] for row in _fetch(parts)]


def _fetch(parts: Sequence[Part]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for some in _cut(parts):
            values: list[Any] = [value for _, own in some for value in own]
            cursor.execute(" UNION ALL ".join(sql for sql, _ in some), values)
            found += cursor.fetchall()
    return found


def _cut(items: Sequence[One]) -> Iterator[Sequence[One]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _show(row: Record, member: Member, needle: Needle) -> RecordMatch | None:
    """Return a record for its member; None if it is found only by what they may not see."""
    table = get_visible_table(member, row.kind)
    lines = list_searched(table)
    if lines is not None:
        held = row.search.split("\n")
        if not needle.is_in("\n".join(held[line] for line in lines if line < len(held))):
            return None
    names = [row.full_name or "", f"{row.vendor_name or ''} {row.full_name or ''}"]
    return RecordMatch(row, member, min(needle.rank(name.strip()) for name in names))


def _order(found: RecordMatch, here: str, recent: Collection[int]) -> tuple[Any, ...]:
    row = found.record
    is_elsewhere = found.member.tenant.slug != here
    days = -(row.bill_date.toordinal() if row.bill_date else 0)  # of bills the newest comes first
    name = row.full_name_key or ""
    return (found.rank, row.pk not in recent, is_elsewhere, row.is_active is False, days, name, row.pk)


def _describe(row: Record, member: Member, table: Table) -> str:
    """Return what tells a record from others of its name, without what is hidden."""
    is_paid_in_part = row.open_amount and row.open_amount != row.amount
    due = _show_amount(row, member.tenant, row.open_amount) if is_paid_in_part else ""
    facts = {
        "bill_date": show_date(row.bill_date) if row.bill_date else "",
        "amount": _show_amount(row, member.tenant, row.amount),
        "open_amount": f"amount due {due}" if due else "",
        "company_name": row.company_name if row.company_name != row.full_name else "",
        "phone": row.phone or "",
    }
    return " · ".join(text for name, text in facts.items() if text and name not in table.hidden_columns)


def _show_amount(row: Record, tenant: Tenant, amount: Decimal | None) -> str:
    """Return an amount of a record, with its currency where that is not the usual one of the company; "" for None."""
    if amount is None or not row.currency:  # to find the usual one, a company's bills are counted
        return format_money(amount)
    prefix = map_codes(tenant, [find_main(tenant, row.kind), row.currency]).get(row.currency, "")
    return f"{prefix} {format_money(amount, get_code(tenant, row.currency))}".lstrip()
