"""What an answer lacks: a member that was asked for or was filled before, at any depth, and nothing else."""

from decimal import Decimal
from typing import Any

import pytest

from records.changes import NEW_LINE
from records.content import Content
from records.encoder import encode
from records.merge.lacking import list_lacking
from tests.edits.examples import BILL, CUSTOMER, HOME, PAPER

NEW = PAPER.replace(id=NEW_LINE, amount=Decimal("3.00"), memo="Toner")
ADDRESSED = CUSTOMER.replace(shipping_address=HOME)
STORED = {**encode(NEW), "id": "E2"}


def without(raw: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key != name}


@pytest.mark.parametrize(
    ("base", "changes", "missing", "found"),
    [
        (CUSTOMER, {"phone": "555-0199"}, "phone", ["Phone"]),
        (CUSTOMER, {"phone": ""}, "phone", ["Phone"]),
        (CUSTOMER, {"phone": "555-0199"}, "email", ["Email"]),
        (CUSTOMER, {"phone": "555-0199"}, "fax", []),
        (CUSTOMER, {"terms": None}, "terms", []),
        (BILL, {"expense_lines": ()}, "expenseLines", ["Expenses"]),
        (BILL, {"memo": "x"}, "itemLines", ["Items"]),
        (BILL, {"memo": "x"}, "itemGroupLines", []),
    ],
)
def test_a_member_counts_that_was_asked_for_or_filled_before(
    base: Content, changes: dict[str, Any], missing: str, found: list[str]
) -> None:
    asked = base.replace(**changes)
    assert list_lacking(base, asked, without(encode(asked), missing)) == found


def test_a_member_counts_under_each_of_its_names() -> None:
    asked = BILL.replace(item_group_lines=())
    assert list_lacking(BILL, asked, {**without(encode(asked), "itemGroupLines"), "itemLineGroups": []}) == []


def test_members_of_an_address_count_each_unless_there_is_none() -> None:
    raw = encode(ADDRESSED)
    assert list_lacking(ADDRESSED, ADDRESSED, {**raw, "billingAddress": without(raw["billingAddress"], "city")}) == [
        "Bill to, city"
    ]
    assert list_lacking(ADDRESSED, ADDRESSED, {**raw, "billingAddress": None}) == []


def test_members_of_stored_and_of_new_lines_count() -> None:
    asked = BILL.replace(expense_lines=(PAPER, NEW))
    lines = [
        [encode(PAPER), STORED],
        [without(encode(PAPER), "memo"), STORED],
        [encode(PAPER), without(STORED, "amount")],
        [encode(PAPER), without(STORED, "billingStatus")],
        [encode(PAPER)],
    ]
    found = [list_lacking(BILL, asked, {**encode(asked), "expenseLines": one}) for one in lines]
    assert found == [[], ["Expenses, memo"], ["Expenses, amount"], [], []]
