"""Properties of all three-way merges, over random bills and customers with nested lines, groups and lists."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from records.fields import Field, FieldKind
from records.merge.parts import Choice, Side, index_lines, is_alike, is_same
from records.merge.three_way import UndecidedClash, merge_three_way
from tests.edits.examples import BILL, WRAP
from tests.edits.scripts import edited, leaves, lists, merges, often, record, scripts, shapes, value

from .test_three_way import all_of, keys

DUE = "transaction_date+terms+due_date"
sides = st.sampled_from(["mine", "theirs"])
# Only reported for a failing example, and then the example matters more.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def essence(content):
    """Return the meaning of the writable fields: lines by key in no order, references by id, nothing derived."""
    found = {}
    for f in content.shape.writable:
        value = content[f.name]
        if f.kind is FieldKind.LIST:
            found[f.name] = {key: essence(line) for key, (_, line) in index_lines(f, value).items()}
        elif f.kind is FieldKind.GROUP:
            found[f.name] = essence(value)
        elif not f.follows:
            found[f.name] = getattr(value, "id", value)
    return found


def decided(merge, data):
    """Return the record after every clash was decided in one of the ways that need no typing."""
    ways = {p.key: [choice for choice in p.choices if choice is not Choice.OTHER] for p in merge.clashes}
    return merge.content({key: data.draw(st.sampled_from(choices)) for key, choices in ways.items()})


def together(*sides):
    """Return for each set of fields decided together each side's values; also for lines that all sides have."""
    groups: dict[str, list[Field]] = {}
    for f in sides[0].shape.writable:
        if f.kind is FieldKind.LIST:
            lines = [{line[f.key]: line for line in side[f.name]} for side in sides]
            for key in set.intersection(*map(set, lines)):
                yield from together(*(known[key] for known in lines))
        elif f.decided_with:
            groups.setdefault(f.decided_with, []).append(f)
    for fields in groups.values():
        yield [tuple(side[f.name] for f in fields) for side in sides]


def alike_in(part, one, other):
    """Whether two sides agree in the subject of a part: its fields, or the existence of an unchanged line."""
    if one is None or other is None:
        return one is other
    return is_alike(part.fields or one.shape.writable, one, other)


def keeps(base, side, result):
    """Whether `result` contains each change from `base` to `side`, except derived values."""
    for f in base.shape.writable:
        if f.kind is FieldKind.LIST:
            if not keeps_lines(f, base[f.name], side[f.name], result[f.name]):
                return False
        elif (
            not f.follows
            and not is_same(f, base[f.name], side[f.name])
            and not is_same(f, side[f.name], result[f.name])
        ):
            return False
    return True


def keeps_lines(f, base, side, result):
    was, changed, now = ({line[f.key]: line for line in lines} for lines in (base, side, result))
    if [line for line in side if line[f.key] not in was and line not in result] or (set(was) - set(changed)) & set(now):
        return False
    touched = [key for key in set(was) & set(changed) if not is_same(f, (was[key],), (changed[key],))]
    return all(key in now and keeps(was[key], changed[key], now[key]) for key in touched)


@given(shapes, scripts(), scripts())
@often
def test_a_part_changed_by_one_side_is_that_sides(shape, before, script):
    base = edited(record(shape, 2, "B"), before, "b")
    side = edited(base, script, "-1")
    assert merge_three_way(base, side, base).content({}) == side
    assert merge_three_way(base, base, side).content({}) == side


@given(merges(), sides)
@often
def test_swapping_the_sides_mirrors_the_clashes_and_the_result(merge, side):
    swapped = merge_three_way(merge.base, merge.theirs, merge.mine)
    assert {p.key: (p.mine, p.theirs) for p in merge.clashes} == {p.key: (p.theirs, p.mine) for p in swapped.clashes}
    other = {"mine": "theirs", "theirs": "mine"}[side]
    assert essence(all_of(merge, side)) == essence(all_of(swapped, other))


@given(merges(), st.data())
@often
def test_the_result_has_no_value_that_nobody_typed(merge, data):
    typed = {*leaves(merge.base), *leaves(merge.mine), *leaves(merge.theirs)}
    assert {*leaves(decided(merge, data))} <= typed


@given(merges(), sides)
@often
def test_a_part_decided_for_one_side_has_none_of_the_base(merge, side):
    typed = {*leaves(merge.mine), *leaves(merge.theirs)}
    assert {*leaves(all_of(merge, side))} <= typed


@given(merges(), st.data())
@often
def test_every_line_of_either_side_is_accounted_for(merge, data):
    for was, mine, theirs, result in lists(merge.base, merge.mine, merge.theirs, decided(merge, data)):
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
    again = merge_three_way(merge.theirs, result, merge.theirs)
    assert (again.clashes, again.content({})) == ((), result)


@given(merges(), st.data())
@often
def test_exactly_the_undecided_clashes_are_named(merge, data):
    assume(merge.clashes)
    choices = {key: data.draw(sides) for key in keys(merge.clashes)}
    assert merge.content(choices).shape is merge.theirs.shape
    left = data.draw(st.sampled_from(keys(merge.clashes)))
    with pytest.raises(UndecidedClash) as raised:
        merge.content({**choices, left: "both"})
    assert raised.value.keys == (left,)


@given(merges())
@often
def test_every_clash_has_a_unique_key(merge):
    assert len(set(keys(merge.clashes))) == len(merge.clashes)


@given(merges())
@often
def test_without_a_base_everything_but_new_lines_is_a_clash(merge):
    blind = merge_three_way(None, merge.mine, merge.theirs)
    assert [p for p in blind.combined if p.mine is None or p.theirs is not None] == []
    assert keeps(merge.theirs, merge.mine, all_of(blind, "mine"))
    left = merge_three_way(merge.theirs, all_of(blind, "theirs"), merge.theirs).parts
    assert {(p.fields, p.was, p.theirs) for p in left} <= {((), None, None)}


@given(merges())
@often
def test_only_parts_that_both_sides_changed_clash_and_have_no_default(merge):
    """Theirs is taken where I changed nothing, mine where they changed nothing; everything else is a clash."""
    for part in merge.combined:
        unchanged = part.theirs if part.side is Side.MINE else part.mine
        assert (part.was, unchanged) == (None, None) if part.was is None else alike_in(part, part.was, unchanged)
    for part in merge.clashes:
        assert not alike_in(part, part.was, part.mine) and not alike_in(part, part.was, part.theirs)
    if merge.clashes:
        with pytest.raises(UndecidedClash):
            merge.content({})


@given(merges())
@often
def test_a_line_removed_on_one_side_and_changed_on_the_other_is_always_asked_about(merge):
    asked = {part.key for part in merge.clashes}
    for f in (f for f in merge.base.shape.writable if f.kind is FieldKind.LIST):
        indexed = (index_lines(f, side[f.name]) for side in (merge.base, merge.mine, merge.theirs))
        was, mine, theirs = ({key: line for key, (_, line) in lines.items()} for lines in indexed)
        for key in set(was) & (set(mine) ^ set(theirs)):
            left = mine.get(key) or theirs[key]
            assert (f"{f.name}:{key}" in asked) == (not is_same(f, (was[key],), (left,)))


@given(merges(), st.integers(0, 3))
@often
def test_vendor_only_fields_never_clash_and_are_theirs(merge, n):
    fixed = [f for f in merge.theirs.shape.fields if not f.writable and f.name != "id"]
    mine = merge.mine.replace(**{f.name: value(f, n) for f in fixed})
    theirs = merge.theirs.replace(**{f.name: value(f, 3 - n) for f in fixed})
    again = merge_three_way(merge.base, mine, theirs)
    assert (keys(again.parts), keys(again.clashes)) == (keys(merge.parts), keys(merge.clashes))
    assert [all_of(again, "mine")[f.name] for f in fixed] == [theirs[f.name] for f in fixed]


@given(merges())
@often
def test_the_original_can_be_chosen_wherever_it_can_be_restored(merge):
    back = [p for p in merge.clashes if Choice.WAS in p.choices]
    result = merge.content({p.key: "was" if p in back else "theirs" for p in merge.clashes})
    found = {p.key: p for p in merge_three_way(merge.base, result, merge.base).parts}
    assert [p.key for p in back if p.key in found] == []


@given(st.lists(st.tuples(*[st.integers(1, 3)] * 3), min_size=6, max_size=6), st.data())
@often
def test_values_that_belong_together_come_from_one_side(rolled, data):
    header, line = [BILL.shape[n] for n in DUE.split("+")], [WRAP.shape[n] for n in ("quantity", "cost", "amount")]
    sides = [
        BILL.replace(
            item_lines=(WRAP.replace(**{f.name: value(f, n) for f, n in zip(line, of_line, strict=True)}),),
            **{f.name: value(f, n) for f, n in zip(header, of_bill, strict=True)},
        )
        for of_bill, of_line in zip(rolled[::2], rolled[1::2], strict=True)
    ]
    merge = merge_three_way(*sides)
    result = decided(merge, data)
    for *from_sides, one in together(*sides, result):
        assert one in from_sides
