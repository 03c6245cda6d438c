"""Who a line is for: a vendor on payables, a customer elsewhere, and somebody if it is billable."""

from typing import Any

import pytest

from books.mirror import lookup
from books.models import Record
from records.content import Reference
from tenants.models import Tenant
from tests.bills.factories import expense, list_titles, named, new_line, store_bill, store_lists

ADA, NORRLAND = Reference("V1", "Ada"), Reference("V2", "Norrland")
FREIGHT, PAYABLE = Reference("AE1", "Freight In"), Reference("P1", "Accounts Payable")
RECEIVABLE = Reference("R1", "Accounts Receivable")
NOBODY = "A billable line has no customer."


@pytest.fixture
def record(larch: Tenant) -> Record:
    store_lists(larch)
    return store_bill(larch)


def titles(record: Record, **values: Any) -> list[str]:
    """What is said of a new expense with these values."""
    return list_titles(record, **new_line(lookup.get_content(record), "expense_lines", amount=3, **values))


@pytest.mark.parametrize(
    ("account", "payee", "said"),
    [
        (PAYABLE, ADA, ["On Accounts Payable, Ada has to be a vendor, and it is a customer or job."]),
        (PAYABLE, NORRLAND, []),
        (PAYABLE, Reference("V1", "Cobalt Ridge Packaging"), []),
        (RECEIVABLE, NORRLAND, ["On Accounts Receivable, Norrland has to be a customer or job, and it is a vendor."]),
        (FREIGHT, NORRLAND, ["On Freight In, Norrland has to be a customer or job, and it is a vendor."]),
        (RECEIVABLE, ADA, []),
        (FREIGHT, ADA, []),
        (PAYABLE, Reference("X9", "Never read"), []),
        (Reference("X9", "Never read"), ADA, []),
        (PAYABLE, None, []),
    ],
)
def test_a_payable_is_owed_to_a_vendor_and_all_else_is_for_a_customer(record, account, payee, said):
    assert titles(record, account=account, payee=payee) == said


def test_a_stored_line_is_asked_about_when_its_account_or_payee_changes(larch):
    store_lists(larch)
    lines = [expense("E1", "Freight In", "3.00", payee=named("V1", "Ada"))]
    record = store_bill(larch, expenseLines=lines, itemLines=[], itemGroupLines=[])
    (line,) = lookup.get_content(record)["expense_lines"]
    said = "On Accounts Payable, Ada has to be a vendor, and it is a customer or job."
    assert list_titles(record, expense_lines=(line.replace(account=PAYABLE),)) == [said]
    assert list_titles(record, expense_lines=(line.replace(memo="Late"),)) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"billing_status": "billable"}, [NOBODY]),
        ({"billing_status": "billable", "payee": ADA}, []),
        ({"billing_status": "billable", "payee": NORRLAND, "account": PAYABLE}, [NOBODY]),
        ({"billing_status": "not_billable"}, []),
        ({}, []),
    ],
)
def test_a_billable_expense_without_a_customer_is_asked_about(record, values, said):
    assert titles(record, **{"account": FREIGHT, **values}) == said


def test_so_is_a_billable_item_even_inside_a_group(record):
    content = lookup.get_content(record)
    (group,) = content["item_group_lines"]
    first, *others = group["item_lines"]
    inside = group.replace(item_lines=(first.replace(billing_status="billable"), *others))
    stored = content["item_lines"][0].replace(billing_status="billable")
    assert list_titles(record, item_lines=(stored,)) == [NOBODY]
    assert list_titles(record, item_group_lines=(inside,)) == [NOBODY]
    assert list_titles(record, item_lines=(stored,), item_group_lines=(inside,)) == [
        "2 billable lines have no customer."
    ]


def test_a_stored_line_is_asked_about_when_its_customer_is_cleared_and_only_then(larch):
    store_lists(larch)
    lines = [expense("E1", "Freight In", "3.00", payee=named("V1", "Ada"), billingStatus="billable")]
    record = store_bill(larch, expenseLines=lines)
    (line,) = lookup.get_content(record)["expense_lines"]
    assert list_titles(record, expense_lines=(line.replace(payee=None),)) == [NOBODY]
    record = store_bill(larch, revisionNumber="101", expenseLines=[{**lines[0], "payee": None}])
    (line,) = lookup.get_content(record)["expense_lines"]
    assert list_titles(record, expense_lines=(line.replace(memo="Late"),)) == []
