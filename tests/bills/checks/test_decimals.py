"""Amounts have as many decimals as their currency."""

from decimal import Decimal

import pytest

from bills.checks.decimals import check_decimals
from books.mirror.currencies import Currency
from records.content import Content
from tenants.models import Tenant
from tests.bills.factories import bill, expense, item

LARCH = Tenant(slug="larch", name="Larch")
YEN, DOLLAR = Currency("JPY", 0), Currency("USD", 2)


def with_amounts(amount: str, item_amount: str = "230.00") -> Content:
    lines = [expense("E1", "Freight In", amount, memo="Inbound, 2 pallets"), expense("E2", "Office Supplies", "86.40")]
    items = [item("I1", "Box 12 × 9 × 4", 200, "1.15", item_amount, description="Single <wall>")]
    return bill(LARCH, expenseLines=lines, itemLines=items)


@pytest.mark.parametrize(
    ("currency", "amount", "spots"),
    [
        (YEN, "12.34", ("expense_lines-0-amount",)),
        (YEN, "12.00", ()),
        (YEN, "218.00", ()),
        (DOLLAR, "12.34", ()),
    ],
)
def test_an_amount_with_too_many_decimals_is_refused_at_its_line(
    currency: Currency, amount: str, spots: tuple[str, ...]
) -> None:
    found = check_decimals(bill(LARCH), with_amounts(amount), currency, "QuickBooks")
    assert (found.spots if found else (), bool(found and found.refuses)) == (spots, bool(spots))


def test_what_the_books_hold_so_is_left_alone() -> None:
    assert check_decimals(with_amounts("12.34"), with_amounts("12.34"), YEN, "QuickBooks") is None


def test_it_names_the_amounts_and_the_currency() -> None:
    found = check_decimals(bill(LARCH), with_amounts("12.34", "0.50"), YEN, "QuickBooks")
    assert found is not None
    assert found.title == "Amounts in JPY have no decimals: 12.34, 0.50."


def test_a_line_in_a_group_is_refused_at_its_own_input() -> None:
    base = bill(LARCH)
    (group,) = base["item_group_lines"]
    first, second = group["item_lines"]
    changed = group.replace(item_lines=(first, second.replace(amount=Decimal("1.50"))))
    found = check_decimals(base, base.replace(item_group_lines=(changed,)), YEN, "QuickBooks")
    assert found is not None
    assert found.spots == ("item_group_lines-0-item_lines-1-amount",)
