"""The field or line of a refusal: what a message may name, and that a missing field is never named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bills.forms import BillForm
from books import registry
from books.providers.conductor.error_fields import locate_field
from records.content import Content
from tenants.models import Tenant
from tests.bills.factories import bill

LARCH = Tenant(slug="larch", name="Larch")
BASE = bill(LARCH)
QUOTES = ("Memo", "memo", "APAccountRef", "AccountRef", "Amount", "Quantity", "E1", "M2", "VE1", "218.00", "1.15", "")
WORDS = (
    "the Vendor",
    "of an expense line",
    'field "',
    'reference to QuickBooks Item "',
    "in the Bill",
    '"',
    "[9]",
    ".",
)


def edited(**changed: Any) -> Content:
    first, *rest = BASE["expense_lines"]
    return BASE.replace(expense_lines=(first.replace(**changed), *rest))


@pytest.mark.parametrize(
    ("text", "change", "path"),
    [
        ('Too big at "itemGroupLines[0].itemLines[1].cost"', {}, "item_group_lines-0-item_lines-1-cost"),
        ('Unrecognized member "expenseLines"', {}, "expense_lines"),
        ('The text in the field "Memo" is too long.', {}, "memo"),
        ('The text in the field "Memo" is too long.', {"memo": "Longer"}, "expense_lines-0-memo"),
        ('Object "E2" cannot be found.', {}, "expense_lines-1"),
        ('Object "M2" cannot be found.', {}, "item_group_lines-0-item_lines-1"),
        ('An invalid reference to QuickBooks Account "AE2" in the Bill.', {}, "expense_lines-1-account"),
        ("The Account of an expense line is missing.", {}, "expense_lines"),
        ('The value "86.40" in the field "Amount" of an expense line.', {}, "expense_lines-1-amount"),
        ("Something else is wrong.", {}, ""),
    ],
)
def test_a_path_a_name_an_id_or_a_value_leads_to_its_input(text, change, path):
    assert locate_field(text, BASE, edited(**change)) == path


@given(st.lists(st.sampled_from([*(f'"{one}"' for one in QUOTES), *WORDS])).map(" ".join) | st.text())
def test_any_message_leads_to_no_field_or_to_an_existing_one(text):
    form = BillForm(LARCH, registry.get_table(LARCH, "bills"), BASE)
    path = locate_field(text, BASE, edited(memo="Changed"))
    there = path.partition("-")[0]
    assert path == "" or there in BASE.shape
    form.lines.refuse(path, "Wrong.")


@given(st.text(alphabet='"[].ABab01 ', max_size=200))
def test_nested_quotes_and_brackets_are_parsed_quickly(text):
    assert isinstance(locate_field(text * 20, BASE, BASE), str)
