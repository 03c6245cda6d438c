"""Quantity, cost and amount of a line: which follows from which, in Python and in the script of the page."""

import json
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from record_forms.typed.arithmetic import evaluate
from records.amounts import (
    AMOUNT,
    COST,
    QUANTITY,
    Amounts,
    Disagreement,
    choose_sent,
    derive_cost,
    find_derived,
    follow_typing,
    multiply_cost,
    settle_amounts,
)
from records.numbers import round_to_places

CASES = json.loads((Path(__file__).parent / "amount_cases.json").read_text())
SCRIPT = Path(__file__).parent.parent.parent / "static/js/amounts.js"
THREE = ("quantity", "cost", "amount")
COUNT = 4_000
QUANTITIES = st.decimals("-99999", "99999", places=5)
COSTS = st.decimals("-99999", "99999", places=5)
AMOUNTS = st.decimals("-9999999", "9999999", places=2)

# The rule of the script alone, from texts to texts: what stands in the three cells after each typing.
FOLLOW = """given => {
  const [source, stories, places] = JSON.parse(given);
  document.body.innerHTML = `<table data-lines data-places=${places} ${places ? '' : 'data-whole=1'}></table>`;
  const { follow, size, cost, money } = new Function(`${source}; return { follow, size, cost, money }`)();
  const three = ["quantity", "cost", "amount"];
  const text = (value, at) => (value === null ? "" : at < 2 ? cost(value) : money(value, "-").replaceAll(",", ""));
  return JSON.stringify(stories.map(({ stored, typed }) => {
    const was = stored.map(size);
    let [now, order] = [was, []];
    return typed.map((one) => {
      const at = three.indexOf(one.split(" ")[0]);
      now = now.with(at, size(one.slice(one.indexOf(" ") + 1), at));
      order = [...order.filter((other) => other !== at), at];
      now = follow(was, now, order);
      return now.map(text);
    });
  }));
}"""

ROUND = """([source, places, products]) => {
  document.body.innerHTML = `<table data-lines data-places=${places}></table>`;
  const rounded = new Function(`${source}; return rounded`)();
  return products.map(one => (Number(rounded(BigInt(one), 4)) / 100).toFixed(2));
}"""


def follow_in_browser(browser: Browser, stories: Sequence[Any], places: int = 2) -> list[list[list[str]]]:
    """The cells after each typing of each story; as JSON, since Playwright takes ten times as long over objects."""
    page = browser.new_page()
    shown: list[list[list[str]]] = json.loads(page.evaluate(FOLLOW, json.dumps([SCRIPT.read_text(), stories, places])))
    page.close()
    return shown


def triple(*texts: str) -> Amounts:
    return Amounts(*(Decimal(text) if text else None for text in texts))


def texts_of(now: Amounts, places: int = 2) -> list[str]:
    """The three as they stand in their cells; an amount has cents where its currency has, or it has some itself."""
    cents = places if now.amount is None or now.amount == round(now.amount) else 2
    found = [("" if one is None else f"{one:.{cents}f}" if n == AMOUNT else f"{one:f}") for n, one in enumerate(now)]
    return [text.rstrip("0").rstrip(".") if "." in text and n < AMOUNT else text for n, text in enumerate(found)]


def type_one(stored: Amounts, now: Amounts, order: list[int], one: str, places: int) -> Amounts:
    """What the three become after one typing; notes it in `order`."""
    member, _, text = one.partition(" ")
    at = THREE.index(member)
    value = evaluate(text, 2 if at == AMOUNT else 5) if text else None
    order[:] = [*(other for other in order if other != at), at]
    return follow_typing(stored, Amounts(*(value if n == at else v for n, v in enumerate(now))), order, places)


def follow_story(stored: Amounts, typed: Sequence[str], places: int = 2) -> list[Amounts]:
    """The three after each typing."""
    found, order = [stored], list[int]()
    for one in typed:
        found.append(type_one(stored, found[-1], order, one, places))
    return found[1:]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_two_typed_last_count(case: dict[str, Any]) -> None:
    assert texts_of(follow_story(triple(*case["stored"]), case["typed"])[-1]) == case["shown"]


def test_the_script_has_the_same_rule(browser: Browser) -> None:
    shown = [story[-1] for story in follow_in_browser(browser, CASES)]
    assert shown == [case["shown"] for case in CASES]


def random_number(chance: random.Random, places: int) -> str:
    """One of those that people type, and of those on which a rounding turns."""
    if chance.random() < 0.15:
        odd = ["0", "1", "0.5", "9999999999", "-1", "3", "8", "1000", "3000", "0.125", "0.00001"]
        return chance.choice(odd if places > 2 else odd[:-2])
    size = chance.choice([9, 99, 9999, 999_999]) * 10**places
    return f"{Decimal(chance.randint(-size // 9, size)).scaleb(-places):f}"


def random_story(chance: random.Random) -> dict[str, list[str]]:
    """A stored line, which agrees, is blank, has no quantity or is rounded otherwise, and what is typed into it."""
    quantity, cost = random_number(chance, chance.choice([0, 0, 3])), random_number(chance, chance.choice([2, 2, 5]))
    amount = multiply_cost(Decimal(quantity), Decimal(cost)) + Decimal(chance.choice(["0", "0", "0", "0.01"]))
    agreed, one_piece = [quantity, cost, f"{amount:.2f}"], ["", cost, f"{Decimal(cost):.2f}"]
    stored = chance.choice([agreed, agreed, agreed, ["", "", ""], ["", "", ""], one_piece])
    typed = []
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(3)
        again = chance.random() < 0.1 and stored[at]
        blank = chance.random() < 0.05
        places = 2 if at == AMOUNT else chance.choice([0, 2, 5])
        typed.append(f"{THREE[at]} {'' if blank else again or random_number(chance, places)}")
    return {"stored": stored, "typed": typed}


@pytest.mark.parametrize("places", [2, 0])
def test_whatever_is_typed_python_and_the_script_show_the_same(
    browser: Browser, record_property: Any, places: int
) -> None:
    chance = random.Random(7)
    stories = [random_story(chance) for _ in range(COUNT)]
    scripts = follow_in_browser(browser, stories, places)
    ours = [
        [texts_of(now, places) for now in follow_story(triple(*one["stored"]), one["typed"], places)] for one in stories
    ]
    differ = [both for both in zip(stories, ours, scripts, strict=True) if both[1] != both[2]]
    states = {(*one["stored"], *state) for one, shown in zip(stories, ours, strict=True) for state in shown}
    typings = sum(len(one["typed"]) for one in stories)
    record_property(
        "coverage",
        f"amounts of {places} decimals: {typings} typings, {len(states)} distinct states, {len(differ)} differences",
    )
    assert differ == []


@pytest.mark.parametrize("places", [2, 0])
def test_what_is_worked_out_is_rounded_alike_in_python_and_the_script(browser: Browser, places: int) -> None:
    """Cents times a percentage of two decimals, as a discount is, from just below a half to just above it."""
    products = [step * 10**4 + near for step in range(-300, 301, 50) for near in (-5000, -1, 0, 1, 4999)]
    page = browser.new_page()
    shown = page.evaluate(ROUND, [SCRIPT.read_text(), places, products])
    page.close()
    assert shown == [f"{round_to_places(Decimal(one).scaleb(-6), places):.2f}" for one in products]


def test_what_the_screen_shows_is_taken_as_it_is() -> None:
    chance = random.Random(8)
    for story in (random_story(chance) for _ in range(COUNT // 8)):
        stored = triple(*story["stored"])
        for shown in follow_story(stored, story["typed"]):
            if find_derived(shown) is not None:
                assert settle_amounts(stored, shown) == shown


@pytest.mark.parametrize(
    ("stored", "typed", "becomes"),
    [
        (("2", "25.79", "51.58"), ("4", "25.79", "60.00"), ("4", "15", "60.00")),
        (("2", "25.79", "51.58"), ("4", "25.79", "51.58"), ("4", "25.79", "103.16")),
        (("2", "25.79", "51.58"), ("2", "25.79", "60.00"), ("2", "30", "60.00")),
        (("2", "25.79", "51.58"), ("2", "10", "50.00"), ("5", "10", "50.00")),
        (("2", "25.79", "51.58"), ("4", "12.895", "51.58"), ("4", "12.895", "51.58")),
        (("2", "25.79", "51.58"), ("4", "", "60.00"), ("4", "15", "60.00")),
        (("", "5", "5.00"), ("7", "5", "5.00"), ("7", "5", "35.00")),
        (("", "", ""), ("7", "1.15", ""), ("7", "1.15", "8.05")),
        (("", "", ""), ("7", "", "8.00"), ("7", "1.14286", "8.00")),
        (("", "", ""), ("", "1.15", "8.05"), ("7", "1.15", "8.05")),
        (("", "", ""), ("", "5", ""), ("", "5", "5.00")),
        (("", "", ""), ("7", "1.15", "8.05"), ("7", "1.15", "8.05")),
        (("3", "0.335", "1.00"), ("3", "0.335", "1.00"), ("3", "0.335", "1.00")),
    ],
)
def test_without_a_script_what_was_changed_counts(stored: Any, typed: Any, becomes: Any) -> None:
    assert settle_amounts(triple(*stored), triple(*typed)) == triple(*becomes)


@pytest.mark.parametrize(
    ("stored", "typed", "product"),
    [
        (("", "", ""), ("7", "1.15", "8.00"), "8.05"),
        (("2", "25.79", "51.58"), ("4", "10", "60.00"), "40.00"),
        (("0", "5", "0.00"), ("0", "5", "12.00"), "0.00"),
    ],
)
def test_three_that_do_not_agree_are_asked_about(stored: Any, typed: Any, product: str) -> None:
    with pytest.raises(Disagreement) as caught:
        settle_amounts(triple(*stored), triple(*typed))
    assert caught.value.product == Decimal(product)


@given(QUANTITIES, COSTS, AMOUNTS)
def test_two_that_are_sent_make_the_third_that_was_shown(quantity: Decimal, cost: Decimal, amount: Decimal) -> None:
    assume(quantity and cost and amount)
    stored = Amounts(None, None, None)
    for third in (QUANTITY, COST, AMOUNT):
        typed = Amounts(*(None if n == third else v for n, v in enumerate((quantity, cost, amount))))
        shown = settle_amounts(stored, typed)
        sent = choose_sent(stored, shown)
        again = settle_amounts(stored, Amounts(*(v if n in sent else None for n, v in enumerate(shown))))
        assert again == shown


def test_an_amount_in_a_currency_without_decimals_is_rounded_to_whole_units() -> None:
    blank = triple("", "", "")
    assert settle_amounts(blank, triple("3", "33.5", ""), 0) == triple("3", "33.5", "101.00")
    assert settle_amounts(blank, triple("", "0.5", ""), 0) == triple("", "0.5", "1.00")


@given(QUANTITIES, COSTS)
def test_a_product_is_off_by_half_a_cent_at_most_and_goes_up_at_the_half(quantity: Decimal, cost: Decimal) -> None:
    exact, rounded = quantity * cost, multiply_cost(quantity, cost)
    assert abs(rounded - exact) <= Decimal("0.005")
    assert abs(rounded) >= abs(exact) or abs(rounded - exact) < Decimal("0.005")


@given(AMOUNTS, QUANTITIES)
def test_a_quotient_is_written_with_five_decimals_at_most_and_no_exponent(amount: Decimal, quantity: Decimal) -> None:
    assume(quantity)
    assert format(derive_cost(amount, quantity), "f") == str(derive_cost(amount, quantity))
    assert derive_cost(amount, quantity) == derive_cost(amount, quantity).quantize(Decimal("0.00001"))
