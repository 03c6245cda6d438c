"""The normalized form of bill numbers, and that stored numbers are normalized too."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from books.models import Record
from books.providers.bigcapital.customers import CUSTOMERS as BIGCAPITAL
from books.providers.conductor.customers import CUSTOMERS
from record_forms.typed.parse import format_typed, parse_value
from records.decoder import decode_value
from records.fields import Field
from records.formatting import format_value
from records.numbers import normalize_number, round_amount, round_to_places
from tenants.models import Tenant

AMOUNT = BIGCAPITAL.shape["balance"]
IN_CENTS = CUSTOMERS.shape["balance"]
NUMBERS = st.text(st.sampled_from("0012AbÄß- \u00a0–."), max_size=12)


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        ("INV-0042", "inv42"),
        ("ÄB-1", "äb1"),
        ("00-12", "12"),
        ("0", "0"),
        ("7.050", "750"),
        ("２０", "20"),
        (" - ", ""),
    ],
)
def test_case_blanks_signs_and_leading_zeros_are_removed(number: str, plain: str) -> None:
    assert normalize_number(number) == plain


@given(NUMBERS)
def test_a_normalized_number_is_unchanged(number: str) -> None:
    assert normalize_number(normalize_number(number)) == normalize_number(number)


@given(NUMBERS, NUMBERS)
def test_a_dash_between_and_capitals_make_no_difference(one: str, other: str) -> None:
    assert normalize_number(f"{one}-{other}".upper()) == normalize_number(f"{one}- {other}")


def test_bills_that_were_stored_before_are_found_too(larch: Tenant) -> None:
    known = {"tenant": larch, "kind": "bills", "read_at": timezone.now()}
    Record.objects.create(**known, remote_id="B1", name="INV-0042", vendor_id="V1")
    import_module("books.migrations.0008_compared_number").fill(apps, None)
    assert [bill.number for bill in Record.objects.filter(remote_id="B1")] == ["inv42"]


@pytest.mark.parametrize(
    ("f", "raw", "shown"),
    [
        (AMOUNT, "12.345", "12.345"),
        (AMOUNT, "-300.245", "−300.245"),
        (AMOUNT, "12.340", "12.34"),
        (AMOUNT, "12", "12.00"),
        (AMOUNT, "12.3400000000000002", "12.34"),
        (AMOUNT, "12.3455", "12.346"),
        (IN_CENTS, "12.345", "12.35"),
        (IN_CENTS, "-300.245", "−300.25"),
        (IN_CENTS, "300.244999", "300.24"),
        (IN_CENTS, "-0.005", "−0.01"),
    ],
)
def test_an_amount_is_shown_with_the_decimals_of_its_books_and_rounded_half_up(f: Field, raw: str, shown: str) -> None:
    assert format_value(f, decode_value(f, Decimal(raw))) == shown


@given(st.decimals("-9999999", "9999999", places=3))
def test_an_amount_of_three_decimals_comes_back_from_its_input_as_it_is(amount: Decimal) -> None:
    base = decode_value(AMOUNT, amount)
    assert parse_value(AMOUNT, format_typed(AMOUNT, base), base, Tenant(slug="larch")) == amount


@given(st.decimals("-9999999", "9999999", places=5))
def test_rounding_is_off_by_half_a_step_at_most_and_goes_away_from_zero_at_the_half(amount: Decimal) -> None:
    rounded = round_amount(amount)
    assert abs(rounded - amount) <= Decimal("0.0005")
    assert abs(rounded) >= abs(amount) or abs(rounded - amount) < Decimal("0.0005")


def test_a_sum_that_cancels_out_has_no_sign() -> None:
    rounded = [str(round_amount(Decimal(text))) for text in ("-2.8E-17", "-0.0004", "-0.0005")]
    assert rounded == ["0.00", "0.00", "-0.001"]


@pytest.mark.parametrize(
    ("amount", "places", "rounded"),
    [("246.90", 0, "247.00"), ("0.495", 0, "0.00"), ("-0.5", 0, "-1.00"), ("1.005", 2, "1.01"), ("1.0055", 3, "1.01")],
)
def test_what_is_worked_out_is_rounded_once_to_the_decimals_of_its_currency(
    amount: str, places: int, rounded: str
) -> None:
    assert str(round_to_places(Decimal(amount), places)) == rounded
