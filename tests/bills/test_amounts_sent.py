"""The quantity, cost, amount and total that stood on the screen are what QuickBooks holds after the save."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from books.sync import refresh
from edits.lifecycle import acceptance
from tenants.models import Tenant
from tests.support.copies import Copied
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

HARBOR = "end_usr_contractor0001"
BILL = "1759-1501837737"  # one item line and some expenses
PATH = f"/quickbooks-desktop/bills/{BILL}"
EDIT = f"/t/harbor/bills/{BILL}/edit"
LINE = "item_lines-0"
Three = tuple[Any, str | None, str]
Save = Callable[..., Any]


@pytest.fixture
def books(sandbox: Sandbox) -> Callable[[], Three]:
    """The item line as QuickBooks holds it."""

    def read() -> Three:
        line = sandbox.get(PATH, HARBOR)["itemLines"][0]
        return line["quantity"], line["cost"], line["amount"]

    return read


@pytest.fixture
def stored(harbor: Tenant, sandbox: Sandbox, copied: Copied) -> Record:
    """The bill with an item line of 2 × 25.79."""
    copied(harbor)
    bill = sandbox.get(PATH, HARBOR)
    lines = [{"id": bill["itemLines"][0]["id"], "quantity": 2, "cost": "25.79"}]
    sandbox.post(PATH, HARBOR, revisionNumber=bill["revisionNumber"], itemLines=lines)
    return refresh.read_record(harbor, registry.get_table(harbor, "bills"), BILL)


@pytest.fixture
def save(as_bob: Client, stored: Record) -> Save:
    """Save the form with these cells of its item line; `total` is what a script wrote."""

    def post(total: str = "", index: int = 0, key: str = "", **cells: str) -> Any:
        line = f"item_lines-{index}"
        typed = {f"{line}-id": key or lookup.get_content(stored)["item_lines"][0]["id"]}
        typed |= {f"{line}-{name}": text for name, text in cells.items()}
        return as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | typed | ({"total_seen": total} if total else {}))

    return post


def confirm(client: Client, page: Any) -> Any:
    """Save the page that came back, as it is."""
    return client.post(EDIT, inputs(page))


def cells(page: Any, line: str = LINE) -> tuple[str, ...]:
    found = inputs(page)
    return tuple(found[f"{line}-{name}"] for name in ("quantity", "cost", "amount"))


@pytest.mark.parametrize(
    ("typed", "shown", "held"),
    [
        ({"quantity": "4"}, ("4", "25.79", "103.16"), (4, "25.79", "103.16")),
        ({"quantity": "4", "amount": "60.00"}, ("4", "15", "60.00"), (4, "15.00", "60.00")),
        ({"cost": "10", "amount": "50.00"}, ("5", "10", "50.00"), (5, "10.00", "50.00")),
        ({"quantity": "3,000", "amount": "100.01"}, ("3000", "0.03334", "100.01"), (3000, "0.03334", "100.01")),
        ({"quantity": "7", "cost": "", "amount": "8.00"}, ("7", "1.14286", "8.00"), (7, "1.14286", "8.00")),
        ({"amount": "-60.00"}, ("2", "-30", "-60.00"), (2, "-30.00", "-60.00")),
    ],
)
def test_without_a_script_the_form_shows_its_total_before_it_is_saved(
    as_bob: Client, save: Save, books: Callable[[], Three], typed: dict[str, str], shown: Any, held: Three
) -> None:
    asked = save(**{"quantity": "2", "cost": "25.79", "amount": "51.58"} | typed)
    assert (asked.status_code, cells(asked)[1:], books()) == (422, shown[1:], (2, "25.79", "51.58"))
    assert (confirm(as_bob, asked).status_code, books()) == (303, held)


def test_both_totals_are_said_and_the_new_one_is_in_the_form(as_bob: Client, save: Save) -> None:
    seen = inputs(as_bob.get(EDIT))["total_seen"]
    asked = save(quantity="4")
    differs = asked.context["total_differs"]
    assert (str(differs.seen), inputs(asked)["total_seen"]) == (seen, str(differs.would_be))
    text = " ".join(asked.content.decode().split())
    assert f"The total would be {differs.would_be:,.2f}. You saw {differs.seen:,.2f}." in text


def test_a_form_without_a_total_is_shown_with_it_and_nothing_is_sent(
    as_bob: Client, stored: Record, sandbox: Sandbox
) -> None:
    typed = {name: text for name, text in inputs(as_bob.get(EDIT)).items() if name != "total_seen"}
    sandbox.clear_requests()
    asked = as_bob.post(EDIT, typed | {"memo": "Typed without a total"})
    assert asked.context["total_differs"] == acceptance.TotalDiffers(None, asked.context["form"].lines.total)
    assert [one for one in sandbox.requests() if one["method"] == "POST"] == []
    assert (confirm(as_bob, asked).status_code, sandbox.get(PATH, HARBOR)["memo"]) == (303, "Typed without a total")


def test_what_does_not_change_the_total_is_saved_at_once(as_bob: Client, stored: Record) -> None:
    assert as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"memo": "Same total"}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        (("4", "12.895", "51.58"), (4, "12.895", "51.58")),
        (("3000", "0.03334", "100.01"), (3000, "0.03334", "100.01")),
        (("0.33333", "3000", "1,000.00"), (0.33333, "3000.00", "1000.00")),
        (("3", "33.333", "100.00"), (3, "33.333", "100.00")),
    ],
)
def test_what_a_script_showed_is_saved_at_once(
    as_bob: Client, save: Save, books: Callable[[], Three], stored: Record, typed: tuple[str, str, str], held: Three
) -> None:
    bill = lookup.get_content(stored)
    total = bill["amount_due"] - bill["item_lines"][0]["amount"] + Decimal(held[2])
    answer = save(str(total), quantity=typed[0], cost=typed[1], amount=typed[2])
    assert (answer.status_code, books()) == (303, held)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("4", "10", "60.00"), "4 × 10 is 40.00, not 60.00."),
        (("0", "25.79", "60.00"), "0 × 25.79 is 0.00, not 60.00."),
    ],
)
def test_three_that_do_not_agree_are_asked_about_at_the_amount(
    save: Save, books: Callable[[], Three], typed: tuple[str, str, str], said: str
) -> None:
    asked = save(quantity=typed[0], cost=typed[1], amount=typed[2])
    whole = f"{said} Correct one of them, or clear the one to calculate."
    assert (asked.status_code, asked.context["form"].errors) == (422, {f"{LINE}-amount": [whole]})
    assert (cells(asked), books()) == (typed, (2, "25.79", "51.58"))


def test_a_new_line_of_three_that_do_not_agree_is_asked_about_and_its_cost_calculated_once_cleared(
    as_bob: Client, save: Save, stored: Record, sandbox: Sandbox
) -> None:
    item = str(lookup.get_content(stored)["item_lines"][0]["item"])
    asked = save(index=1, key="-1", item=item, quantity="7", cost="1.15", amount="8.00")
    assert list(asked.context["form"].errors) == ["item_lines-1-amount"]
    assert as_bob.post(EDIT, inputs(asked) | {"item_lines-1-cost": ""}).status_code == 303
    line = sandbox.get(PATH, HARBOR)["itemLines"][1]
    assert (line["quantity"], line["cost"], line["amount"]) == (7, "1.14286", "8.00")


def test_what_is_typed_into_a_form_that_came_back_counts_from_what_it_showed(
    as_bob: Client, save: Save, books: Callable[[], Three]
) -> None:
    asked = save(quantity="4", cost="25.79", amount="60.00")
    again = as_bob.post(EDIT, inputs(asked) | {f"{LINE}-cost": "20"})
    assert cells(again) == ("4", "20", "80.00")
    assert (confirm(as_bob, again).status_code, books()) == (303, (4, "20.00", "80.00"))


def test_a_line_stored_with_a_cost_and_no_quantity_takes_the_two_that_were_typed(
    as_bob: Client, save: Save, harbor: Tenant, stored: Record, sandbox: Sandbox, books: Callable[[], Three]
) -> None:
    raw = sandbox.get(PATH, HARBOR)
    raw["itemLines"][0] |= {"quantity": None, "cost": "5.00", "amount": "5.00"}
    lookup.store_record(harbor, registry.get_table(harbor, "bills"), raw)
    assert (save(quantity="7", cost="5", amount="5.00").status_code, books()) == (422, (2, "25.79", "51.58"))
    answer = save(quantity="7", cost="0.71429", amount="5.00")
    assert (answer.status_code, books()) == (303, (7, "0.71429", "5.00"))
