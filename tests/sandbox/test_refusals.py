"""What Conductor and QuickBooks refuse that no other test here runs into: nothing is written."""

from typing import Any

import pytest

from .conftest import BILL, CONTRACTOR, CUSTOMER, EXAMPLE, INVALID, KEY, WHOLESALER, Caller, quickbooks, refusal

NONE = "80000099-1234567890"
REVISION = {"revisionNumber": "1"}
FOUND_NOTHING, STALE, FORBIDDEN, INCOMPLETE = (quickbooks(code) for code in ("3120", "3200", "3170", "3150"))


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", f"bills/{NONE}", FOUND_NOTHING),
        ("DELETE", f"bills/{NONE}", FOUND_NOTHING),
        ("POST", f"bills/{NONE}/void", FOUND_NOTHING),
        ("POST", f"bills/{BILL}", STALE),
        ("GET", "bills?transactionDateFrom=2026-02-30", INVALID),
        ("GET", "bills-to-pay", INVALID),
    ],
)
def test_a_request_that_means_no_record_or_no_day_is_refused(
    caller: Caller, method: str, path: str, expected: object
) -> None:
    content = {"json": REVISION} if method == "POST" and "void" not in path else {}
    assert refusal(caller.send(method, path, **content)) == expected


@pytest.mark.parametrize("path", ["customers/x/y", "accounts/x/void"])
def test_there_is_no_such_route(caller: Caller, path: str) -> None:
    assert caller.send("POST", path, json={}).status_code == 404


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "99999"])
def test_a_time_limit_has_to_be_a_number_of_seconds(caller: Caller, seconds: str) -> None:
    headers = {"Conductor-Timeout-Seconds": seconds}
    assert refusal(caller.send("GET", f"bills/{BILL}", headers=headers)) == INVALID


def test_a_job_has_at_most_four_customers_above_it(caller: Caller) -> None:
    above, codes = CUSTOMER, []
    for number in range(4):
        answer = caller.send("POST", "customers", json={"name": f"Level {number}", "parentId": above})
        codes.append(answer.status_code if answer.status_code == 200 else refusal(answer))
        above = answer.json().get("id", above)
    assert codes == [200, 200, 200, quickbooks("3210")]


def test_the_currency_of_a_customer_with_a_balance_stays(caller: Caller) -> None:
    caller.control("book", endUserId=EXAMPLE, customerId=CUSTOMER, transactionType="invoice", amount="5.00")
    other = next(row["id"] for row in caller.get("currencies")["data"] if row["currencyCode"] != "USD")
    before = caller.get(f"customers/{CUSTOMER}")
    answer = caller.try_update(f"customers/{CUSTOMER}", currencyId=other)
    assert (refusal(answer), caller.get(f"customers/{CUSTOMER}")) == (FORBIDDEN, before)


def test_an_unknown_contact_is_refused(caller: Caller) -> None:
    contact = {"id": NONE, "revisionNumber": "1", "firstName": "Nobody"}
    assert refusal(caller.try_update(f"customers/{CUSTOMER}", additionalContacts=[contact])) == FOUND_NOTHING


def test_an_order_of_another_vendor_is_not_linked(caller: Caller) -> None:
    wholesaler = caller.as_(WHOLESALER)
    order = wholesaler.get("purchase-orders")["data"][0]
    vendors = [row["id"] for row in wholesaler.get("vendors")["data"] if row["id"] != order["vendor"]["id"]]
    body = {"vendorId": vendors[0], "transactionDate": "2026-11-20", "linkToTransactionIds": [order["id"]]}
    assert refusal(wholesaler.send("POST", "bills", json=body)) == quickbooks("3140")


@pytest.mark.parametrize(
    "wanted",
    [
        {"endUserId": "end_usr_nobody"},
        {"endUserId": EXAMPLE, "resource": "customers", "id": NONE},
        {"endUserId": EXAMPLE, "resource": "planets", "id": NONE},
        {"endUserId": EXAMPLE, "resource": "customers", "id": CUSTOMER, "chnages": {}},
    ],
)
def test_a_change_of_something_unknown_is_refused(caller: Caller, wanted: dict[str, Any]) -> None:
    assert caller.http.post("/_sandbox/change", json={"id": NONE, **wanted}).status_code == 400


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("book", {"endUserId": "end_usr_nobody", "customerId": CUSTOMER, "amount": "1.00"}),
        ("book", {"endUserId": EXAMPLE, "customerId": NONE, "amount": "1.00"}),
        ("delay", {"seconds": 601}),
        ("delay", {"seconds": True}),
        ("faults", {"endUserId": EXAMPLE, "fault": "refuse", "operation": "dance"}),
        ("faults", {"endUserId": EXAMPLE, "fault": "refuse", "count": 0}),
        ("faults", {"endUserId": EXAMPLE, "fault": "refuse", "skip": -1}),
        ("faults", {"endUserId": EXAMPLE, "fault": "refuse", "after": "lunch"}),
        ("faults", {"endUserId": EXAMPLE, "fault": "altered", "members": ["phone"]}),
        ("faults", {"endUserId": EXAMPLE, "fault": "refuse", "colour": "red"}),
    ],
)
def test_a_control_call_with_a_slip_is_refused(caller: Caller, name: str, wanted: dict[str, Any]) -> None:
    answer = caller.http.post(f"/_sandbox/{name}", json=wanted)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


def send_core(caller: Caller, method: str, path: str, **content: Any) -> Any:
    return caller.http.request(method, f"/v1/{path}", headers={"Authorization": f"Bearer {KEY}"}, **content)


def test_end_users_are_known_and_have_source_ids_of_their_own(caller: Caller) -> None:
    body = {"companyName": "Twin", "sourceId": "twin", "email": "twin@x.example"}
    answers = [send_core(caller, "POST", "end-users", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert send_core(caller, "GET", "end-users/end_usr_nobody").status_code == 404


@pytest.mark.parametrize("minutes", [14, 10_081])
def test_a_link_expires_within_a_week(caller: Caller, minutes: int) -> None:
    body = {"endUserId": EXAMPLE, "publishableKey": "pk_conductor_sandbox", "linkExpiryMins": minutes}
    assert refusal(send_core(caller, "POST", "auth-sessions", json=body)) == INVALID


def test_a_bin_belongs_to_the_site_of_its_line(caller: Caller) -> None:
    wholesaler = caller.as_(WHOLESALER)
    places = wholesaler.get("inventory-sites")["data"]
    bins = [place for place in places if place["parent"]]
    sites = [place for place in places if not place["parent"] and place["id"] != bins[0]["parent"]["id"]]
    bill = next(bill for bill in wholesaler.get("bills")["data"] if bill["itemLines"])
    line = {"id": bill["itemLines"][0]["id"], "inventorySiteId": sites[0]["id"]}
    wrong = {**line, "inventorySiteLocationId": bins[0]["id"]}
    assert refusal(wholesaler.try_update(f"bills/{bill['id']}", itemLines=[wrong])) == quickbooks("3140")


def test_an_expense_line_needs_an_account_where_the_company_requires_one(caller: Caller) -> None:
    required = {company: caller.as_(company).get("preferences")["accounting"] for company in (EXAMPLE, CONTRACTOR)}
    company = next(company for company, found in required.items() if found["isRequiringAccounts"])
    other = caller.as_(company)
    bill = next(bill for bill in other.get("bills")["data"] if bill["expenseLines"])
    answer = other.try_update(f"bills/{bill['id']}", expenseLines=[{"id": "-1", "amount": "1.00"}])
    assert refusal(answer) == INCOMPLETE
