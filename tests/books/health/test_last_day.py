"""The last 24 hours of a company, hour by hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from books.health.last_day import HOURS, load_last_day
from books.health.requests import list_recent
from books.models import VendorRequest
from tenants.models import Tenant

NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
NAMES = {
    ("GET", "/v1/quickbooks-desktop/customers"): "Read customers",
    ("GET", "/v1/quickbooks-desktop/bills/1-1"): "Read bill 1-1",
    ("POST", "/v1/quickbooks-desktop/bills/1-1"): "Save bill 1-1",
    ("GET", "/v1/quickbooks-desktop/date-driven-terms"): "Read date driven terms",
    ("GET", "/v1/quickbooks-desktop/health-check"): "Connection check",
    ("GET", "/v1/quickbooks-desktop/something-new"): "GET /v1/quickbooks-desktop/something-new",
}


def a_request(tenant: Tenant, at: datetime, seconds: float = 1.0, **columns: object) -> VendorRequest:
    """A request as it was noted; answered, where nothing else is said."""
    noted = {"method": "GET", "path": "/v1/quickbooks-desktop/customers", "status": 200, "has_failed": False}
    noted |= {"error": "", "code": "", "request_id": "", "sent": 0, "received": 100, **columns}
    return VendorRequest.objects.create(tenant=tenant, ended_at=at, seconds=seconds, **noted)


def test_each_hour_has_its_requests_and_the_highest_bar_is_the_whole(abc: Tenant, harbor: Tenant) -> None:
    for minutes in (0, 10, 29):
        a_request(abc, NOW - timedelta(minutes=minutes), 3.0)
    a_request(abc, NOW - timedelta(minutes=31), 9.0, has_failed=True)
    a_request(abc, NOW - timedelta(hours=24))  # before the first hour
    a_request(harbor, NOW)
    day = load_last_day(abc, NOW)
    assert [(hour.start.hour, hour.requests, hour.failures, hour.height, hour.failed) for hour in day.busy_hours] == [
        (11, 1, 1, "33.3", "33.3"),
        (12, 3, 0, "100.0", "0.0"),
    ]
    assert (len(day.hours), day.requests, day.failures, day.average) == (HOURS, 4, 1, 4.5)
    assert day.words == "4 requests in the last 24 hours, of which 1 failed; most of them at 12:00, 3"


def test_a_day_of_one_request_is_told_without_its_hour(abc: Tenant) -> None:
    a_request(abc, NOW)
    assert load_last_day(abc, NOW).words == "1 request in the last 24 hours, of which 0 failed"


def test_a_company_that_nobody_has_asked_has_an_empty_day(abc: Tenant) -> None:
    assert (load_last_day(abc).requests, load_last_day(abc).average) == (0, 0.0)


def test_a_request_is_named_by_what_it_asked_for(abc: Tenant) -> None:
    for method, path in NAMES:
        a_request(abc, NOW, method=method, path=path)
    assert [line.asked for line in list_recent(abc)] == list(reversed(NAMES.values()))


def test_a_request_is_told_with_how_it_ended(abc: Tenant) -> None:
    a_request(abc, NOW)
    a_request(abc, NOW, status=0)
    a_request(abc, NOW, status=409, error="NotActive", code="INTEGRATION_CONNECTION_NOT_ACTIVE", has_failed=True)
    a_request(abc, NOW, status=502, error="Refused", code="3100", method="POST")
    assert [line.outcome for line in list_recent(abc)] == [
        "QuickBooks refused this change (3100)",
        "PC off or Web Connector closed",
        "No answer came",
        "Answered",
    ]


def test_a_day_on_which_clocks_are_set_back_has_24_hours_too(abc: Tenant) -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        now = datetime(2026, 11, 1, 12, 30, tzinfo=ZoneInfo("America/New_York"))
        a_request(abc, now)
        a_request(abc, now - timedelta(hours=24))  # by the clock: that is 25 hours
        a_request(abc, (now.astimezone(UTC) - timedelta(hours=23)))
        day = load_last_day(abc, now)
    assert [(hour.start.hour, hour.number, hour.requests) for hour in day.busy_hours] == [(14, 0, 1), (12, 23, 1)]
