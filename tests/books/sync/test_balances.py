"""Balances are refreshed by the list of transactions, have an age of their own, and cost no reading of a whole list."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books.mirror import freshness, lookup
from books.models import ReadState, Record, SyncRun, SyncStatus, UnreadableRecord, Version
from books.providers.errors import NoAnswer, Refused
from books.sync import balances, refresh
from edits.history import external_changes
from edits.models.external_change import ExternalChange
from tenants.models import Tenant
from tests.support.vendor import Sandbox

from .test_reader import queue, read_all

ABC = "end_usr_1234567abcdefg"
JOB, PARENT = "80000001-1234567890", "80000002-1234567890"
BILL = "123ABC-1234567890"
DAY = timedelta(days=1)
KINDS = ("customers", "bills", "deleted", "balances")


@pytest.fixture
def company(sandbox: Sandbox, abc: Tenant) -> Tenant:
    """A company whose customers, bills and balances have been read once."""
    SyncStatus.objects.create(tenant=abc)
    SyncRun.objects.bulk_create(SyncRun(tenant=abc, kind=kind) for kind in KINDS)
    read_all(abc)
    sandbox.clear_requests()
    return abc


def book(sandbox: Sandbox, **what: Any) -> Any:
    return sandbox.control("book", endUserId=ABC, **what)


def refresh_balances(tenant: Tenant) -> None:
    queue(tenant, "balances")
    read_all(tenant)


def balance(tenant: Tenant, id: str) -> tuple[Decimal, Decimal]:
    """The balance of a customer in the copy, and that with its jobs."""
    record = lookup.find_record(tenant, "customers", id)
    return record.balance or Decimal(0), record.total_balance or Decimal(0)


def list_tops() -> list[str]:
    """The customers without a parent whose id is no vendor's too: ids are unique within one list only."""
    vendors = Record.objects.filter(kind="bills").values("vendor_id")
    tops = Record.objects.filter(kind="customers", parent_id=None).exclude(remote_id__in=vendors)
    return list(tops.exclude(remote_id=PARENT).order_by("pk").values_list("remote_id", flat=True))


def asked(sandbox: Sandbox, company: str = ABC) -> list[tuple[str, int]]:
    """The requests since the last look: of what, and how many ids each names."""
    return [(one["path"].split("/")[3], one["query"].count("ids=")) for one in sandbox.requests(company)]


def test_a_payment_is_seen_at_the_customer_and_those_above_it(sandbox: Sandbox, company: Tenant) -> None:
    before, above = balance(company, JOB), balance(company, PARENT)
    book(sandbox, customerId=JOB, amount="12.50")
    refresh_balances(company)
    paid = Decimal("12.50")
    assert balance(company, JOB) == (before[0] - paid, before[1] - paid)
    assert balance(company, PARENT) == (above[0], above[1] - paid)


def test_a_payment_of_a_bill_is_seen_at_the_bill(sandbox: Sandbox, company: Tenant) -> None:
    was = lookup.find_record(company, "bills", BILL)
    book(sandbox, billId=BILL, amount="1.25")
    refresh_balances(company)
    now = lookup.find_record(company, "bills", BILL)
    assert (now.open_amount, now.revision, now.is_paid) == (was.open_amount - Decimal("1.25"), was.revision, False)


def test_a_bill_that_is_paid_in_full_is_read_although_it_is_no_longer_among_the_unpaid(
    sandbox: Sandbox, company: Tenant
) -> None:
    book(sandbox, billId=BILL, amount=str(lookup.find_record(company, "bills", BILL).open_amount))
    refresh_balances(company)
    assert lookup.find_record(company, "bills", BILL).is_paid is True


def test_a_paid_bill_is_read_if_its_payment_has_another_amount(sandbox: Sandbox, company: Tenant) -> None:
    made = book(sandbox, billId=BILL, amount="600.00")
    refresh_balances(company)
    book(sandbox, transactionId=made["transactionId"], amount="550.00")
    refresh_balances(company)
    links = lookup.get_content(lookup.find_record(company, "bills", BILL))["linked_transactions"]
    assert links[-1]["amount"] == -550


def test_payments_of_days_without_readings_are_seen_before_the_whole_lists_are(
    sandbox: Sandbox, company: Tenant
) -> None:
    SyncRun.objects.update(**dict.fromkeys(("high_water_mark", "full_at", "started_at"), timezone.now() - 3 * DAY))
    sandbox.control("clock", endUserId=ABC, seconds=-2 * 86_400)
    book(sandbox, customerId=JOB, amount="1.00")
    sandbox.control("clock", endUserId=ABC, seconds=0)
    before = balance(company, JOB)
    refresh_balances(company)
    assert balance(company, JOB)[0] == before[0] - 1


def test_only_what_the_transactions_name_is_read(sandbox: Sandbox, company: Tenant) -> None:
    for top in list_tops()[:2]:
        book(sandbox, customerId=top, amount="1.00")
    refresh_balances(company)
    assert asked(sandbox) == [("transactions", 0), ("customers", 2)]


def test_what_was_told_before_is_not_read_again(sandbox: Sandbox, company: Tenant) -> None:
    book(sandbox, customerId=JOB, amount="1.00")
    refresh_balances(company)
    sandbox.clear_requests()
    refresh_balances(company)
    assert asked(sandbox) == [("transactions", 0)]


def test_a_corrected_payment_is_told_again(sandbox: Sandbox, company: Tenant) -> None:
    made = book(sandbox, customerId=JOB, amount="1.00")
    refresh_balances(company)
    before = balance(company, JOB)
    book(sandbox, transactionId=made["transactionId"], amount="3.00")
    refresh_balances(company)
    assert balance(company, JOB)[0] == before[0] - 2


def test_a_payment_moved_to_another_customer_is_seen_at_both(sandbox: Sandbox, company: Tenant) -> None:
    other = list_tops()[0]
    before = [balance(company, id) for id in (JOB, PARENT, other)]
    made = book(sandbox, customerId=JOB, amount="7.00")
    refresh_balances(company)
    book(sandbox, transactionId=made["transactionId"], customerId=other)
    refresh_balances(company)
    own, total = before[2]
    assert [balance(company, id) for id in (JOB, PARENT, other)] == [*before[:2], (own - 7, total - 7)]


def test_a_payment_moved_to_a_bill_of_another_vendor_is_seen_at_both(sandbox: Sandbox, company: Tenant) -> None:
    was = lookup.find_record(company, "bills", BILL)
    other = Record.objects.filter(kind="bills", is_paid=False).exclude(vendor_id=was.vendor_id)[0]
    made = book(sandbox, billId=BILL, amount=str(was.open_amount))
    refresh_balances(company)
    book(sandbox, transactionId=made["transactionId"], billId=other.remote_id, amount="1.00")
    refresh_balances(company)
    now = [lookup.find_record(company, "bills", id) for id in (BILL, other.remote_id)]
    assert [bill.open_amount for bill in now] == [was.open_amount, other.open_amount - 1]


def test_a_moved_payment_is_read_at_its_former_customer_once(sandbox: Sandbox, company: Tenant) -> None:
    """Also if the customer that it is moved to is not loaded yet."""
    made = book(sandbox, customerId=list_tops()[0], amount="7.00")
    refresh_balances(company)
    new = sandbox.post("/quickbooks-desktop/customers", ABC, name="Not loaded")["id"]
    book(sandbox, transactionId=made["transactionId"], customerId=new)
    sandbox.clear_requests()
    for _ in range(2):
        refresh_balances(company)
    assert asked(sandbox) == [("transactions", 0), ("customers", 0), ("transactions", 0)]  # one id is in the path


def test_a_transaction_that_belongs_to_nobody_now_is_read_at_its_former_customer_once(
    sandbox: Sandbox, company: Tenant
) -> None:
    made = book(sandbox, customerId=list_tops()[0], amount="7.00")["transactionId"]
    refresh_balances(company)
    raw = f'{{"transactionId":"{made}","entity":null}}'
    sandbox.fault(endUserId=ABC, resource="transactions", fault="altered", id=made, raw=raw, count=None)
    sandbox.clear_requests()
    for _ in range(2):
        refresh_balances(company)
    assert asked(sandbox) == [("transactions", 0), ("customers", 0), ("transactions", 0)]


def test_the_transactions_told_of_longest_ago_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balances, "REMEMBERED", 2)
    known: balances.Known = {}
    for key in "abcad":
        stored = balances.remember(known, [balances.Told(key, "1", "x")], {"1"})
        known = balances.load_known([list(one) for one in stored])  # as JSON has them
    assert list(known) == ["a", "d"]
    told = [balances.Told(key, "1", "x") for key in "efg"]
    assert balances.remember(known, told, {"1"}) == told


def test_a_transaction_of_a_customer_that_is_not_loaded_is_told_of_until_it_is() -> None:
    told = balances.Told("a", "2", "x")
    assert balances.remember({}, [told], {"1"}) == [told._replace(digest="")]
    assert balances.remember({"a": told._replace(digest="")}, [told], {"2"}) == [told]


def test_what_an_earlier_edition_has_stored_of_transactions_is_told_of_again(sandbox: Sandbox, company: Tenant) -> None:
    book(sandbox, customerId=JOB, amount="1.00")
    refresh_balances(company)
    SyncRun.objects.filter(kind="balances").update(seen=["0123456789ab"])
    sandbox.clear_requests()
    refresh_balances(company)
    assert ("customers", 2) in asked(sandbox)


def test_a_payment_that_was_told_of_long_ago_is_seen_at_its_former_customer_by_the_daily_reading(
    sandbox: Sandbox, company: Tenant, as_bob: Client
) -> None:
    made = book(sandbox, customerId=JOB, amount="7.00")
    refresh_balances(company)
    SyncRun.objects.filter(kind="balances").update(seen=[])
    before = balance(company, JOB)
    other = list_tops()[0]
    book(sandbox, transactionId=made["transactionId"], customerId=other)
    refresh_balances(company)
    SyncRun.objects.exclude(kind="balances").update(full_at=timezone.now() - timedelta(minutes=2))
    assert "deleted or moved payments as of" in as_bob.get("/t/abc/customers/").content.decode()
    queue(company, full_at=timezone.now() - timedelta(hours=25))
    read_all(company)
    assert balance(company, JOB)[0] == before[0] + 7


def test_more_than_fifty_customers_take_a_request_for_each_fifty(sandbox: Sandbox, larch: Tenant) -> None:
    SyncRun.objects.bulk_create(SyncRun(tenant=larch, kind=kind) for kind in ("customers", "balances"))
    read_all(larch)
    rows = Record.objects.filter(tenant=larch, kind="customers", parent_id=None)
    for id in rows.values_list("remote_id", flat=True)[:52]:
        sandbox.control("book", endUserId=larch.end_user_id, customerId=id, amount="1.00")
    sandbox.clear_requests()
    refresh_balances(larch)
    assert asked(sandbox, larch.end_user_id) == [("transactions", 0), ("customers", 50), ("customers", 2)]


def test_a_customer_that_is_gone_does_not_keep_the_others_from_being_read(sandbox: Sandbox, company: Tenant) -> None:
    gone = Record.objects.filter(kind="customers", parent_id=None).exclude(remote_id=PARENT)[0].remote_id
    for id in (gone, JOB):
        book(sandbox, customerId=id, amount="1.00")
    before = balance(company, JOB)
    sandbox.change(endUserId=ABC, resource="customers", id=gone, delete=True)
    refresh_balances(company)
    assert balance(company, JOB)[0] == before[0] - 1
    assert lookup.find_record(company, "customers", gone).deleted_at is not None


def test_a_new_balance_is_no_version_and_no_change_of_a_person(sandbox: Sandbox, company: Tenant) -> None:
    before = Version.objects.count()
    book(sandbox, customerId=JOB, amount="1.00")
    book(sandbox, billId=BILL, amount="1.00")
    refresh_balances(company)
    external_changes.record_next()
    assert (Version.objects.count(), ExternalChange.objects.count()) == (before, 0)


def test_a_deleted_payment_is_found_by_the_daily_reading_and_the_age_says_so(
    sandbox: Sandbox, company: Tenant, as_bob: Client
) -> None:
    made = book(sandbox, customerId=JOB, amount="1.00")
    refresh_balances(company)
    before = balance(company, JOB)
    book(sandbox, transactionId=made["transactionId"], delete=True)
    refresh_balances(company)
    assert balance(company, JOB) == before
    SyncRun.objects.exclude(kind="balances").update(full_at=timezone.now() - timedelta(minutes=2))
    for page in ("customers", "bills"):
        assert "deleted or moved payments as of" in as_bob.get(f"/t/abc/{page}/").content.decode()
    queue(company, full_at=timezone.now() - timedelta(hours=25))
    read_all(company)
    assert balance(company, JOB)[0] == before[0] + 1


def test_balances_have_an_age_of_their_own(company: Tenant, as_bob: Client) -> None:
    long_ago = timezone.now() - timedelta(hours=3)
    Record.objects.update(read_at=long_ago)
    SyncRun.objects.filter(kind="balances").update(as_of=timezone.now() - timedelta(minutes=7))
    SyncRun.objects.exclude(kind="balances").update(as_of=timezone.now(), full_at=long_ago)
    addresses = ("customers/", "bills/", f"customers/{JOB}/", f"bills/{BILL}/")
    pages = {address: " ".join(as_bob.get(f"/t/abc/{address}").content.decode().split()) for address in addresses}
    found = {address: ("Balances as of <time" in page, "7 minutes ago" in page) for address, page in pages.items()}
    assert found == dict.fromkeys(addresses, (True, True))


@pytest.mark.parametrize("address", ["customers/", f"customers/{JOB}/"])
def test_deleted_payments_have_no_age_of_their_own_when_all_was_just_read(
    company: Tenant, as_bob: Client, address: str
) -> None:
    now = timezone.now()
    Record.objects.update(read_at=now - timedelta(hours=3))
    SyncRun.objects.filter(kind="balances").update(as_of=now)
    SyncRun.objects.exclude(kind="balances").update(as_of=now, full_at=now - timedelta(seconds=50))
    page = as_bob.get(f"/t/abc/{address}").content.decode()
    assert ("Balances as of" in page, "deleted or moved payments" in page) == (True, False)


def test_the_age_of_balances_is_that_of_the_full_reading_until_they_are_refreshed(company: Tenant) -> None:
    SyncRun.objects.filter(kind="balances").update(as_of=None)
    age = freshness.get_freshness(company, "customers")
    assert age.balances_as_of == age.full_at == SyncRun.objects.get(kind="customers").full_at


def test_a_provider_whose_lists_tell_of_balances_has_no_other_age(juniper: Tenant) -> None:
    SyncRun.objects.create(tenant=juniper, kind="customers", as_of=timezone.now(), full_at=timezone.now())
    assert freshness.get_freshness(juniper, "customers").balances_as_of is None
    assert "balances" not in refresh.list_kinds(juniper)


def test_refresh_reads_the_records_on_the_page(sandbox: Sandbox, company: Tenant, as_bob: Client) -> None:
    """What no transaction tells, such as a deleted payment, shows at once where somebody looks."""
    sandbox.change(endUserId=ABC, resource="customers", id=JOB, changes={"balance": "77.00"}, quiet=True)
    page = as_bob.get("/t/abc/customers/?q=website").content.decode()
    assert f'value="{JOB} "' in page
    answer = as_bob.post(
        "/t/abc/refresh/", {"kind": "customers", "ids": f"{JOB} ", "page": "/t/abc/customers/?q=website"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/t/abc/customers/?q=website")
    read_all(company)
    assert balance(company, JOB)[0] == 77
    assert SyncStatus.objects.get().wanted == {}


def test_refresh_reads_the_page_even_if_there_is_no_list_of_transactions(sandbox: Sandbox, company: Tenant) -> None:
    sandbox.fault(endUserId=ABC, resource="transactions", fault="refuse", integrationCode="3261", count=None)
    sandbox.change(endUserId=ABC, resource="customers", id=JOB, changes={"balance": "77.00"}, quiet=True)
    for _ in range(2):  # the second time the run has failed already
        refresh.refresh_records(company, "customers", [JOB, "nothing-of-ours"])
        with pytest.raises(Refused):
            read_all(company)
        assert (balance(company, JOB)[0] == 77, SyncStatus.objects.get().wanted) == (True, {})


def test_refresh_goes_back_to_no_foreign_page(company: Tenant, as_bob: Client) -> None:
    answer = as_bob.post("/t/abc/refresh/", {"page": "https://elsewhere.example/"})
    assert answer["Location"] == "/t/abc/connection/"


def test_ids_asked_for_while_a_refresh_is_on_its_way_are_read_next(sandbox: Sandbox, company: Tenant) -> None:
    book(sandbox, customerId=JOB, amount="1.00")
    queue(company, "balances")
    balances.read_piece(company, SyncRun.objects.get(kind="balances"))
    balances.want(company, "bills", [BILL])
    sandbox.clear_requests()
    read_all(company)
    assert [kind for kind, _ in asked(sandbox)] == ["bills", "customers", "bills"]
    assert SyncRun.objects.get(kind="balances").state == ReadState.DONE


@pytest.mark.sqlite_only("of a vendor's answers; what is kept aside is stored on both")
@pytest.mark.parametrize(
    "wrong",
    [
        '"entity":{"id":[],"fullName":"A"}', '"entity":7', '"amount":"1,234.00"', '"amount":1E+999999',
        f'"amount":{"9" * 100_000}', '"updatedAt":"0000-01-01T00:00:00Z"', '"updatedAt":{}', '"transactionId":[]',
    ],
)  # fmt: skip
def test_a_transaction_that_cannot_be_read_is_kept_aside_and_the_others_count(
    sandbox: Sandbox, company: Tenant, as_bob: Client, wrong: str
) -> None:
    before, made = balance(company, JOB), book(sandbox, customerId=JOB, amount="1.00")
    other = book(sandbox, customerId=PARENT, amount="1.00")
    raw = f'{{"transactionId":"{other["transactionId"]}",{wrong}}}'
    sandbox.fault(
        endUserId=ABC, resource="transactions", fault="altered", id=other["transactionId"], raw=raw, count=None
    )
    refresh_balances(company)
    assert balance(company, JOB)[0] == before[0] - Decimal(made["amount"])
    assert [one.kind for one in UnreadableRecord.objects.all()] == ["transactions"]
    assert "of balances cannot be read" in " ".join(as_bob.get("/t/abc/connection/").content.decode().split())


def test_a_list_of_transactions_that_fails_stops_no_other_list(sandbox: Sandbox, company: Tenant) -> None:
    sandbox.fault(endUserId=ABC, resource="transactions", fault="refuse", integrationCode="3261", count=None)
    for kind in KINDS:
        queue(company, kind)
    with pytest.raises(Refused):
        read_all(company)
    read_all(company)
    states = dict(SyncRun.objects.values_list("kind", "state"))
    assert states == {**dict.fromkeys(KINDS, ReadState.DONE), "balances": ReadState.FAILED}


@pytest.mark.parametrize(("kind", "fault"), [("customers", "refuse"), ("customers", "internal"), ("bills", "refuse")])
def test_what_keeps_failing_is_halved_until_the_rest_is_read(
    sandbox: Sandbox, larch: Tenant, kind: str, fault: str
) -> None:
    """As a record that the vendor cannot read would do to the fifty that are asked for with it."""
    SyncRun.objects.bulk_create(SyncRun(tenant=larch, kind=of) for of in ("customers", "bills", "balances"))
    read_all(larch)
    of_one = Record.objects.filter(tenant=larch, kind=kind, parent_id=None).exclude(open_amount__lt=2)
    ids = list({record.vendor_id or record.remote_id: record.remote_id for record in of_one.order_by("pk")}.values())[
        :6
    ]
    for id in ids:
        member = {"customers": "customerId", "bills": "billId"}[kind]
        sandbox.control("book", endUserId=larch.end_user_id, amount="1.00", **{member: id})
    before, began = list_amounts(ids), timezone.now()
    queue(larch, "balances")
    sandbox.fault(endUserId=larch.end_user_id, resource=kind, operation="list", fault=fault, count=5)
    for _ in range(3 if fault == "refuse" else 5):
        with pytest.raises((Refused, NoAnswer)):
            read_all(larch)
        SyncRun.objects.update(next_try_at=None)
    read_all(larch)
    assert SyncRun.objects.filter(kind="balances", as_of__gt=began).exists()
    assert list_amounts(ids) == [amount - 1 for amount in before]


def list_amounts(ids: list[str]) -> list[Decimal]:
    found = Record.objects.filter(remote_id__in=ids).order_by("remote_id")
    return [record.open_amount if record.balance is None else record.balance for record in found]


@pytest.mark.parametrize("fault", ["internal", "cut_before"])
def test_no_balance_is_called_new_while_the_company_does_not_answer(
    sandbox: Sandbox, company: Tenant, fault: str
) -> None:
    began = timezone.now()
    book(sandbox, customerId=JOB, amount="1.00")
    queue(company, "balances")
    sandbox.fault(endUserId=ABC, resource="customers", operation="list", fault=fault, count=None)
    sandbox.fault(endUserId=ABC, resource="customers", operation="retrieve", fault=fault, count=None)
    for _ in range(9):
        with pytest.raises(NoAnswer):
            read_all(company)
        SyncRun.objects.update(next_try_at=None)
    assert not SyncRun.objects.filter(kind="balances", as_of__gt=began).exists()
    before = balance(company, JOB)
    sandbox.fault()
    read_all(company)
    assert balance(company, JOB)[0] == before[0] - 1
