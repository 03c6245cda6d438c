"""A bill's form: its buttons without a script, a new line for it, and how it comes back with what is wrong."""

import re

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit
from tenants.models import Tenant
from tests.support.inputs import inputs

from .factories import BILL

EDIT = "/t/larch/bills/B1/edit"


@pytest.fixture
def stored(larch: Tenant) -> Record:
    return lookup.store_record(larch, registry.get_table(larch, "bills"), BILL)


def pressed(client: Client, button: str, value: str, **typed: str) -> dict[str, str]:
    """The inputs of the form after one of its buttons."""
    answer = client.post(EDIT, {**inputs(client.get(EDIT)), **typed, button: value})
    assert answer.status_code == 200
    return {name: text for name, text in inputs(answer).items() if "_lines-" in name}


def test_no_line_travels_until_it_is_opened(as_bob, stored):
    assert [name for name in inputs(as_bob.get(EDIT)) if "_lines-" in name] == []


def test_open_makes_inputs_of_a_stored_line(as_bob, stored):
    form = pressed(as_bob, "open", "expense_lines-0")
    assert (form["expense_lines-0-id"], form["expense_lines-0-account"]) == ("E1", "Freight In")
    assert form["expense_lines-0-amount"] == "218.00"


def test_open_inside_a_group_takes_the_group_along(as_bob, stored):
    form = pressed(as_bob, "open", "item_group_lines-0-item_lines-1")
    assert (form["item_group_lines-0-id"], form["item_group_lines-0-item_lines-1-cost"]) == ("G1", "19.5")


def test_add_puts_a_blank_line_behind_the_others_and_keeps_what_was_typed(as_bob, stored):
    form = pressed(as_bob, "add", "expense_lines", **{"expense_lines-2-id": "-1", "expense_lines-2-memo": "Toner"})
    assert (form["expense_lines-2-memo"], form["expense_lines-3-id"], form["expense_lines-3-memo"]) == (
        "Toner",
        "-1",
        "",
    )


def test_copy_makes_a_new_line_of_what_stands_in_another(as_bob, stored):
    form = pressed(as_bob, "copy", "item_lines-0")
    assert (form["item_lines-1-id"], form["item_lines-1-item"], form["item_lines-1-quantity"]) == (
        "-1", "Box 12 × 9 × 4", "200",
    )  # fmt: skip


NEW = {"expense_lines-2-id": "-1", "expense_lines-2-memo": "Toner"}
PAIR = {**NEW, "expense_lines-3-id": "-1", "expense_lines-3-memo": "Paper"}
AT_END = "A line cannot be added between saved lines. This one is below them."


def list_new(form: dict[str, str], section: str = "expense_lines") -> list[str]:
    """The memos of the new expense lines in their order, or what other lines have for one."""
    names = [name.removesuffix("-id") for name, text in form.items() if name.startswith(section) and text == "-1"]
    return [form.get(f"{name}-memo", form.get(f"{name}-amount", "")) for name in names]


def test_a_line_asked_for_in_a_new_one_comes_below_it(as_bob, stored):
    assert list_new(pressed(as_bob, "below", "expense_lines-2", **PAIR)) == ["Toner", "", "Paper"]


def test_a_line_asked_for_in_the_last_stored_one_comes_below_it(as_bob, stored):
    assert list_new(pressed(as_bob, "below", "expense_lines-1", **PAIR)) == ["", "Toner", "Paper"]


def test_a_line_asked_for_above_a_removed_one_comes_below_its_own(as_bob, stored):
    gone = {"expense_lines-1-id": "E2", "expense_lines-1-remove": "on"}
    assert list_new(pressed(as_bob, "below", "expense_lines-0", **gone, **PAIR)) == ["", "Toner", "Paper"]


@pytest.mark.parametrize(
    ("button", "new"),
    [("below", ["Toner", ""]), ("copy", ["Toner", "Inbound, 2 pallets"]), ("split", ["Toner", "Inbound, 2 pallets"])],
)
def test_a_line_asked_for_between_stored_ones_comes_last_and_says_so(as_bob, stored, button, new):
    typed = {**NEW, "expense_lines-0-id": "E1", "expense_lines-0-split": "2"}
    answer = as_bob.post(EDIT, {**inputs(as_bob.get(EDIT)), **typed, button: "expense_lines-0"})
    assert (list_new(inputs(answer)), AT_END in answer.content.decode()) == (new, True)


def test_only_what_was_asked_for_between_stored_lines_says_that_it_comes_last(as_bob, stored):
    answer = as_bob.post(EDIT, {**inputs(as_bob.get(EDIT)), **PAIR, "below": "expense_lines-2"})
    assert AT_END not in answer.content.decode()


def test_parts_of_a_new_line_follow_it_in_their_order(as_bob, stored):
    typed = {"expense_lines-2-amount": "100", "expense_lines-2-split": "50/30/20", "expense_lines-3-amount": "7"}
    form = pressed(as_bob, "split", "expense_lines-2", **PAIR, **typed)
    shown = [form[f"expense_lines-{number}-amount"] for number in (2, 4, 5, 3)]
    assert (list_new(form), shown) == (["Toner", "Toner", "Toner", "Paper"], ["50.00", "30.00", "20.00", "7"])


@pytest.mark.parametrize(
    ("button", "place", "order"),
    [
        ("up", 3, ["Paper", "Toner"]),
        ("down", 2, ["Paper", "Toner"]),
        ("up", 2, ["Toner", "Paper"]),
        ("down", 3, ["Toner", "Paper"]),
        ("up", 1, ["Toner", "Paper"]),
        ("down", 9, ["Toner", "Paper"]),
    ],
)
def test_a_new_line_moves_among_new_ones_only(as_bob, stored, button, place, order):
    assert list_new(pressed(as_bob, button, f"expense_lines-{place}", **PAIR)) == order


def test_lines_are_numbered_as_they_stand(as_bob, stored):
    moved = pressed(as_bob, "up", "expense_lines-3", **PAIR)
    page = as_bob.post(EDIT, {**inputs(as_bob.get(EDIT)), **moved, "open": "expense_lines-0"}).content.decode()
    rows = re.findall(r"<tr class=\"line is-open is-new\" id=\"(\S+)\" .*?<td class=c-no>(\d+)", page)
    assert rows == [("expense_lines-3", "3"), ("expense_lines-2", "4")]


def test_remove_strikes_a_line_out_and_undo_brings_it_back(as_bob, stored):
    gone = pressed(as_bob, "remove", "expense_lines-0")
    assert gone == {"expense_lines-0-id": "E1", "expense_lines-0-remove": "on"}
    assert pressed(as_bob, "undo", "expense_lines-0", **gone) == {}


def test_undo_puts_an_open_line_back_to_what_is_stored(as_bob, stored):
    typed = {"expense_lines-0-id": "E1", "expense_lines-0-memo": "Changed"}
    assert pressed(as_bob, "undo", "expense_lines-0", **typed) == {}


def test_a_date_typed_short_into_a_line_comes_back_in_full(as_bob, stored):
    typed = {"item_lines-0-id": "I1", "item_lines-0-expiration_date": "10/1/26"}
    assert pressed(as_bob, "add", "expense_lines", **typed)["item_lines-0-expiration_date"] == "1 Oct 2026"


def test_what_is_wrong_with_a_line_stands_under_it(as_bob, stored):
    typed = {"expense_lines-0-id": "E1", "expense_lines-0-amount": "much"}
    answer = as_bob.post(EDIT, {**inputs(as_bob.get(EDIT)), **typed})
    assert answer.status_code == 422
    assert '<tr class=line-errors id="expense_lines-0-errors">' in answer.content.decode()
    assert inputs(answer)["expense_lines-0-amount"] == "much"


@pytest.fixture
def nameless(larch: Tenant) -> Record:
    """The bill with two lines of which the vendor gives no id."""
    lines = [{**line, "id": None} for line in BILL["expenseLines"]]
    return lookup.store_record(larch, registry.get_table(larch, "bills"), {**BILL, "expenseLines": lines})


def test_lines_of_which_the_vendor_gives_no_id_cannot_be_changed_and_say_why(as_bob, nameless):
    form = pressed(as_bob, "open", "expense_lines-0")
    form = inputs(as_bob.get(EDIT)) | form | {"expense_lines-0-memo": "Changed"}
    answer = as_bob.post(EDIT, form)
    assert answer.status_code == 422
    assert "can only be changed in QuickBooks, as it does not say which stored line is which." in said(answer)


def test_a_bill_with_such_lines_can_be_changed_otherwise(as_bob, nameless):
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"memo": "Changed"})
    assert (answer.status_code, Edit.objects.get().fields.split()) == (303, ["memo"])


def said(answer):
    return " ".join(answer.content.decode().split())
