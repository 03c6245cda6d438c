"""Reading and refreshing a company's lists from the sandbox, with every possible failure on the way."""

from datetime import timedelta
from io import StringIO
from urllib.parse import parse_qsl

import pytest
from django.core.management import call_command
from django.utils import timezone

from books import registry
from books.mirror import freshness, lookup
from books.models import ReadState, Record, SyncRun
from books.providers import errors
from books.providers.conductor import partition
from books.sync import marks, reader, refresh
from tenants.models import Tenant

JOB = "80000001-1234567890"


@pytest.fixture
def company(sandbox, abc):
    """The company of the vendor's documentation, with everything queued and nothing read."""
    refresh.queue_stale(abc)
    return abc


def keep(*kinds):
    """Leave only these lists to read."""
    SyncRun.objects.exclude(kind__in=kinds).delete()


def read_all(tenant):
    """Read piece by piece until nothing is due; return how many pieces there were."""
    pieces = 0
    while reader.read_next(tenant):
        pieces += 1
    return pieces


def run_of(tenant, kind="customers"):
    return SyncRun.objects.get(tenant=tenant, kind=kind)


def queue(tenant, kind="customers", **more):
    SyncRun.objects.filter(tenant=tenant, kind=kind).update(state=ReadState.QUEUED, slices_done=0, **more)


@pytest.fixture
def small_slices(monkeypatch):
    """Split lists that are longer than a page of ten."""
    monkeypatch.setattr(partition, "LARGE", 30)
    monkeypatch.setattr(partition, "PAGE_ROWS", 30)


def test_all_lists_are_read_whole(sandbox, company):
    assert read_all(company) == len(refresh.list_kinds(company))
    assert set(SyncRun.objects.values_list("state", flat=True)) == {ReadState.DONE}
    content = lookup.get_content(lookup.find_record(company, "bills", "123ABC-1234567890"))
    assert [len(content[name]) for name in ("expense_lines", "item_lines", "linked_transactions")] == [1, 1, 1]


def test_a_company_that_fails_is_named_by_the_command_that_loads_all(sandbox, companies):
    few = {slug: companies[slug] for slug in ("abc", "garnet", "quillmark")}
    Tenant.objects.exclude(slug__in=few).delete()
    sandbox.fault(endUserId=few["abc"].end_user_id, fault="refuse", resource="classes", message="No classes.")
    said = StringIO()
    call_command("load_companies", stdout=said)
    assert said.getvalue() == "ABC Corporation is not loaded yet: No classes.\n"
    done = SyncRun.objects.exclude(as_of=None).values_list("tenant__slug", "kind")
    assert set(done) == {("abc", kind) for kind in refresh.list_kinds(few["abc"]) if kind != "classes"}
    assert refresh.list_never_loaded() == [few["abc"]]


def test_inactive_records_are_read_too(sandbox, larch):
    SyncRun.objects.create(tenant=larch, kind="customers")
    read_all(larch)
    assert Record.objects.filter(tenant=larch, kind="customers", is_active=False).count() > 0


def test_customers_and_bills_come_first_then_what_pickers_need(sandbox, company):
    read_all(company)
    order = list(SyncRun.objects.filter(tenant=company).order_by("as_of").values_list("kind", flat=True))
    assert order[:6] == ["customers", "bills", "deleted", "balances", "preferences", "accounts"]
    assert order.index("standard-terms") < order.index("vendors")


def test_a_refresh_requests_the_changes_since_the_last_one(sandbox, company):
    keep("customers")
    read_all(company)
    sandbox.change(endUserId=company.end_user_id, id=JOB, resource="customers", changes={"phone": "555-9999"})
    sandbox.clear_requests()
    queue(company)
    read_all(company)
    assert lookup.find_record(company, "customers", JOB).phone == "555-9999"
    assert ["updatedAfter" in request["query"] for request in sandbox.requests(company.end_user_id)] == [True]


def test_a_deleted_bill_is_marked_by_the_next_refresh(sandbox, company):
    keep("bills", reader.DELETED)
    read_all(company)
    path = "/quickbooks-desktop/bills"
    deletable = next(
        bill
        for bill in sandbox.get(path, company.end_user_id, includeLinkedTransactions="true")["data"]
        if not bill["linkedTransactions"]
    )
    sandbox.call("DELETE", f"{path}/{deletable['id']}", company.end_user_id)
    queue(company, reader.DELETED)
    read_all(company)
    assert lookup.find_record(company, "bills", deletable["id"]).deleted_at is not None


def test_a_record_missing_from_a_full_run_is_requested_and_marked(sandbox, company):
    keep("customers")
    read_all(company)
    table, old = registry.get_table(company, "customers"), timezone.now() - timedelta(days=2)
    lookup.store_record(company, table, {"id": "80000099-1", "fullName": "Gone", "name": "Gone"}, old)
    queue(company, full_at=old)
    read_all(company)
    assert lookup.find_record(company, "customers", "80000099-1").deleted_at is not None
    assert lookup.find_record(company, "customers", JOB).deleted_at is None


@pytest.mark.parametrize("kind", ["customers", "bills", "vendors"])
def test_a_long_list_is_read_in_pieces_and_none_is_missing(sandbox, larch, small_slices, kind):
    SyncRun.objects.create(tenant=larch, kind=kind)
    assert read_all(larch) >= 3
    run = run_of(larch, kind)
    assert (run.state, run.rows >= run.rows_told, run.slices) == (ReadState.DONE, True, [])
    assert Record.objects.filter(tenant=larch, kind=kind, deleted_at=None).count() == run.rows_told


def test_progress_has_rows_read_and_rows_left(sandbox, larch, small_slices):
    SyncRun.objects.create(tenant=larch, kind="customers")
    while run_of(larch).rows == 0:
        reader.read_next(larch)
    running = freshness.get_freshness(larch, "customers").running
    assert running is not None
    assert running.total == run_of(larch).rows_told == 600


def test_a_cursor_that_is_always_lost_is_retried_in_seconds(sandbox, larch):
    """The cursor was refused, not the list, so the list is not left alone for an hour."""
    SyncRun.objects.create(tenant=larch, kind="bills")
    sandbox.fault(endUserId=larch.end_user_id, operation="list", fault="cursor_lost", count=None)
    with pytest.raises(errors.NoAnswer):
        read_all(larch)
    run = run_of(larch, "bills")
    assert (run.state, run.why) == (ReadState.FAILED, "The list broke off before its end.")
    assert run.next_try_at < timezone.now() + timedelta(seconds=30)


def test_a_broken_page_of_bills_costs_one_slice_which_starts_again(sandbox, larch):
    SyncRun.objects.create(tenant=larch, kind="bills")
    sandbox.fault(endUserId=larch.end_user_id, operation="list", fault="cursor_lost")
    read_all(larch)
    run = run_of(larch, "bills")
    assert (run.state, run.rows, run.why) == (ReadState.DONE, 800, "")


def started_at(requests):
    """Where each list began that was asked for: the range of its names, for every request without a cursor."""
    queries = [dict(parse_qsl(request["query"])) for request in requests]
    return [(query.get("nameFrom", ""), query.get("nameTo", "")) for query in queries if "cursor" not in query]


@pytest.mark.parametrize("lost", ["cursor_lost", "internal", "cut_before", "half"])
def test_a_broken_page_of_customers_costs_one_page(sandbox, larch, lost):
    SyncRun.objects.create(tenant=larch, kind="customers")
    sandbox.fault(endUserId=larch.end_user_id, operation="list", fault=lost, skip=3)
    read_all(larch)
    requests = sandbox.requests(larch.end_user_id)
    (_, _, (went_on, _), _) = starts = started_at(requests)
    assert [start for start in starts if start[0] != went_on] == [("", ""), ("0", ""), ("", "0")]
    assert went_on > "A"
    assert (len(requests), run_of(larch).state) == (1 + 2 + 1 + 3 + 1, ReadState.DONE)
    assert Record.objects.filter(tenant=larch, kind="customers", deleted_at=None).count() == 600


def test_a_full_run_in_which_a_record_is_missing_is_repeated_after_an_hour(sandbox, larch):
    SyncRun.objects.create(tenant=larch, kind="customers")
    reader.read_next(larch)
    known = set(Record.objects.filter(tenant=larch).values_list("remote_id", flat=True))
    rows = sandbox.get("/quickbooks-desktop/customers", larch.end_user_id, nameFrom="R")["data"]
    gone = next(row["id"] for row in rows if row["id"] not in known)
    sandbox.change(endUserId=larch.end_user_id, id=gone, resource="customers", delete=True)
    read_all(larch)
    run = run_of(larch)
    assert (run.state, run.rows_told, Record.objects.filter(tenant=larch).count()) == (ReadState.DONE, 600, 599)
    assert timedelta(minutes=59) < run.full_at + marks.FULL_EVERY - timezone.now() <= timedelta(hours=1)


@pytest.mark.parametrize("fault", ["refuse", "internal", "cut_before", "busy"])
def test_a_whole_list_counts_although_a_record_missing_from_it_cannot_be_asked_for(sandbox, larch, fault):
    SyncRun.objects.create(tenant=larch, kind="customers")
    read_all(larch)
    gone, kept = Record.objects.values_list("remote_id", flat=True)[0], Record.objects.count() - 1
    sandbox.change(endUserId=larch.end_user_id, id=gone, resource="customers", delete=True)
    SyncRun.objects.update(state=ReadState.QUEUED, high_water_mark=None, slices_done=0)
    sandbox.fault(endUserId=larch.end_user_id, operation="retrieve", fault=fault, count=None)
    read_all(larch)
    run = run_of(larch)
    assert (run.state, run.full_at == run.started_at, run.rows) == (ReadState.DONE, True, kept)
    assert Record.objects.filter(deleted_at=None).count() == kept + 1  # whether it is gone is asked again tomorrow


def test_a_name_past_the_end_of_its_range_ends_the_range(sandbox, larch):
    SyncRun.objects.create(tenant=larch, kind="customers", slices=[{"nameFrom": "Zulu", "nameTo": "0"}])
    assert (read_all(larch), run_of(larch).state) == (1, ReadState.DONE)


def test_a_list_that_keeps_failing_says_why_and_starts_again_later(sandbox, larch):
    SyncRun.objects.create(tenant=larch, kind="customers")
    sandbox.fault(endUserId=larch.end_user_id, operation="list", fault="timeout", count=None)
    with pytest.raises(errors.NoAnswer):
        reader.read_next(larch)
    run = run_of(larch)
    assert (run.state, run.why, run.tries) == (ReadState.FAILED, "QuickBooks did not answer in time.", 1)
    assert run.request_id.startswith("req_")
    assert run.next_try_at > timezone.now()
    assert reader.read_next(larch) is False


def test_pauses_grow(sandbox, larch):
    SyncRun.objects.create(tenant=larch, kind="customers")
    sandbox.fault(endUserId=larch.end_user_id, operation="list", fault="timeout", count=None)
    pauses = []
    for _ in range(3):
        SyncRun.objects.update(next_try_at=None)
        with pytest.raises(errors.NoAnswer):
            reader.read_next(larch)
        pauses.append(round((run_of(larch).next_try_at - timezone.now()).total_seconds()))
    assert pauses == [20, 40, 80]


def test_a_failed_list_does_not_delay_the_others(sandbox, company):
    keep("accounts", "classes", "vendors")
    sandbox.fault(endUserId=company.end_user_id, resource="classes", operation="list", fault="timeout", count=None)
    while True:
        try:
            if not reader.read_next(company):
                break
        except errors.NoAnswer:
            continue
    ended = dict(SyncRun.objects.values_list("kind", "state"))
    assert ended == {"accounts": ReadState.DONE, "classes": ReadState.FAILED, "vendors": ReadState.DONE}


def test_records_are_kept_when_the_next_read_fails(sandbox, company):
    keep("customers")
    read_all(company)
    queue(company)
    sandbox.fault(endUserId=company.end_user_id, operation="list", fault="internal", count=None)
    with pytest.raises(errors.NoAnswer):
        reader.read_next(company)
    age = freshness.get_freshness(company, "customers")
    assert (age.first_time, bool(age.failing_since)) == (False, True)
    assert lookup.find_record(company, "customers", JOB).deleted_at is None


def test_a_record_read_again_is_the_vendors_current_one(sandbox, company):
    table = registry.get_table(company, "customers")
    sandbox.change(endUserId=company.end_user_id, id=JOB, resource="customers", changes={"phone": "555-1"})
    assert refresh.read_record(company, table, JOB).phone == "555-1"


def test_a_deleted_record_is_marked_when_read_again(sandbox, company):
    table = registry.get_table(company, "customers")
    lookup.store_record(company, table, {"id": "80000099-1", "fullName": "Gone"})
    with pytest.raises(errors.NotFound):
        refresh.read_record(company, table, "80000099-1")
    assert lookup.find_record(company, "customers", "80000099-1").deleted_at is not None
