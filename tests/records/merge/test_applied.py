"""Whether a record that was read again contains a change."""

from decimal import Decimal

import pytest

from books.providers.bigcapital import customers as bigcapital
from books.providers.conductor.customers import SHIP_TO
from records.content import Content, Reference
from records.merge.applied import is_applied
from records.merge.parts import is_same
from tests.edits.examples import BILL, CUSTOMER, HOME, PAPER, TAPE, WRAP

YARD, DOCK = (Content(SHIP_TO, {"name": name, "city": "Boise"}) for name in ("Yard", "Dock"))
BASE = CUSTOMER.replace(alternate_shipping_addresses=(YARD,))
MINE = BASE.replace(alternate_shipping_addresses=(YARD, DOCK))


def test_members_that_are_written_one_by_one_match_beside_others_that_somebody_changed():
    empty = Content(bigcapital.SHAPE, {})
    mine, both, theirs = (
        empty.replace(billing_address=empty["billing_address"].replace(**members))
        for members in ({"city": "Boise"}, {"city": "Boise", "state": "ID"}, {"state": "ID"})
    )
    assert [is_applied(now, empty, mine) for now in (both, theirs)] == [True, False]


def test_entries_identified_by_name_match_in_any_order():
    ticked = DOCK.replace(is_default_shipping_address=False)  # a value that the vendor fills in
    assert is_applied(BASE.replace(alternate_shipping_addresses=(ticked, YARD)), BASE, MINE)


def test_a_missing_or_different_entry_does_not_match():
    assert not is_applied(BASE, BASE, MINE)
    assert not is_applied(BASE.replace(alternate_shipping_addresses=(YARD, DOCK.replace(city="Rome"))), BASE, MINE)


def test_a_line_removed_by_somebody_else_is_not_the_one_to_remove():
    mine, theirs = BILL.replace(item_lines=(TAPE,)), BILL.replace(item_lines=(WRAP,))
    assert (is_applied(theirs, BILL, mine), is_applied(mine, BILL, mine)) == (False, True)


def test_an_entry_renamed_by_somebody_else_does_not_match():
    gone = BASE.replace(alternate_shipping_addresses=(DOCK,))
    assert not is_applied(gone, MINE, BASE)


def test_a_new_line_matches_under_an_id_that_no_line_had():
    new = PAPER.replace(id="-1", memo="A3")
    mine = BILL.replace(expense_lines=(PAPER, new))
    found = [is_applied(BILL.replace(expense_lines=(PAPER, new.replace(id=id))), BILL, mine) for id in ("E2", "E1")]
    assert found == [True, False]


def test_a_line_matches_in_which_question_marks_stand_for_what_the_vendor_lacks():
    new = PAPER.replace(id="-1", memo="Łódź\n北京")
    mine = BILL.replace(expense_lines=(PAPER, new))
    stored = [new.replace(id="E2", memo=memo) for memo in ("?ód?\r\n??", "?odz\n??")]
    assert [is_applied(BILL.replace(expense_lines=(PAPER, one)), BILL, mine) for one in stored] == [True, False]


def test_an_amount_that_was_all_that_changed_counts():
    bare = BILL.replace(item_lines=(TAPE.replace(quantity=None, cost=None),))
    mine = bare.replace(item_lines=(bare["item_lines"][0].replace(amount=Decimal("1.23")),))
    assert (is_applied(bare, bare, mine), is_applied(mine, bare, mine)) == (False, True)


def test_a_unit_set_is_known_by_its_name_and_any_other_entry_by_its_id():
    old, new = Reference("U1", "Count"), Reference("U9", "count")
    line = TAPE.shape
    assert is_same(line["override_unit_of_measure_set"], old, new)
    assert not is_same(line["override_unit_of_measure_set"], old, Reference("U1", "Weight"))
    assert not is_same(line["item"], old, new)


@pytest.mark.parametrize("base", [CUSTOMER, Content(bigcapital.SHAPE, {})], ids=["whole address", "members one by one"])
def test_an_address_matches_in_which_question_marks_stand_for_what_the_vendor_lacks(base: Content) -> None:
    mine, stored, other = (
        base.replace(billing_address=base["billing_address"].replace(city=city)) for city in ("Łódź", "?ód?", "?odz")
    )
    assert [is_applied(now, base, mine) for now in (stored, other)] == [True, False]


def test_a_member_of_a_whole_address_that_is_another_does_not_match() -> None:
    mine = CUSTOMER.replace(billing_address=HOME.replace(city="Łódź"))
    theirs = CUSTOMER.replace(billing_address=HOME.replace(city="?ód?", state="WA"))
    assert not is_applied(theirs, CUSTOMER, mine)


def test_a_reference_matches_that_was_renamed_or_came_without_its_id() -> None:
    mine = CUSTOMER.replace(terms=Reference("t1", "Net 30"))
    stored = [Reference("t1", "Net 30 days"), Reference("", "Net 30"), Reference("t2", "Net 30"), None]
    found = [is_applied(CUSTOMER.replace(terms=one), CUSTOMER, mine) for one in stored]
    assert found == [True, True, False, False]


def test_a_line_matches_whose_unit_set_has_another_id() -> None:
    sets = [Reference("U1", "Count"), Reference("U9", "Count"), Reference("U1", "Weight")]
    asked, stored, other = (
        BILL.replace(item_lines=(TAPE.replace(override_unit_of_measure_set=one), WRAP)) for one in sets
    )
    assert [is_applied(now, BILL, asked) for now in (stored, other)] == [True, False]


def test_entries_match_whose_names_sort_otherwise_as_the_vendor_keeps_them() -> None:
    mine = BASE.replace(alternate_shipping_addresses=(YARD, DOCK.replace(name="Łódź", city="Łódź")))
    stored = DOCK.replace(name="?ód?", city="?ód?")
    found = [BASE.replace(alternate_shipping_addresses=lines) for lines in ((stored, YARD), (YARD, stored))]
    assert [is_applied(now, BASE, mine) for now in found] == [True, True]
    assert not is_applied(BASE.replace(alternate_shipping_addresses=(stored, stored)), BASE, mine)
