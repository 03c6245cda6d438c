"""The index of pieces finds and counts what reading all texts finds, of its own company, list and activity only."""

from itertools import product

import pytest
from django.core.cache import cache
from django.utils import timezone

from books import registry
from books.mirror import query
from books.mirror.store import store_page
from books.models import Record, Version
from tenants.models import Provider, Tenant

LETTERS = ("l", "a", '"', "1", "é", "-", "\U0010ffff")
ACTIVE, INACTIVE = {"is_active__in": [True]}, {"is_active__in": [False]}


@pytest.fixture
def index(monkeypatch):
    """Small lists ask the index too, as large ones do."""
    cache.clear()
    monkeypatch.setattr(query, "FEW", 1)


def store(tenant, *names, kind="customers", **more):
    rows = [{"id": f"8-{name}", "fullName": name, "name": name, **more} for name in names]
    store_page(tenant, registry.get_table(tenant, kind), rows, timezone.now())


def count(tenant, q, filters=None, kind="customers"):
    return query.search_records(tenant, registry.get_table(tenant, kind), q=q, filters=filters).total


def test_two_letters_are_found_and_counted_wherever_they_are(larch, monkeypatch):
    store(larch, *map("".join, product(LETTERS, LETTERS, LETTERS)), "Alla", "La", "Villa La", isActive=True)
    asked = [*map("".join, product(LETTERS, LETTERS)), "la al", "la1", "11 aa", "zz"]
    found = []
    for few in (5_000, 1):
        cache.clear()
        monkeypatch.setattr(query, "FEW", few)
        found.append({q: (count(larch, q), count(larch, q, ACTIVE), count(larch, q, {"name__gt": "a"})) for q in asked})
    assert found[0] == found[1]
    assert (found[1]["la"], found[1]["zz"]) == ((17, 17, 11), (0, 0, 0))


@pytest.mark.parametrize("q", ["la", "lab", "labs"])
def test_a_search_counts_by_activity_and_leaves_out_what_is_deleted(larch, index, q):
    store(larch, "Labs One", isActive=True)
    store(larch, "Labs Two", isActive=False)
    store(larch, "Labs Three")  # the vendor does not say
    store(larch, "Labs Four", isActive=True)
    assert [count(larch, q, filters) for filters in (None, ACTIVE, INACTIVE)] == [4, 2, 1]
    Record.objects.filter(full_name="Labs Two").update(is_active=True)
    Record.objects.filter(full_name="Labs One").update(is_active=None)
    Record.objects.filter(full_name="Labs Four").update(deleted_at=timezone.now())
    assert [count(larch, q, filters) for filters in (None, ACTIVE, INACTIVE)] == [3, 1, 0]
    Record.objects.filter(full_name="Labs Four").update(deleted_at=None)
    Record.objects.filter(full_name="Labs Three").update(version=None)
    Version.objects.filter(record__full_name="Labs Three").delete()
    Record.objects.filter(full_name="Labs Three").delete()
    assert [count(larch, q, filters) for filters in (None, ACTIVE, INACTIVE)] == [3, 2, 0]


@pytest.mark.parametrize("q", ["la", "lab"])
def test_a_search_counts_its_own_list_only(larch, index, q):
    store(larch, "Labs", "Lab Supplies", isActive=True)
    store(larch, "Labs", kind="vendors", isActive=True)
    store(larch, "Labs", kind="classes", isActive=True)
    assert [count(larch, q, ACTIVE, kind) for kind in ("customers", "vendors", "classes")] == [2, 1, 1]


@pytest.mark.parametrize("number", [50_003, 7_000_000])
def test_a_search_counts_its_own_company_only_however_many_there_are(larch, index, number):
    same = number % 50_000
    for pk in {number, same + 100_000}:
        Tenant.objects.create(pk=pk, slug=f"c{pk}", name=f"C{pk}", provider=Provider.CONDUCTOR, end_user_id=f"e{pk}")
    found = []
    for tenant in Tenant.objects.filter(pk__gte=50_000).order_by("pk"):
        store(tenant, f"Labs {tenant.pk}")
        found.append((count(tenant, "lab"), count(tenant, "la")))
    assert found == [(1, 1), (1, 1)]
