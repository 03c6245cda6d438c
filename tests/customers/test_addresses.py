"""Addresses on the form of a customer: a pasted block laid out, one copied from another, by buttons without script."""

import re

import pytest
from django.test import Client

from books.models import Record
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .test_edit import EDIT, sent
from .test_lists import SHIP, errors, form, press

BLOCK = "Acme Supplies Ltd.\r\n12 Elm St\r\nBoise, ID 83702\r\n"
LAID = {"line1": "Acme Supplies Ltd.", "line2": "12 Elm St", "city": "Boise", "state": "ID", "postal_code": "83702"}
MEMBERS = ("line1", "line2", "line3", "line4", "line5", "city", "state", "postal_code", "country", "note")


def address(data: dict[str, str], name: str) -> dict[str, str]:
    """The members of an address that are filled in."""
    return {member: data[f"{name}-{member}"] for member in MEMBERS if data[f"{name}-{member}"]}


def test_a_pasted_block_is_laid_out_over_the_address_and_its_note_stays(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    laid = press(as_bob, form(as_bob) | {"billing_address-block": BLOCK}, "lay", "billing_address")
    assert address(laid, "billing_address") == {**LAID, "country": "United States", "note": "Conductor HQ"}
    assert (laid["billing_address-block"].strip(), sent(sandbox)) == ("", [])


@pytest.mark.parametrize(
    "block", ["1200 Harbor Road\r\nSuite B", "Unit 7\r\n2400 Century Parkway\r\nAtlanta", "1 Quay\tYard 2"]
)
def test_a_block_without_a_town_leaves_the_rest_of_the_address(as_bob: Client, job: Record, block: str) -> None:
    before = form(as_bob)
    laid = press(as_bob, before | {"billing_address-block": block}, "lay", "billing_address")
    typed = dict(zip(("line1", "line2", "line3"), re.split(r"[\r\n\t]+", block), strict=False))
    assert address(laid, "billing_address") == address(before, "billing_address") | typed


def test_a_block_is_laid_out_over_a_ship_to_address_that_is_new(as_bob: Client, job: Record) -> None:
    data = press(as_bob, form(as_bob), "add", SHIP) | {f"{SHIP}-1-name": "Yard", f"{SHIP}-1-block": BLOCK}
    laid = press(as_bob, data, "lay", f"{SHIP}-1")
    assert (address(laid, f"{SHIP}-1"), laid[f"{SHIP}-1-name"]) == (LAID, "Yard")


def test_laying_out_nothing_changes_nothing(as_bob: Client, job: Record) -> None:
    before = form(as_bob)
    assert address(press(as_bob, before, "lay", "billing_address"), "billing_address") == address(
        before, "billing_address"
    )


def test_billing_is_copied_to_shipping_as_it_was_typed(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    data = form(as_bob) | {"billing_address-city": "Oakland", "billing_address-line3": ""}
    copied = press(as_bob, data, "fill", "shipping_address")
    assert address(copied, "shipping_address") == address(copied, "billing_address")
    as_bob.post(EDIT, copied)
    (body,) = sent(sandbox)
    assert body["shippingAddress"] == body["billingAddress"]


def test_a_pasted_block_that_nobody_laid_out_is_not_lost_on_saving(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    answer = as_bob.post(EDIT, form(as_bob) | {"billing_address-block": BLOCK})
    said = "Press “Fill in the fields” for the pasted address, or clear its box."
    assert (answer.status_code, errors(answer), sent(sandbox)) == (422, {"billing_address-line1": [said]}, [])
    assert inputs(answer)["billing_address-block"].split() == BLOCK.split()


def test_the_preview_is_of_what_stands_in_the_inputs(as_bob: Client, job: Record) -> None:
    answer = as_bob.post(EDIT, form(as_bob) | {"billing_address-city": "Oakland", "name": ""})
    row = answer.context["form"].row("billing_address")
    assert row.printed == "Conductor Labs Inc.\n540 Market St.\nSuite 100\nOakland, CA 94110\nUnited States"


def test_a_button_for_an_address_there_is_not_changes_nothing(as_bob: Client, job: Record) -> None:
    before = form(as_bob)
    for button, value in (("lay", "name"), ("fill", "billing_address"), ("fill", "x"), ("lay", "")):
        after = press(as_bob, before, button, value)
        assert {k: v for k, v in after.items() if k not in ("base", "token", "csrfmiddlewaretoken")} == {
            k: v for k, v in before.items() if k not in ("base", "token", "csrfmiddlewaretoken")
        }
