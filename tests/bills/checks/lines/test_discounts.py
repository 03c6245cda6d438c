"""Discounts and subtotals on a bill: an amount that is sent, or a word that there is none."""

from decimal import Decimal
from typing import Any

import pytest

from books.mirror import lookup
from books.models import Record
from records.content import Reference
from tenants.models import Tenant
from tests.bills.factories import item, list_titles, named, new_line, store_bill, store_lists

TRADE, SUBTOTAL = Reference("D1", "Trade discount"), Reference("Z1", "Subtotal")
STALE = "A line above a discount changes, but not the discount."


@pytest.fixture
def record(larch: Tenant) -> Record:
    store_lists(larch)
    trade: Any = {**item("I2", "", None, None, "-11.50"), "item": named("D1", "Trade discount")}
    return store_bill(larch, itemLines=[item("I1", "Box 12 × 9 × 4", 200, "1.15", "230.00"), trade])


@pytest.mark.parametrize(
    ("picked", "amount", "said"),
    [
        (TRADE, None, ["Enter the amount of Trade discount."]),
        (TRADE, Decimal("-5.00"), []),
        (SUBTOTAL, None, ["QuickBooks calculates the amount of Subtotal."]),
        (Reference("TI1", "Box 12 × 9 × 4"), None, []),
    ],
)
def test_a_discount_is_never_saved_without_an_amount(record, picked, amount, said):
    assert list_titles(record, **new_line(lookup.get_content(record), "item_lines", item=picked, amount=amount)) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": Decimal("460.00"), "quantity": Decimal(400)}, [STALE]),
        ({"description": "Single wall"}, []),
    ],
)
def test_a_stored_discount_below_a_line_that_changes_is_asked_about(record, change, said):
    first, trade = lookup.get_content(record)["item_lines"]
    assert list_titles(record, item_lines=(first.replace(**change), trade)) == said


def test_so_is_one_whose_line_above_is_removed_but_not_one_that_changes_along(record):
    first, trade = lookup.get_content(record)["item_lines"]
    assert list_titles(record, item_lines=(trade,)) == [STALE]
    cheaper = first.replace(amount=Decimal("115.00"), quantity=Decimal(100))
    assert list_titles(record, item_lines=(cheaper, trade.replace(amount=Decimal("-5.75")))) == []
