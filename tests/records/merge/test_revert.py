"""The result of a saved edit with its changes taken back, whatever the vendor derived besides."""

from decimal import Decimal

from hypothesis import assume, given

from books.providers.conductor.bills import GROUP_LINE
from records.content import Content, Reference
from records.fields import FieldKind
from records.merge.revert import revert_changes
from tests.edits.examples import BILL, CUSTOMER, HOME, PAPER, TAPE, WRAP
from tests.edits.scripts import edited, often, record, scripts, shapes

NEW = PAPER.replace(id="-1", memo="Toner", amount=Decimal("12.50"))


def back(base: Content, wanted: Content, result: Content | None = None) -> Content:
    return revert_changes(base, wanted, wanted if result is None else result)[0]


def plain(content: Content) -> list[tuple[str, object]]:
    """Return the values of the writable fields, lines without their keys and in no order."""
    found: list[tuple[str, object]] = []
    for f in content.shape.writable:
        value = content[f.name]
        if f.kind is FieldKind.LIST:
            value = sorted(
                (plain(line.replace(**{f.key: ""}) if not f.shape[f.key].writable else line) for line in value), key=str
            )
        found.append((f.name, value))
    return found


@given(shapes, scripts(), scripts(least=1))
@often
def test_an_edit_without_later_changes_is_reverted_completely(shape, before, script):
    base = edited(record(shape, 2, "B"), before, "b")
    saved = edited(base, script, "s")
    undone, stays = revert_changes(base, saved, saved)
    assume(not stays)
    assert plain(undone) == plain(base)


def test_a_field_is_reverted():
    assert back(BILL, BILL.replace(memo="x", ref_number="9")) == BILL


def test_values_derived_by_the_vendor_are_kept():
    saved = BILL.replace(memo="x", amount_due=Decimal("1.00"), sales_tax_code=Reference("s", "Tax"))
    assert back(BILL, BILL.replace(memo="x"), saved) == saved.replace(memo="")


def test_changes_made_in_between_are_kept():
    wanted = BILL.replace(item_lines=(TAPE, WRAP.replace(lot_number="7")))
    saved = BILL.replace(item_lines=(TAPE.replace(lot_number="8"), WRAP.replace(lot_number="7")))
    assert back(BILL, wanted, saved) == saved.replace(item_lines=(TAPE.replace(lot_number="8"), WRAP))


def test_a_new_line_is_recognized_by_its_typed_values_and_removed():
    saved = BILL.replace(expense_lines=(PAPER, NEW.replace(id="E9", billing_status="billable")))
    assert back(BILL, BILL.replace(expense_lines=(PAPER, NEW)), saved) == BILL


def test_a_new_line_added_by_somebody_else_is_kept():
    other = PAPER.replace(id="E8", memo="Theirs")
    saved = BILL.replace(expense_lines=(PAPER, NEW.replace(id="E9"), other))
    assert back(BILL, BILL.replace(expense_lines=(PAPER, NEW)), saved) == BILL.replace(expense_lines=(PAPER, other))


def test_a_removed_line_comes_back_under_the_key_of_a_new_one():
    assert back(BILL, BILL.replace(expense_lines=())) == BILL.replace(expense_lines=(PAPER.replace(id="-1"),))


def test_a_removed_group_comes_back_with_all_its_lines_new():
    group = Content(GROUP_LINE, {"id": "G1", "item_group": Reference("g", "Kit"), "item_lines": (TAPE, WRAP)})
    base = BILL.replace(item_group_lines=(group,))
    new = group.replace(id="-1", item_lines=(TAPE.replace(id="-1"), WRAP.replace(id="-1")))
    assert back(base, base.replace(item_group_lines=())) == base.replace(item_group_lines=(new,))


def test_a_cell_inside_a_group_is_reverted_and_its_neighbor_kept():
    group = Content(GROUP_LINE, {"id": "G1", "item_group": Reference("g", "Kit"), "item_lines": (TAPE, WRAP)})
    base = BILL.replace(item_group_lines=(group,))
    saved = base.replace(item_group_lines=(group.replace(item_lines=(TAPE, WRAP.replace(lot_number="7"))),))
    assert back(base, saved) == base


def test_an_address_is_reverted_whole():
    assert back(CUSTOMER, CUSTOMER.replace(billing_address=HOME.replace(line1="14 Elm St", city="Nampa"))) == CUSTOMER


def test_a_field_that_cannot_be_emptied_is_kept_and_named():
    saved = CUSTOMER.replace(credit_limit=Decimal("10.00"), phone="555-0199")
    undone, stays = revert_changes(CUSTOMER, saved, saved)
    assert (undone, [part.label for part in stays]) == (saved.replace(phone="555-0100"), ["Credit limit"])
