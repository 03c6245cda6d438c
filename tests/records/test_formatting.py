"""A list entry in one line of text, beside its name."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.providers.conductor.customers import CONTACT_FIELD, SHAPE
from records.content import Content
from records.formatting import format_money, format_short

YARD = {"name": "Yard", "line1": "1 Quay", "line2": "Dock 4", "city": "Boise", "state": "ID", "postal_code": "83702"}
PHONE = Content(CONTACT_FIELD, {"name": "Main Phone", "value": "555-0100"})
ANN = {"id": "1", "revision_number": "17", "name": "Ann Poe", "first_name": "Ann", "last_name": "Poe"}


@pytest.mark.parametrize(
    ("listed", "entry", "said"),
    [
        ("alternate_shipping_addresses", YARD, "1 Quay, Dock 4, Boise, ID 83702"),
        (
            "alternate_shipping_addresses",
            {**YARD, "note": "Ring twice", "is_default_shipping_address": True},
            "1 Quay, Dock 4, Boise, ID 83702 · Ring twice · Default",
        ),
        ("alternate_shipping_addresses", {"name": "Yard", "is_default_shipping_address": False}, ""),
        ("custom_contact_fields", PHONE, "555-0100"),
        (
            "additional_contacts",
            {**ANN, "job_title": "Buyer", "custom_contact_fields": (PHONE,)},
            "Buyer · Main Phone: 555-0100",
        ),
        ("additional_contacts", {**ANN, "name": "A. Poe"}, "Ann"),
        ("additional_notes", {"id": Decimal(1), "note": "Pays late."}, "Pays late."),
    ],
)
def test_an_entry_is_formatted_in_one_line(listed: str, entry: dict[str, object], said: str) -> None:
    f = SHAPE[listed]
    assert format_short(f, entry if isinstance(entry, Content) else Content(f.shape, entry)) == said


@given(st.integers(-(10**9), 10**9))
def test_an_amount_of_three_places_is_written_as_if_it_had_no_more_than_it_needs(thousandths):
    amount = Decimal(thousandths).scaleb(-3)
    places = 3 if thousandths % 10 else 2
    assert format_money(amount, minus="-") == f"{amount:,.{places}f}"


@pytest.mark.parametrize(
    ("code", "written"),
    [("", "1,240.00"), ("USD", "1,240.00"), ("JPY", "1,240"), ("KWD", "1,240.000"), ("Shells", "1,240.00")],
)
def test_an_amount_has_the_decimals_of_its_currency(code, written):
    assert {format_money(Decimal(amount), code) for amount in ("1240", "1240.00", "1240.000")} == {written}
    assert format_money(Decimal("12.5"), "JPY") == "12.50"
