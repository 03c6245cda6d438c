"""What a sum typed into a number comes to, exactly and rounded once."""

import contextlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from record_forms.typed.arithmetic import InvalidSum, evaluate, is_sum


@pytest.mark.parametrize(
    ("text", "places", "value"),
    [
        ("12*4.5", 2, "54.00"),
        ("100/3", 2, "33.33"),
        ("200/3", 2, "66.67"),
        ("-100/3", 2, "-33.33"),
        ("1.005*1", 2, "1.01"),
        ("-1.005*1", 2, "-1.01"),
        ("1/8", 5, "0.12500"),
        ("(2+3)*1,200", 2, "6000.00"),
        ("10-2-3", 2, "5.00"),
        ("100/10/2", 2, "5.00"),
        ("2 + 3 × 4 ÷ 6", 2, "4.00"),
        ("2*-3", 2, "-6.00"),
        ("\u22125+.5", 2, "-4.50"),
    ],
)
def test_a_sum_is_worked_out_and_rounded_half_up(text: str, places: int, value: str) -> None:
    assert str(evaluate(text, places)) == value


@pytest.mark.parametrize(
    "text", ["12*", "*4", "1/0", "1/(2-2)", "(1+2", "1+2)", "12x4", "1,25*2", "a*b", "", "2**3", "9" * 101 + "*2"]
)
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(InvalidSum):
        evaluate(text, 2)


@pytest.mark.parametrize("text", ["12*", "12+", "(3+"])
def test_a_sum_without_its_last_number_says_so(text: str) -> None:
    with pytest.raises(InvalidSum, match="A number is missing at its end"):
        evaluate(text, 2)


@pytest.mark.parametrize(
    ("text", "found"),
    [("12.50", False), ("-12.50", False), (" -1,200", False), ("12-2", True), ("(5)", False), ("(5)+1", True)],
)
def test_a_number_with_its_sign_is_no_sum(text: str, found: bool) -> None:
    assert is_sum(text) is found


numbers = st.decimals("0", "9999", places=2, allow_nan=False, allow_infinity=False)


@given(numbers, numbers, numbers.filter(bool))
def test_a_sum_is_rounded_once(a: Decimal, b: Decimal, c: Decimal) -> None:
    exact = (Fraction(a) + Fraction(b)) / Fraction(c)
    assert abs(Fraction(evaluate(f"({a}+{b})/{c}", 2)) - exact) <= Fraction(1, 200)


@given(st.text(max_size=120))
def test_any_text_is_worked_out_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidSum):
        assert evaluate(text, 2).is_finite()
