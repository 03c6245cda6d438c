"""Which company files were contacted in a month, for Ledgerdesk administrators: as a page and as a file."""

import csv
import io
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from books.models import SyncStatus, VendorUsage
from tenants.models import SecurityEvent, Tenant
from tests.support.markup import one_line

PAGE = "/administration/usage/"
EXPORT = "/administration/usage/export/"


@pytest.fixture
def as_staff(as_dave: Client, dave: User) -> Client:
    """Dave, who administers Ledgerdesk and is in no company."""
    User.objects.filter(pk=dave.pk).update(is_staff=True)
    return as_dave


def use(tenant: Tenant, day: date, requests: int, megabytes: int = 1) -> None:
    columns = {"failures": 1, "seconds": 2.0 * requests, "sent": 500_000, "received": megabytes * 1_000_000}
    VendorUsage.objects.create(tenant=tenant, day=day, requests=requests, **columns)


@pytest.fixture
def used(abc: Tenant, harbor: Tenant) -> None:
    """Two companies of which one was asked on two days of October, and both in November 2026."""
    for day in (1, 31):
        use(harbor, date(2026, 10, day), 10, 3)
    use(abc, date(2026, 11, 1), 700)
    use(harbor, date(2026, 11, 30), 5)


def test_a_month_has_each_company_with_its_sums_the_busiest_first(as_staff: Client, used: None) -> None:
    usage = as_staff.get(f"{PAGE}?month=2026-10").context["usage"]
    first = usage.rows[0]
    assert (first.tenant.slug, first.month.requests, first.month.failures, first.month.average) == (
        "harbor",
        20,
        2,
        2.0,
    )
    assert (first.month.megabytes_received, first.month.megabytes_sent) == (6.0, 1.0)
    assert (usage.asked, usage.total.requests, len(usage.rows)) == (1, 20, Tenant.objects.count())


def test_the_page_says_how_each_connection_is_now(as_staff: Client, garnet: Tenant) -> None:
    SyncStatus.objects.create(tenant=garnet, failing_since=timezone.now(), error="NotActive", code="X")
    assert "PC off or Web Connector closed" in one_line(as_staff.get(PAGE).content.decode())


@pytest.mark.parametrize("query", ["", "?month=", "?month=2026-13", "?month=nonsense"])
def test_without_a_month_it_is_the_present_one(as_staff: Client, query: str) -> None:
    assert as_staff.get(f"{PAGE}{query}").context["usage"].month == timezone.localdate().replace(day=1)


def test_the_months_beside_it_are_links_and_there_is_none_after_the_present_one(as_staff: Client) -> None:
    page = as_staff.get(f"{PAGE}?month=2026-01").content.decode()
    assert ["?month=2025-12" in page, "?month=2026-02" in page] == [True, True]
    assert as_staff.get(PAGE).context["after"] is None


def test_only_a_member_gets_a_link_into_a_company(as_staff: Client, as_alice: Client, alice: User, abc: Tenant) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    found = [
        f'href="/t/{abc.slug}/connection/"' in client.get(PAGE).content.decode() for client in (as_staff, as_alice)
    ]
    assert found == [False, True]


def test_the_file_has_the_same_rows_and_is_logged(as_staff: Client, used: None, dave: User) -> None:
    answer = as_staff.get(f"{EXPORT}?month=2026-11")
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")  # type: ignore[attr-defined]  # a stream
    heads, first, *_ = csv.reader(io.StringIO(text))
    assert dict(zip(heads, first, strict=True)) == {
        "Company": "ABC Corporation",
        "Address": "/t/abc/",
        "Provider": "QuickBooks",
        "State": "Not connected yet",
        "Requests": "700",
        "Failed": "1",
        "Seconds": "1400.0",
        "MB received": "1.000",
        "MB sent": "0.500",
    }
    assert answer["Content-Disposition"] == 'attachment; filename="usage-2026-11.csv"'
    assert list(SecurityEvent.objects.values_list("kind", "actor_name", "details")) == [
        ("exported", "dave", {"what": "usage", "month": "2026-11"})
    ]


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_takes_the_same_queries_for_every_number_of_companies(
    as_staff: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        tenant = Tenant.objects.create(slug=f"more-{number}", name=f"More {number}", end_user_id=f"end_usr_{number}")
        SyncStatus.objects.create(tenant=tenant, failing_since=timezone.now())
        use(tenant, timezone.localdate(), number + 1)
    as_staff.get(PAGE)
    with django_assert_num_queries(11):
        as_staff.get(PAGE)
