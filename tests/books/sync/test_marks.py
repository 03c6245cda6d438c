"""A refresh asks from a mark that no wrong clock moves too far; the connection page says if the PC's clock is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from books import registry, stamps
from books.mirror import lookup, store
from books.models import ReadState, Record, SyncRun, SyncStatus, Version
from books.sync import marks, refresh
from tenants.models import Tenant
from tests.support.vendor import Sandbox

from .test_reader import queue, read_all

JOB = "80000001-1234567890"
OTHER = "80000002-1234567890"
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def company(sandbox: Sandbox, abc: Tenant) -> Tenant:
    """A company of which the customers and their deletions have been read once."""
    SyncStatus.objects.create(tenant=abc)
    SyncRun.objects.bulk_create(SyncRun(tenant=abc, kind=kind) for kind in ("customers", "deleted"))
    read_all(abc)
    return abc


def change_phone(sandbox: Sandbox, id: str, phone: str, seconds: int = 0) -> None:
    """Let somebody change a customer while the clock of the PC is so many seconds ahead."""
    sandbox.control("clock", endUserId="end_usr_1234567abcdefg", seconds=seconds)
    sandbox.change(endUserId="end_usr_1234567abcdefg", resource="customers", id=id, changes={"phone": phone})


def read_phone(sandbox: Sandbox, tenant: Tenant, id: str, phone: str, seconds: int = 0) -> str | None:
    """Return the phone of a customer in the copy, after that change and one refresh."""
    change_phone(sandbox, id, phone, seconds)
    queue(tenant)
    read_all(tenant)
    return lookup.find_record(tenant, "customers", id).phone


def run_with(**known: datetime | None) -> SyncRun:
    return SyncRun(**{"full_at": NOW - HOUR, "high_water_mark": NOW - HOUR, **known})


@pytest.mark.parametrize(
    ("known", "since"),
    [
        ({}, NOW - HOUR - marks.OVERLAP),
        ({"high_water_mark": None}, None),
        ({"high_water_mark": NOW + HOUR}, None),
        ({"high_water_mark": datetime(2031, 1, 1, tzinfo=UTC)}, None),
        ({"full_at": NOW - 25 * HOUR}, None),
        ({"full_at": NOW + HOUR}, None),
        ({"full_at": None}, None),
    ],
)
def test_a_refresh_starts_before_its_mark_and_from_none_that_is_ahead_of_our_clock(
    known: dict[str, datetime | None], since: datetime | None
) -> None:
    assert marks.find_start(run_with(**known), timedelta(0), NOW) == since


def test_a_refresh_allows_for_a_clock_that_is_known_to_be_behind() -> None:
    assert marks.find_start(run_with(), 3 * HOUR, NOW) == NOW - 4 * HOUR - marks.OVERLAP


def test_refreshes_overlap_by_more_than_an_hour() -> None:
    assert min(marks.OVERLAP, marks.DELETED_OVERLAP) > HOUR


def test_deletions_are_asked_for_as_far_back_as_they_are_kept_if_the_mark_is_ahead() -> None:
    ahead = run_with(high_water_mark=NOW + HOUR)
    assert marks.find_deletions_start(ahead, timedelta(0), NOW) == NOW - marks.DELETIONS_KEPT


@pytest.mark.parametrize(("as_of", "is_old"), [(NOW, False), (NOW - 2 * HOUR, True), (NOW + HOUR, True), (None, True)])
def test_a_list_of_the_future_is_old(as_of: datetime | None, is_old: bool) -> None:
    assert stamps.is_older(as_of, HOUR, NOW) == is_old


def test_a_record_of_2031_does_not_hide_a_later_change(sandbox: Sandbox, company: Tenant) -> None:
    five_years = 5 * 365 * 86_400
    assert read_phone(sandbox, company, JOB, "555-2031", five_years) == "555-2031"
    assert read_phone(sandbox, company, OTHER, "555-2026") == "555-2026"
    run = SyncRun.objects.get(kind="customers")
    assert run.high_water_mark is not None and run.started_at is not None
    assert (run.is_full, run.high_water_mark <= run.started_at) == (False, True)


def test_a_company_whose_clock_is_in_2031_is_not_read_whole_each_time(sandbox: Sandbox, company: Tenant) -> None:
    SyncRun.objects.update(high_water_mark=None, newest=None, full_at=None)
    for row in sandbox.get("/quickbooks-desktop/customers", company.end_user_id, status="all")["data"]:
        change_phone(sandbox, row["id"], "1", 5 * 365 * 86_400)
    queue(company)
    read_all(company)
    queue(company)
    read_all(company)
    assert SyncRun.objects.get(kind="customers").is_full is False


@pytest.mark.parametrize("minutes", [60, 30, -30, -60, -110])
def test_a_change_is_found_after_the_clock_was_set(sandbox: Sandbox, company: Tenant, minutes: int) -> None:
    assert read_phone(sandbox, company, JOB, "555-1") == "555-1"
    assert read_phone(sandbox, company, OTHER, "555-2", 60 * minutes) == "555-2"


def test_a_deletion_is_found_after_the_clock_was_set_back(sandbox: Sandbox, company: Tenant) -> None:
    sandbox.control("clock", endUserId=company.end_user_id, seconds=-36 * 3_600)
    sandbox.change(endUserId=company.end_user_id, resource="customers", id=JOB, delete=True)
    queue(company, "deleted")
    read_all(company)
    assert lookup.find_record(company, "customers", JOB).deleted_at is not None


def test_a_stored_mark_of_the_future_is_dropped(sandbox: Sandbox, company: Tenant) -> None:
    ahead = timezone.now() + timedelta(days=2_000)
    SyncRun.objects.update(high_water_mark=ahead, as_of=ahead, full_at=ahead)
    assert refresh.queue_stale(company) is True
    assert read_phone(sandbox, company, JOB, "555-3") == "555-3"
    assert SyncRun.objects.filter(kind="customers", high_water_mark__lte=timezone.now()).count() == 1


def test_what_comes_again_changes_nothing(sandbox: Sandbox, company: Tenant) -> None:
    read_phone(sandbox, company, JOB, "555-4")
    before = (Version.objects.count(), SyncStatus.objects.get().edition)
    queue(company)
    read_all(company)
    assert SyncRun.objects.get(kind="customers").rows == 1
    assert (Version.objects.count(), SyncStatus.objects.get().edition) == before


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ""),
        (29 * 60, ""),
        (3 * 3_600 + 90, "The clock of the PC with QuickBooks is 3 hours ahead."),
        (-50 * 60 - 50, "The clock of the PC with QuickBooks is 50 minutes behind."),
        (5 * 365 * 86_400 + 3_600, "The clock of the PC with QuickBooks is 1,825 days ahead."),
    ],
)
def test_a_clock_half_an_hour_off_is_told(
    sandbox: Sandbox, company: Tenant, as_bob: Client, seconds: int, words: str
) -> None:
    read_phone(sandbox, company, JOB, "555-5", seconds)
    SyncRun.objects.update(state=ReadState.DONE)
    page = as_bob.get("/t/abc/connection/").content.decode()
    assert ("The clock of the PC" in page, words in page) == (bool(words), True)


def test_a_clock_that_was_put_right_is_no_longer_told(sandbox: Sandbox, company: Tenant) -> None:
    read_phone(sandbox, company, JOB, "555-6", 5 * 365 * 86_400)
    read_phone(sandbox, company, OTHER, "555-7")
    assert SyncStatus.objects.get().clock_off == 0


def test_a_row_of_a_list_does_not_replace_what_was_read_after_the_list_began(sandbox: Sandbox, company: Tenant) -> None:
    """A page is stored some time after it was read; meanwhile a save may have stored its answer."""
    table, path = registry.get_table(company, "customers"), f"/quickbooks-desktop/customers/{JOB}"
    old, began = sandbox.get(path, company.end_user_id), timezone.now()
    change_phone(sandbox, JOB, "555-8")
    lookup.store_record(company, table, sandbox.get(path, company.end_user_id))
    store.store_page(company, table, [old], began)
    assert lookup.find_record(company, "customers", JOB).phone == "555-8"
    assert Version.objects.filter(replaces_unreported__isnull=False).count() == 1


def test_a_row_of_a_list_does_not_bring_back_what_was_deleted_after_the_list_began(
    sandbox: Sandbox, company: Tenant
) -> None:
    old = sandbox.get(f"/quickbooks-desktop/customers/{JOB}", company.end_user_id)
    began = timezone.now()
    lookup.mark_deleted(company, "customers", [JOB])
    store.store_page(company, registry.get_table(company, "customers"), [old], began)
    assert lookup.get_deleted_at(company, "customers", JOB) is not None


def test_what_a_wrong_clock_of_ours_has_read_in_the_future_is_replaced(sandbox: Sandbox, company: Tenant) -> None:
    Record.objects.update(read_at=timezone.now() + timedelta(days=2_000))
    assert read_phone(sandbox, company, JOB, "555-9") == "555-9"
