"""What a bulk change makes of a record's content: rules that hold of every field of the tables, and what cannot be."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from books.providers.bigcapital.customers import CUSTOMERS as BIGCAPITAL
from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from books.providers.conductor.declare import text
from books.providers.update_body import compose_body
from record_forms.bulk.form import CompaniesForm
from record_forms.bulk.operations import BulkOperation, LineScope, WhereLines, apply_all
from record_forms.bulk.rules import list_derived
from record_forms.bulk.targets import NUMBERS, BulkTarget, find_target, list_targets
from record_forms.bulk.value_changes import AddText, CannotApply, DeriveValue, MoveDate, ReplaceText, SetValue
from records.changes import list_changed_fields
from records.content import Content, Reference, make_blank
from records.fields import Field, FieldKind, Shape, Table
from records.visible import reduce_content, reduce_table
from tenants.models import Tenant
from tests.edits.examples import BILL, CUSTOMER, PAPER

LARCH = Tenant(slug="larch", name="Larch")
RENT, FREIGHT = Reference("a2", "Rent"), Reference("a3", "Freight In")
TWO_LINES = BILL.replace(expense_lines=(PAPER, PAPER.replace(id="E2", account=RENT)))
TABLES = (BILLS, CUSTOMERS, BIGCAPITAL)
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=12)


def operate(path: str, change: Any, where: WhereLines = WhereLines()) -> BulkOperation:  # noqa: B008 - it is frozen
    return BulkOperation(LARCH, tuple(path.split(".")), change, where)


def cannot(operation: BulkOperation, content: Content) -> str:
    with pytest.raises(CannotApply) as found:
        operation.apply(content)
    return str(found.value)


def list_all(table: Table) -> list[BulkTarget]:
    return [target for section in list_targets(table) for target in section.targets]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.path}")
def test_every_field_that_can_be_written_can_be_changed_in_bulk(table: Table) -> None:
    wanted = {f.name for f in table.shape.typed if f.kind is not FieldKind.GROUP}
    wanted |= {f"{f.name}.{m.name}" for f in table.shape.typed if f.members for m in f.shape.typed}
    assert wanted == {target.key for target in list_all(table) if not target.in_list}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.path}")
def test_of_entries_neither_the_key_nor_an_amount_nor_what_fills_in_others_is_changed(table: Table) -> None:
    offered = [f for target in list_all(table) if target.in_list for f in target.fields]
    assert [f.name for f in offered if f.kind in NUMBERS or f.entry or f.decided_with or not f.writable] == []
    assert "alternate_shipping_addresses.name" not in {target.key for target in list_all(table)}


def test_a_member_that_several_lists_of_lines_have_is_offered_for_every_line() -> None:
    shared = {target.key: target.paths for target in list_all(BILLS) if target.key.startswith("lines:")}
    inner = ("item_group_lines", "item_lines", "class")
    assert shared["lines:class"] == (("expense_lines", "class"), ("item_lines", "class"), inner)
    assert shared["lines:payee"][:2] == (("expense_lines", "payee"), ("item_lines", "customer"))


def make_value(f: Field) -> Any:
    """A value that a field can hold."""
    if f.choices:
        return f.choices[-1][0]
    least = Decimal(f.between[0] if f.between else 7)
    found = {FieldKind.REFERENCE: RENT, FieldKind.DATE: date(2026, 1, 2), FieldKind.BOOLEAN: False}
    return (found | dict.fromkeys(NUMBERS, least)).get(f.kind, "a@b.example")


PLAIN = [(table, target) for table in TABLES for target in list_all(table)]


@given(chosen=st.sampled_from(PLAIN), second=st.sampled_from([make_value, make_blank]))
def test_a_change_of_any_field_touches_nothing_else_and_is_made_once(
    chosen: tuple[Table, BulkTarget], second: Callable[[Field], Any]
) -> None:
    table, target = chosen
    was = {BILLS.path: TWO_LINES, CUSTOMERS.path: CUSTOMER}.get(table.path, Content(table.shape, {}))
    changes = [SetValue(make_value(target.field)), SetValue(second(target.field))]
    for path in target.paths:
        for operation in (BulkOperation(LARCH, path, change) for change in changes):
            with suppress(CannotApply):
                now = operation.apply(was)
                assert {one.name for one in list_changed_fields(was, now)} <= {path[0]}
                assert operation.apply(now) is now


def test_a_field_of_a_new_line_in_the_table_is_offered_without_more_code() -> None:
    website = text("website", "Website", 255)
    shape = Shape(*CUSTOMERS.shape.declared, website)
    (first, *rest) = CUSTOMERS.sections
    table = replace(CUSTOMERS, shape=shape, sections=(replace(first, fields=(*first.fields, "website")), *rest))
    target = find_target(table, "website")
    assert target is not None and (target.label, target.field) == ("Website", website)
    blank = Content(shape, {})
    changed = BulkOperation(LARCH, target.paths[0], AddText("https://x.example", is_before=False)).apply(blank)
    assert changed == blank.replace(website="https://x.example")


def test_lines_that_stay_as_they_are_are_sent_by_their_id_alone() -> None:
    where = WhereLines(LineScope.EQUAL, RENT)
    changed = operate("expense_lines.class", SetValue(Reference("c1", "North"))).apply(TWO_LINES)
    one = operate("expense_lines.account", SetValue(FREIGHT), where).apply(TWO_LINES)
    assert compose_body(TWO_LINES, one) == {"expenseLines": [{"id": "E1"}, {"id": "E2", "accountId": "a3"}]}
    assert compose_body(TWO_LINES, changed) == {
        "expenseLines": [{"id": "E1", "classId": "c1"}, {"id": "E2", "classId": "c1"}]
    }


@given(memo=TEXTS)
def test_a_value_that_is_set_twice_is_set_once_and_nothing_else_is(memo: str) -> None:
    operation = operate("memo", SetValue(memo))
    once = operation.apply(BILL)
    assert once == BILL.replace(memo=memo)
    assert operation.apply(once) is once


@given(find=TEXTS, by=TEXTS, memo=TEXTS)
def test_a_text_is_replaced_as_python_does_and_a_record_without_it_stays_the_same_object(
    find: str, by: str, memo: str
) -> None:
    bill = BILL.replace(memo=memo)
    changed = operate("memo", ReplaceText(find, by)).apply(bill)
    if find in memo:
        assert changed["memo"] == memo.replace(find, by).strip() or changed is bill
    else:
        assert changed is bill


def test_a_text_that_would_become_endless_is_not_made() -> None:
    bill = BILL.replace(memo="a" * 4_000)
    said = "Memo: Too long: 20,000,000 characters."
    assert cannot(operate("memo", ReplaceText("a", "b" * 5_000)), bill) == said


@given(added=TEXTS, memo=TEXTS, is_before=st.booleans())
def test_a_text_is_not_added_twice(added: str, memo: str, is_before: bool) -> None:
    operation = operate("memo", AddText(added, is_before))
    once = operation.apply(BILL.replace(memo=memo.strip()))
    if added == added.strip():
        assert operation.apply(once) == once


@given(days=st.integers(-20_000, 20_000))
def test_a_moved_date_comes_back_or_is_out_of_the_calendar(days: int) -> None:
    there, back = operate("due_date", MoveDate(days)), operate("due_date", MoveDate(-days))
    due = BILL["due_date"] + timedelta(days=days)
    assert there.apply(BILL)["due_date"] == due
    assert back.apply(there.apply(BILL)) == BILL


def test_a_date_beyond_the_calendar_is_refused_with_the_reason() -> None:
    said = "Due date: the new date would not be between 1900 and 2199."
    assert [cannot(operate("due_date", MoveDate(days)), BILL) for days in (90_000, -90_000, 10**7)] == [said] * 3


def test_a_blank_date_stays_blank_when_dates_are_moved() -> None:
    bill = BILL.replace(due_date=None)
    assert operate("due_date", MoveDate(7)).apply(bill) is bill


@given(which=st.sampled_from(["E1", "E2"]))
def test_only_lines_with_the_value_change_and_the_others_stay_the_same_objects(which: str) -> None:
    now = {"E1": PAPER["account"], "E2": RENT}[which]
    changed = operate("expense_lines.account", SetValue(FREIGHT), WhereLines(LineScope.EQUAL, now)).apply(TWO_LINES)
    lines = {line["id"]: line["account"] for line in changed["expense_lines"]}
    assert lines == {"E1": PAPER["account"], "E2": RENT} | {which: FREIGHT}
    kept = zip(changed["expense_lines"], TWO_LINES["expense_lines"], strict=True)
    assert [now is was for now, was in kept] == [which != "E1", which != "E2"]
    assert changed["item_lines"] is TWO_LINES["item_lines"]


def test_where_no_line_has_the_value_the_record_stays_the_same_object() -> None:
    assert operate("expense_lines.account", SetValue(RENT), WhereLines(LineScope.EQUAL, FREIGHT)).apply(BILL) is BILL


def test_an_entry_that_was_renamed_is_still_the_one_that_is_looked_for() -> None:
    renamed = WhereLines(LineScope.EQUAL, Reference("a2", "Rent of the hall"))
    changed = operate("expense_lines.account", SetValue(FREIGHT), renamed).apply(TWO_LINES)
    assert changed["expense_lines"][1]["account"] == FREIGHT


def test_only_blank_lines_can_be_filled_in() -> None:
    bill = BILL.replace(expense_lines=(PAPER, PAPER.replace(id="E2", memo="")))
    changed = operate("expense_lines.memo", SetValue("Paper"), WhereLines(LineScope.BLANK)).apply(bill)
    assert [line["memo"] for line in changed["expense_lines"]] == ["A4", "Paper"]


@pytest.mark.parametrize(
    ("path", "change", "why"),
    [
        ("amount_due", SetValue(1), "Amount: The sum of the lines."),
        ("linked_transactions", SetValue("1"), "Linked transactions: Links can only be changed in QuickBooks."),
        ("ref_number", AddText("-" + "9" * 20, is_before=False), "Number: Too long: 25 characters, 20 allowed."),
        ("vendor", SetValue(None), "Vendor: Vendor is required."),
        ("expense_lines.billing_status", SetValue("maybe"), "Billable: Choose one from the list."),
        ("memo", SetValue("a\x07"), "Memo: The invisible character '\\x07' cannot be stored."),
        ("terms", SetValue("Net 30"), "Terms: Terms cannot hold this."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_the_field(path: str, change: Any, why: str) -> None:
    assert cannot(operate(path, change), BILL) == why


def test_a_field_that_the_person_may_not_see_is_not_changed() -> None:
    hidden = reduce_table(CUSTOMERS, frozenset({"customers.phone"}))
    operation = operate("phone", SetValue("555"))
    assert cannot(operation, reduce_content(hidden.shape, CUSTOMER)) == "One of these fields is not shown to you."
    assert "phone" not in {target.key for target in list_all(hidden)}


def test_an_email_is_added_to_those_that_are_there() -> None:
    changed = operate("email", AddText(", b@example.com", is_before=False)).apply(CUSTOMER)
    assert changed["email"] == "a@example.com, b@example.com"


def test_a_text_that_is_all_there_is_is_not_added_with_its_blank() -> None:
    bill = BILL.replace(memo="Paper")
    assert operate("memo", AddText(" Paper", is_before=False)).apply(bill) is bill


def test_a_value_is_not_derived_from_what_the_person_may_not_see() -> None:
    tables = (BILLS, reduce_table(BILLS, frozenset({"bills.terms"})))
    assert [[one.name for one in list_derived(table, "due_date")] for table in tables] == [["terms"], []]


@pytest.mark.parametrize(("room", "errors"), [(6, []), (5, ["company"])])
def test_no_more_records_of_other_companies_are_taken_than_there_is_room_for(room: int, errors: list[str]) -> None:
    form = CompaniesForm(QueryDict("company=larch"), [("larch", "Larch")], {"larch": 6}, room)
    assert list(form.errors) == errors


def test_a_member_of_an_address_is_changed_alone() -> None:
    changed = operate("billing_address.state", SetValue("Idaho")).apply(CUSTOMER)
    assert changed == CUSTOMER.replace(billing_address=CUSTOMER["billing_address"].replace(state="Idaho"))


def test_changes_are_made_one_after_the_other() -> None:
    days = {"t15": 15, "t30": 30}
    due = DeriveValue("By the terms", lambda bill: bill["transaction_date"] + timedelta(days=days[bill["terms"].id]))
    net_30 = Reference("t30", "Net 30")
    changed = apply_all([operate("terms", SetValue(net_30)), operate("due_date", due)], BILL)
    assert changed == BILL.replace(terms=net_30, due_date=date(2026, 11, 27))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.path}")
def test_clearing_what_is_blank_changes_nothing_in_any_field(table: Table) -> None:
    blank = Content(table.shape, {})
    clear = [
        BulkOperation(LARCH, path, SetValue(make_blank(f)))
        for target in list_all(table)
        for path, f in zip(target.paths, target.fields, strict=True)
    ]
    assert [one.path for one in clear if one.apply(blank) is not blank] == []
