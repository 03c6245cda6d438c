"""What an item picked for a line brings along, and what does not go with it."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import Client

from bills.grid.item_defaults import find_item_defaults
from bills.grid.lines import BillLines
from books import registry
from books.mirror import lookup
from records.content import Content
from tenants.models import Tenant

LINE = "/t/larch/bills/500LIN-1234567890/entry/"


@pytest.fixture
def bill(larch: Tenant, copied: Callable[..., None]) -> Content:
    copied(larch)
    return lookup.get_content(lookup.find_record(larch, "bills", "500LIN-1234567890"))


def new_line(tenant: Tenant, bill: Content, **typed: str) -> BillLines:
    """The lines of the bill with a new item line."""
    data = QueryDict(mutable=True)
    for name, text in ({"id": "-1"} | typed).items():
        data[f"item_lines-280-{name}"] = text
    return BillLines(tenant, registry.get_table(tenant, "bills"), bill, data)


def errors(tenant: Tenant, bill: Content, **typed: str) -> dict[str, list[str]]:
    """What is wrong with a new item line."""
    lines = new_line(tenant, bill, **typed)
    lines.is_valid()
    return {name.removeprefix("item_lines-280-"): said for name, said in lines.errors.items()}


def test_an_item_brings_its_description_cost_and_units(as_bob: Client, bill: Content) -> None:
    item = str(bill["item_lines"][0]["item"])
    answer = as_bob.get(LINE, {"lines": "item_lines", "member": "item", "entry": item}).json()
    cost = answer["values"].pop("cost")
    assert answer == {
        "values": {"description": f"{item.replace(':', ' ')}, wholesale", "unit_of_measure": "Each"},
        "units": ["Each", "Dozen", "Case"],
        "without": [],
        "percent": "",
    }
    assert float(cost) > 0


def test_a_discount_takes_no_quantity(as_bob: Client, larch: Tenant, bill: Content) -> None:
    query = {"lines": "item_lines", "member": "item", "entry": "Trade discount"}
    assert as_bob.get(LINE, query).json()["without"] == ["quantity"]
    typed = {"item": "Trade discount", "amount": "-5", "quantity": "2"}
    assert errors(larch, bill, **typed) == {"quantity": ["Trade discount has no quantity. Leave it blank."]}
    assert errors(larch, bill, **typed | {"quantity": ""}) == {}


def test_a_unit_has_to_be_one_of_the_items_own(larch: Tenant, bill: Content) -> None:
    item = str(bill["item_lines"][0]["item"])
    said = f"{item} has no unit “Barrel”. Use Each, Dozen, Case."
    assert errors(larch, bill, item=item, unit_of_measure="Barrel") == {"unit_of_measure": [said]}
    assert errors(larch, bill, item=item, unit_of_measure="dozen") == {}


def test_the_lines_own_unit_set_goes_before_the_items(larch: Tenant, bill: Content) -> None:
    typed = {"item": str(bill["item_lines"][0]["item"]), "override_unit_of_measure_set": "Weight"}
    assert errors(larch, bill, **typed, unit_of_measure="Kilogram") == {}
    assert list(errors(larch, bill, **typed, unit_of_measure="Each")) == ["unit_of_measure"]


@pytest.mark.parametrize(("typed", "pieces"), [({}, 1), ({"quantity": "3"}, 3)])
def test_a_new_line_without_an_amount_counts_as_much_as_quickbooks_will_say(
    larch: Tenant, bill: Content, typed: dict[str, str], pieces: int
) -> None:
    item = bill["item_lines"][0]["item"]
    cost = find_item_defaults(
        larch, bill["item_lines"][0].shape, bill["item_lines"][0].shape["item"], str(item)
    ).values["cost"]
    lines = new_line(larch, bill, item=str(item), **typed)
    assert lines.total - lines.total_was == pieces * Decimal(cost)


@pytest.mark.parametrize("query", [{}, {"lines": "bills", "member": "item", "entry": "x"}, {"lines": "item_lines"}])
def test_a_question_about_no_such_line_is_refused(as_bob: Client, bill: Content, query: dict[str, str]) -> None:
    assert as_bob.get(LINE, query).status_code == 400
