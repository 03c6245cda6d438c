"""Pace, quiet hours and ceiling: a rule of the row and the moment, which holds back background reads alone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from books import pace, registry
from books.mirror import freshness
from books.models import ReadState, SyncRun, SyncStatus
from books.providers.lock import RequestPriority
from books.sync import refresh, scheduler
from tenants.models import Tenant
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

NEW_YORK = "America/New_York"
CUSTOMER = "80000001-1234567890"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def make_watch(quiet: str = "", **columns: Any) -> SyncStatus:
    """A row with these quiet hours, "22:00-06:00"."""
    start, _, end = quiet.partition("-")
    hours = {"quiet_from": time.fromisoformat(start), "quiet_until": time.fromisoformat(end)} if quiet else {}
    return SyncStatus(**hours, **columns)


def find_end(watch: SyncStatus, now: datetime) -> datetime | None:
    hold = pace.find_hold(watch, now)
    return hold.until if hold else None


def limit(tenant: Tenant, **columns: Any) -> SyncStatus:
    return SyncStatus.objects.update_or_create(tenant=tenant, defaults=columns)[0]


def set_quiet(tenant: Tenant, **columns: Any) -> SyncStatus:
    """Quiet hours that began an hour ago."""
    now = timezone.localtime()
    hours = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
    return limit(tenant, **hours, **columns)


def finish_runs(tenant: Tenant, as_of: datetime) -> None:
    """Let every list of the company be read completely then."""
    SyncRun.objects.filter(tenant=tenant).delete()
    done = {"state": ReadState.DONE, "as_of": as_of, "full_at": as_of, "high_water_mark": as_of}
    SyncRun.objects.bulk_create(SyncRun(tenant=tenant, kind=kind, **done) for kind in refresh.list_kinds(tenant))


# Quiet hours.


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        ("22:00-06:00", "2026-03-10T21:59:59+00:00", None),
        ("22:00-06:00", "2026-03-10T22:00:00+00:00", "2026-03-11T06:00:00+00:00"),
        ("22:00-06:00", "2026-03-11T00:00:00+00:00", "2026-03-11T06:00:00+00:00"),
        ("22:00-06:00", "2026-03-11T05:59:59+00:00", "2026-03-11T06:00:00+00:00"),
        ("22:00-06:00", "2026-03-11T06:00:00+00:00", None),
        ("12:00-13:30", "2026-03-10T11:59:00+00:00", None),
        ("12:00-13:30", "2026-03-10T12:00:00+00:00", "2026-03-10T13:30:00+00:00"),
        ("12:00-13:30", "2026-03-10T13:30:00+00:00", None),
        ("22:00-00:00", "2026-12-31T23:30:00+00:00", "2027-01-01T00:00:00+00:00"),
        ("22:00-00:00", "2027-01-01T00:00:00+00:00", None),
        ("00:00-06:00", "2026-03-11T00:00:00+00:00", "2026-03-11T06:00:00+00:00"),
    ],
)
def test_quiet_hours_hold_back_until_they_end(quiet: str, now: str, until: str | None) -> None:
    assert find_end(make_watch(quiet), at(now)) == (until and at(until))


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        # On 8 March 2026 New York's clocks go from 02:00 to 03:00, on 1 November from 02:00 back to 01:00.
        ("22:00-06:00", "2026-03-08T02:59:00+00:00", None),
        ("22:00-06:00", "2026-03-08T03:00:00+00:00", "2026-03-08T06:00:00-04:00"),
        ("22:00-06:00", "2026-03-08T09:59:00+00:00", "2026-03-08T06:00:00-04:00"),
        ("22:00-06:00", "2026-03-08T10:00:00+00:00", None),
        ("22:00-06:00", "2026-11-01T01:59:00+00:00", None),
        ("22:00-06:00", "2026-11-01T02:00:00+00:00", "2026-11-01T06:00:00-05:00"),
        ("22:00-06:00", "2026-11-01T10:59:00+00:00", "2026-11-01T06:00:00-05:00"),
        ("22:00-06:00", "2026-11-01T11:00:00+00:00", None),
        ("01:30-02:30", "2026-03-08T06:59:00+00:00", "2026-03-08T03:30:00-04:00"),  # 02:30 does not exist
        ("01:30-02:30", "2026-03-08T07:00:00+00:00", None),  # 03:00
    ],
)
def test_quiet_hours_keep_the_companys_clock_when_it_is_changed(quiet: str, now: str, until: str | None) -> None:
    found = find_end(make_watch(quiet, time_zone=NEW_YORK), at(now))
    assert (found and found.astimezone(UTC)) == (until and at(until).astimezone(UTC))


MINUTES = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: at("2026-01-01T00:00:00+00:00") + timedelta(minutes=minutes)
)


@given(start=MINUTES, end=MINUTES, now=MOMENTS)
@example(start=time(22), end=time(6), now=at("2026-03-08T06:59:00+00:00"))
def test_of_two_times_one_order_is_quiet_and_the_other_is_not(start: time, end: time, now: datetime) -> None:
    if start == end:
        return
    one, other = (make_watch(time_zone=NEW_YORK, quiet_from=a, quiet_until=b) for a, b in ((start, end), (end, start)))
    holds = [pace.find_hold(watch, now) for watch in (one, other)]
    assert [hold is None for hold in holds].count(True) == 1
    (hold,) = filter(None, holds)
    assert hold.until is not None
    assert timedelta(0) < hold.until.astimezone(UTC) - now <= timedelta(hours=25)


def test_the_installations_zone_is_that_of_a_company_without_one(settings: Any) -> None:
    with timezone.override(None):
        settings.TIME_ZONE = "Asia/Tokyo"
        assert pace.get_zone(SyncStatus()) == ZoneInfo("Asia/Tokyo")


# Pace and ceiling.


def note(tenant: Tenant, began: datetime, seconds: float = 4.0, *, is_background: bool = True) -> SyncStatus:
    pace.note_request(tenant.pk, began, seconds, is_background=is_background)
    return SyncStatus.objects.get(tenant=tenant)


def test_a_pace_parts_two_background_requests(abc: Tenant) -> None:
    limit(abc, pause_seconds=60.0)
    began = at("2026-03-10T09:00:00+00:00")
    watch = note(abc, began)
    ends = [find_end(watch, began + timedelta(seconds=seconds)) for seconds in (0, 59, 60)]
    assert ends == [began + timedelta(minutes=1), began + timedelta(minutes=1), None]


def test_pages_that_had_to_come_at_once_are_made_up_for(abc: Tenant) -> None:
    limit(abc, pause_seconds=60.0)
    began = at("2026-03-10T09:00:00+00:00")
    for number in range(5):
        watch = note(abc, began + timedelta(seconds=4 * number))
    assert watch.paced_until == began + timedelta(minutes=5)


def test_a_persons_request_does_not_move_the_pace(abc: Tenant) -> None:
    limit(abc, pause_seconds=60.0)
    watch = note(abc, timezone.now(), is_background=False)
    assert (watch.paced_until, watch.seconds_per_request) == (None, None)


def test_the_seconds_of_a_request_are_kept(abc: Tenant) -> None:
    limit(abc)
    kept = [note(abc, timezone.now(), seconds).seconds_per_request for seconds in (4.0, 4.0, 9.0)]
    assert kept == pytest.approx([4.0, 4.0, 5.0])


@pytest.mark.parametrize(
    ("columns", "now", "until"),
    [
        ({"requests_per_day": 3}, "2026-03-10T23:30:00-04:00", "2026-03-11T00:00:00-04:00"),
        ({"requests_per_day": 3}, "2026-03-11T00:00:00-04:00", None),
        ({"requests_per_day": 4}, "2026-03-10T23:30:00-04:00", None),
        ({"requests_per_hour": 3}, "2026-03-10T09:59:00-04:00", "2026-03-10T10:00:00-04:00"),
        ({"requests_per_hour": 3}, "2026-03-10T10:00:00-04:00", None),
        ({"requests_per_hour": 3, "requests_per_day": 3}, "2026-03-10T09:59:00-04:00", "2026-03-11T00:00:00-04:00"),
    ],
)
def test_a_ceiling_holds_back_until_its_hour_or_day_ends(
    abc: Tenant, columns: dict[str, int], now: str, until: str | None
) -> None:
    limit(abc, time_zone=NEW_YORK, **columns)
    for minute in (1, 2, 3):
        watch = note(abc, at(f"2026-03-10T09:0{minute}:00-04:00"), is_background=minute == 1)
    assert find_end(watch, at(now)) == (until and at(until))


def test_requests_are_counted_anew_each_hour_and_day(abc: Tenant) -> None:
    limit(abc, requests_per_hour=10, requests_per_day=10)
    moments = ("10T09:58", "10T09:59", "10T10:00", "11T00:00")
    watches = [note(abc, at(f"2026-03-{moment}:00+00:00")) for moment in moments]
    counts = [(watch.requests_this_hour, watch.requests_this_day) for watch in watches]
    assert counts == [(1, 1), (2, 2), (1, 3), (1, 1)]


def test_requests_that_reach_the_vendor_are_the_ones_counted(sandbox: Sandbox, abc: Tenant) -> None:
    limit(abc, requests_per_day=1_000)
    finish_runs(abc, timezone.now())
    refresh.request_refresh(abc, "person")
    run_queued_tasks("sync")
    refresh.read_record(abc, registry.get_table(abc, "customers"), CUSTOMER)
    watch = SyncStatus.objects.get(tenant=abc)
    assert watch.requests_this_day == len(sandbox.requests(abc.end_user_id)) > 4
    assert watch.seconds_per_request is not None
    assert 0 < watch.seconds_per_request < 5


def test_without_a_ceiling_a_persons_request_writes_nothing(abc: Tenant) -> None:
    limit(abc)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        pace.note_request(abc.pk, timezone.now(), 1.0, is_background=False)
    assert [query["sql"].split()[0] for query in asked] == ["SELECT"]


# What is held back, and what is not.

HOLDS: dict[str, dict[str, Any]] = {
    "pace": {"pause_seconds": 60.0, "paced_until": timezone.now() + timedelta(hours=1)},
    "ceiling": {"requests_per_day": 1, "requests_this_day": 1},
    "quiet": {"quiet_from": time(0), "quiet_until": time(23, 59, 59)},
}


@pytest.mark.parametrize("what", HOLDS)
def test_nothing_is_read_in_the_background(sandbox: Sandbox, abc: Tenant, what: str) -> None:
    limit(abc, looked_at=timezone.now(), counted_at=timezone.now(), **HOLDS[what])
    refresh.queue_stale(abc)
    scheduler.refresh_visited(timezone.now())
    scheduler.wake_due_companies(timezone.now())
    run_queued_tasks("sync")
    assert sandbox.requests(abc.end_user_id) == []


@pytest.mark.parametrize("what", HOLDS)
def test_the_lists_of_a_company_that_is_held_back_stay_idle(abc: Tenant, what: str) -> None:
    finish_runs(abc, timezone.now() - timedelta(days=2))
    limit(abc, looked_at=timezone.now(), counted_at=timezone.now(), **HOLDS[what])
    scheduler.run_round()
    assert SyncRun.objects.filter(tenant=abc).exclude(state=ReadState.DONE).count() == 0


@pytest.mark.parametrize("what", HOLDS)
def test_a_reading_queued_before_is_stopped_too(sandbox: Sandbox, abc: Tenant, what: str) -> None:
    refresh.request_refresh(abc)
    limit(abc, counted_at=timezone.now(), **HOLDS[what])
    run_queued_tasks("sync")
    assert (sandbox.requests(abc.end_user_id), SyncStatus.objects.get(tenant=abc).state) == ([], ReadState.DONE)


@pytest.mark.parametrize("what", HOLDS)
def test_what_a_person_asks_for_is_read(sandbox: Sandbox, abc: Tenant, what: str) -> None:
    finish_runs(abc, timezone.now() - timedelta(hours=2))
    limit(abc, counted_at=timezone.now(), **HOLDS[what])
    assert refresh.request_refresh(abc, "person") is True
    run_queued_tasks("sync")
    fresh = SyncRun.objects.filter(as_of__gt=timezone.now() - timedelta(minutes=1)).values_list("kind", flat=True)
    assert sorted(fresh) == ["balances", "bills", "customers", "deleted"]
    assert SyncRun.objects.filter(is_asked=True).count() == 0
    registry.make_client(abc, RequestPriority.PERSON).read_record(registry.get_table(abc, "customers"), CUSTOMER)


def test_a_person_whose_company_does_not_answer_does_not_start_a_night_of_tries(
    sandbox: Sandbox, garnet: Tenant
) -> None:
    finish_runs(garnet, timezone.now() - timedelta(hours=2))
    set_quiet(garnet)
    refresh.request_refresh(garnet, "person")
    run_queued_tasks("sync")
    assert SyncStatus.objects.get(tenant=garnet).failing_since is not None
    SyncStatus.objects.filter(tenant=garnet).update(next_try_at=None)
    sandbox.clear_requests()
    scheduler.wake_due_companies(timezone.now())
    run_queued_tasks("sync")
    assert sandbox.requests(garnet.end_user_id) == []


def test_a_company_is_read_again_when_its_quiet_hours_end(sandbox: Sandbox, abc: Tenant) -> None:
    finish_runs(abc, timezone.now() - timedelta(hours=2))
    set_quiet(abc, looked_at=timezone.now())
    later = timezone.now() + timedelta(hours=1, minutes=1)
    SyncStatus.objects.filter(tenant=abc).update(looked_at=later)
    scheduler.refresh_visited(later)
    assert SyncRun.objects.filter(state=ReadState.QUEUED).count() == len(refresh.list_kinds(abc))


# What the timetable costs, and how old a list gets.


def make_companies(count: int, *, is_stale: bool = False) -> None:
    """Idle companies that people look at, with everything read just now; or long ago, but held back."""
    now = timezone.now()
    quiet = HOLDS["quiet"] if is_stale else {"quiet_from": time(12), "quiet_until": time(13)}
    for number in range(count):
        tenant = Tenant.objects.create(slug=f"c{number}", name=f"C{number}", end_user_id=f"end_usr_{number}")
        finish_runs(tenant, now - timedelta(days=2 * is_stale))
        limit(tenant, looked_at=now, pause_seconds=float(number), **quiet)


def count_queries(count: int, *, is_stale: bool) -> int:
    Tenant.objects.all().delete()
    make_companies(count, is_stale=is_stale)
    scheduler.run_round()
    with CaptureQueriesContext(connection) as asked:
        scheduler.run_round()
    return len(asked)


@pytest.mark.django_db
@pytest.mark.parametrize("is_stale", [False, True])
def test_a_round_takes_as_many_statements_for_thirty_idle_companies_as_for_three(is_stale: bool) -> None:
    assert count_queries(3, is_stale=is_stale) == count_queries(30, is_stale=is_stale) < 30


@pytest.mark.parametrize(("seconds", "is_due"), [(235, False), (245, True)])
def test_a_list_is_read_again_before_it_is_five_minutes_old(abc: Tenant, seconds: int, is_due: bool) -> None:
    now = timezone.now()
    finish_runs(abc, now - timedelta(seconds=seconds))
    limit(abc, looked_at=now)
    scheduler.refresh_visited(now)
    queued = SyncRun.objects.filter(state=ReadState.QUEUED).order_by("kind").values_list("kind", flat=True)
    assert list(queued) == (["balances", "bills", "customers", "deleted"] if is_due else [])


def test_a_list_of_a_kind_that_is_new_is_read(sandbox: Sandbox, abc: Tenant) -> None:
    finish_runs(abc, timezone.now())
    limit(abc)
    own = SyncRun.objects.filter(tenant=abc)
    own.filter(kind="classes").delete()
    scheduler.start_new_companies()
    assert list(own.filter(state=ReadState.QUEUED).values_list("kind", flat=True)) == ["classes"]


# Words.


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"quiet_from": time(0), "quiet_until": time(23, 59, 59)}, "Not read between 00:00 and 23:59"),
        ({"pause_seconds": 60.0}, "Reads at most 60 requests an hour"),
        ({"pause_seconds": 3600.0}, "Reads at most 1 request an hour"),
        ({"pause_seconds": 7200.0}, "Reads at most one request every 2.0 hours"),
        ({"resting_since": timezone.now()}, "Paused: nothing is read from QuickBooks"),
        ({}, ""),
    ],
)
def test_an_old_list_says_why_it_is_old(abc: Tenant, columns: dict[str, Any], words: str) -> None:
    finish_runs(abc, timezone.now() - timedelta(hours=2))
    limit(abc, **columns)
    assert freshness.get_freshness(abc, "customers").pause == words


def test_a_list_that_is_fresh_says_nothing(abc: Tenant) -> None:
    finish_runs(abc, timezone.now())
    limit(abc, pause_seconds=60.0)
    assert freshness.get_freshness(abc, "customers").pause == ""


def test_a_list_that_is_held_back_is_not_looked_at_again(abc: Tenant) -> None:
    refresh.queue_stale(abc)
    limit(abc)
    assert freshness.get_freshness(abc, "customers").next_look != ""
    set_quiet(abc)
    assert freshness.get_freshness(abc, "customers").next_look == ""


def test_a_page_waits_for_the_next_request_of_a_pace(abc: Tenant) -> None:
    refresh.queue_stale(abc)
    limit(abc, pause_seconds=2.0, paced_until=timezone.now() + timedelta(seconds=2))
    assert freshness.get_freshness(abc, "customers").next_look != ""
