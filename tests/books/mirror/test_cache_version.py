"""A list's count is cached per version stamp of the mirror, and every change of the mirror renews the stamp."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from books import registry
from books.mirror import freshness, lookup, query
from books.mirror.store import store_page
from books.models import Record, SyncRun, SyncStatus


@pytest.fixture(autouse=True)
def watched(abc, larch):
    cache.clear()
    SyncStatus.objects.bulk_create([SyncStatus(tenant=abc), SyncStatus(tenant=larch)])


@pytest.fixture
def store(abc):
    """`store("A", isActive=False)` stores a customer in the mirror; `tenant=` says whose."""

    def put(name, tenant=abc, **more):
        row = {"id": f"{name}-{tenant.pk}", "revisionNumber": "1", "fullName": name, "isActive": True, **more}
        store_page(tenant, registry.get_table(tenant, "customers"), [row], timezone.now())

    return put


def edition(tenant):
    return freshness.get_freshness(tenant, "customers").edition


def number(tenant, **asked):
    """Return how many active customers the company's list reports, as its page queries it."""
    table = registry.get_table(tenant, "customers")
    asked = {"filters": {"is_active": True}, **asked}
    return query.search_records(tenant, table, edition=edition(tenant), **asked).total


def test_a_lists_count_is_cached(abc, store, django_assert_num_queries):
    store("A")
    SyncRun.objects.create(tenant=abc, kind="customers")
    assert number(abc) == 1
    with django_assert_num_queries(2):  # the version stamp, the rows
        assert number(abc) == 1


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda abc, store: store("B"), 2),
        (lambda abc, store: lookup.mark_deleted(abc, "customers", [f"A-{abc.pk}"]), 0),
        (lambda abc, store: lookup.mark_all_deleted(abc, Record.objects.filter(tenant=abc)), 0),
        (lambda abc, store: store("A", isActive=False), 0),
    ],
    ids=["stored", "deleted", "all deleted", "inactive"],
)
def test_every_change_renews_the_count(abc, store, change, left):
    store("A")
    assert number(abc) == 1
    change(abc, store)
    assert number(abc) == left


def test_a_record_that_comes_back_unchanged_counts_again(abc, store):
    store("A")
    lookup.mark_deleted(abc, "customers", [f"A-{abc.pk}"])
    assert number(abc) == 0
    store("A")
    assert number(abc) == 1


def test_a_change_in_another_company_does_not_renew_the_count(abc, larch, store):
    before = edition(abc)
    store("A", tenant=larch)
    lookup.mark_deleted(larch, "customers", [f"A-{larch.pk}"])
    assert edition(abc) == before


def test_an_unchanged_record_does_not_renew_the_count(abc, store):
    store("A")
    before = edition(abc)
    store("A")
    lookup.mark_deleted(abc, "customers", ["nobody"])
    assert edition(abc) == before


def test_each_filter_has_its_own_count(abc, store):
    store("A"), store("B", isActive=False)
    assert [number(abc, filters=filters) for filters in ({"is_active": True}, {})] == [1, 2]


def test_companies_with_the_same_stamp_have_their_own_counts(abc, larch, store):
    store("A")
    SyncStatus.objects.update(edition="first")  # the value set by the migration
    assert (number(abc), number(larch)) == (1, 0)


def test_a_search_is_counted_every_time(abc, store):
    store("A")
    assert number(abc, q="a") == 1
    Record.objects.update(deleted_at=timezone.now())  # without the mirror's functions
    assert (number(abc, q="a"), number(abc, q="b")) == (0, 0)


def test_without_a_version_stamp_nothing_is_cached(abc, store):
    SyncStatus.objects.all().delete()
    store("A")
    assert number(abc) == 1
    store("B")
    assert number(abc) == 2
