"""The filters of the list of bills: what each finds, what its chip says, and what the address holds."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from bills.list.query import BillRows
from edits.models.edit import Edit, State
from tenants.access import find_member
from tenants.models import Tenant
from tests.bills.factories import expense, item, named
from tests.support.markup import one_line

LIST = "/t/larch/bills/"
Store = Callable[..., object]


def numbers(client: Client, query: str) -> list[str]:
    return sorted(row.name for row in client.get(f"{LIST}{query}").context["found"].rows)


def list_chips(text: str) -> list[str]:
    return [
        " ".join(re.sub("<[^>]*>", " ", one).split()) for one in re.findall(r'aria-label="Clear.*?>(.*?)</a>', text)
    ]


@pytest.fixture
def three(store: Store) -> None:
    rent = [{**expense("E1", "Occupancy:Rent", "218.00"), "class": named("C1", "Boise:North")}]
    tape = [{**item("I1", "Tape", 1, "1.00", "1.00"), "class": named("C2", "Boise")}]
    kit = [{"id": "G1", "itemGroup": named("G", "Kit"), "itemLines": [{**tape[0], "class": named("C3", "Ñampa")}]}]
    store("A1", due=-40, amount="10.00", expenseLines=rent, terms=named("T1", "Net 30"), transactionDate="2026-10-01")
    store("B2", due=0, amount="20.00", itemLines=tape, terms=named("T2", "Café"), currency=named("CE", "Euro"))
    store("C3", due=9, amount="30.00", itemGroupLines=kit, isPending=True, openAmount="5.00")


FOUND = {
    "?terms=net 30": ["A1"],
    "?terms=cafe": ["B2"],
    "?terms=Net": [],
    "?account=occupancy:rent": ["A1"],
    "?account=Occupancy": ["A1"],
    "?account=Rent": [],
    "?account=freight in": ["B2", "C3"],
    "?class=Boise": ["A1", "B2"],
    "?class=Boise:North": ["A1"],
    "?class=nampa": ["C3"],
    "?state=pending": ["C3"],
    "?amount_from=20": ["B2", "C3"],
    "?amount_from=$10.01&amount_to=2*10": ["B2"],
    "?open_to=9": ["C3"],
    "?currency=Euro": ["B2"],
    "?currency=none": ["A1", "C3"],
    "?due=overdue": ["A1"],
    "?due=today": ["B2"],
    "?due=upcoming": ["B2", "C3"],
    "?due=next-7": ["B2"],
    "?due=next-14": ["B2", "C3"],
    "?since=10/2/2026": ["B2", "C3"],
    "?account=freight in&class=boise&due=today": ["B2"],
}


def test_a_filter_finds_what_it_says(as_carol: Client, three: None) -> None:
    assert {query: numbers(as_carol, query) for query in FOUND} == FOUND


def test_a_paid_bill_has_no_age(as_carol: Client, store: Store) -> None:
    store("open", due=-40), store("paid", due=-40, isPaid=True), store("settled", due=9, isPaid=True)
    found = [numbers(as_carol, f"?state={query}") for query in ("all&age=31-60", "paid&age=31-60", "all&age=current")]
    assert found == [["open"], [], []]


def test_each_filter_in_force_has_a_chip_that_takes_it_off_alone(as_carol: Client, three: None) -> None:
    asked = "terms=Net+30&due=overdue&open_from=5&sort=name"
    text = one_line(as_carol.get(f"{LIST}?{asked}").content.decode())
    assert list_chips(text) == ["Terms Net 30", "Due date before today", "Amount due from 5.00"]
    urls = [unescape(url) for url in re.findall(r'href="([^"]*)" aria-label="Clear', text)]
    assert urls == [
        "?due=overdue&open_from=5&sort=name",
        "?terms=Net+30&open_from=5&sort=name",
        "?terms=Net+30&due=overdue&sort=name",
    ]
    assert unescape(re.findall(r'href="([^"]*)">Clear all', text)[0]) == "?sort=name"


def test_the_filters_are_one_plain_form(as_carol: Client, three: None) -> None:
    page = one_line(as_carol.get(f"{LIST}?state=all&size=50&terms=Net+30&draft=1").content.decode())
    names = re.findall(r'<(?:input|select)[^>]* form="filter"[^>]* name="([^"]*)"', page)
    names += re.findall(r'<(?:input|select) type="hidden" form="filter" name="([^"]*)"', page)
    assert {"terms", "class", "due_until", "open_from", "draft", "state", "size"} <= set(names)
    answer = as_carol.get(f"{LIST}?terms=&draft=&state=all&q=&sort=amount&sort=-name")
    assert answer["Location"] == f"{LIST}?state=all&sort=amount%2C-name"


def test_a_filter_that_makes_no_sense_is_named_and_ignored(as_carol: Client, three: None) -> None:
    for query in ("?amount_from=x", "?amount_from=9&amount_to=1", "?due=someday", "?draft=2"):
        context = as_carol.get(f"{LIST}{query}").context
        assert (len(context["form"].errors), len(context["found"].rows)) in ((1, 3), (1, 2)), query


def test_a_draft_is_found_by_its_author_alone_and_a_conflict_by_everybody(
    as_bob: Client, as_carol: Client, bob: User, larch: Tenant, three: None
) -> None:
    plain = {"tenant": larch, "person": bob, "kind": "bills", "sent_at": timezone.now()}
    Edit.objects.create(**plain, remote_id="BA1", state=State.DRAFT)
    Edit.objects.create(**plain, remote_id="BB2", state=State.CONFLICT)
    done = Edit.objects.create(**plain, remote_id="BC3", state=State.SAVED)
    Edit.objects.create(**plain, remote_id="BC3", state=State.CONFLICT, resolved_by=done)
    found = [numbers(client, query) for client in (as_bob, as_carol) for query in ("?draft=1", "?conflict=1")]
    assert found == [["A1"], ["B2"], [], ["B2"]]


def test_bills_whose_number_another_bill_of_the_vendor_has_are_found(as_carol: Client, store: Store) -> None:
    store("INV-7"), store("7", amount="7.00"), store("007", vendor="Other"), store("inv 7", isPaid=True, amount="1.00")
    assert numbers(as_carol, "?state=all&duplicate=1") == ["INV-7", "inv 7"]


def test_bills_of_the_same_amount_on_near_days_are_found(as_carol: Client, store: Store) -> None:
    for number, day in (("a", "2026-01-01"), ("b", "2026-01-31"), ("c", "2026-03-03"), ("d", "2026-04-03")):
        store(number, transactionDate=day, amount="50.00")
    store("e", transactionDate="2026-01-02", amount="50.01"), store("n", transactionDate="2026-01-02", amount="0.00")
    store("f", transactionDate="2026-01-02", amount="50.00", vendor="Other")
    store("m", transactionDate="2026-01-02", amount="0.00")
    assert numbers(as_carol, "?state=all&duplicate=1") == ["a", "b"]


def test_amounts_that_a_role_may_not_see_make_no_bill_a_duplicate(
    as_carol: Client, store: Store, settings: Settings
) -> None:
    store("a"), store("b"), store("7", amount="2.00"), store("07", amount="3.00")
    settings.HIDDEN_FIELDS = {"viewer": ("bills.amount_due",)}
    assert numbers(as_carol, "?state=all&duplicate=1") == ["07", "7"]


def test_a_list_yields_all_its_rows_with_its_columns_for_a_file(carol: User, larch: Tenant, three: None) -> None:
    member = find_member(larch, carol)
    assert member is not None
    state = BillRows(member, QueryDict("columns=memo,payables_account,open_amount&sort=-amount&size=50&page=9"))
    named_columns = [column.name for column in state.columns]
    rows = [(row.name, str(row.own__payables_account)) for row in state.rows()]
    assert named_columns == ["name", "memo", "payables_account", "open_amount"]
    assert rows == [("C3", "Accounts Payable"), ("A1", "Accounts Payable"), ("B2", "Accounts Payable")]
