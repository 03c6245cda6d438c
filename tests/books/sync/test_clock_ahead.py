"""What our own clock noted while it ran ahead is not believed once it is right: it would hide what is read since."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from books import pace, registry
from books.health.company import load_known_health
from books.health.states import ConnectionState, find_states
from books.mirror import lookup, unreadable
from books.mirror.freshness import describe_pause
from books.models import Quota, ReadState, Record, SyncRun, SyncStatus, UnreadableRecord
from books.pages.connection_status import get_connection
from books.providers import errors, rate_limit
from books.providers.lock import RequestPriority
from books.sync import absence, company_file, scheduler, vendor_reads
from edits.lifecycle import reread
from edits.models.edit import Edit
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import change
from tests.edits.lifecycle.test_save import save_phone
from tests.support.vendor import Sandbox

AHEAD = timedelta(days=1)


def put_ahead() -> None:
    Record.objects.update(read_at=timezone.now() + AHEAD)


def refuse_stale(person: User, job: Record, sandbox: Sandbox) -> Edit:
    """A change that is refused, as the record has changed in QuickBooks."""
    change(sandbox, phone="555-0199")
    with pytest.raises(errors.Stale):
        save_phone(Member(job.tenant, person, Role.BOOKKEEPER), job)
    return Edit.objects.get()


def find_again(job: Record) -> Record:
    return lookup.find_record(job.tenant, "customers", job.remote_id)


def test_a_conflict_shows_what_is_read_after_the_refusal(bob: User, job: Record, sandbox: Sandbox) -> None:
    put_ahead()
    edit = refuse_stale(bob, job, sandbox)
    assert (find_again(job).phone, reread.is_read_since(edit, find_again(job))) == ("555-0199", True)


def test_what_was_read_by_a_clock_ahead_is_not_read_since_a_refusal(bob: User, job: Record, sandbox: Sandbox) -> None:
    edit = refuse_stale(bob, job, sandbox)
    put_ahead()
    assert not reread.is_read_since(edit, find_again(job))


def test_a_conflict_of_a_clock_ahead_can_be_decided_after_its_record_was_read(
    bob: User, job: Record, sandbox: Sandbox
) -> None:
    edit, ahead = refuse_stale(bob, job, sandbox), timezone.now() + AHEAD
    Edit.objects.update(refused_at=ahead, settled_at=ahead, look_at=ahead)
    edit.refresh_from_db()
    reread.read_again(edit)
    edit.refresh_from_db()
    assert reread.is_read_since(edit, find_again(job))


def test_the_next_reading_of_an_unchanged_record_says_when_it_was_read(job: Record) -> None:
    put_ahead()
    began = timezone.now()
    row = {"id": "8-1", "fullName": "Ada", "revisionNumber": "1"}
    for moment in (began + AHEAD, began):
        stored = lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), row, moment)
    assert stored.read_at == began


def test_the_next_reading_of_other_balances_says_when_it_was_read(job: Record) -> None:
    began, table = timezone.now(), registry.get_table(job.tenant, "customers")
    for moment, balance in ((began + AHEAD, "1.00"), (began, "2.00")):
        row = {"id": "8-1", "fullName": "Ada", "revisionNumber": "1", "balance": balance}
        stored = lookup.store_record(job.tenant, table, row, moment)
    assert stored.read_at == began


def test_a_page_asks_for_a_record_that_a_clock_ahead_has_read(job: Record) -> None:
    put_ahead()
    assert vendor_reads.ask_record(find_again(job), timedelta(minutes=1)) is not None


@pytest.mark.parametrize("slug", ["abc", "juniper"])
def test_a_record_that_no_list_holds_is_missed_though_a_clock_ahead_has_read_it(
    companies: dict[str, Tenant], sandbox: Sandbox, slug: str
) -> None:
    company, now = companies[slug], timezone.now()
    table = registry.get_table(company, "customers")
    row = {"id": "999", "fullName": "Gone", "revisionNumber": "1", "display_name": "Gone", "active": True}
    lookup.store_record(company, table, row, now + AHEAD)
    unreadable.note(company, table, [unreadable.UnreadableRow({"id": "998"}, "No.")], now + AHEAD)
    run = SyncRun.objects.create(tenant=company, kind="customers", started_at=now, whole_at=now)
    absence.settle_absent(company, table, run, is_whole=True)
    assert lookup.get_deleted_at(company, "customers", "999") is not None
    assert not UnreadableRecord.objects.exists()


def test_what_came_by_a_clock_ahead_does_not_count_among_what_came(abc: Tenant) -> None:
    table, now = registry.get_table(abc, "customers"), timezone.now()
    lookup.store_record(abc, table, {"id": "8-1", "fullName": "Ada", "revisionNumber": "1"}, now + AHEAD)
    assert not absence.came_whole(abc, table, SyncRun(tenant=abc, kind="customers", started_at=now, rows_told=1))


def test_the_company_file_is_asked_for_again(abc: Tenant, sandbox: Sandbox) -> None:
    watch = SyncStatus.objects.create(tenant=abc, file_asked_at=timezone.now() + AHEAD)
    company_file.check_company_file(watch)
    assert watch.file_asked_at is not None
    assert watch.file_asked_at <= timezone.now()


@pytest.mark.django_db
def test_what_a_clock_ahead_has_counted_blocks_no_request() -> None:
    ahead = time.time() + AHEAD.total_seconds()
    Quota.objects.create(server="https://books", handler="save", calls=[ahead] * 10, blocked_until=ahead + 60)
    rate_limit.reserve_calls("https://books", {"save": 1}, RequestPriority.SAVE)
    stored = Quota.objects.get()
    assert (len(stored.calls), stored.blocked_until) == (1, 0.0)


@pytest.mark.django_db
def test_what_a_server_without_a_limit_refused_by_a_clock_ahead_blocks_no_request() -> None:
    Quota.objects.create(server="https://books", handler="save", blocked_until=time.time() + AHEAD.total_seconds())
    rate_limit.reserve_calls("https://books", {"save": 1}, RequestPriority.SAVE)
    assert Quota.objects.get().blocked_until == 0.0


def add_waiting(company: Tenant, of_list: timedelta | None, of_company: timedelta | None) -> None:
    """Let a list of the company and the company itself wait for so long."""
    now = timezone.now()
    list_until, until = (None if span is None else now + span for span in (of_list, of_company))
    SyncRun.objects.create(tenant=company, kind="customers", state=ReadState.FAILED, next_try_at=list_until)
    SyncStatus.objects.create(tenant=company, next_try_at=until, pause_why="Wait")


@pytest.mark.parametrize(
    ("of_list", "of_company", "state"),
    [
        (AHEAD, None, ReadState.QUEUED),
        (None, AHEAD, ReadState.QUEUED),
        (timedelta(hours=1), None, ReadState.DONE),
        (None, timedelta(hours=1), ReadState.DONE),
    ],
)
def test_what_was_put_off_by_a_clock_ahead_is_read(
    abc: Tenant, of_list: timedelta | None, of_company: timedelta | None, state: ReadState
) -> None:
    add_waiting(abc, of_list, of_company)
    scheduler.wake_due_companies(timezone.now())
    assert SyncStatus.objects.get().state == state


def test_no_page_says_that_it_waits_as_long(abc: Tenant) -> None:
    add_waiting(abc, None, AHEAD)
    watch = SyncStatus.objects.get()
    states = [finding.state for finding in find_states(abc, load_known_health(abc))]
    found = (describe_pause(watch), get_connection(abc).next_try_seconds, ConnectionState.WAIT in states)
    assert found == ("", 0, False)


@pytest.mark.parametrize("is_background", [True, False])
def test_a_pace_of_a_clock_ahead_holds_nothing_back(abc: Tenant, is_background: bool) -> None:
    began = timezone.now()
    SyncStatus.objects.create(tenant=abc, pause_seconds=60.0, requests_per_day=9)
    pace.note_request(abc.pk, began + AHEAD, 1.0, is_background=True)
    assert pace.find_hold(SyncStatus.objects.get(), began) is None
    pace.note_request(abc.pk, began, 1.0, is_background=is_background)
    paced = SyncStatus.objects.get().paced_until
    assert paced == (began + timedelta(minutes=1) if is_background else None)


@pytest.mark.parametrize("state", [ReadState.RUNNING, ReadState.QUEUED])
def test_a_reading_that_was_lost_by_a_clock_ahead_is_queued_again(abc: Tenant, state: ReadState) -> None:
    now = timezone.now()
    noted = {"heartbeat_at": now + AHEAD, "queued_at": now + AHEAD, "process": "another machine:1:1"}
    SyncStatus.objects.create(tenant=abc, state=state, **noted)
    scheduler.revive_readings(now)
    watch = SyncStatus.objects.get()
    assert (watch.state, watch.queued_at, watch.process) == (ReadState.QUEUED, now, "")
