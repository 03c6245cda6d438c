"""Three-way merges: what holds for all of them, then one example for each rule."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from books.conductor.bills import GROUP_LINE
from books.fields import Kind
from books.records import Content, Reference
from edits.merge import Undecided, three_way
from edits.parts import Side, same

from .examples import BILL, CUSTOMER, HOME, MY_BILL, PAPER, TAPE, THEIR_BILL, WRAP
from .scripts import edited, leaves, lists, merges, record, scripts, shapes

often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sides = st.sampled_from(["mine", "theirs"])
# Only ever said of an example that fails, and then the example matters more.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def all_of(merge, side):
    return merge.content({p.key: side for p in merge.clashes})


def keys(parts):
    return [p.key for p in parts]


def keeps(base, side, result):
    """Whether each change from `base` to `side` stands in `result`, derived values aside."""
    for f in base.shape.writable:
        if f.kind is Kind.LIST:
            if not keeps_lines(f, base[f.name], side[f.name], result[f.name]):
                return False
        elif not f.follows and not same(f, base[f.name], side[f.name]) and not same(f, side[f.name], result[f.name]):
            return False
    return True


def keeps_lines(f, base, side, result):
    was, changed, now = ({line[f.key]: line for line in lines} for lines in (base, side, result))
    if [line for line in side if line[f.key] not in was and line not in result] or (set(was) - set(changed)) & set(now):
        return False
    touched = [key for key in set(was) & set(changed) if not same(f, (was[key],), (changed[key],))]
    return all(key in now and keeps(was[key], changed[key], now[key]) for key in touched)


@given(shapes, scripts(), scripts())
@often
def test_what_only_one_side_changed_is_that_side(shape, before, script):
    base = edited(record(shape, 2, "B"), before, "b")
    side = edited(base, script, "-1")
    assert three_way(base, side, base).content({}) == side
    assert three_way(base, base, side).content({}) == side


@given(merges())
@often
def test_swapping_the_sides_mirrors_the_clashes(merge):
    swapped = three_way(merge.base, merge.theirs, merge.mine)
    assert {p.key: (p.mine, p.theirs) for p in merge.clashes} == {p.key: (p.theirs, p.mine) for p in swapped.clashes}


@given(merges(), sides)
@often
def test_no_value_appears_that_nobody_typed(merge, side):
    typed = {*leaves(merge.mine), *leaves(merge.theirs)}
    assert {*leaves(all_of(merge, side))} <= typed


@given(merges(), sides)
@often
def test_every_line_of_either_side_is_accounted_for(merge, side):
    for was, mine, theirs, result in lists(merge.base, merge.mine, merge.theirs, all_of(merge, side)):
        assert (mine & theirs) | (mine - was) | (theirs - was) <= result <= mine | theirs
        assert (was - mine - theirs) & result == set()


@given(merges())
@often
def test_choosing_one_side_throughout_keeps_all_its_changes(merge):
    assert keeps(merge.base, merge.mine, all_of(merge, "mine"))
    assert keeps(merge.base, merge.theirs, all_of(merge, "theirs"))


@given(merges(), sides)
@often
def test_merging_the_result_again_over_theirs_changes_nothing(merge, side):
    result = all_of(merge, side)
    again = three_way(merge.theirs, result, merge.theirs)
    assert (again.clashes, again.content({})) == ((), result)


@given(merges(), st.data())
@often
def test_what_is_not_decided_is_named_and_nothing_else(merge, data):
    assume(merge.clashes)
    choices = {key: data.draw(sides) for key in keys(merge.clashes)}
    assert merge.content(choices).shape is merge.theirs.shape
    left = data.draw(st.sampled_from(keys(merge.clashes)))
    with pytest.raises(Undecided) as raised:
        merge.content({**choices, left: "both"})
    assert raised.value.keys == (left,)


@given(merges())
@often
def test_keys_tell_all_clashes_apart(merge):
    assert len(set(keys(merge.clashes))) == len(merge.clashes)


@given(merges())
@often
def test_without_a_base_everything_but_new_lines_is_a_clash(merge):
    blind = three_way(None, merge.mine, merge.theirs)
    assert [p for p in blind.combined if p.mine is None or p.theirs is not None] == []
    assert keeps(merge.theirs, merge.mine, all_of(blind, "mine"))
    left = three_way(merge.theirs, all_of(blind, "theirs"), merge.theirs).parts
    assert {(p.fields, p.was, p.theirs) for p in left} <= {((), None, None)}


def test_changes_that_do_not_touch_are_combined():
    merge = three_way(BILL, BILL.replace(memo="mine"), BILL.replace(ref_number="9"))
    assert [(p.key, p.side) for p in merge.parts] == [("ref_number", "theirs"), ("memo", "mine")]
    assert merge.content({}) == BILL.replace(memo="mine", ref_number="9")


def test_fields_decided_together_clash_as_one():
    merge = three_way(BILL, BILL.replace(due_date=None), BILL.replace(terms=Reference("t20", "Net 20")))
    assert [(p.key, p.label) for p in merge.clashes] == [("transaction_date+terms+due_date", "Terms and due date")]
    assert all_of(merge, "mine") == BILL.replace(due_date=None)


def test_an_amount_comes_along_with_its_quantity():
    merge = three_way(BILL, MY_BILL, THEIR_BILL)
    assert merge.clashes[1].label == "Item line 2, Stretch wrap 18 in: Quantity, cost and amount"
    assert all_of(merge, "mine")["item_lines"][1] == MY_BILL["item_lines"][1]


def test_a_derived_amount_alone_is_no_clash():
    mine, theirs = (
        BILL.replace(item_lines=(WRAP.replace(quantity=Decimal(50), amount=Decimal(a)),)) for a in ("377.50", "377.49")
    )
    merge = three_way(BILL.replace(item_lines=(WRAP,)), mine, theirs)
    assert (merge.clashes, merge.content({})) == ((), theirs)


def test_amounts_typed_on_both_sides_are_a_clash():
    mine, theirs = (BILL.replace(item_lines=(TAPE, WRAP.replace(amount=Decimal(a)))) for a in ("300.00", "310.00"))
    assert keys(three_way(BILL, mine, theirs).clashes) == ["item_lines:L2:quantity+cost+amount"]


def test_an_address_is_chosen_whole():
    mine = CUSTOMER.replace(billing_address=HOME.replace(line1="14 Elm St"))
    theirs = CUSTOMER.replace(billing_address=HOME.replace(city="Nampa"))
    merge = three_way(CUSTOMER, mine, theirs)
    assert keys(merge.clashes) == ["billing_address"]
    assert (all_of(merge, "mine"), all_of(merge, "theirs")) == (mine, theirs)


def test_equal_changes_are_no_clash():
    merge = three_way(BILL, BILL.replace(memo="x"), BILL.replace(memo="x"))
    assert ([p.key for p in merge.same], merge.clashes, merge.combined) == (["memo"], (), ())


def test_a_renamed_reference_is_no_change_and_takes_their_spelling():
    theirs = BILL.replace(vendor=Reference("v1", "Cobalt Ridge Inc."))
    assert three_way(BILL, BILL, theirs).parts == ()
    merge = three_way(BILL, BILL.replace(memo="x"), theirs)
    assert merge.content({})["vendor"].name == "Cobalt Ridge Inc."


def test_a_reference_that_moves_along_unchanged_has_their_spelling():
    renamed = Reference("t15", "15 days net")
    merge = three_way(BILL, BILL.replace(due_date=None), BILL.replace(terms=renamed))
    assert merge.content({}) == BILL.replace(due_date=None, terms=renamed)


def test_what_only_the_vendor_writes_is_theirs():
    merge = three_way(CUSTOMER, CUSTOMER.replace(balance=Decimal(1)), CUSTOMER.replace(balance=Decimal(2)))
    assert merge.parts == ()
    assert merge.content({})["balance"] == Decimal(2)


def test_new_lines_of_both_sides_stay_theirs_first():
    mine = BILL.replace(expense_lines=(PAPER, PAPER.replace(id="-1"), PAPER.replace(id="-1", memo="A5")))
    theirs = BILL.replace(expense_lines=(PAPER.replace(id="E9"), PAPER))
    merged = three_way(BILL, mine, theirs).content({})["expense_lines"]
    assert [(line["id"], line["memo"]) for line in merged] == [("E9", "A4"), ("E1", "A4"), ("-1", "A4"), ("-1", "A5")]


def test_a_line_that_both_removed_is_gone():
    without = BILL.replace(expense_lines=())
    merge = three_way(BILL, without, without)
    assert ([(p.key, p.side) for p in merge.parts], merge.content({})) == ([("expense_lines:E1", Side.BOTH)], without)


@pytest.mark.parametrize("remover", ["mine", "theirs"])
def test_a_line_removed_here_and_changed_there_is_a_clash(remover):
    pair = [BILL.replace(expense_lines=()), BILL.replace(expense_lines=(PAPER.replace(memo="A3"),))]
    mine, theirs = pair if remover == "mine" else pair[::-1]
    merge = three_way(BILL, mine, theirs)
    assert keys(merge.clashes) == ["expense_lines:E1"]
    assert (all_of(merge, "mine"), all_of(merge, "theirs")) == (mine, theirs)


def test_a_line_removed_on_one_side_and_left_alone_on_the_other_goes():
    merge = three_way(BILL, BILL, BILL.replace(expense_lines=()))
    assert [(p.key, p.side) for p in merge.combined] == [("expense_lines:E1", Side.THEIRS)]


def test_lines_within_a_group_line_are_merged_one_by_one():
    def bill(first, second):
        line = Content(GROUP_LINE, {"id": "G1", "item_group": Reference("g", "Kit"), "item_lines": (first, second)})
        return BILL.replace(item_group_lines=(line,))

    merge = three_way(
        bill(TAPE, WRAP), bill(TAPE.replace(lot_number="7"), WRAP), bill(TAPE, WRAP.replace(lot_number="8"))
    )
    assert keys(merge.combined) == [
        "item_group_lines:G1/item_lines:L1:lot_number",
        "item_group_lines:G1/item_lines:L2:lot_number",
    ]
    assert merge.content({}) == bill(TAPE.replace(lot_number="7"), WRAP.replace(lot_number="8"))


def test_choices_for_what_is_no_clash_are_passed_over():
    merge = three_way(BILL, BILL.replace(memo="mine"), BILL)
    assert merge.content({"memo": "theirs", "nothing": "x"})["memo"] == "mine"
