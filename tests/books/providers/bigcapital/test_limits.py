"""Its limit of calls a minute: counted over all processes, reserved for saves first, waited for; nothing is lost."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from books import registry
from books.mirror import freshness, lookup
from books.models import Quota, ReadState, Record, SyncRun, SyncStatus
from books.providers import errors, rate_limit
from books.providers.bigcapital import paging
from books.providers.bigcapital.customers import CUSTOMERS
from books.providers.lock import RequestPriority
from books.sync import reader, refresh
from books.sync.tasks import read_books
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit
from tenants.access import Member
from tenants.models import Role
from tests.support import saving

SERVER = "http://server.example/api"


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(paging, "PAGE_ROWS", 100)


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


@pytest.mark.parametrize("status", [502, 504, 404])
def test_an_error_that_a_proxy_may_have_answered_lifts_no_limit(sandbox, juniper, status):
    sandbox.limits(default=None, auth={"calls": 7, "seconds": 60})
    client = registry.make_client(juniper, RequestPriority.SYNC)
    next(iter(client.pages(CUSTOMERS)))
    sandbox.limits(default=None, auth=None)  # a proxy's answer has none of the server's headers
    sandbox.fault(operation="list", fault="garbage", status=status)
    with pytest.raises(errors.BooksError):
        next(iter(client.pages(CUSTOMERS)))
    quota = Quota.objects.get(handler="customers list")
    assert (quota.limit, len(quota.calls)) == (7, 2)


def test_calls_of_others_from_the_same_address_are_read_from_the_headers(db):
    rate_limit.note_limits(SERVER, "customers one", told(10, 0, 40))
    with pytest.raises(errors.TooMany) as caught:
        rate_limit.reserve_calls(SERVER, {"customers one": 1}, RequestPriority.SAVE)
    assert 39 < caught.value.wait <= 40


def test_background_reading_leaves_four_of_ten_calls_of_a_list_to_other_programs(sandbox, juniper):
    """Whatever the order in which they and Ledgerdesk ask: of the first six calls others have made four here."""
    sandbox.limits(auth={"calls": 10, "seconds": 60})
    spend(sandbox, 4)
    client, calls = registry.make_client(juniper, RequestPriority.SYNC), 0
    with pytest.raises(errors.TooMany) as caught:
        while list(client.pages(CUSTOMERS)):
            calls += 1
    assert (calls, 55 < caught.value.wait <= 61) == (2, True)
    assert [spend(sandbox, 1) for _ in range(4)] == [{"refused": 0}] * 4


def spend(sandbox, calls):
    return sandbox.control("spend", resource="customers", operation="list", calls=calls)


def test_calls_of_others_are_forgotten_when_their_window_ends(db):
    rate_limit.reserve_calls(SERVER, {"customers list": 1}, RequestPriority.SYNC)
    rate_limit.note_limits(SERVER, "customers list", told(10, 2, 1))
    quota = Quota.objects.get()
    over = [at for at in quota.calls if at + quota.seconds + rate_limit.MARGIN_SECONDS <= time.time() + 1]
    assert (len(quota.calls), len(over)) == (8, 7)


def test_own_calls_are_not_counted_as_those_of_others(db):
    for left in range(9, 3, -1):
        rate_limit.reserve_calls(SERVER, {"customers list": 1}, RequestPriority.SYNC)
        rate_limit.note_limits(SERVER, "customers list", told(10, left, 60))
    assert len(Quota.objects.get().calls) == 6


def test_a_larger_limit_is_left_to_others_in_the_same_share(db):
    rate_limit.note_limits(SERVER, "customers list", told(100, 100, 60))
    for _ in range(60):
        rate_limit.reserve_calls(SERVER, {"customers list": 1}, RequestPriority.SYNC)
    with pytest.raises(errors.TooMany):
        rate_limit.reserve_calls(SERVER, {"customers list": 1}, RequestPriority.SYNC)


@pytest.mark.parametrize(("pages", "minutes"), [(2, 4), (5, 5), (11, 11), (52, 52)])
def test_the_longer_a_list_the_less_often_it_is_read(juniper, pages, minutes):
    run = SyncRun(tenant=juniper, kind="customers", slices_done=pages)
    assert reader.get_run_age_limit(juniper, run) == timedelta(minutes=minutes)


def test_a_refresh_that_reads_only_changes_does_not_slow_down(abc):
    run = SyncRun(tenant=abc, kind="customers", slices_done=52)
    assert reader.get_run_age_limit(abc, run) == timedelta(minutes=4)


def test_a_list_that_is_due_later_is_not_queued(juniper):
    moment = timezone.now() - timedelta(minutes=10)
    SyncStatus.objects.create(tenant=juniper)
    SyncRun.objects.create(tenant=juniper, kind="customers", state=ReadState.DONE, slices_done=11, as_of=moment)
    assert refresh.queue_stale(juniper) is False
    SyncRun.objects.update(as_of=moment - timedelta(minutes=2))
    assert refresh.queue_stale(juniper) is True


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
    sandbox.limits(auth={"calls": 5, "seconds": 1})
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
    answered = [seen for seen in sandbox.requests() if seen["status"] == 200]
    pages = [seen["query"] for seen in answered if seen["path"].endswith("/customers")]
    assert (len(pages), len(set(pages)), waits > 0) == (4, 4, True)
    assert Record.objects.filter(tenant=juniper, kind="customers").count() == 290


def test_a_save_waits_its_seconds_and_is_carried_out(sandbox, juniper, bob, copied):
    copied(juniper, "customers")
    sandbox.limits(auth={"calls": 1, "seconds": 1})
    member = Member(juniper, bob, Role.BOOKKEEPER)
    for phone in ("555-0101", "555-0102"):
        record = lookup.find_record(juniper, "customers", "1")
        edited = lookup.get_content(record).replace(work_phone=phone)
        carry_out(saving.accept(member, record, edited, phone))
    first, second = Edit.objects.order_by("pk")
    waits = ((second.waits_until or timezone.now()) - timezone.now()).total_seconds()
    assert (first.state, second.state, 0 < waits <= 2) == ("saved", "queued", True)
    sandbox.limits(auth=None)
    Quota.objects.all().delete()  # as when those seconds have passed
    assert carry_out(second).state == "saved"
    assert lookup.get_content(lookup.find_record(juniper, "customers", "1"))["work_phone"] == "555-0102"
