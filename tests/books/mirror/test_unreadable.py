"""A row that cannot be stored or shown is kept aside and reported, and affects no other row, list, page or start."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup, store
from books.models import ReadState, Record, SyncRun, SyncStatus, UnreadableRecord, Version
from books.providers import errors
from books.sync import reader, refresh, scheduler, tasks
from edits.models.edit import Edit
from edits.models.edit import State as EditState
from records.json_text import NotReadable, dump_json, parse_json
from tenants.models import Tenant
from tests.books.sync.test_reader import queue, read_all, run_of
from tests.support.copies import Copied
from tests.support.inputs import inputs
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
JOB = "80000001-1234567890"
BILL = "123ABC-1234567890"
PAGE = f"/t/abc/customers/{JOB}/"
DEEP = "[" * 200_000 + "]" * 200_000
SINCE = timezone.now() - timedelta(days=2)


@pytest.fixture
def company(sandbox: Sandbox, abc: Tenant) -> Tenant:
    """The company of the vendor's documentation, with two lists queued and nothing read."""
    SyncRun.objects.bulk_create(SyncRun(tenant=abc, kind=kind) for kind in ("customers", "classes"))
    return abc


def altered(sandbox: Sandbox, operation: str = "*", **wrong: object) -> None:
    """Let the vendor send a faulty job of its documentation from now on."""
    about = {"endUserId": ABC, "resource": "customers", "operation": operation, "count": None}
    sandbox.fault(fault="altered", **about, **{"id": JOB, **wrong})


def words(page: object) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())  # type: ignore[attr-defined]  # Django's answer in a test


def aside(tenant: Tenant) -> list[tuple[str, str, str]]:
    return list(UnreadableRecord.objects.filter(tenant=tenant).values_list("kind", "remote_id", "reason"))


AMOUNT = "which is not an amount of up to 13 digits before the point"
LETTERS = "which is not a text of up to 65,535 characters"
YEARS = "which is not a moment from 1000 to 9000"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"balance": "1,234.00"}, f"Balance (balance) is “1,234.00”, {AMOUNT}."),
        ({"balance": "22499220085492.00"}, f"Balance (balance) is “22499220085492.00”, {AMOUNT}."),
        ({"balance": 10**40}, f"Balance (balance) is a huge number, {AMOUNT}."),
        ({"isActive": "true"}, "Active (is_active) is “true”, which is not a yes or no."),
        ({"companyName": True}, f"Company (company_name) is “True”, {LETTERS}."),
        ({"phone": "1\0"}, f"Phone (phone) is “1”, {LETTERS}."),
        ({"note": "x" * 3_000_000}, f"Note (note) is “{'x' * 60}…”, {LETTERS}."),
        ({"parent": [1]}, "Parent customer (parent) is a list, which is not a reference to another record."),
        ({"billingAddress": []}, "Bill to: There is a list where an object belongs."),
        ({"createdAt": "0000-01-01T00:00:00Z"}, f"Created (created_at) is “0000-01-01T00:00:00Z”, {YEARS}."),
        ({"revisionNumber": {}}, f"Revision (revision_number) is an object, {LETTERS}."),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_kept_aside_and_the_others_are_stored(sandbox, company, wrong, reason):
    altered(sandbox, changes=wrong)
    read_all(company)
    assert aside(company) == [("customers", JOB, reason)]
    assert Record.objects.filter(tenant=company, kind="customers").count() == 16
    assert set(SyncRun.objects.values_list("state", flat=True)) == {ReadState.DONE}


@pytest.mark.parametrize("id", [None, "", [1], True, "a/b", "..", "x" * 65, 10**400])
def test_a_row_without_a_usable_id_is_kept_aside_under_a_name_of_our_own(sandbox, company, id):
    altered(sandbox, changes={"id": id})
    read_all(company)
    ((kind, made_up, _),) = aside(company)
    assert (kind, made_up[0], len(made_up)) == ("customers", "?", 25)
    assert Record.objects.filter(tenant=company, kind="customers").count() == 16


def test_two_different_rows_of_one_id_are_both_kept_aside(sandbox, company):
    rows = sandbox.get("/quickbooks-desktop/customers", ABC, status="all")["data"]
    ids = {row["id"] for row in rows}
    twin = min(ids - {JOB})
    altered(sandbox, operation="list", changes={"id": twin})
    read_all(company)
    assert aside(company) == [("customers", twin, "The list holds two different rows with this id.")]
    stored = Record.objects.filter(tenant=company, kind="customers").values_list("remote_id", flat=True)
    assert set(stored) == ids - {JOB, twin}


@pytest.mark.parametrize(
    "raw",
    [
        f'{{"id":"{JOB}","name":"\\ud800"}}',
        f'{{"id":"{JOB}","note":{DEEP}}}',
        f'{{"id":"{JOB}","balance":1E+99999999999999999999}}',
        f'{{"id":"{JOB}","balance":1E+999999}}',
        f'{{"id":"{JOB}","balance":{"9" * 5000}}}',
    ],
    ids=["half a sign", "200,000 levels", "absurd exponent", "huge exponent", "5,000 digits"],
)
def test_an_unparsable_row_does_not_affect_its_page(sandbox, company, raw):
    altered(sandbox, raw=raw)
    read_all(company)
    assert [(kind, id) for kind, id, _ in aside(company)] == [("customers", JOB)]
    assert Record.objects.filter(tenant=company, kind="customers").count() == 16


def test_a_list_of_garbage_does_not_affect_other_lists(sandbox, company):
    sandbox.fault(endUserId=ABC, resource="customers", operation="list", fault="garbage", count=None)
    SyncStatus.objects.create(tenant=company, state=ReadState.QUEUED)
    for _ in range(4):
        tasks.read_books.func(company.pk)
    assert dict(SyncRun.objects.values_list("kind", "state")) == {
        "customers": ReadState.FAILED,
        "classes": ReadState.DONE,
    }


def test_any_failure_of_a_list_is_shown_and_retried_after_growing_pauses(sandbox, company, monkeypatch):
    def fail(*_: object) -> None:
        raise KeyError("a mistake of ours, which no vendor brings about at will")

    monkeypatch.setattr("books.mirror.store.store_page", fail)
    pauses = []
    for _ in range(3):
        SyncRun.objects.filter(kind="customers").update(next_try_at=None)
        SyncRun.objects.exclude(kind="customers").update(next_try_at=timezone.now() + timedelta(hours=1))
        with pytest.raises(errors.OwnFault):
            reader.read_next(company)
        pauses.append(round((run_of(company).next_try_at - timezone.now()).total_seconds()))
    assert (pauses, run_of(company).why) == ([20, 40, 80], "The answer of QuickBooks could not be processed.")


def test_a_readable_record_is_no_longer_kept_aside(sandbox, company):
    altered(sandbox, changes={"balance": "much"})
    read_all(company)
    sandbox.fault()
    queue(company, full_at=SINCE)
    read_all(company)
    assert (aside(company), lookup.find_record(company, "customers", JOB).remote_id) == ([], JOB)


@pytest.mark.parametrize("id", [JOB, None])
def test_a_record_missing_from_a_full_read_is_no_longer_kept_aside(sandbox, company, id):
    store.store_page(company, registry.get_table(company, "customers"), [{"id": id, "balance": "much"}], SINCE)
    read_all(company)
    assert aside(company) == []


def test_a_deleted_record_is_no_longer_kept_aside(abc):
    store.store_page(abc, registry.get_table(abc, "customers"), [{"id": "8-1", "balance": "much"}], SINCE)
    lookup.mark_deleted(abc, "customers", ["8-1"])
    assert aside(abc) == []


def test_a_record_kept_aside_does_not_count_as_deleted(sandbox, company):
    read_all(company)
    altered(sandbox, changes={"balance": "much"})
    Record.objects.update(read_at=SINCE)
    queue(company, full_at=SINCE)
    sandbox.clear_requests()
    read_all(company)
    assert lookup.find_record(company, "customers", JOB).deleted_at is None
    assert [one["path"] for one in sandbox.requests(ABC) if one["path"].endswith(JOB)] == []


def test_a_high_water_mark_is_not_later_than_its_read(sandbox, company):
    altered(sandbox, changes={"updatedAt": "2999-01-01T00:00:00Z"})
    read_all(company)
    run = run_of(company)
    assert run.high_water_mark <= run.started_at


def test_the_first_date_of_an_unreadable_record_is_kept(abc):
    table = registry.get_table(abc, "customers")
    for moment in (SINCE, SINCE + timedelta(days=1)):
        store.store_page(abc, table, [{"id": "8-1", "fullName": "Ann", "balance": "much"}], moment)
    one = UnreadableRecord.objects.get()
    assert (one.first_seen_at, one.last_seen_at, one.name) == (SINCE, SINCE + timedelta(days=1), "Ann")


def test_only_the_start_of_a_very_long_row_is_kept(abc):
    store.store_page(abc, registry.get_table(abc, "customers"), [{"id": "8-1", "fullName": "x" * 3_000_000}], SINCE)
    one = UnreadableRecord.objects.get()
    assert (len(one.raw), len(one.name), len(one.reason) < 200) == (2_000, 200, True)


def test_the_connection_page_names_records_kept_aside(sandbox, company, as_carol: Client):
    altered(sandbox, changes={"balance": "1,234.00"})
    read_all(company)
    page = words(as_carol.get("/t/abc/connection/"))
    told = UnreadableRecord.objects.get()
    assert "1 record of customers cannot be read." in page
    assert [text for text in (JOB, told.name, told.reason, told.request_id) if not text or text not in page] == []


def test_a_record_with_only_an_unreadable_answer_says_so(sandbox, company, as_carol):
    altered(sandbox, changes={"balance": "1,234.00"})
    read_all(company)
    page = as_carol.get(PAGE)
    assert (page.status_code, "“1,234.00”" in words(page)) == (502, True)


@pytest.fixture
def older(sandbox: Sandbox, abc: Tenant, copied: Copied) -> Tenant:
    """A company whose mirror has a valid job, while the vendor now sends a faulty one."""
    copied(abc)
    altered(sandbox, changes={"balance": "1,234.00"})
    with pytest.raises(errors.Unreadable):
        refresh.read_record(abc, registry.get_table(abc, "customers"), JOB)
    sandbox.clear_requests()
    return abc


@pytest.mark.parametrize("url", [PAGE, f"{PAGE}edit"])
def test_an_older_version_is_shown_with_a_notice(older, as_bob, url):
    page = as_bob.get(url)
    told = "QuickBooks returned data for this record that cannot be read. Balance (balance) is “1,234.00”"
    assert (page.status_code, told in words(page)) == (200, True)


def test_the_live_check_reports_an_unreadable_record(sandbox, older, as_bob):
    Record.objects.update(read_at=SINCE)
    as_bob.get(f"/t/abc/edits/presence/customers/{JOB}/")
    run_queued_tasks()
    page = as_bob.get(f"/t/abc/edits/presence/customers/{JOB}/")
    assert (page.status_code, "cannot be read" in words(page)) == (200, True)


def test_a_list_and_home_show_an_older_version(older, as_bob):
    assert [as_bob.get(f"/t/abc/{url}").status_code for url in ("", "customers/", "bills/", "edits/")] == [200] * 4


@pytest.mark.parametrize("url", ["", "?htmx"])
def test_a_save_over_an_older_version_reads_first_sends_nothing_and_keeps_the_form(sandbox, older, as_bob, url):
    typed = inputs(as_bob.get(f"{PAGE}edit")) | {"phone": "555-0100"}
    sandbox.clear_requests()
    answer = as_bob.post(f"{PAGE}edit", typed, headers={"HX-Request": "true"} if url else {})
    assert (answer.status_code, [one["method"] for one in sandbox.requests(ABC)]) == (503, ["GET"])
    kept = Edit.objects.get(state=EditState.NOT_SENT)
    assert ("cannot be read" in words(answer), "555-0100" in kept.wanted) == (True, True)


def test_a_save_over_an_older_version_is_sent_once_the_record_is_readable(sandbox, older, as_bob):
    sandbox.fault()
    answer = as_bob.post(f"{PAGE}edit", inputs(as_bob.get(f"{PAGE}edit")) | {"phone": "555-0100"})
    assert (answer.status_code, aside(older)) == (303, [])
    assert lookup.find_record(older, "customers", JOB).phone == "555-0100"


def test_a_save_whose_answer_cannot_be_stored_is_settled(sandbox, job, as_bob):
    altered(sandbox, "update", changes={"balance": "1,234.00"})
    answer = as_bob.post(f"{PAGE}edit", inputs(as_bob.get(f"{PAGE}edit")) | {"phone": "555-0100"})
    assert (answer.status_code, Edit.objects.get().state) == (303, EditState.SAVED)


def test_storing_one_record_raises_not_readable_and_keeps_nothing(abc, job):
    table, before = registry.get_table(abc, "customers"), Version.objects.count()
    rows: Any = ({"id": JOB, "balance": "much"}, {}, {"id": []}, {"id": JOB, "name": "\ud800"})
    for row in rows:
        with pytest.raises(NotReadable):
            store.store_version(abc, table, row, timezone.now())
    assert Version.objects.count() == before


def test_a_read_answered_with_another_record_is_refused(books):
    books.fault(resource="customers", operation="retrieve", fault="altered", id=books.one, changes={"id": "2"})
    with pytest.raises(errors.BadAnswer):
        books.read()


def test_a_save_answered_with_another_record_is_not_saved_as_this_one(books):
    base, revision = books.read()
    operation = "update" if books.company.keys() == {"endUserId"} else "retrieve"
    books.fault(resource="customers", operation=operation, fault="altered", id=books.one, changes={"id": "2"})
    with pytest.raises((errors.BadAnswer, errors.NotReached)):
        books.save(base, revision, **{books.phone: "555-0100"})


def test_an_answer_about_another_record_overwrites_neither(sandbox, abc, copied):
    copied(abc, "customers")
    before = list(Record.objects.order_by("pk").values_list("remote_id", "version__content"))
    other = next(id for id, _ in before if id != JOB)
    altered(sandbox, "retrieve", changes={"id": other})
    with pytest.raises(errors.BadAnswer):
        refresh.read_record(abc, registry.get_table(abc, "customers"), JOB)
    assert list(Record.objects.order_by("pk").values_list("remote_id", "version__content")) == before


def stored_before(content: dict[str, object]) -> None:
    """Write what an older release stored into the bill's row: an amount beyond its column, and its text."""
    record = Record.objects.get(kind="bills", remote_id=BILL)
    assert record.version is not None, "the copy holds the bill"
    Version.objects.filter(record=record).update(content=dump_json(parse_json(record.version.content) | content))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE books_record SET amount = '22499220085492.00', open_amount = '1e400' WHERE remote_id = %s", [BILL]
        )


@pytest.fixture
def old_rows(abc: Tenant, copied: Copied) -> Tenant:
    copied(abc)
    stored_before({"amountDue": "22499220085492.00", "memo": True})
    return abc


@pytest.mark.parametrize("url", ["", "bills/", "bills/?state=all&sort=amount", "customers/", "edits/", "connection/"])
def test_no_page_fails_on_a_row_stored_by_an_older_release(old_rows, as_bob, url):
    assert as_bob.get(f"/t/abc/{url}").status_code == 200


@pytest.mark.parametrize("url", [f"bills/{BILL}/", f"bills/{BILL}/edit"])
def test_the_page_of_such_a_row_says_what_is_wrong(old_rows, as_bob, url):
    page = as_bob.get(f"/t/abc/{url}")
    assert (page.status_code, "This record cannot be shown" in words(page)) == (502, True)


def test_no_round_of_the_timetable_fails_on_such_a_row(sandbox, old_rows):
    record = Record.objects.get(kind="bills", remote_id=BILL)
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"memo": "moved"})
    refresh.read_record(old_rows, registry.get_table(old_rows, "bills"), BILL)
    scheduler.run_round()
    assert not Version.objects.filter(record=record, replaces_unreported__isnull=False).exists()


def test_a_migration_removes_amounts_beyond_their_column(old_rows):
    SyncRun.objects.create(tenant=old_rows, kind="bills", full_at=timezone.now())
    module = import_module("books.migrations.0011_unreadable_records")
    module.take_out(None, SimpleNamespace(connection=connection))
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount, open_amount FROM books_record WHERE remote_id = %s", [BILL])
        assert cursor.fetchone() == (None, None)
    assert SyncRun.objects.get().full_at is None


def test_an_amount_reads_back_as_it_was_stored_up_to_the_largest(abc):
    table = registry.get_table(abc, "customers")
    for amount in (Decimal("9999999999999.99"), Decimal("-9999999999999.99"), Decimal("0.01")):
        assert lookup.store_record(abc, table, {"id": "8-1", "balance": str(amount)}).balance == amount
