"""The normalized form of bill numbers, and that stored numbers are normalized too."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from books.models import Record
from records.numbers import normalize_number
from tenants.models import Tenant

NUMBERS = st.text(st.sampled_from("0012AbÄß- \u00a0–."), max_size=12)


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        ("INV-0042", "inv42"),
        ("ÄB-1", "äb1"),
        ("00-12", "12"),
        ("0", "0"),
        ("7.050", "7.50"),
        ("２０", "20"),
        (" - ", ""),
    ],
)
def test_case_spaces_dashes_and_leading_zeros_are_removed(number: str, plain: str) -> None:
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
