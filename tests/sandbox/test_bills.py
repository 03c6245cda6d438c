"""Bills change by QuickBooks' rules: lines replace lines, totals follow."""

from decimal import Decimal
from typing import Any

import pytest

from .conftest import BILL, CONTRACTOR, INVALID, WHOLESALER, Caller, quickbooks, refusal

PATH = f"bills/{BILL}"
EXPENSE, ITEM, GROUP = "456DEF-1234567890", "456DF0-1234567890", "456DF1-1234567890"
OFFICE, RENT = "80000003-1234567890", "80000004-1234567890"


def lines(bill: dict[str, Any], kind: str = "itemLines") -> list[tuple[Any, ...]]:
    return [(line["quantity"], line["cost"], line["amount"]) for line in bill[kind]]


def test_the_documented_bill_adds_up(caller: Caller) -> None:
    bill = caller.get(PATH)
    parts = [
        bill["expenseLines"][0]["amount"],
        bill["itemLines"][0]["amount"],
        bill["itemGroupLines"][0]["totalAmount"],
    ]
    assert (parts, bill["amountDue"], bill["openAmount"]) == (["500.00", "300.00", "200.00"], "1000.00", "500.00")


def test_a_line_sent_by_its_id_alone_stays_as_it_is(caller: Caller) -> None:
    before = caller.get(PATH)
    assert caller.update(PATH, expenseLines=[{"id": EXPENSE}])["expenseLines"] == before["expenseLines"]


def test_omitted_lines_are_removed_and_new_ones_get_ids(caller: Caller) -> None:
    new = {"id": "-1", "accountId": RENT, "amount": "12.50"}
    (line,) = caller.update(PATH, expenseLines=[new])["expenseLines"]
    assert line["id"] not in (EXPENSE, "-1")
    assert (line["account"]["fullName"], line["amount"]) == ("Expenses:Rent", "12.50")


def test_totals_follow_the_lines(caller: Caller) -> None:
    bill = caller.update(PATH, expenseLines=[{"id": EXPENSE, "amount": "700.00"}])
    assert (bill["amountDue"], bill["openAmount"], bill["amountDueInHomeCurrency"]) == ("1200.00", "700.00", "1481.40")


def test_each_kind_of_line_is_replaced_by_itself(caller: Caller) -> None:
    before = caller.get(PATH)
    after = caller.update(PATH, itemLines=[{"id": ITEM, "quantity": 1}])
    assert (after["expenseLines"], after["itemGroupLines"]) == (before["expenseLines"], before["itemGroupLines"])


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"quantity": 3}, (3, "60.00", "180.00")),
        ({"cost": "0.125"}, (5, "0.125", "0.63")),
        ({"amount": "100.00"}, (5, "20.00", "100.00")),
        ({"quantity": 4, "cost": "10.00"}, (4, "10.00", "40.00")),
        ({"quantity": 3, "amount": "10.00"}, (3, "3.33333", "10.00")),
        ({"cost": "8.00", "amount": "20.00"}, (2.5, "8.00", "20.00")),
        ({"description": "same"}, (5, "60.00", "300.00")),
    ],
)
def test_the_third_of_quantity_cost_and_amount_is_derived(
    caller: Caller, sent: dict[str, Any], stored: tuple[Any, ...]
) -> None:
    assert lines(caller.update(PATH, itemLines=[{"id": ITEM, **sent}])) == [stored]


def test_a_new_item_line_starts_as_one_at_its_own_cost(caller: Caller) -> None:
    bill = caller.update(PATH, itemLines=[{"id": ITEM}, {"id": "-1", "itemId": "80000002-1234567890"}])
    assert lines(bill) == [(5, "60.00", "300.00"), (1, "24.50", "24.50")]


def test_a_bin_is_no_site_and_a_site_no_bin(caller: Caller) -> None:
    places = {row["name"]: row for row in caller.get("inventory-sites")["data"]}
    site, shelf = places["Main Warehouse"], places["Aisle 3, Shelf B"]
    assert (site["parent"], shelf["parent"]) == (None, {"id": site["id"], "fullName": "Main Warehouse"})
    for wrong in ({"inventorySiteId": shelf["id"]}, {"inventorySiteLocationId": site["id"]}):
        assert refusal(caller.try_update(PATH, itemLines=[{"id": ITEM, **wrong}])) == quickbooks("3140")


def test_a_group_grows_with_its_quantity(caller: Caller) -> None:
    (group,) = caller.update(PATH, itemGroupLines=[{"id": GROUP, "quantity": 10}])["itemGroupLines"]
    assert (group["totalAmount"], lines(group)) == ("400.00", [(10, "40.00", "400.00")])


def test_a_new_group_has_its_items(caller: Caller) -> None:
    new = {"id": "-1", "itemGroupId": "80000003-1234567890", "quantity": 2}
    group = caller.update(PATH, itemGroupLines=[{"id": GROUP}, new])["itemGroupLines"][1]
    assert (group["totalAmount"], lines(group)) == ("120.00", [(2, "60.00", "120.00")])


def test_clearing_expense_lines_leaves_the_items(caller: Caller) -> None:
    bill = caller.update(PATH, clearExpenseLines=True)
    assert (bill["expenseLines"], bill["amountDue"]) == ([], "500.00")


def test_clearing_item_lines_removes_the_groups_too(caller: Caller) -> None:
    bill = caller.update(PATH, clearItemLines=True)
    assert (bill["itemLines"], bill["itemGroupLines"], bill["amountDue"]) == ([], [], "500.00")


def test_clearing_item_lines_removes_even_the_groups_in_the_request(caller: Caller) -> None:
    group = caller.get(PATH)["itemGroupLines"][0]["id"]
    answer = caller.try_update(PATH, clearItemLines=True, itemGroupLines=[{"id": group}])
    assert refusal(answer) == quickbooks("3120")


def test_a_bill_keeps_at_least_one_line(caller: Caller) -> None:
    before = caller.get(PATH)
    answer = caller.try_update(PATH, clearExpenseLines=True, clearItemLines=True)
    assert (refusal(answer), caller.get(PATH)) == (quickbooks("3150"), before)


def test_a_clear_flag_and_its_array_contradict(caller: Caller) -> None:
    answer = caller.try_update(PATH, clearExpenseLines=True, expenseLines=[{"id": EXPENSE}])
    assert refusal(answer) == INVALID


def test_an_unknown_line_is_refused(caller: Caller) -> None:
    answer = caller.try_update(PATH, expenseLines=[{"id": "999999-1234567890"}])
    assert refusal(answer) == quickbooks("3120")


def test_a_line_cannot_be_sent_twice(caller: Caller) -> None:
    answer = caller.try_update(PATH, expenseLines=[{"id": EXPENSE}, {"id": EXPENSE}])
    assert refusal(answer) == quickbooks("3120")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vendorId": "80000002-1234567890"}, "3170"),
        ({"vendorId": "80000099-1234567890"}, "3170"),
        ({"termsId": "80000099-1234567890"}, "3140"),
        ({"expenseLines": [{"id": EXPENSE, "accountId": "80000099-1234567890"}]}, "3140"),
        ({"expenseLines": [{"id": EXPENSE, "payeeId": "bad id"}]}, "3000"),
        ({"itemLines": [{"id": ITEM, "overrideItemAccountId": "80000099-1234567890"}]}, "3140"),
        ({"memo": "x" * 4096}, "3070"),
    ],
)
def test_quickbooks_refuses(caller: Caller, changes: dict[str, Any], code: str) -> None:
    assert refusal(caller.try_update(PATH, **changes)) == quickbooks(code)


def test_the_payables_account_must_be_one(caller: Caller) -> None:
    (bill,) = caller.get("bills", refNumbers=unpaid(caller)["refNumber"])["data"]
    assert refusal(caller.try_update(f"bills/{bill['id']}", payablesAccountId=RENT)) == quickbooks("3140")


def test_terms_do_not_change_the_due_date(caller: Caller) -> None:
    bill = caller.update(PATH, termsId="80000003-1234567890")
    assert (bill["terms"]["fullName"], bill["dueDate"]) == ("Net 60", "2021-10-31")


def test_a_closed_period_cannot_be_changed(caller: Caller) -> None:
    builder = caller.as_(CONTRACTOR)
    (old, *_) = builder.get("bills", transactionDateTo="2026-09-30", limit=1)["data"]
    assert refusal(builder.try_update(f"bills/{old['id']}", memo="x")) == quickbooks("3171")


def test_a_bill_cannot_be_dated_back_into_a_closed_period(caller: Caller) -> None:
    builder = caller.as_(CONTRACTOR)
    (new, *_) = builder.get("bills", transactionDateFrom="2026-10-01", limit=1)["data"]
    answer = builder.try_update(f"bills/{new['id']}", transactionDate="2026-09-30")
    assert refusal(answer) == quickbooks("3171")


def test_a_deleted_bill_is_listed_as_deleted(caller: Caller) -> None:
    bill = unpaid(caller)
    gone = caller.send("DELETE", f"bills/{bill['id']}").json()
    assert gone == {"id": bill["id"], "objectType": "qbd_bill", "refNumber": bill["refNumber"], "deleted": True}
    (listed,) = caller.get("deleted-transactions", transactionTypes="bill")["data"]
    assert (listed["id"], listed["transactionType"]) == (bill["id"], "bill")
    assert refusal(caller.send("GET", f"bills/{bill['id']}")) == quickbooks("500")


def test_a_paid_bill_cannot_be_deleted(caller: Caller) -> None:
    assert refusal(caller.send("DELETE", PATH)) == quickbooks("3160")


def test_a_paid_bill_cannot_be_voided(caller: Caller) -> None:
    before = caller.get(PATH)
    assert refusal(caller.send("POST", f"{PATH}/void")) == quickbooks("3170")
    assert caller.get(PATH) == before


def test_a_voided_bill_has_zero_amounts(caller: Caller) -> None:
    bill = unpaid(caller)
    caller.send("POST", f"bills/{bill['id']}/void")
    after = caller.get(f"bills/{bill['id']}")
    assert (after["amountDue"], after["openAmount"], after["memo"][:5]) == ("0.00", "0.00", "VOID:")


@pytest.mark.parametrize(("key", "count"), [("500LIN-1234567890", 500), ("5000LI-1234567890", 5000)])
def test_the_long_bills_add_up(caller: Caller, key: str, count: int) -> None:
    bill = caller.as_(WHOLESALER).get(f"bills/{key}")
    amounts = [line["amount"] for line in bill["expenseLines"] + bill["itemLines"]]
    amounts += [line["amount"] for group in bill["itemGroupLines"] for line in group["itemLines"]]
    assert (len(amounts), bill["amountDue"]) == (count, str(sum(map(Decimal, amounts))))


def test_a_created_bill_takes_terms_and_currency_from_its_vendor(caller: Caller) -> None:
    body = {
        "vendorId": "80000001-1234567890",
        "transactionDate": "2026-11-02",
        "expenseLines": [{"accountId": OFFICE, "amount": "9.99"}],
    }
    bill = caller.send("POST", "bills", json=body).json()
    shown = (bill["terms"]["fullName"], bill["dueDate"], bill["currency"]["fullName"], bill["openAmount"])
    assert shown == ("Net 30", "2026-12-02", "USD", "9.99")


@pytest.mark.parametrize(
    ("day", "due"), [("2026-11-09", "2026-11-15"), ("2026-11-10", "2026-12-15"), ("2026-12-16", "2027-01-15")]
)
def test_a_created_bill_with_date_driven_terms_is_due_on_their_day(caller: Caller, day: str, due: str) -> None:
    body = {
        "vendorId": "80000001-1234567890",
        "transactionDate": day,
        "termsId": caller.get("date-driven-terms")["data"][0]["id"],  # the 15th, with five days of grace
        "expenseLines": [{"accountId": OFFICE, "amount": "9.99"}],
    }
    assert caller.send("POST", "bills", json=body).json()["dueDate"] == due


def test_a_bill_can_be_created_from_a_purchase_order(caller: Caller) -> None:
    supply = caller.as_(WHOLESALER)
    order = supply.get("purchase-orders", limit=1)["data"][0]
    head = {"vendorId": order["vendor"]["id"], "transactionDate": "2026-11-02"}
    bill = supply.send("POST", "bills", json={**head, "linkToTransactionIds": [order["id"]]}).json()
    assert (bill["amountDue"], bill["linkedTransactions"]) == (order["totalAmount"], [])
    assert [link["id"] for link in supply.get(f"bills/{bill['id']}")["linkedTransactions"]] == [order["id"]]


def unpaid(caller: Caller) -> Any:
    rows = caller.get("bills", includeLinkedTransactions="true", paymentStatus="not_paid")["data"]
    return next(row for row in rows if not row["linkedTransactions"])


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ({"itemLines": [{"id": ITEM, "unitOfMeasure": "each"}]}, False),
        ({"itemLines": [{"id": ITEM, "unitOfMeasure": ""}]}, False),
        ({"itemLines": [{"id": ITEM, "unitOfMeasure": "Furlong"}]}, True),
        ({"itemLines": [{"id": "-1", "itemId": "80000001-1234567890", "unitOfMeasure": "Each"}]}, True),
        ({"itemGroupLines": [{"id": GROUP, "unitOfMeasure": "Furlong"}]}, True),
        ({"itemGroupLines": [{"id": GROUP, "unitOfMeasure": "Each"}]}, False),
    ],
)
def test_a_unit_is_one_of_the_items_set_or_of_the_one_that_overrides_it(
    caller: Caller, lines: Any, refused: bool
) -> None:
    """Widget A has no set; the stored lines name one."""
    answer = caller.try_update(PATH, **lines)
    assert (refusal(answer) == quickbooks("3210")) if refused else (answer.status_code == 200)


def test_a_new_bill_may_use_any_unit_of_the_items_set(caller: Caller) -> None:
    supply = caller.as_(WHOLESALER)
    item = next(row for row in supply.get("inventory-items")["data"] if row["unitOfMeasureSet"])
    vendor = supply.get("vendors", limit=1)["data"][0]
    head = {"vendorId": vendor["id"], "transactionDate": "2026-11-02"}
    line = {"itemId": item["id"], "quantity": 1}
    answers = [
        supply.send("POST", "bills", json={**head, "itemLines": [{**line, "unitOfMeasure": unit}]})
        for unit in ("Dozen", "Kilogram")
    ]
    assert (answers[0].status_code, refusal(answers[1])) == (200, quickbooks("3210"))


def test_bills_to_pay_are_those_of_the_usual_account_unless_another_is_named(caller: Caller) -> None:
    builder = caller.as_(CONTRACTOR)
    usual, other = (row for row in builder.get("accounts", accountType="accounts_payable")["data"][:2])
    usual, other = sorted((usual, other), key=lambda row: row["accountNumber"])
    bill = next(row for row in builder.get("bills", paymentStatus="not_paid", transactionDateFrom="2026-10-01")["data"])
    builder.control(
        "change",
        endUserId=CONTRACTOR,
        resource="bills",
        id=bill["id"],
        changes={"payablesAccount": {"id": other["id"], "fullName": other["fullName"]}},
    )
    found = {
        name: [
            row["bill"]["billId"] for row in builder.get("bills-to-pay", vendorId=bill["vendor"]["id"], **more)["data"]
        ]
        for name, more in {
            "none": {},
            "usual": {"payablesAccountId": usual["id"]},
            "other": {"payablesAccountId": other["id"]},
        }.items()
    }
    assert (found["none"], found["other"], bill["id"] in found["none"]) == (found["usual"], [bill["id"]], False)


def make_bill(supply: Caller, order: Any, **members: Any) -> Any:
    head = {"vendorId": order["vendor"]["id"], "transactionDate": "2026-11-02"}
    return supply.send("POST", "bills", json={**head, **members})


def open_order(supply: Caller) -> Any:
    return next(row for row in supply.get("purchase-orders")["data"] if len(row["lines"]) > 1)


def test_a_purchase_order_is_closed_once_it_is_billed(caller: Caller) -> None:
    supply = caller.as_(WHOLESALER)
    order = open_order(supply)
    made = make_bill(supply, order, linkToTransactionIds=[order["id"]]).json()
    after = supply.get(f"purchase-orders/{order['id']}")
    assert (after["isFullyReceived"], [line["receivedQuantity"] for line in after["lines"]]) == (
        True,
        [line["quantity"] for line in order["lines"]],
    )
    link = after["linkedTransactions"][-1]
    assert [link[name] for name in ("id", "transactionDate")] == [made["id"], "2026-11-02"]
    assert refusal(make_bill(supply, order, linkToTransactionIds=[order["id"]])) == quickbooks("570")


def test_a_line_of_a_purchase_order_brings_its_item_and_is_received(caller: Caller) -> None:
    supply = caller.as_(WHOLESALER)
    order = open_order(supply)
    first, second, *_ = order["lines"]
    links = [{"transactionId": order["id"], "transactionLineId": line["id"]} for line in (first, second)]
    made = make_bill(supply, order, itemLines=[{"linkToTransactionLine": links[0], "quantity": 1}]).json()
    shown = [(line["item"], line["quantity"], line["cost"]) for line in made["itemLines"]]
    after = supply.get(f"purchase-orders/{order['id']}")
    assert shown == [(first["item"], 1, first["rate"])]
    assert (after["isFullyReceived"], after["lines"][0]["receivedQuantity"]) == (False, 1)
    twice = [{"linkToTransactionLine": link} for link in reversed(links)]
    both = {"linkToTransactionIds": [order["id"]], "itemLines": twice[1:]}
    named = [{"linkToTransactionLine": links[0], "itemId": first["item"]["id"]}]
    unknown = [{"linkToTransactionLine": {**links[0], "transactionLineId": "1-2"}}]
    tries = ({"itemLines": twice}, both, {"itemLines": named}, {"itemLines": unknown})
    codes = [refusal(make_bill(supply, order, **members))[3] for members in tries]
    assert codes == ["3210", "3210", "3210", "3120"]
    assert supply.get(f"purchase-orders/{order['id']}") == after
