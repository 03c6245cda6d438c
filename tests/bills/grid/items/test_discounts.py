"""The amount of a discount on a new line: of the line above, of a subtotal, a sum, or none."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from bills.grid.item_defaults import DISCOUNT, SUBTOTAL, ItemDefaults
from bills.grid.items.discounts import compute_discount, find_discounted
from bills.grid.lines import BillLines
from books import registry
from tenants.models import Tenant
from tests.bills.factories import bill, store_lists

STOCK = "inventory-items"
TEN, FIVE, OFF = (STOCK, Decimal(10)), (STOCK, Decimal(5)), (DISCOUNT, Decimal(-1))


@pytest.mark.parametrize(
    ("above", "found"),
    [
        ([], None),
        ([TEN, FIVE], 5),
        ([TEN, OFF], None),
        ([TEN, ("", Decimal(5))], None),
        ([(STOCK, None)], None),
        ([TEN, FIVE, (SUBTOTAL, None)], 15),
        ([TEN, (SUBTOTAL, None), FIVE, OFF, (SUBTOTAL, Decimal(4))], 4),
        ([(SUBTOTAL, None)], None),
        ([TEN, (STOCK, None), (SUBTOTAL, None)], None),
    ],
)
def test_a_discount_takes_its_part_of_the_line_above_or_of_what_a_subtotal_adds_up(above, found):
    assert find_discounted(above) == found


@pytest.mark.parametrize(
    ("percent", "above", "places", "amount"),
    [
        ("-5.0", "51.50", 2, "-2.58"),
        ("-5.0", "-51.50", 2, "2.58"),
        ("-12.5", "1001", 0, "-125.00"),
        ("-5.0", "0", 2, "0.00"),
    ],
)
def test_it_is_rounded_half_up_in_the_places_of_the_currency(percent, above, places, amount):
    found = compute_discount(ItemDefaults(percent=Decimal(percent)), Decimal(above), places)
    assert str(found) == amount


def amounts(larch: Tenant, **typed: str) -> list[str]:
    """What stands in the inputs of a new line behind 200 × 1.15: quantity, cost and amount."""
    store_lists(larch)
    data = QueryDict(mutable=True)
    for name, text in {"id": "-1", **typed}.items():
        data[f"item_lines-1-{name}"] = text
    (item,) = bill(larch)["item_lines"]
    stock = {"id": "TI1", "fullName": "Box 12 × 9 × 4"}
    base = bill(larch).replace(item_lines=(item.replace(item=type(item["item"])(stock["id"], stock["fullName"])),))
    lines = BillLines(larch, registry.get_table(larch, "bills"), base, data)
    assert lines.errors == {}
    new = lines.edited["item_lines"][1]
    return [str(new[name]) for name in ("quantity", "cost", "amount")]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"item": "Trade discount"}, ["None", "None", "-11.50"]),
        ({"item": "Trade discount", "amount": "-7"}, ["None", "None", "-7.00"]),
        ({"item": "Trade discount", "cost": "-7"}, ["None", "None", "-7.00"]),
        ({"item": "Coupon"}, ["None", "None", "-3.00"]),
    ],
)
def test_a_new_discount_has_the_amount_that_will_be_sent(larch, typed, found):
    assert amounts(larch, **typed) == found
