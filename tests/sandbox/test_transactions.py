"""The list of transactions, which alone tells of payments, and what is booked in QuickBooks: it moves no revision."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from conductor import Conductor

from .conftest import BILL, CUSTOMER, EXAMPLE, INVALID, KEY, WHOLESALER, Caller, quickbooks, refusal

PARENT = "80000002-1234567890"


@pytest.fixture
def client(caller: Caller) -> Iterator[Conductor]:
    with Conductor(
        api_key=KEY, base_url=f"{caller.url}/v1", max_retries=0, _strict_response_validation=True, timeout=20
    ) as client:
        yield client


def book(caller: Caller, **what: Any) -> Any:
    return caller.control("book", endUserId=caller.company, **what)


def listed(caller: Caller, **query: Any) -> list[tuple[str, str]]:
    return [(row["transactionType"], row["transactionId"]) for row in caller.get("transactions", **query)["data"]]


@pytest.mark.parametrize("company", [EXAMPLE, WHOLESALER])
def test_the_vendors_client_reads_them(client: Conductor, company: str) -> None:
    found = list(islice(client.qbd.transactions.list(conductor_end_user_id=company), 400))
    first = client.qbd.transactions.retrieve(found[0].transaction_id, conductor_end_user_id=company)
    assert (len(found) > 2, first) == (True, found[0])


def test_a_payment_is_listed_with_its_entity_and_moment(caller: Caller) -> None:
    since = caller.control("clock", endUserId=EXAMPLE, seconds=3_600)["now"]
    made = book(caller, customerId=CUSTOMER, amount="12.50")
    (row,) = caller.get("transactions", updatedAfter=since)["data"]
    assert (row["transactionType"], row["transactionId"], row["amount"]) == (
        "receive_payment",
        made["transactionId"],
        "12.50",
    )
    assert (row["entity"]["id"], row["updatedAt"] >= since) == (CUSTOMER, True)


def test_a_payment_moves_the_balance_and_the_totals_above_and_no_revision(caller: Caller) -> None:
    paths = [f"customers/{id}" for id in (CUSTOMER, PARENT)]
    before = [caller.get(path) for path in paths]
    book(caller, customerId=CUSTOMER, amount="12.50")
    after = [caller.get(path) for path in paths]
    moved = [[name for name in row if row[name] != now[name]] for row, now in zip(before, after, strict=True)]
    assert [sorted(names) for names in moved] == [["balance", "totalBalance"], ["totalBalance"]]


def test_a_payment_of_a_bill_is_linked_to_it_and_taken_back(caller: Caller) -> None:
    before = caller.get(f"bills/{BILL}")
    made = book(caller, billId=BILL, amount="1.25")
    paid = caller.get(f"bills/{BILL}")
    assert float(paid["openAmount"]) == float(before["openAmount"]) - 1.25
    assert paid["revisionNumber"] == before["revisionNumber"]
    assert paid["linkedTransactions"][-1]["id"] == made["transactionId"]
    book(caller, transactionId=made["transactionId"], delete=True)
    assert caller.get(f"bills/{BILL}") == before
    gone = caller.get("deleted-transactions", transactionTypes="bill_payment_check")["data"]
    assert [row["id"] for row in gone] == [made["transactionId"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"transactionTypes": "bill", "entityIds": "nobody"}, 0),
        ({"transactionTypes": "receive_payment"}, 1),
        ({"ids": BILL}, 1),
        ({"refNumbers": "BILL-1234"}, 1),
        ({"refNumberStartsWith": "BILL-", "transactionTypes": "bill"}, 1),
        ({"paymentStatus": "closed", "transactionTypes": "receive_payment"}, 1),
        ({"paymentStatus": "open", "transactionTypes": "receive_payment"}, 0),
        ({"postingStatus": "non_posting", "transactionTypes": "bill"}, 0),
        ({"ids": BILL, "detailLevel": "transaction_lines_only"}, 3),
        ({"ids": BILL, "detailLevel": "all"}, 4),
        ({"transactionDateFrom": "2999-01-01"}, 0),
        ({"updatedAfter": "2999-01-01"}, 0),
        ({"accountIds": "80000003-1234567890", "transactionTypes": "bill", "refNumbers": "BILL-1234"}, 1),
    ],
)
def test_its_filters(caller: Caller, query: dict[str, str], found: int) -> None:
    book(caller, customerId=CUSTOMER, amount="12.50")
    assert len(listed(caller, **query)) == found


@pytest.mark.parametrize(
    "query",
    [
        *({"paymentStatus": "paid"}, {"detailLevel": "lines"}, {"status": "all"}, {"vendorIds": "1"}, {"limit": "151"}),
        *({"transactionTypes": "payment"}, {"updatedAfter": "yesterday"}, {"nameFrom": "A"}, {"names": "A"}),
    ],
)
def test_what_the_vendor_does_not_know_is_refused(caller: Caller, query: dict[str, str]) -> None:
    assert refusal(caller.send("GET", "transactions", params=query)) == INVALID


def test_one_id_that_is_not_found_fails_the_list(caller: Caller) -> None:
    assert refusal(caller.send("GET", "transactions", params={"ids": [BILL, "1-2"]})) == quickbooks("500")


def test_its_pages_are_read_forward_only(caller: Caller) -> None:
    supply = caller.as_(WHOLESALER)
    first = supply.get("transactions", limit=150)
    second = supply.get("transactions", limit=150, cursor=first["nextCursor"])
    ids = [row["transactionId"] for page in (first, second) for row in page["data"]]
    assert (len(set(ids)), first["remainingCount"] - second["remainingCount"]) == (300, 150)


def test_a_merged_customer_is_gone_and_its_balance_and_transactions_are_the_others(caller: Caller) -> None:
    made = book(caller, customerId=CUSTOMER, amount="-7.00", transactionType="receive_payment")
    old, into = caller.get(f"customers/{CUSTOMER}"), "80000003-1234567890"
    before = caller.get(f"customers/{into}")
    caller.control("merge", endUserId=EXAMPLE, id=CUSTOMER, into=into)
    after = caller.get(f"customers/{into}")
    assert float(after["balance"]) == float(before["balance"]) + float(old["balance"])
    assert caller.get(f"transactions/{made['transactionId']}")["entity"]["id"] == into
    assert [row["id"] for row in caller.get("deleted-list-objects", objectTypes="customer")["data"]] == [CUSTOMER]


def test_a_reset_sets_the_clock_right(caller: Caller) -> None:
    caller.control("clock", endUserId=EXAMPLE, seconds=5 * 365 * 86_400)
    far = caller.control("change", endUserId=EXAMPLE, id=CUSTOMER, changes={"phone": "1"})["updatedAt"]
    caller.control("reset")
    near = caller.control("change", endUserId=EXAMPLE, id=CUSTOMER, changes={"phone": "1"})["updatedAt"]
    assert near < far
