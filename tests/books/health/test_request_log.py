"""What is noted of each request: what was asked, how long it took, how it ended. Never what was sent or received."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from books import registry, request_log
from books.mirror import lookup
from books.models import SyncStatus, VendorRequest, VendorUsage
from books.providers import errors, upkeep
from books.providers.exchanges import Exchange
from books.providers.lock import RequestPriority
from books.sync import refresh, scheduler
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.support import saving
from tests.support.copies import Copied
from tests.support.providers import Books
from tests.support.requests_noted import Noted
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

JOB = "80000001-1234567890"
CUSTOMER = f"/v1/quickbooks-desktop/customers/{JOB}"


def read_customer(tenant: Tenant) -> None:
    refresh.read_record(tenant, registry.get_table(tenant, "customers"), JOB)


def test_a_read_is_noted_with_its_outcome_and_the_vendors_request_id(
    sandbox: Sandbox, abc: Tenant, noted_requests: Noted
) -> None:
    read_customer(abc)
    (row,) = noted_requests()
    assert (row.tenant, row.method, row.path, row.status, row.error) == (abc, "GET", CUSTOMER, 200, "")
    assert (row.has_failed, row.request_id.startswith("req_"), row.sent) == (False, True, 0)
    assert row.received > 500
    assert timezone.now() - row.ended_at < timedelta(minutes=1)


def test_a_list_is_noted_without_its_query(sandbox: Sandbox, abc: Tenant, noted_requests: Noted) -> None:
    source = registry.make_client(abc, RequestPriority.SYNC)
    list(source.pages(registry.get_table(abc, "customers"), nameContains="Secret & Sons"))
    assert [row.path for row in noted_requests()] == ["/v1/quickbooks-desktop/customers"]
    assert "Secret" not in str(list(VendorRequest.objects.values()))


def test_a_save_is_noted_with_the_bytes_that_were_sent(
    sandbox: Sandbox, abc: Tenant, bob: User, copied: Copied, noted_requests: Noted
) -> None:
    copied(abc, "customers")
    record = lookup.find_record(abc, "customers", JOB)
    edited = lookup.get_content(record).replace(phone="555-0199")
    saving.save(Member(abc, bob, Role.BOOKKEEPER), record, edited)
    row = noted_requests()[-1]
    assert (row.method, row.status, row.sent > 30, row.received > 500) == ("POST", 200, True, True)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"fault": "not_active"}, (409, "NotActive", "INTEGRATION_CONNECTION_NOT_ACTIVE", True)),
        ({"fault": "closed", "hresult": "0x80040414"}, (502, "Closed", "0x80040414", True)),
        ({"fault": "busy"}, (502, "Busy", "3175", False)),
        ({"fault": "rate_limited", "seconds": 1}, (429, "TooMany", "429", False)),
        ({"fault": "refuse", "integrationCode": "500"}, (502, "NotFound", "500", False)),
        ({"fault": "garbage"}, (200, "BadAnswer", "", True)),
        ({"fault": "cut_before"}, (0, "NoAnswer", "dropped", True)),
    ],
)
def test_a_failure_is_noted_by_its_class_and_the_vendors_code(
    sandbox: Sandbox, abc: Tenant, noted_requests: Noted, fault: dict[str, object],
    expected: tuple[int, str, str, bool],
) -> None:  # fmt: skip
    sandbox.fault(endUserId=abc.end_user_id, count=None, **fault)
    with pytest.raises(errors.BooksError):
        read_customer(abc)
    row = noted_requests()[-1]
    assert (row.status, row.error, row.code, row.has_failed) == expected


def test_a_refusal_before_anything_is_sent_is_blamed_on_no_request(
    sandbox: Sandbox, abc: Tenant, noted_requests: Noted
) -> None:
    read_customer(abc)
    SyncStatus.objects.update_or_create(tenant=abc, defaults={"resting_since": timezone.now()})
    with pytest.raises(errors.Resting):
        read_customer(abc)
    assert [row.error for row in noted_requests()] == [""]


def test_each_request_of_a_save_is_noted(books: Books, noted_requests: Noted) -> None:
    """Bigcapital reads a record before it writes it, under one hold of the company's line."""
    base, revision = books.read()
    noted_requests()
    VendorRequest.objects.all().delete()
    books.save(base, revision, **{books.phone: "555-0177"})
    methods = [row.method for row in noted_requests()]
    assert methods == (["POST"] if books.tenant.slug == "abc" else ["GET", "PUT"])


def test_the_requests_of_a_day_are_added_up(sandbox: Sandbox, abc: Tenant, noted_requests: Noted) -> None:
    for _ in range(2):
        read_customer(abc)
        noted_requests()
    sandbox.fault(endUserId=abc.end_user_id, fault="not_active")
    with pytest.raises(errors.NotActive):
        read_customer(abc)
    rows = noted_requests()
    own = VendorUsage.objects.get()
    assert (own.tenant, own.day, own.requests, own.failures) == (abc, timezone.localdate(), 3, 1)
    assert own.received == sum(row.received for row in rows)
    assert own.seconds == pytest.approx(sum(row.seconds for row in rows))


def test_nothing_is_noted_where_that_is_turned_off(sandbox: Sandbox, abc: Tenant, settings: Settings) -> None:
    settings.REQUEST_LOG_SECONDS = 0
    read_customer(abc)
    assert request_log.write() == 0


def test_a_day_of_requests_is_kept_and_a_year_of_sums(abc: Tenant, noted_requests: Noted) -> None:
    now = timezone.now()
    for age in (timedelta(hours=24), timedelta(days=3), timedelta(days=402)):
        request_log.note(abc.pk, [Exchange("GET", "/v1/x", (now - age).timestamp(), 1.0, 200)])
    noted_requests()
    scheduler.clear_old_rows(now)
    assert [VendorRequest.objects.count(), VendorUsage.objects.count()] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_requests_of_a_company_that_is_gone_are_dropped_and_the_next_ones_are_written(
    sandbox: Sandbox, abc: Tenant, noted_requests: Noted
) -> None:
    request_log.note(-1, [Exchange("GET", "/v1/x", timezone.now().timestamp(), 1.0, 200)])
    assert noted_requests() == []
    read_customer(abc)
    assert [row.tenant for row in noted_requests()] == [abc]


@pytest.mark.django_db(transaction=True)
def test_requests_are_written_together_by_the_thread_beside_them(
    sandbox: Sandbox, abc: Tenant, settings: Settings
) -> None:
    settings.REQUEST_LOG_SECONDS = 0.1
    for _ in range(3):
        read_customer(abc)
    wait_until(lambda: VendorRequest.objects.count() == 3)
    wait_until(lambda: upkeep._thread is None)  # it has closed its connection then, or does at once
