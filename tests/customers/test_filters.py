"""The filters of the list of customers, at each provider, and what is added up by currency."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from books.mirror.store import store_page
from books.providers.bigcapital import customers as bigcapital
from books.providers.conductor.customers import CUSTOMERS
from books.registry import get_description
from tenants.models import Tenant
from tests.bills.factories import named
from tests.support.markup import one_line

LIST = "/t/larch/customers/"
OCTOBER = "2024-10-05T10:00:00Z"
PLAIN = {"revisionNumber": "1", "isActive": True, "balance": "0.00", "totalBalance": "0.00"}


def store(tenant: Tenant, **records: Mapping[str, object]) -> None:
    rows = [{**PLAIN, "id": key, "name": key, "fullName": key, **more} for key, more in records.items()]
    store_page(tenant, CUSTOMERS, rows, timezone.now())


def names(client: Client, query: str) -> list[str]:
    return [row.full_name for row in client.get(LIST + query).context["found"].rows]


@pytest.fixture
def four(larch: Tenant) -> None:
    store(
        larch,
        a={"customerType": named("T1", "Retail"), "class": named("C1", "North:Boise"), "updatedAt": OCTOBER},
        b={"salesRepresentative": named("R1", "ÅK"), "jobStatus": "closed", "terms": named("N", "Net 30")},
        c={"balance": "50.00", "totalBalance": "1200.01", "creditLimit": "1200.00", "currency": named("E", "Euro")},
        d={"balance": "-5.50", "totalBalance": "-5.50", "creditLimit": "0.00", "jobStatus": "pending"},
    )  # fmt: skip


FOUND = {
    "?type=retail": ["a"],
    "?class=North": ["a"],
    "?class=north:boise": ["a"],
    "?class=Boise": [],
    "?rep=ak": ["b"],
    "?terms=NET 30": ["b"],
    "?job_status=closed": ["b"],
    "?owes=owed": ["c"],
    "?owes=credit": ["d"],
    "?owes=zero": ["a", "b"],
    "?balance_from=-6&balance_to=-1": ["d"],
    "?over_limit=1": ["c"],
    "?currency=Euro": ["c"],
    "?currency=none&owes=zero": ["a", "b"],
    "?changed_since=1 Oct 2024": ["a"],
    "?changed_until=4 Oct 2024": [],
    "?job_status=closed&terms=net 30": ["b"],
    "?q=b&job_status=closed": ["b"],
}


def test_a_filter_finds_what_it_says(as_carol: Client, four: None) -> None:
    assert {query: names(as_carol, query) for query in FOUND} == FOUND


@pytest.mark.parametrize("name", ["Net  30", "Crew `A`", " 2%  10", "Net\t30", "North:Crew `B`"])
def test_a_plain_name_that_is_folded_is_found_as_the_picker_has_it(as_carol: Client, larch: Tenant, name: str) -> None:
    fields = {"terms": "terms", "type": "customerType", "class": "class", "rep": "salesRepresentative"}
    store(larch, **{key: {f: named("N", name)} for key, f in fields.items()}, other={"terms": named("O", "Net 60")})
    found = {key: [row.full_name for row in as_carol.get(LIST, {key: name}).context["found"].rows] for key in fields}
    assert found == {key: [key] for key in fields}


def test_a_sales_rep_is_found_by_the_initials_that_the_picker_has_and_by_name(as_carol: Client, larch: Tenant) -> None:
    rep = {"id": "R9", "revisionNumber": "1", "isActive": True, "initial": "JD", "entity": named("E9", "Jane Doe")}
    store_page(larch, get_description(larch).tables["sales-representatives"], [rep], timezone.now())
    store(larch, a={"salesRepresentative": named("R9", "Jane Doe")}, b={"salesRepresentative": named("R8", "Joe")})
    options = as_carol.get("/t/larch/references/sales-representatives/?q=jane").content.decode()
    (offered,) = re.findall('data-value="([^"]*)"', options)
    assert (offered, names(as_carol, f"?rep={offered}"), names(as_carol, "?rep=jane doe")) == ("JD", ["a"], ["a"])


def test_a_day_begins_by_the_clock_of_the_pages(as_carol: Client, larch: Tenant) -> None:
    midnight = datetime(2024, 10, 5, tzinfo=timezone.get_default_timezone()).astimezone(UTC)
    store(larch, a={"updatedAt": midnight.isoformat()})
    assert (names(as_carol, "?changed_since=5 Oct 2024"), names(as_carol, "?changed_until=4 Oct 2024")) == (["a"], [])


def test_all_that_is_listed_is_added_up_by_currency_beyond_the_page(as_carol: Client, larch: Tenant) -> None:
    euro = {f"e{n}": {"balance": "0.10", "currency": named("E", "Euro")} for n in range(3)}
    store(
        larch, **{f"c{n:03}": {"balance": "1.05"} for n in range(60)}, **euro, i={"balance": "9.00", "isActive": False}
    )
    totals = as_carol.get(f"{LIST}?size=50").context["totals"]
    shown = [(one["currency"], one["count"], one["balance_sum"]) for one in totals]
    assert shown == [("", 60, Decimal("63.00")), ("Euro", 3, Decimal("0.30"))]


def test_amounts_are_sorted_within_their_currency_the_main_one_first(as_carol: Client, larch: Tenant) -> None:
    yen = {"y1": {"balance": "90000"}, "y2": {"balance": "100000"}}
    store(larch, **{key: {**one, "currency": named("Y", "A Yen")} for key, one in yen.items()})
    store(larch, a={"balance": "1.00"}, b={"balance": "3.00"}, c={"balance": "2.00"})
    assert names(as_carol, "?sort=-balance") == ["b", "c", "a", "y2", "y1"]
    assert names(as_carol, "?sort=balance") == ["a", "c", "b", "y1", "y2"]


def test_a_list_is_sorted_by_several_columns(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={"terms": named("1", "Net 30"), "balance": "1"}, b={"terms": named("2", "Net 15"), "balance": "1"})
    store(larch, c={"terms": named("1", "Net 30"), "balance": "5"})
    assert names(as_carol, "?sort=-terms_name,balance") == ["a", "c", "b"]
    assert names(as_carol, "?sort=terms_name,-balance") == ["b", "c", "a"]
    assert names(as_carol, "?sort=-terms_name,-balance,terms_name") == ["c", "a", "b"]


def test_the_first_click_on_an_amount_shows_the_largest_first_and_shift_adds_a_column(
    as_carol: Client, larch: Tenant
) -> None:
    store(larch, a={})
    text = one_line(as_carol.get(f"{LIST}?sort=terms_name,-balance").content.decode())
    heads = dict(re.findall(r'data-column="(\w+)".*? data-also="([^"]*)"', text))
    assert (heads["total_balance"], heads["balance"]) == (
        "?sort=terms_name%2C-balance%2C-total_balance",
        "?sort=terms_name%2Cbalance",
    )
    arrows = re.findall(r"(?:Terms|Balance) [↑↓]\d?", text)
    assert (arrows, text.count("aria-sort")) == (["Terms ↑1", "Balance ↓2"], 1)
    plain, chosen = (one_line(as_carol.get(LIST + query).content.decode()) for query in ("", "?columns=credit_limit"))
    assert ('href="?sort=-balance">Balance' in plain, "sort=-credit_limit" in chosen) == (True, True)


def test_what_bigcapital_does_not_have_is_not_offered_and_named_where_a_link_asks_for_it(
    as_carol: Client, juniper: Tenant
) -> None:
    plain = {"active": 1, "currency_code": "USD", "balance": "5.000"}
    rows = [
        {**plain, "id": n, "display_name": key, "customer_type": key} for n, key in ((1, "business"), (2, "individual"))
    ]
    store_page(juniper, bigcapital.CUSTOMERS, rows, timezone.now())
    page = as_carol.get("/t/juniper/customers/?terms=Net+30&type=business")
    offered = [part.name for part in page.context["bar"].state.parts]
    assert offered == [
        "state", "type", "owes", "balance_from", "balance_to", "currency", "draft", "conflict", "changed_since_seen",
    ]  # fmt: skip
    assert [row.full_name for row in page.context["found"].rows] == ["business"]
    assert "This filter is not available here, so it is ignored." in one_line(page.content.decode())


def test_a_filter_that_reads_a_hidden_field_is_not_offered(as_carol: Client, four: None, settings) -> None:
    settings.HIDDEN_FIELDS = {"viewer": ["customers.credit_limit", "customers.class", "customers.balance"]}
    page = as_carol.get(f"{LIST}?over_limit=1&class=North&owes=owed&balance_from=1&columns=full_name,credit_limit")
    names_offered = {part.name for part in page.context["bar"].state.parts}
    assert names_offered & {"over_limit", "class", "owes", "balance_from"} == set()
    assert [column.name for column in page.context["bar"].state.columns] == ["full_name"]
    assert (page.context["found"].total, "50.00" in page.content.decode()) == (4, False)


HIDDEN = [
    ("customers.balance", "balance_from=1000", "Balance"),
    ("customers.balance", "balance_to=1000", "Balance"),
    ("customers.currency", "currency=EUR", "Currency"),
    ("bills.amount_due", "amount_to=5", "Amount"),
    ("bills.transaction_date", "dated=today", "Bill date"),
    ("bills.transaction_date", "since=2026-01-01", "Bill date"),
    ("bills.due_date", "due_until=2026-01-01", "Due date"),
]


def test_a_hidden_filter_of_a_link_is_named_and_makes_no_file(as_carol: Client, four: None, settings) -> None:
    for hidden, query, label in HIDDEN:
        settings.HIDDEN_FIELDS = {"viewer": [hidden]}
        kind = hidden.partition(".")[0]
        page = as_carol.get(f"/t/larch/{kind}/?{query}")
        file = as_carol.get(f"/t/larch/lists/{kind}/export.csv?{query}")
        assert (query, page.context["bar"].ignored, file.status_code) == (query, [label], 302)
