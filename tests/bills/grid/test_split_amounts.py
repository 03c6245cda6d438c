"""A line split into parts: the cents add up, whatever is split and however."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bills.grid.lines import BillLines
from bills.grid.split_amounts import InvalidSplit, parse_shares, split_amount
from books import registry
from tenants.models import Tenant
from tests.bills.factories import bill, data_of, item


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3", [Fraction(1, 3)] * 3),
        ("50/30/20", [Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)]),
        ("50% 50%", [Fraction(1, 2)] * 2),
        ("62.5 / 37.5", [Fraction(5, 8), Fraction(3, 8)]),
        ("50 % + 50 %", [Fraction(1, 2)] * 2),
    ],
)
def test_parts_and_percentages_are_understood(text: str, found: list[Fraction]) -> None:
    assert parse_shares(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a way to split"),
        ("three", "is not a way to split"),
        ("-2", "is not a way to split"),
        ("1", "at least 2 parts"),
        ("2.5", "at least 2 parts"),
        ("101", "at most 100 parts"),
        ("9" * 400, "at most 100 parts"),
        ("50/40", "add up to 90, not 100"),
        ("100/0", "above 0"),
        ("50%", "add up to 50, not 100"),
    ],
)
def test_what_cannot_be_split_so_is_said(text: str, said: str) -> None:
    with pytest.raises(InvalidSplit, match=said):
        parse_shares(text)


def test_the_odd_cents_go_to_the_largest_rests() -> None:
    assert split_amount(Decimal("100.00"), parse_shares("3"), 2) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert split_amount(Decimal("-0.05"), parse_shares("50/30/20"), 2) == [
        Decimal("-0.03"),
        Decimal("-0.01"),
        Decimal("-0.01"),
    ]


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    st.lists(st.integers(1, 1000), min_size=2, max_size=12),
)
def test_parts_add_up_and_are_within_a_cent_of_their_share(whole: Decimal, weights: list[int]) -> None:
    by = [Fraction(weight, sum(weights)) for weight in weights]
    found = split_amount(whole, by, 2)
    assert sum(found) == whole
    assert all(
        abs(Fraction(part) - Fraction(whole) * share) < Fraction(1, 100) for part, share in zip(found, by, strict=True)
    )


def split(tenant: Tenant, line: str, text: str, stored: dict[str, Any] | None = None, **typed: str) -> BillLines:
    """The lines of a small bill after Split was pressed on one of them; `stored` is other than usual."""
    base = bill(tenant, **(stored or {}))
    section, index = line.rsplit("-", 1)
    inputs = {f"{line}-id": base[section][int(index)]["id"], f"{line}-split": text, "split": line}
    inputs |= {f"{line}-{name}": value for name, value in typed.items()}
    return BillLines(tenant, registry.get_table(tenant, "bills"), base, data_of(inputs))


@pytest.fixture
def larch(db: None) -> Tenant:
    return Tenant.objects.create(slug="larch", name="Larch", end_user_id="end_usr_larch")


def test_a_split_item_keeps_its_cost_and_its_sum(larch: Tenant) -> None:
    lines = split(larch, "item_lines-0", "3")
    was, now = lines.base["item_lines"][0], lines.edited["item_lines"]
    parts = (now[0], *now[-2:])
    assert sum(part["amount"] for part in parts) == was["amount"]
    assert sum(part["quantity"] for part in parts) == was["quantity"]
    assert [part["id"] for part in parts] == [was["id"], "-1", "-1"]
    assert lines.total == lines.total_was


def test_a_split_expense_goes_by_percentages_of_what_was_typed(larch: Tenant) -> None:
    lines = split(larch, "expense_lines-0", "50/30/20", amount="100.01")
    now = lines.edited["expense_lines"]
    found = [part["amount"] for part in (now[0], *now[-2:])]
    assert found == [Decimal("50.01"), Decimal("30.00"), Decimal("20.00")]


def test_what_cannot_be_split_is_said_at_the_line(larch: Tenant) -> None:
    lines = split(larch, "expense_lines-0", "in half")
    assert list(lines.errors) == ["expense_lines-0-split"]
    assert len(lines.edited["expense_lines"]) == len(lines.base["expense_lines"])


def test_a_quantity_without_a_cost_is_split_too(larch: Tenant) -> None:
    lines = split(larch, "item_lines-0", "2", stored={"itemLines": [item("I1", "Box", 10, None, "100.00")]})
    assert [(part["quantity"], part["amount"]) for part in lines.edited["item_lines"]] == [(5, 50), (5, 50)]


def test_a_stored_cost_without_a_quantity_follows_the_amount_of_its_part(larch: Tenant) -> None:
    lines = split(larch, "item_lines-0", "2", stored={"itemLines": [item("I1", "Box", None, "1.15", "100.00")]})
    # An emptied cost would be refused on saving.
    typed = [line.typed or {} for line in lines.lists[1].entries]
    assert [(one["cost"], one["amount"]) for one in typed] == [("50", "50.00"), ("", "50.00")]
