"""Lists: filters and their defaults, pages that are read forward only."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import BILL, CONTRACTOR, CUSTOMER, EXAMPLE, INVALID, WHOLESALER, Caller, end, quickbooks, refusal, start


@pytest.fixture
def supply(caller: Caller) -> Caller:
    return caller.as_(WHOLESALER)


def ids(answer: Any) -> list[str]:
    return [record["id"] for record in answer["data"]]


def pages(caller: Caller, path: str, **query: Any) -> Iterator[Any]:
    page = caller.get(path, **query)
    yield page
    while page["nextCursor"]:
        page = caller.get(path, **query, cursor=page["nextCursor"])
        yield page


def test_inactive_customers_are_hidden_unless_asked_for(supply: Caller) -> None:
    found = {s: [p["data"] for p in pages(supply, "customers", status=s)] for s in ("active", "inactive", "all")}
    sizes = {status: sum(map(len, data)) for status, data in found.items()}
    assert sizes["active"] + sizes["inactive"] == sizes["all"] == 600
    assert {row["isActive"] for data in found["inactive"] for row in data} == {False}
    assert sum(len(page["data"]) for page in pages(supply, "customers")) == sizes["active"]


def test_pages_count_down_under_one_cursor(supply: Caller) -> None:
    run = list(pages(supply, "bills", limit=150))
    assert [page["remainingCount"] for page in run] == [650, 500, 350, 200, 50, 0]
    assert [page["hasMore"] for page in run] == [True] * 5 + [False]
    assert len({page["nextCursor"] for page in run[:-1]}) == 1
    assert len({bill["id"] for page in run for bill in page["data"]}) == 800


def test_a_page_after_the_end_is_an_error(supply: Caller) -> None:
    first = supply.get("vendors", limit=40)
    cursor = {"limit": 40, "cursor": first["nextCursor"]}
    assert not supply.get("vendors", **cursor)["hasMore"]
    assert refusal(supply.send("GET", "vendors", params=cursor)) == quickbooks(None)


def test_a_cursor_keeps_its_filters(supply: Caller) -> None:
    cursor = supply.get("customers", limit=10)["nextCursor"]
    assert refusal(supply.send("GET", "customers", params={"limit": 20, "cursor": cursor})) == INVALID


def test_a_cursor_belongs_to_one_company(supply: Caller) -> None:
    cursor = supply.get("customers", limit=10)["nextCursor"]
    answer = supply.as_(CONTRACTOR).send("GET", "customers", params={"limit": 10, "cursor": cursor})
    assert refusal(answer) == quickbooks(None)


def test_a_late_page_is_an_error(data: Path) -> None:
    process, url = start("--cursor-seconds", "0.2", "--data", str(data))
    with httpx.Client(base_url=url, timeout=20, trust_env=False, verify=False) as http:
        caller = Caller(http)
        cursor = caller.get("customers", limit=5)["nextCursor"]
        time.sleep(0.3)  # longer than a cursor is valid here
        answer = caller.send("GET", "customers", params={"limit": 5, "cursor": cursor})
    assert (refusal(answer), end(process)) == (quickbooks(None), 0)


def test_ids_override_the_other_filters(caller: Caller) -> None:
    assert ids(caller.get("customers", ids=CUSTOMER, status="inactive", nameContains="zzz")) == [CUSTOMER]


def test_full_names_ignore_case(caller: Caller) -> None:
    assert ids(caller.get("customers", fullNames="abc corporation:WEBSITE redesign project")) == [CUSTOMER]


def test_ref_numbers_are_case_sensitive(caller: Caller) -> None:
    assert ids(caller.get("bills", refNumbers="BILL-1234")) == [BILL]
    assert refusal(caller.send("GET", "bills", params={"refNumbers": "bill-1234"})) == quickbooks("500")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("customers", {"ids": [CUSTOMER, "80000999-1"]}),
        ("customers", {"fullNames": "Nobody"}),
        ("vendors", {"names": "Nobody"}),
        ("accounts", {"ids": "80000999-1"}),
    ],
)
def test_one_missing_value_fails_the_whole_call(caller: Caller, path: str, query: dict[str, Any]) -> None:
    assert refusal(caller.send("GET", path, params=query)) == quickbooks("500")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"nameContains": "REDESIGN"}, ["Website Redesign Project"]),
        ({"nameStartsWith": "web"}, ["Website Redesign Project"]),
        ({"nameEndsWith": "corporation"}, ["ABC Corporation", "Acme Corporation"]),
        ({"nameFrom": "abc", "nameTo": "abc corporation:x"}, ["ABC Corporation", "Website Redesign Project"]),
        (
            {"nameFrom": "abc corporation:", "nameTo": "acme corporation"},
            ["Website Redesign Project", "Acme Corporation"],
        ),
        ({"nameContains": "nothing like it"}, []),
        ({"totalBalance": "5000.00"}, ["ABC Corporation", "Website Redesign Project"]),
    ],
)
def test_it_finds_customers(caller: Caller, query: dict[str, str], names: list[str]) -> None:
    assert [record["name"] for record in caller.get("customers", **query)["data"]] == names


def test_it_compares_balances(supply: Caller) -> None:
    data = supply.get("customers", totalBalanceGreaterThan="500.00")["data"]
    assert data
    assert all(float(row["totalBalance"]) > 500 for row in data)


@pytest.mark.parametrize(
    "moment",
    ["2021-10-01", "2021-10-01T15:45:30", "2021-10-01T15:45:30-05:00", "2021-10-01T20:45:30Z"],
)
def test_updated_bounds_are_inclusive_in_the_time_of_the_pc(caller: Caller, moment: str) -> None:
    assert BILL in ids(caller.get("bills", updatedAfter=moment, updatedBefore=moment))


@pytest.mark.parametrize("moment", ["2021-10-02", "2021-10-01T15:45:31", "2021-10-01T15:45:30-06:00"])
def test_earlier_updates_are_left_out(caller: Caller, moment: str) -> None:
    assert BILL not in ids(caller.get("bills", updatedAfter=moment))


def test_a_change_shows_up_in_the_delta(caller: Caller) -> None:
    changed = caller.update(f"customers/{CUSTOMER}", phone="1")
    assert ids(caller.get("customers", updatedAfter=changed["updatedAt"])) == [CUSTOMER]


def test_lines_and_links_are_optional(caller: Caller) -> None:
    def shown(**query: str) -> tuple[bool, bool]:
        (bill,) = caller.get("bills", ids=BILL, **query)["data"]
        return bool(bill["expenseLines"]), bool(bill["linkedTransactions"])

    assert shown() == (True, False)
    assert shown(includeLineItems="false", includeLinkedTransactions="true") == (False, True)


def test_a_list_may_leave_out_shipping_addresses(caller: Caller) -> None:
    (record,) = caller.get("customers", ids=CUSTOMER, excludeAlternateShippingAddresses="true")["data"]
    whole = caller.get(f"customers/{CUSTOMER}")
    assert record == {**whole, "alternateShippingAddresses": None}


def test_paid_and_unpaid_bills_are_distinguished(supply: Caller) -> None:
    for status, paid in (("paid", True), ("not_paid", False)):
        assert {bill["isPaid"] for bill in supply.get("bills", paymentStatus=status)["data"]} == {paid}


def test_bills_are_found_by_vendor_date_and_account(supply: Caller) -> None:
    bill = supply.get("bills/500LIN-1234567890")
    found = supply.get(
        "bills",
        vendorIds=bill["vendor"]["id"],
        accountIds=bill["expenseLines"][0]["account"]["id"],
        transactionDateFrom="2026-11-02",
        transactionDateTo="2026-11-02",
    )
    assert {"500LIN-1234567890", "5000LI-1234567890"} <= set(ids(found))


MATCHES = ("Contains", "StartsWith", "EndsWith")


@pytest.mark.parametrize(
    ("path", "match", "end"),
    [
        (path, f"{text}{match}", f"{text}{end}")
        for path, text in (("customers", "name"), ("vendors", "name"), ("accounts", "name"), ("bills", "refNumber"))
        for match in MATCHES
        for end in ("From", "To")
    ],
)
def test_a_range_beside_a_match_is_refused(caller: Caller, path: str, match: str, end: str) -> None:
    answer = caller.send("GET", path, params={match: "a", end: "b"})
    assert refusal(answer) == INVALID
    assert answer.json()["error"]["message"] == f'"{match}" cannot be used together with "{end}"'


@pytest.mark.parametrize(
    ("path", "start", "end", "code"),
    [
        ("customers", {"nameFrom": "b"}, {"nameTo": "A"}, "3031"),
        ("vendors", {"nameFrom": "a"}, {"nameTo": "9"}, "3031"),
        ("accounts", {"nameFrom": "9"}, {"nameTo": "#"}, "3031"),
        ("bills", {"refNumberFrom": "1000"}, {"refNumberTo": "9"}, "3031"),
        ("bills", {"refNumberFrom": "INV-2"}, {"refNumberTo": "INV-1"}, "3031"),
        ("bills", {"transactionDateFrom": "2026-02-01"}, {"transactionDateTo": "2026-01-31"}, "3030"),
        ("customers", {"updatedAfter": "2026-02-01"}, {"updatedBefore": "2026-01-31"}, "3030"),
        ("deleted-transactions", {"deletedAfter": "2026-02-01"}, {"deletedBefore": "2026-01-31"}, "3030"),
    ],
)
def test_a_reversed_range_is_an_error_of_quickbooks(
    caller: Caller, path: str, start: dict[str, str], end: dict[str, str], code: str
) -> None:
    more = {"transactionTypes": "bill"} if path == "deleted-transactions" else {}
    assert refusal(caller.send("GET", path, params={**start, **end, **more})) == quickbooks(code)


def test_a_range_of_one_value_is_none_too_many(caller: Caller) -> None:
    query = {"nameFrom": "acme corporation", "nameTo": "ACME Corporation"}
    assert [row["name"] for row in caller.get("customers", **query)["data"]] == ["Acme Corporation"]


def test_full_names_sort_as_punctuation_digits_letters(caller: Caller) -> None:
    names = ("zz", "zz9", "zz:b", "zz-b", "ZZa", "#zz", "2zz")
    for name in names:
        parent = {"parentId": caller.get("customers", fullNames="zz")["data"][0]["id"]} if ":" in name else {}
        caller.send("POST", "customers", json={"name": name.rpartition(":")[2], **parent}).raise_for_status()
    found = [row["fullName"] for row in caller.get("customers", nameFrom="!")["data"]]
    assert [name for name in found if name in names] == ["#zz", "2zz", "zz", "zz-b", "zz:b", "zz9", "ZZa"]


def test_a_cursor_used_twice_gives_the_next_page(supply: Caller) -> None:
    query = {"limit": 10, "nameFrom": "0"}
    first = supply.get("vendors", **query)
    second, third = (supply.get("vendors", **query, cursor=first["nextCursor"]) for _ in range(2))
    assert second["nextCursor"] == first["nextCursor"]
    assert not {*ids(first)} & {*ids(second)} and not {*ids(second)} & {*ids(third)}


def test_accounts_have_no_order_even_in_a_range(supply: Caller) -> None:
    names = [row["fullName"] for row in supply.get("accounts", nameFrom="0")["data"]]
    assert names != sorted(names, key=str.casefold)


@pytest.mark.parametrize(
    "together",
    [
        "standard-terms date-driven-terms",
        "service-items inventory-items inventory-assembly-items non-inventory-items other-charge-items discount-items"
        " subtotal-items item-groups sales-tax-items sales-tax-group-items",
    ],
)
def test_lists_that_are_one_in_quickbooks_share_no_id(caller: Caller, together: str) -> None:
    for company in (EXAMPLE, CONTRACTOR, WHOLESALER):
        found = [key for path in together.split() for key in ids(caller.as_(company).get(path, status="all"))]
        assert len(found) == len(set(found)) > 1


def test_numeric_ref_numbers_compare_as_numbers(supply: Caller) -> None:
    numbers = [row["refNumber"] for row in supply.get("bills", refNumberFrom="900", refNumberTo="2000")["data"]]
    assert numbers
    assert all(900 <= int(number) <= 2000 for number in numbers)


def test_lists_without_pages_are_complete(supply: Caller) -> None:
    answer = supply.get("accounts", accountType="accounts_payable")
    assert set(answer) == {"objectType", "url", "data"}
    assert {row["name"] for row in answer["data"]} == {"Accounts Payable", "Accounts Payable - Retainage"}


def test_lists_without_pages_accept_no_cursor(supply: Caller) -> None:
    assert refusal(supply.send("GET", "accounts", params={"cursor": "x"})) == INVALID
    assert refusal(supply.send("GET", "inventory-sites", params={"limit": "5"})) == INVALID


def test_deleted_records_are_filtered_by_kind(caller: Caller) -> None:
    caller.control("change", endUserId=EXAMPLE, resource="customers", id=CUSTOMER, delete=True)
    assert ids(caller.get("deleted-list-objects", objectTypes=["vendor"])) == []
    assert refusal(caller.send("GET", "deleted-list-objects", params={"objectTypes": "bill"})) == INVALID
    assert refusal(caller.send("GET", "deleted-list-objects")) == INVALID
