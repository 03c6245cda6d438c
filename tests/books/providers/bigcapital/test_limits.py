"""Its limit of calls a minute: counted over all processes, reserved for saves first, waited for; nothing is lost."""

import time

import pytest

from books import registry
from books.mirror import freshness, lookup
from books.models import Quota, ReadState, Record, SyncRun, SyncStatus
from books.providers import errors, rate_limit
from books.providers.bigcapital import client as bigcapital
from books.providers.bigcapital.customers import CUSTOMERS
from books.providers.lock import RequestPriority
from books.sync import reader
from books.sync.tasks import read_books
from edits.models.edit import Edit
from tenants.access import Member
from tenants.models import Role
from tests.support import saving
from tests.support.vendor import JUNIPER

SERVER = "http://server.example/api"


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(bigcapital, "PAGE_ROWS", 50)


def read_all(tenant):
    SyncRun.objects.update_or_create(tenant=tenant, kind="customers", defaults={"state": ReadState.QUEUED})
    while reader.read_next(tenant):
        pass


def told(limit, left, reset):
    return {f"x-ratelimit-{name}-auth": str(n) for name, n in (("limit", limit), ("remaining", left), ("reset", reset))}


def test_background_reads_reserve_calls_for_saves(db):
    for _ in range(4):
        rate_limit.reserve_calls(SERVER, {"customers one": 1}, RequestPriority.SYNC)
    with pytest.raises(errors.TooMany):
        rate_limit.reserve_calls(SERVER, {"customers one": 1}, RequestPriority.SYNC)
    for _ in range(3):
        rate_limit.reserve_calls(SERVER, {"customers one": 2, "customers put": 1}, RequestPriority.SAVE)
    with pytest.raises(errors.TooMany):
        rate_limit.reserve_calls(SERVER, {"customers one": 2, "customers put": 1}, RequestPriority.SAVE)


def test_calls_are_reserved_all_or_none(db):
    rate_limit.reserve_calls(SERVER, {"customers put": 10}, RequestPriority.SAVE)
    with pytest.raises(errors.TooMany):
        rate_limit.reserve_calls(SERVER, {"customers one": 2, "customers put": 1}, RequestPriority.SAVE)
    assert not Quota.objects.filter(handler="customers one").exclude(calls=[]).exists()


def test_the_wait_is_given_in_seconds(db):
    rate_limit.reserve_calls(SERVER, {"customers one": 10}, RequestPriority.SAVE)
    with pytest.raises(errors.TooMany) as caught:
        rate_limit.reserve_calls(SERVER, {"customers one": 1}, RequestPriority.SAVE)
    assert 60 < caught.value.wait <= 61
    assert "can be sent in 61 s" in caught.value.error_message


def test_the_servers_own_limit_is_adopted(db):
    rate_limit.note_limits(SERVER, "customers one", told(3, 2, 2))
    learned = Quota.objects.get()
    assert (learned.limit, learned.seconds, learned.blocked_until) == (3, 2.0, 0.0)


def test_a_server_without_a_limit_is_not_held_back(db):
    rate_limit.note_limits(SERVER, "customers one", {})
    for _ in range(30):
        rate_limit.reserve_calls(SERVER, {"customers one": 1}, RequestPriority.SYNC)


def test_calls_of_others_from_the_same_address_are_read_from_the_headers(db):
    rate_limit.note_limits(SERVER, "customers one", told(10, 0, 40))
    with pytest.raises(errors.TooMany) as caught:
        rate_limit.reserve_calls(SERVER, {"customers one": 1}, RequestPriority.SAVE)
    assert 39 < caught.value.wait <= 40


def test_a_refusal_blocks_the_handler_for_as_long_as_it_says(sandbox, juniper):
    sandbox.limits(auth={"calls": 1, "seconds": 30})
    sandbox.http.get("/api/customers/1", headers={"Authorization": f"Bearer bc_{'5a4db0c5' * 12}"})
    client = registry.make_client(juniper, RequestPriority.PERSON)
    for _ in range(2):  # the second time no request is made
        with pytest.raises(errors.TooMany) as caught:
            client.read_record(CUSTOMERS, "1")
        assert 28 < caught.value.wait <= 30
    assert [seen["status"] for seen in sandbox.requests()] == [200, 429]


def test_a_read_that_has_to_wait_continues_where_it_was(sandbox, juniper, small_pages):
    sandbox.limits(auth={"calls": 3, "seconds": 1})
    SyncRun.objects.create(tenant=juniper, kind="customers")
    waits = 0
    while SyncRun.objects.get().state != ReadState.DONE:
        SyncStatus.objects.update_or_create(tenant=juniper, defaults={"state": ReadState.QUEUED, "next_try_at": None})
        read_books.call(juniper.pk)
        watch = SyncStatus.objects.get()
        if watch.pause_why:
            assert (watch.failing_since, watch.pause_why) == (None, "Bigcapital asks us to wait")
            assert "continues in" in freshness.get_freshness(juniper, "customers").pause
            waits += 1
            time.sleep(1)  # the server's window of a second has to pass; no event signals its end
    pages = [seen["query"] for seen in sandbox.requests() if seen["status"] == 200]
    assert (len(pages), len(set(pages)), waits > 0) == (7, 7, True)
    assert Record.objects.filter(tenant=juniper, kind="customers").count() == 290


def test_a_save_waits_its_seconds_and_is_carried_out(sandbox, juniper, bob, copied):
    copied(juniper, "customers")
    sandbox.limits(auth={"calls": 1, "seconds": 1})
    member = Member(juniper, bob, Role.BOOKKEEPER)
    for phone in ("555-0101", "555-0102"):
        record = lookup.find_record(juniper, "customers", "1")
        edited = lookup.get_content(record).replace(work_phone=phone)
        saving.save(member, record, edited, phone)
    edits = Edit.objects.order_by("pk")
    assert [(edit.state, edit.waits_until is not None) for edit in edits] == [("saved", False), ("saved", True)]
    assert lookup.get_content(lookup.find_record(juniper, "customers", "1"))["work_phone"] == "555-0102"


def test_a_customer_in_neither_list_leaves_only_after_its_own_404(sandbox, juniper):
    read_all(juniper)
    sandbox.change(organizationId=JUNIPER, id="1", changes={"active": None})
    sandbox.change(organizationId=JUNIPER, id="9", delete=True)
    read_all(juniper)
    gone = {row.remote_id: row.deleted_at is not None for row in Record.objects.filter(remote_id__in=["1", "9"])}
    assert gone == {"1": False, "9": True}


def test_no_customer_missing_from_both_lists_counts_as_deleted_before_a_request(sandbox, juniper):
    read_all(juniper)
    hidden = list(Record.objects.filter(tenant=juniper, is_active=True).values_list("remote_id", flat=True)[:30])
    for remote_id in hidden:
        sandbox.change(organizationId=JUNIPER, id=remote_id, changes={"active": None})
    read_all(juniper)
    assert not Record.objects.filter(tenant=juniper, deleted_at__isnull=False).exists()
