"""Three-way merges, one example for each rule. General properties are in test_three_way_properties.py."""

from decimal import Decimal

import pytest

from books.providers.conductor.bills import GROUP_LINE
from books.providers.conductor.customers import SHIP_TO
from records.content import Content, Reference
from records.merge.parts import Side
from records.merge.three_way import merge_three_way
from tests.edits.examples import BILL, CUSTOMER, HOME, MY_BILL, PAPER, TAPE, THEIR_BILL, WRAP


def all_of(merge, side):
    return merge.content({p.key: side for p in merge.clashes})


def keys(parts):
    return [p.key for p in parts]


def test_changes_to_different_parts_are_combined():
    merge = merge_three_way(BILL, BILL.replace(memo="mine"), BILL.replace(ref_number="9"))
    assert [(p.key, p.side) for p in merge.parts] == [("ref_number", "theirs"), ("memo", "mine")]
    assert merge.content({}) == BILL.replace(memo="mine", ref_number="9")


def test_fields_decided_together_clash_as_one():
    merge = merge_three_way(BILL, BILL.replace(due_date=None), BILL.replace(terms=Reference("t20", "Net 20")))
    assert [(p.key, p.label) for p in merge.clashes] == [("transaction_date+terms+due_date", "Terms and due date")]
    assert all_of(merge, "mine") == BILL.replace(due_date=None)


def test_an_amount_is_merged_with_its_quantity():
    merge = merge_three_way(BILL, MY_BILL, THEIR_BILL)
    assert merge.clashes[1].label == "Item line 2, Stretch wrap 18 in: Quantity, cost and amount"
    assert all_of(merge, "mine")["item_lines"][1] == MY_BILL["item_lines"][1]


def test_a_derived_amount_alone_is_not_a_clash():
    mine, theirs = (
        BILL.replace(item_lines=(WRAP.replace(quantity=Decimal(50), amount=Decimal(a)),)) for a in ("377.50", "377.49")
    )
    merge = merge_three_way(BILL.replace(item_lines=(WRAP,)), mine, theirs)
    assert (merge.clashes, merge.content({})) == ((), theirs)


def test_amounts_typed_on_both_sides_are_a_clash():
    mine, theirs = (BILL.replace(item_lines=(TAPE, WRAP.replace(amount=Decimal(a)))) for a in ("300.00", "310.00"))
    assert keys(merge_three_way(BILL, mine, theirs).clashes) == ["item_lines:L2:quantity+cost+amount"]


def test_a_box_that_nobody_ticked_in_an_entry_that_both_added_is_not_a_clash():
    added = Content(SHIP_TO, {"name": "Yard", "line1": "3 Mill Lane"})
    sides = (
        CUSTOMER.replace(alternate_shipping_addresses=(entry,))
        for entry in (added, added.replace(is_default_shipping_address=False))
    )
    assert keys(merge_three_way(CUSTOMER, *sides).clashes) == []


def test_an_address_is_chosen_whole():
    mine = CUSTOMER.replace(billing_address=HOME.replace(line1="14 Elm St"))
    theirs = CUSTOMER.replace(billing_address=HOME.replace(city="Nampa"))
    merge = merge_three_way(CUSTOMER, mine, theirs)
    assert keys(merge.clashes) == ["billing_address"]
    assert (all_of(merge, "mine"), all_of(merge, "theirs")) == (mine, theirs)


@pytest.mark.parametrize("number", ["9", ""])
def test_equal_changes_are_not_a_clash(number):
    merge = merge_three_way(BILL, BILL.replace(ref_number=number), BILL.replace(ref_number=number))
    assert ([p.key for p in merge.same], merge.clashes, merge.combined) == (["ref_number"], (), ())


def test_a_renamed_reference_is_not_a_change_and_has_their_spelling():
    theirs = BILL.replace(vendor=Reference("v1", "Cobalt Ridge Inc."))
    assert merge_three_way(BILL, BILL, theirs).parts == ()
    merge = merge_three_way(BILL, BILL.replace(memo="x"), theirs)
    assert merge.content({})["vendor"].name == "Cobalt Ridge Inc."


def test_an_unchanged_reference_has_their_spelling():
    renamed = Reference("t15", "15 days net")
    merge = merge_three_way(BILL, BILL.replace(due_date=None), BILL.replace(terms=renamed))
    assert merge.content({}) == BILL.replace(due_date=None, terms=renamed)


def test_fields_that_only_the_vendor_writes_are_theirs():
    merge = merge_three_way(CUSTOMER, CUSTOMER.replace(balance=Decimal(1)), CUSTOMER.replace(balance=Decimal(2)))
    assert merge.parts == ()
    assert merge.content({})["balance"] == Decimal(2)


def test_new_lines_of_both_sides_are_kept_theirs_first():
    mine = BILL.replace(expense_lines=(PAPER, PAPER.replace(id="-1"), PAPER.replace(id="-1", memo="A5")))
    theirs = BILL.replace(expense_lines=(PAPER.replace(id="E9"), PAPER))
    merged = merge_three_way(BILL, mine, theirs).content({})["expense_lines"]
    assert [(line["id"], line["memo"]) for line in merged] == [("E9", "A4"), ("E1", "A4"), ("-1", "A4"), ("-1", "A5")]


def test_a_line_removed_by_both_is_removed():
    without = BILL.replace(expense_lines=())
    merge = merge_three_way(BILL, without, without)
    assert ([(p.key, p.side) for p in merge.parts], merge.content({})) == ([("expense_lines:E1", Side.BOTH)], without)


@pytest.mark.parametrize("remover", ["mine", "theirs"])
def test_a_line_removed_here_and_changed_there_is_a_clash(remover):
    pair = [BILL.replace(expense_lines=()), BILL.replace(expense_lines=(PAPER.replace(memo="A3"),))]
    mine, theirs = pair if remover == "mine" else pair[::-1]
    merge = merge_three_way(BILL, mine, theirs)
    assert keys(merge.clashes) == ["expense_lines:E1"]
    assert (all_of(merge, "mine"), all_of(merge, "theirs")) == (mine, theirs)


def test_a_line_removed_on_one_side_and_unchanged_on_the_other_is_removed():
    merge = merge_three_way(BILL, BILL, BILL.replace(expense_lines=()))
    assert [(p.key, p.side) for p in merge.combined] == [("expense_lines:E1", Side.THEIRS)]


def test_lines_within_a_group_line_are_merged_one_by_one():
    def bill(first, second):
        line = Content(GROUP_LINE, {"id": "G1", "item_group": Reference("g", "Kit"), "item_lines": (first, second)})
        return BILL.replace(item_group_lines=(line,))

    merge = merge_three_way(
        bill(TAPE, WRAP), bill(TAPE.replace(lot_number="7"), WRAP), bill(TAPE, WRAP.replace(lot_number="8"))
    )
    assert keys(merge.combined) == [
        "item_group_lines:G1/item_lines:L1:lot_number",
        "item_group_lines:G1/item_lines:L2:lot_number",
    ]
    assert merge.content({}) == bill(TAPE.replace(lot_number="7"), WRAP.replace(lot_number="8"))


def test_choices_for_parts_without_a_clash_are_ignored():
    merge = merge_three_way(BILL, BILL.replace(memo="mine"), BILL)
    assert merge.content({"memo": "theirs", "nothing": "x"})["memo"] == "mine"


DOCK = Content(SHIP_TO, {"name": "Dock", "line1": "3 Mill Lane", "is_default_shipping_address": False})
YARD = DOCK.replace(name="Yard", line1="4 Mill Lane")


def with_addresses(*entries):
    return CUSTOMER.replace(alternate_shipping_addresses=entries)


def named(content):
    return [(one["name"], one["city"]) for one in content["alternate_shipping_addresses"]]


@pytest.mark.parametrize("also", [{}, {"city": "Napa"}])
def test_an_entry_that_both_sides_gave_another_name_is_one_clash(also):
    mine, theirs = DOCK.replace(name="Dock North", **also), DOCK.replace(name="North Dock")
    merge = merge_three_way(with_addresses(DOCK, YARD), with_addresses(mine, YARD), with_addresses(theirs, YARD))
    (part,) = merge.clashes
    assert (part.was, part.mine, part.theirs, part.label) == (DOCK, mine, theirs, "Ship-to address 1, Dock")
    found = [all_of(merge, side)["alternate_shipping_addresses"] for side in ("mine", "theirs", "was")]
    assert found == [(mine, YARD), (theirs, YARD), (DOCK, YARD)]


def test_each_of_several_renamed_entries_is_known_by_its_values():
    mine = with_addresses(DOCK.replace(name="A"), YARD.replace(name="B"))
    theirs = with_addresses(YARD.replace(name="D"), DOCK.replace(name="C"))
    merge = merge_three_way(with_addresses(DOCK, YARD), mine, theirs)
    assert sorted(
        (p.was["name"], p.mine["name"], p.theirs["name"]) for p in merge.clashes if p.was and p.mine and p.theirs
    ) == [
        ("Dock", "A", "C"),
        ("Yard", "B", "D"),
    ]


def test_an_entry_that_one_side_renamed_and_the_other_removed_has_no_clash():
    merge = merge_three_way(with_addresses(DOCK), with_addresses(DOCK.replace(name="A")), with_addresses())
    assert (merge.clashes, named(merge.content({}))) == ((), [("A", "")])


def test_an_entry_that_both_sides_added_is_one_whatever_its_capitals_and_blanks():
    mine, theirs = DOCK.replace(name="Dock  2", city="Napa"), DOCK.replace(name="DOCK 2", city="Boise")
    merge = merge_three_way(with_addresses(), with_addresses(mine), with_addresses(theirs))
    assert [(p.mine["city"], p.theirs["city"]) for p in merge.clashes if p.mine and p.theirs and p.what == "City"] == [
        ("Napa", "Boise")
    ]
    assert len(all_of(merge, "mine")["alternate_shipping_addresses"]) == 1


def test_other_capitals_of_a_name_are_combined_with_another_value_of_its_entry():
    mine, theirs = with_addresses(DOCK.replace(city="Napa")), with_addresses(DOCK.replace(name="DOCK"))
    merge = merge_three_way(with_addresses(DOCK), mine, theirs)
    assert (merge.clashes, named(merge.content({}))) == ((), [("DOCK", "Napa")])
