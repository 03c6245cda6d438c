"""Other bills of a vendor that may be the same invoice, entered twice. Each query goes along an index of its own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from books.models import Record
from books.shared_reads import is_sharing, shared
from records.content import Reference
from records.numbers import is_same_number, make_number_key
from tenants.models import Tenant

SHOWN = 5
MANY = 500  # numbers that one query may name
DAYS = 30  # between two bills of the same amount within which one may be the other
COLUMNS = ("remote_id", "name", "bill_date", "amount")
Twin = tuple[Any, ...]  # the columns of another bill


@dataclass(frozen=True, slots=True)
class DuplicateBill:
    """Another bill of the same vendor, with the same number or amount."""

    remote_id: str
    number: str
    bill_date: date | None
    amount: Decimal | None


def find_duplicates(bill: Record, vendor: Reference | None, number: str) -> list[DuplicateBill]:
    """Return the other bills of `vendor` with this number, as `is_same_number` compares them; five at most.

    Makes no query where vendor or number is blank.
    """
    key = make_number_key(number)
    if vendor is None or not vendor.id or not key:
        return []
    rows = _list_others(bill, vendor, number=key)
    return _list_some(DuplicateBill(*row) for row in rows if is_same_number(number, row[1]))


def find_same_amounts(
    bill: Record, vendor: Reference | None, amount: Decimal | None, on: date | None
) -> list[DuplicateBill]:
    """Return the other bills of `vendor` with this amount and a date at most `DAYS` away; five at most.

    Makes no query where one of these is missing, or the amount is zero.
    """
    if vendor is None or not vendor.id or not amount or on is None:
        return []
    # Not by date in the query: SQLite would walk along the dates of all vendors' bills.
    found = (DuplicateBill(*row) for row in _list_others(bill, vendor, amount=amount))
    return _list_some(twin for twin in found if twin.bill_date and abs((twin.bill_date - on).days) <= DAYS)


def find_flagged(tenant: Tenant, kind: str, ids: Sequence[str]) -> frozenset[str]:
    """Return which of these bills have a duplicate by number. One query, and one more if there may be some."""
    if not ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_TWICE.format(", ".join(["%s"] * len(ids))), [tenant.pk, kind, *ids, kind])
        wanted = frozenset(cursor.fetchall())
    if not wanted:
        return frozenset()
    alike: dict[tuple[str, str], list[tuple[str, str]]] = {}
    vendors, numbers = {one for one, _ in wanted}, {key for _, key in wanted}
    held = Record.objects.filter(tenant=tenant, vendor_id__in=vendors, number__in=numbers)
    for remote_id, name, own_kind, deleted_at, *key in held.values_list("remote_id", "name", *_KEPT):
        if own_kind == kind and deleted_at is None:
            alike.setdefault((key[0], key[1]), []).append((remote_id, name))
    return frozenset(_list_alike(bills for key, bills in alike.items() if key in wanted)).intersection(ids)


# In SQL, as each page of bills asks it. Without further conditions, or SQLite prefers an index by which it reads all
# bills: of 100,000, half a second.
_TWICE = """SELECT bill.vendor_id, bill.number FROM books_record bill
WHERE bill.tenant_id = %s AND bill.kind = %s AND bill.remote_id IN ({}) AND EXISTS (
    SELECT 1 FROM books_record other WHERE other.tenant_id = bill.tenant_id AND other.vendor_id = bill.vendor_id
    AND other.number = bill.number AND other.kind = %s AND other.deleted_at IS NULL AND other.id <> bill.id)"""
_KEPT = ("kind", "deleted_at", "vendor_id", "number")


def find_all_flagged(tenant: Tenant, kind: str) -> frozenset[str]:
    """Return all bills of a company that have a duplicate by number."""
    kept = Record.objects.filter(tenant=tenant, kind=kind, deleted_at__isnull=True, vendor_id__isnull=False)
    several = kept.filter(number__isnull=False).values_list("vendor_id", "number").annotate(count=Count("id"))
    wanted = {(vendor, number) for vendor, number, _ in several.filter(count__gt=1)}
    alike: dict[tuple[str, str], list[tuple[str, str]]] = {}
    held = kept.filter(number__in={number for _, number in wanted}) if len(wanted) <= MANY else kept
    for remote_id, name, *key in held.values_list("remote_id", "name", "vendor_id", "number"):
        alike.setdefault((key[0], key[1]), []).append((remote_id, name))
    return frozenset(_list_alike(bills for key, bills in alike.items() if key in wanted))


def find_all_same_amounts(tenant: Tenant, kind: str) -> frozenset[str]:
    """Return all bills of a company of which `find_same_amounts` finds another one."""
    kept = Record.objects.filter(tenant=tenant, kind=kind, deleted_at__isnull=True, vendor_id__isnull=False)
    dated = kept.filter(bill_date__isnull=False).exclude(amount=0).exclude(amount=None)
    several = dated.values_list("vendor_id", "amount").annotate(count=Count("id")).filter(count__gt=1).order_by()
    wanted = {(vendor, amount) for vendor, amount, _ in several}
    if not wanted:
        return frozenset()
    alike: dict[Any, list[tuple[Any, str]]] = {}
    held = dated.filter(amount__in={amount for _, amount in wanted}) if len(wanted) <= MANY else dated
    for remote_id, on, *key in held.values_list("remote_id", "bill_date", "vendor_id", "amount").order_by():
        if (key[0], key[1]) in wanted:
            alike.setdefault((key[0], key[1]), []).append((on, remote_id))
    return frozenset(_list_near(alike.values()))


def _list_near(groups: Iterable[list[tuple[Any, str]]]) -> Iterator[str]:
    """Yield the bills that another one of their group is at most `DAYS` away from."""
    for group in groups:
        for (on, mine), (later, other) in pairwise(sorted(group)):
            if (later - on).days <= DAYS:
                yield from (mine, other)


def count_unpaid_flagged(companies: Sequence[int], kind: str) -> dict[int, int]:
    """Return how many unpaid bills of each company have a duplicate by number. Two queries, however many companies."""
    kept = Record.objects.filter(tenant__in=companies, kind=kind, deleted_at__isnull=True)
    same = {"tenant": OuterRef("tenant"), "vendor_id": OuterRef("vendor_id"), "number": OuterRef("number")}
    others = Record.objects.filter(**same, kind=kind, deleted_at__isnull=True).exclude(pk=OuterRef("pk"))
    unpaid = kept.filter(Exists(others), is_paid=False, vendor_id__isnull=False)
    wanted = frozenset(unpaid.values_list("tenant", "vendor_id", "number"))
    if not wanted:
        return {}
    alike: dict[tuple[int, str, str], list[tuple[str, str]]] = {}
    held = kept.filter(vendor_id__in={key[1] for key in wanted}, number__in={key[2] for key in wanted})
    columns = ("tenant", "vendor_id", "number", "remote_id", "name", "is_paid")
    paid: set[tuple[int, str]] = set()
    for tenant, vendor_id, number, remote_id, name, is_paid in held.values_list(*columns):
        alike.setdefault((tenant, str(vendor_id), str(number)), []).append((remote_id, name))
        paid |= {(tenant, remote_id)} if is_paid is not False else set()
    found = ((key[0], one) for key in wanted for one in _list_alike([alike.get(key, [])]))
    return dict(Counter(tenant for tenant, one in found if (tenant, one) not in paid))


def _list_alike(groups: Iterable[Sequence[tuple[str, str]]]) -> Iterator[str]:
    """Yield the bills whose number another one of their group has."""
    for group in groups:
        for mine, number in group:
            if any(other != mine and is_same_number(number, name) for other, name in group):
                yield mine


def _list_others(bill: Record, vendor: Reference, **alike: Any) -> Iterable[Twin]:
    """Yield the columns of the vendor's other bills with this number or amount."""
    own = bill.tenant_id, bill.kind, vendor.id
    if is_sharing():
        ((column, value),) = alike.items()
        return (row for row in _index_bills(*own, column).get(value, ()) if row[0] != bill.remote_id)
    return _filter_bills(*own).filter(**alike).exclude(remote_id=bill.remote_id).values_list(*COLUMNS).iterator()


@shared
def _index_bills(tenant_id: int, kind: str, vendor_id: str, column: str) -> dict[Any, list[Twin]]:
    """Return all bills of a vendor by one of their columns: for many bills that is read once."""
    found: dict[Any, list[Twin]] = {}
    for value, *row in _filter_bills(tenant_id, kind, vendor_id).values_list(column, *COLUMNS).iterator():
        found.setdefault(value, []).append(tuple(row))
    return found


def _filter_bills(tenant_id: int, kind: str, vendor_id: str) -> QuerySet[Record]:
    same = {"tenant": tenant_id, "kind": kind, "vendor_id": vendor_id}
    return Record.objects.filter(**same, deleted_at__isnull=True)


def _list_some(found: Iterable[DuplicateBill]) -> list[DuplicateBill]:
    # Sorted here: an order would let SQLite walk along the index of that order, past every bill of the company.
    return sorted(islice(found, SHOWN), key=lambda twin: twin.bill_date or date.min, reverse=True)
