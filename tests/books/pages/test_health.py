"""The health of a connection on its page: the last day, what waits, the last requests, and what the month came to."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from books.models import VendorUsage
from books.sync import refresh
from edits.models.edit import State
from tenants.models import Tenant
from tests.books.health.test_last_day import a_request
from tests.edits.factories import an_edit
from tests.support.copies import Copied
from tests.support.markup import one_line

PAGE = "/t/abc/connection/"


def read(client: Client) -> str:
    return one_line(client.get(PAGE).content.decode())


def test_the_last_day_is_a_plot_with_a_name_and_its_figures_as_a_table(as_carol: Client, abc: Tenant) -> None:
    a_request(abc, timezone.now(), 2.0)
    a_request(abc, timezone.now(), 4.0, has_failed=True)
    page = read(as_carol)
    assert 'role="img" aria-label="2 requests in the last 24 hours, of which 1 failed;' in page
    assert "2 requests, 1 failed" in page
    row = page.partition("Requests in each of the last 24 hours</caption>")[2].partition("<tbody>")[2]
    assert row.count('<td class="num">', 0, row.index("</tr>")) == 4
    assert ">3.0 s<" in row


def test_a_day_without_a_request_says_so(as_carol: Client, abc: Tenant) -> None:
    assert "Nothing was asked of QuickBooks." in read(as_carol)


def test_what_waits_of_the_company_is_counted_whoever_has_saved_it(
    as_carol: Client, abc: Tenant, harbor: Tenant, alice: User, bob: User
) -> None:
    now = timezone.now()
    for person, hours in ((alice, 2), (bob, 5)):
        an_edit(abc, person, now - timedelta(hours=hours), state=State.QUEUED)
    an_edit(abc, bob, now - timedelta(hours=9))
    an_edit(harbor, bob, now, state=State.QUEUED)
    page = read(as_carol)
    assert '<a href="/t/abc/edits/?outcome=queued"> 2 changes waiting to be sent</a>' in page
    assert f"the oldest since {timezone.localtime(now - timedelta(hours=5)):%H:%M}" in page or "yesterday" in page


def test_without_a_waiting_change_it_says_so(as_carol: Client, abc: Tenant) -> None:
    assert "No changes are waiting to be sent." in read(as_carol)


@pytest.mark.parametrize(("person", "is_shown"), [("alice", True), ("bob", False), ("carol", False)])
def test_administrators_see_the_last_requests_and_what_the_month_came_to(
    request: pytest.FixtureRequest, abc: Tenant, person: str, is_shown: bool
) -> None:
    columns: dict[str, Any] = {"failures": 0, "seconds": 9.0, "sent": 1_500_000, "received": 42_000_000}
    VendorUsage.objects.create(tenant=abc, day=timezone.localdate(), requests=1_234, **columns)
    a_request(abc, timezone.now(), request_id="req_42", method="POST", path="/v1/quickbooks-desktop/bills/1-1")
    page = read(request.getfixturevalue(f"as_{person}"))
    said = ("Last requests", "Save bill 1-1", "req_42", "This month: 1,234 requests, 42.0 MB received, 1.5 MB sent")
    assert [text in page for text in said] == [is_shown] * 4


@pytest.mark.parametrize(("person", "count"), [("alice", 19), ("carol", 16)])
def test_the_page_takes_the_same_queries_for_a_company_with_a_busy_day(
    request: pytest.FixtureRequest, abc: Tenant, bob: User, copied: Copied,
    django_assert_max_num_queries: DjangoAssertNumQueries, person: str, count: int,
) -> None:  # fmt: skip
    copied(abc)
    refresh.request_refresh(abc)
    client = request.getfixturevalue(f"as_{person}")
    for number in range(30):
        a_request(abc, timezone.now() - timedelta(hours=number))
        an_edit(abc, bob, timezone.now(), state=State.QUEUED)
    client.get(PAGE)  # a visit of the company is noted once a minute
    with django_assert_max_num_queries(count):
        client.get(PAGE)
