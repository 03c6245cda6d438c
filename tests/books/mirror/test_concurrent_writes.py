"""Two connections write the same rows at once, on the database that allows it: neither fails, and nothing is lost."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from books.mirror import lookup
from books.mirror.store import store_page
from books.models import Quota, Record, SyncRun
from books.providers import rate_limit
from books.providers.lock import RequestPriority
from books.registry import get_table
from books.sync import outcome
from edits.lifecycle import transitions
from edits.models.edit import Edit
from edits.tasks import queue_sending
from tenants import access, list_settings
from tenants.access import member
from tenants.models import Membership, Role
from tests.support.running import wait_until
from tests.support.tasks import run_queued_tasks

pytestmark = [
    pytest.mark.postgres_only("SQLite lets one transaction write at a time"),
    pytest.mark.django_db(transaction=True),
]
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def meanwhile():
    """`meanwhile(work)`: do it over another connection; return its outcome once nothing blocks it."""
    with ThreadPoolExecutor(max_workers=12) as threads:
        yield lambda work: threads.submit(_on_its_own_connection, work)


def _on_its_own_connection(work):
    try:
        return work()
    finally:
        connections.close_all()


def wait_for(future: Future[object]) -> None:
    """Return as soon as another connection waits for this one, or has finished."""
    wait_until(lambda: future.done() or _blocked(), within=10)


def _blocked() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # what is seen first stays until the transaction ends
        cursor.execute(BLOCKED)
        return int(cursor.fetchone()[0])


@pytest.fixture
def store(larch):
    """`store("A", phone="1")` stores customers in the mirror."""

    def put(*ids, **more):
        rows = [{"id": id, "revisionNumber": "1", "fullName": id, **more} for id in ids]
        return store_page(larch, get_table(larch, "customers"), rows, timezone.now())

    return put


def phones():
    return dict(Record.objects.values_list("remote_id", "phone"))


def test_a_record_first_stored_by_two_is_one_with_the_last_content(store, meanwhile):
    with transaction.atomic():
        store("A", phone="1")
        other = meanwhile(lambda: store("A", phone="2"))
        wait_for(other)
    assert (other.result(), phones()) == (1, {"A": "2"})


def test_storing_the_same_records_in_another_order_does_not_deadlock(store, meanwhile):
    with transaction.atomic():
        store("A", phone="1")
        other = meanwhile(lambda: store("B", "A", phone="2"))
        wait_for(other)
        store("B", phone="3")  # read after the other's rows, and so the newer of the two
    assert (other.result(), phones()) == (2, {"A": "2", "B": "3"})


def test_deleting_records_while_others_store_them_does_not_deadlock(larch, store, meanwhile):
    store("A", "B", "C", phone="1")
    with transaction.atomic():
        store("B", phone="2")
        other = meanwhile(lambda: lookup.mark_deleted(larch, "customers", ["A", "B", "C"]))
        wait_for(other)
        store("A", "C", phone="2")
    assert (other.result(), phones()) == (3, {"A": "2", "B": "2", "C": "2"})
    assert Record.objects.filter(deleted_at=None).count() == 0


def test_reserving_calls_of_two_handlers_does_not_deadlock(meanwhile):
    calls = {"read": 1, "write": 1}
    both = threading.Barrier(2, timeout=10)

    def reserve(calls):
        for _ in range(20):
            both.wait()
            rate_limit.reserve_calls("here", calls, RequestPriority.SAVE)

    Quota.objects.bulk_create(Quota(server="here", handler=handler, limit=0) for handler in calls)
    done = [meanwhile(lambda: reserve(calls)), meanwhile(lambda: reserve(dict(reversed(calls.items()))))]
    assert [one.result() for one in done] == [None, None]
    assert _made() == {"read": 40, "write": 40}


def _made():
    return {one.handler: len(one.calls) for one in Quota.objects.all()}


def test_two_first_calls_of_a_handler_are_both_counted(meanwhile):
    with transaction.atomic():
        rate_limit.reserve_calls("here", {"read": 1}, RequestPriority.SAVE)
        other = meanwhile(lambda: rate_limit.reserve_calls("here", {"read": 1}, RequestPriority.SAVE))
        wait_for(other)
    assert (other.result(), _made()) == (None, {"read": 2})


def test_of_two_posts_of_a_form_at_once_one_begins_its_edit(larch, bob, store, rf, meanwhile):
    store("A")
    record = lookup.find_record(larch, "customers", "A")
    request = rf.get("/")
    request.user = bob
    author = member(request, larch.slug, Role.BOOKKEEPER)

    def begin():
        return transitions.begin_edit(author, record, record.version, {"phone": "1"}, token="t", form="t")

    with transaction.atomic():
        first = begin()
        other = meanwhile(begin)
        wait_for(other)
    assert (other.result(), list(Edit.objects.all())) == (None, [first])


def test_a_save_queued_behind_a_task_that_finds_nothing_yet_has_a_task(larch, meanwhile):
    queue_sending(larch)
    with transaction.atomic():
        queue_sending(larch)  # for an edit that only this transaction sees
        assert meanwhile(lambda: run_queued_tasks("saves")).result() == ["send_queued"]
    assert run_queued_tasks("saves") == ["send_queued"]


def test_a_refresh_asked_for_while_a_list_is_read_stays_asked_for(larch, meanwhile):
    run = SyncRun.objects.create(tenant=larch, kind="customers", slices=[{}])
    meanwhile(lambda: SyncRun.objects.update(is_asked=True)).result()
    outcome.store_progress(run)
    assert SyncRun.objects.get().is_asked


def test_two_columns_set_to_a_width_at_once_both_have_it(larch, bob, meanwhile):
    own = access.Member(larch, bob, Role.BOOKKEEPER)
    with transaction.atomic():
        list_settings.store_list_settings(own, "customers", {"name": 3})
        other = meanwhile(lambda: list_settings.store_list_settings(own, "customers", {"phone": 2}))
        wait_for(other)
    other.result()
    assert Membership.objects.get(tenant=larch, person=bob).list_settings == {
        "customers": {"widths": {"name": 3, "phone": 2}}
    }
