"""Quantity, cost and amount of a line: which follows from which."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bills.amounts import Amounts, derive_cost, multiply_cost, settle_amounts

QUANTITIES = st.decimals("-99999", "99999", places=5)
COSTS = st.decimals("-99999", "99999", places=5)
AMOUNTS = st.decimals("-9999999", "9999999", places=2)


def triple(*texts: str) -> Amounts:
    return Amounts(*(Decimal(text) if text else None for text in texts))


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        (("40", "7.55", "302.00"), ("50", "7.55", "302.00"), ("50", "7.55", "377.50")),
        (("40", "7.55", "302.00"), ("40", "8", "302.00"), ("40", "8", "320.00")),
        (("40", "7.55", "302.00"), ("40", "7.55", "400.00"), ("40", "10", "400.00")),
        (("", "", ""), ("3", "", "100.00"), ("3", "33.33333", "100.00")),
        (("", "", ""), ("3", "0.005", ""), ("3", "0.005", "0.02")),
        (("", "", ""), ("-1", "0.005", ""), ("-1", "0.005", "-0.01")),
        (("", "", ""), ("", "5.005", ""), ("", "5.005", "5.01")),
        (("", "", ""), ("", "5", "12.00"), ("", "5", "12.00")),
        (("0", "5", "0.00"), ("0", "5", "12.00"), ("0", "5", "12.00")),
        (("300000", "1", "300000.00"), ("300000", "1", "100.00"), ("300000", "0.00033", "99.00")),
    ],
)
def test_the_third_follows_from_the_two_others(before, typed, after):
    assert settle_amounts(triple(*before), triple(*typed)) == triple(*after)


def test_a_stored_line_that_quickbooks_rounded_its_own_way_is_left_alone():
    odd = triple("3", "0.335", "1.00")
    assert settle_amounts(odd, odd) == odd


@given(QUANTITIES, COSTS, AMOUNTS, QUANTITIES, COSTS)
def test_a_new_quantity_or_cost_always_makes_the_amount(quantity, cost, amount, new_quantity, new_cost):
    assume((quantity, cost) != (new_quantity, new_cost))
    now = settle_amounts(Amounts(quantity, cost, amount), Amounts(new_quantity, new_cost, amount))
    assert now == Amounts(new_quantity, new_cost, multiply_cost(new_quantity, new_cost))


@given(QUANTITIES, COSTS, AMOUNTS, AMOUNTS)
def test_a_new_amount_makes_a_cost_from_which_the_same_amount_follows(quantity, cost, amount, new):
    assume(new != amount and 0 < abs(quantity) <= 999)
    now = settle_amounts(Amounts(quantity, cost, amount), Amounts(quantity, cost, new))
    assert now == Amounts(quantity, derive_cost(new, quantity), new)


@given(QUANTITIES, COSTS)
def test_a_product_is_off_by_half_a_cent_at_most_and_goes_up_at_the_half(quantity, cost):
    exact, rounded = quantity * cost, multiply_cost(quantity, cost)
    assert abs(rounded - exact) <= Decimal("0.005")
    assert abs(rounded) >= abs(exact) or abs(rounded - exact) < Decimal("0.005")


@given(AMOUNTS, QUANTITIES)
def test_a_quotient_is_written_with_five_decimals_at_most_and_no_exponent(amount, quantity):
    assume(quantity)
    assert format(derive_cost(amount, quantity), "f") == str(derive_cost(amount, quantity))
    assert derive_cost(amount, quantity) == derive_cost(amount, quantity).quantize(Decimal("0.00001"))
