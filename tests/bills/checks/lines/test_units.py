"""A unit that was changed without the cost: asked about before it is saved, and offered on the line."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from books.mirror import lookup
from books.models import Record
from records.content import Reference
from tenants.models import Tenant
from tests.bills.factories import item, list_titles, new_line, store_bill, store_lists
from tests.support.inputs import inputs

BOX = Reference("TI1", "Box 12 × 9 × 4")
EDIT = "/t/larch/bills/B1/edit"
SAID = "A unit was changed, but not the cost."


@pytest.fixture
def record(larch: Tenant) -> Record:
    store_lists(larch)
    line: Any = item("I1", "", 2, "1.20", "2.40", unitOfMeasure="Each") | {"item": {"id": "TI1", "fullName": BOX.name}}
    return store_bill(larch, itemLines=[line])


@pytest.mark.parametrize(
    ("unit", "cost", "said"),
    [
        ("Dozen", "1.20", [SAID]),
        ("case", "1.20", [SAID]),
        ("Dozen", "14.40", []),
        ("Dozen", "13.99", []),
        ("Each", "1.20", []),
    ],
)
def test_a_stored_line_with_another_unit_is_asked_about_while_its_cost_is_the_old_one(record, unit, cost, said):
    (line,) = lookup.get_content(record)["item_lines"]
    changed = line.replace(unit_of_measure=unit, cost=Decimal(cost), amount=Decimal(cost) * 2)
    assert list_titles(record, item_lines=(changed,)) == said


@pytest.mark.parametrize(
    ("unit", "cost", "said"), [("Dozen", "1.15", [SAID]), ("Each", "1.15", []), ("Each", "13.8", [SAID])]
)
def test_a_new_line_is_compared_with_the_cost_of_its_item(record, unit, cost, said):
    values = {"item": BOX, "unit_of_measure": unit, "cost": Decimal(cost), "amount": Decimal(cost)}
    assert list_titles(record, **new_line(lookup.get_content(record), "item_lines", **values)) == said


def offered(page: Any) -> list[str]:
    return re.findall(r'name="take"\s+value="(item_lines[^"]*)"', page.content.decode())


def test_without_a_script_the_cost_is_offered_and_taken_and_nothing_sent(as_bob: Client, record, sandbox):
    typed = inputs(as_bob.get(EDIT)) | {"item_lines-0-id": "I1", "item_lines-0-unit_of_measure": "Dozen"}
    asked = as_bob.post(EDIT, typed)
    assert (asked.status_code, offered(asked)) == (422, ["item_lines-0-cost=14.4"])
    taken = as_bob.post(EDIT, inputs(asked) | {"take": "item_lines-0-cost=14.4"})
    assert [inputs(taken)[f"item_lines-0-{name}"] for name in ("quantity", "cost", "amount")] == ["2", "14.4", "28.80"]
    back = as_bob.post(EDIT, inputs(taken) | {"item_lines-0-unit_of_measure": "Each", "take": ""})
    assert (offered(back), sandbox.requests()) == (["item_lines-0-cost=1.20"], [])


def test_a_new_line_without_a_cost_takes_that_of_its_unit(as_bob: Client, record, sandbox):
    typed = {"id": "-1", "item": BOX.name, "unit_of_measure": "Dozen", "quantity": "2"}
    page = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {f"item_lines-1-{name}": text for name, text in typed.items()})
    assert [inputs(page)[f"item_lines-1-{name}"] for name in ("cost", "amount")] == ["13.8", "27.60"]


@pytest.mark.parametrize(
    ("before", "cost", "answer"),
    [
        ("Each", "1.15", {"cost": "13.8", "why": "The cost is that of Each. 1 Dozen is 12 Each."}),
        ("Case", "=12+12", {"cost": "12", "why": "The cost is that of Case. 1 Case is 2 Dozen."}),
        ("Barrel", "1.15", {}),
        ("Each", "cheap", {}),
    ],
)
def test_the_script_asks_for_the_cost_of_another_unit(as_bob: Client, record, before, cost, answer):
    query = {"lines": "item_lines", "item": BOX.name, "unit": "dozen", "before": before, "cost": cost}
    assert as_bob.get("/t/larch/bills/B1/unit-cost/", query).json() == answer
