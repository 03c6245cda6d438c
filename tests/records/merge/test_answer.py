"""What an answer holds otherwise than was asked for: every value of it, and nothing that nobody asked for."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from books.providers.conductor.bills import GROUP_LINE
from books.providers.conductor.customers import CONTACT_FIELD, SHIP_TO
from records.changes import NEW_LINE, list_changed_fields
from records.content import Content, Reference
from records.diff import diff_records
from records.fields import Field, FieldKind
from records.merge.answer import compare_answer
from tests.edits.examples import BILL, CUSTOMER, HOME, PAPER, TAPE, WRAP
from tests.edits.scripts import Step, edited, often, record, scripts, shapes, value

NEW = PAPER.replace(id=NEW_LINE, memo="Toner", amount=Decimal("12.50"))
INK = NEW.replace(memo="Ink", amount=Decimal("3.00"))


def told(base: Content, asked: Content, answered: Content) -> list[tuple[str, str, str]]:
    """Each difference: the name of the value, what was asked for and what was answered."""
    return [(one.name, one.asked, one.answered) for one in compare_answer(base, asked, answered).differences]


def unasked(base: Content, asked: Content, answered: Content) -> list[str]:
    """The labels of what the answer changed without being asked."""
    return [change.label for change in diff_records(compare_answer(base, asked, answered).explained, answered)]


def answer(asked: Content) -> Content:
    """The record as a vendor stores it that does as it was asked: each new line has an id."""
    count = iter(range(1, 99))

    def number(content: Content) -> Content:
        lists = [f for f in content.shape.lists if not f.shape[f.key].writable]
        return content.replace(**{f.name: tuple(store(f, line) for line in content[f.name]) for f in lists})

    def store(f: Field, line: Content) -> Content:
        key = f"stored {next(count)}" if line[f.key] == NEW_LINE else line[f.key]
        return number(line).replace(**{f.key: key})

    return number(asked)


@given(shapes, scripts(), scripts(least=1))
@often
def test_nothing_differs_in_a_record_that_is_as_asked(shape: Any, before: list[Step], script: list[Step]) -> None:
    base = edited(record(shape, 2, "B"), before, "b")
    asked = edited(base, script, NEW_LINE)
    answered = answer(asked)
    assert (told(base, asked, answered), unasked(base, asked, answered)) == ([], [])


@given(shapes, scripts(least=1), st.integers(0, 2**32))
@often
def test_a_value_that_comes_back_otherwise_is_told_or_was_not_asked_for(
    shape: Any, script: list[Step], seed: int
) -> None:
    base = record(shape, 2, "B")
    asked = edited(base, script, NEW_LINE)
    fields = [f for f in shape.writable if f.kind not in (FieldKind.LIST, FieldKind.GROUP)]
    f = Random(seed).choice(fields)
    other = value(f, 5)
    assume(other not in (asked[f.name], base[f.name]) and not f.decided_with)
    answered = answer(asked).replace(**{f.name: other})
    is_asked = f in list_changed_fields(base, asked)
    names = [name for name, _, _ in told(base, asked, answered)]
    assert (names, unasked(base, asked, answered)) == (([f.label], []) if is_asked else ([], [f.label]))


ALIKE = [
    (CUSTOMER, {"phone": "555-0199"}, {"phone": "555-0199"}),
    (CUSTOMER, {"note": "one\ntwo"}, {"note": "one\r\ntwo"}),
    (CUSTOMER, {"company_name": "Caf\u00e9"}, {"company_name": "Cafe\u0301"}),
    (CUSTOMER, {"credit_limit": Decimal("12.5")}, {"credit_limit": Decimal("12.50")}),
    (CUSTOMER, {"terms": Reference("t1", "Net 30")}, {"terms": Reference("t1", "Net 30 days")}),
    (CUSTOMER, {"terms": Reference("t1", "Net 30")}, {"terms": Reference("", "Net 30")}),
    (CUSTOMER, {"name": "Ada"}, {"name": "Ada", "full_name": "Above:Ada", "balance": Decimal(3), "sublevel": None}),
    (BILL, {"terms": Reference("t9", "Net 60")}, {"terms": Reference("t9", "Net 60"), "due_date": None}),
]
OTHERWISE = [
    (CUSTOMER, "phone", "555-0199", "555-01"),
    (CUSTOMER, "phone", "555 ", "555"),
    (CUSTOMER, "company_name", "Łódź", "?ódz"),
    (CUSTOMER, "phone", "", "555-0100"),
    (CUSTOMER, "email", "new@example.com", ""),
    (CUSTOMER, "terms", Reference("t1", "Net 30"), Reference("t2", "Net 15")),
    (CUSTOMER, "terms", Reference("t1", "Net 30"), Reference("", "Net 15")),
    (CUSTOMER, "terms", Reference("t1", "Net 30"), None),
    (CUSTOMER, "is_active", False, None),
    (BILL, "terms", None, Reference("t15", "Net 15")),
]


@pytest.mark.parametrize(("base", "asked", "answered"), ALIKE)
def test_another_spelling_and_what_follows_by_rule_are_no_differences(base: Content, asked: Any, answered: Any) -> None:
    wanted = base.replace(**asked)
    assert (told(base, wanted, wanted.replace(**answered)), unasked(base, wanted, wanted.replace(**answered))) == (
        [],
        [],
    )


@pytest.mark.parametrize(("base", "name", "asked", "answered"), OTHERWISE)
def test_a_value_that_lost_something_is_a_difference(base: Content, name: str, asked: Any, answered: Any) -> None:
    wanted = base.replace(**{name: asked})
    found = compare_answer(base, wanted, wanted.replace(**{name: answered})).differences
    assert [one.path for one in found] == [(name,)]


def test_of_an_address_the_members_asked_for_are_compared_and_the_others_are_not() -> None:
    asked = CUSTOMER.replace(billing_address=HOME.replace(line1="14 Elm St"))
    answered = CUSTOMER.replace(billing_address=HOME.replace(line1="14 ?", city="Nampa"))
    assert told(CUSTOMER, asked, answered) == [("Bill to, line 1", "14 Elm St", "14 ?")]
    assert unasked(CUSTOMER, asked, answered) == ["Bill to, city"]


@pytest.mark.parametrize(
    ("answered", "found"),
    [
        ((PAPER, NEW.replace(id="E8"), INK.replace(id="E9")), []),
        ((PAPER, NEW.replace(id="E8", memo="?"), INK.replace(id="E9")), [("Expenses, new line 1, memo", "Toner", "?")]),
        ((PAPER, INK.replace(id="E8"), NEW.replace(id="E9")), [("Expenses, order of the new lines", "1, 2", "2, 1")]),
        ((PAPER, INK.replace(id="E9")), [("Expenses, new line 1", "Office Supplies · Toner · 12.50", "not there")]),
        (
            (NEW.replace(id="E8"), INK.replace(id="E9")),
            [("Expenses, line 1", "Office Supplies · A4 · 86.40", "not there")],
        ),
        (
            (PAPER, NEW.replace(id="E8"), INK.replace(id="E9"), PAPER.replace(id="E7")),
            [("Expenses, extra line", "not asked for", "Office Supplies · A4 · 86.40")],
        ),
    ],
    ids=["as asked", "altered", "other order", "new one missing", "stored one missing", "extra"],
)
def test_lines_are_compared_with_what_became_of_them(answered: tuple[Content, ...], found: list[Any]) -> None:
    asked = BILL.replace(expense_lines=(PAPER, NEW, INK))
    assert told(BILL, asked, BILL.replace(expense_lines=answered)) == found


def test_a_line_that_was_removed_and_is_still_there_is_a_difference() -> None:
    found = [("Items, line 1", "removed", "Tape · 10 · 7.55 · 75.50")]
    assert told(BILL, BILL.replace(item_lines=(WRAP,)), BILL) == found


def test_a_value_of_a_line_that_nobody_asked_for_is_not_told_but_left_over() -> None:
    asked = BILL.replace(item_lines=(TAPE, WRAP.replace(lot_number="7")))
    answered = BILL.replace(item_lines=(TAPE.replace(lot_number="8"), WRAP.replace(lot_number="7", serial_number="9")))
    assert told(BILL, asked, answered) == []
    assert unasked(BILL, asked, answered) == ["Items, line 1, lot number", "Items, line 2, serial number"]


def priced(quantity: str, cost: str, amount: str) -> dict[str, Decimal]:
    return {"quantity": Decimal(quantity), "cost": Decimal(cost), "amount": Decimal(amount)}


@pytest.mark.parametrize(
    ("asked", "answered", "names"),
    [
        (priced("4", "7.55", "30.20"), priced("4", "7.55", "30.20"), []),
        (priced("4", "7.55", "51.58"), priced("4", "12.895", "51.58"), []),
        (priced("3000", "7.55", "100.01"), priced("3000", "0.03334", "100.01"), []),
        (priced("4", "7.55", "51.58"), priced("4", "7.55", "30.20"), ["amount"]),
        (priced("4", "12.895", "51.58"), priced("4", "12.90", "51.60"), ["cost", "amount"]),
        (priced("4", "8.00", "32.00"), priced("5", "6.40", "32.00"), ["quantity", "cost"]),
        (priced("4", "8.00", "32.00"), priced("4", "8.001", "32.00"), ["cost"]),
        (priced("4", "7.55", "51.58"), priced("4", "12.00", "51.58"), []),
        (priced("3000", "0.03334", "100.01"), priced("1500", "0.06667", "100.01"), ["quantity"]),
        (priced("6.95652", "1.15", "8.01"), priced("8.01", "1.00", "8.01"), ["quantity"]),
        (priced("0.33333", "3000", "1000.00"), priced("0.5", "2000", "1000.00"), ["cost"]),
        (priced("0.33333", "3000", "1000.00"), priced("0.33334", "3000", "1000.00"), ["quantity"]),
        (priced("4", "7.55", "51.58"), priced("8", "6.4475", "51.58"), ["quantity"]),
    ],
)
def test_of_quantity_cost_and_amount_only_what_was_not_sent_may_follow_from_the_others(
    asked: Any, answered: Any, names: list[str]
) -> None:
    line = WRAP.replace(**answered)
    found = told(BILL, BILL.replace(item_lines=(TAPE, WRAP.replace(**asked))), BILL.replace(item_lines=(TAPE, line)))
    assert [name.rpartition(" ")[2] for name, _, _ in found] == names


def test_a_cost_that_follows_from_nothing_was_not_asked_for() -> None:
    asked = BILL.replace(item_lines=(TAPE, WRAP.replace(**priced("4", "7.55", "51.58"))))
    answered = BILL.replace(item_lines=(TAPE, WRAP.replace(**priced("4", "12.00", "51.58"))))
    assert unasked(BILL, asked, answered) == ["Items, line 2, cost"]


GROUP = Content(
    GROUP_LINE,
    {"id": "G1", "item_group": Reference("g", "Kit"), "quantity": Decimal(1), "item_lines": (TAPE, WRAP)},
)


def test_the_lines_that_a_group_makes_are_no_differences() -> None:
    base = BILL.replace(item_group_lines=(GROUP,))
    more = GROUP.replace(quantity=Decimal(2))
    new = more.replace(id=NEW_LINE, item_lines=())
    scaled = more.replace(item_lines=(TAPE.replace(quantity=Decimal(20), amount=Decimal("151.00")), WRAP))
    answered = base.replace(item_group_lines=(scaled, more.replace(id="G2")))
    asked = base.replace(item_group_lines=(more, new))
    assert (told(base, asked, answered), unasked(base, asked, answered)) == ([], [])


def test_a_line_inside_a_group_is_compared_by_itself() -> None:
    base = BILL.replace(item_group_lines=(GROUP,))
    inner = (TAPE.replace(lot_number="7"), WRAP)
    asked = base.replace(item_group_lines=(GROUP.replace(item_lines=inner),))
    answered = base.replace(item_group_lines=(GROUP.replace(item_lines=(TAPE.replace(lot_number="?"), WRAP)),))
    assert told(base, asked, answered) == [("Item groups, line 1, items in the group, line 1, lot number", "7", "?")]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((GROUP,), []),
        ((GROUP.replace(item_lines=(TAPE,)),), []),
        ((), [("Item groups, line 1", "Kit · 1 · 2 lines", "not there")]),
        ((GROUP, GROUP.replace(id="G2")), [("Item groups, extra line", "not asked for", "Kit · 1 · 2 lines")]),
    ],
    ids=["kept", "a line inside", "left out", "extra"],
)
def test_a_list_that_was_sent_along_has_lost_no_line_and_has_no_other(lines: tuple[Content, ...], found: Any) -> None:
    base = BILL.replace(item_group_lines=(GROUP,))
    asked = base.replace(item_lines=(TAPE, WRAP.replace(lot_number="7")))
    assert told(base, asked, asked.replace(item_group_lines=lines)) == found


def test_a_list_that_was_not_sent_is_not_compared() -> None:
    base = BILL.replace(item_group_lines=(GROUP,))
    other = base.replace(expense_lines=(PAPER.replace(memo="A3"),))
    assert told(base, other, other.replace(item_group_lines=())) == []
    asked = BILL.replace(item_lines=(TAPE,))
    assert told(BILL, asked, asked.replace(item_group_lines=(GROUP,))) == []


def phone(name: str, number: str) -> Content:
    return Content(CONTACT_FIELD, {"name": name, "value": number})


def test_entries_with_a_name_may_come_in_any_order_and_under_another_name() -> None:
    base = CUSTOMER.replace(custom_contact_fields=(phone("Main", "1"),))
    asked = base.replace(custom_contact_fields=(phone("Main", "1"), phone("Łódź", "2"), phone("Home", "3")))
    answered = base.replace(custom_contact_fields=(phone("Home", "3"), phone("Main", "1"), phone("?ódz", "2")))
    assert told(base, asked, answered) == [("Contact fields, new contact field 1, name", "Łódź", "?ódz")]


def test_an_entry_that_nobody_changed_is_left_over() -> None:
    one, two = (Content(SHIP_TO, {"name": name, "city": "Boise"}) for name in ("Yard", "Shop"))
    base = CUSTOMER.replace(alternate_shipping_addresses=(one, two))
    asked = base.replace(alternate_shipping_addresses=(one.replace(city="Nampa"), two))
    answered = base.replace(alternate_shipping_addresses=(one.replace(city="Nampa"), two.replace(city="Caldwell")))
    assert told(base, asked, answered) == []
    assert unasked(base, asked, answered) == ["Ship-to addresses, Shop, city"]


def test_as_many_lines_as_a_bill_can_have_are_compared() -> None:
    lines = tuple(PAPER.replace(id=f"E{n}", memo=f"{n}") for n in range(600))
    new = tuple(NEW.replace(memo=f"new {n}") for n in range(400))
    base, asked = BILL.replace(expense_lines=lines), BILL.replace(expense_lines=(*lines, *new))
    stored = tuple(line.replace(id=f"N{n}", memo="?") for n, line in enumerate(new))
    assert len(told(base, asked, base.replace(expense_lines=(*lines, *stored)))) == 400
