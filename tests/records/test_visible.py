"""A table without some fields: nothing of them is left in a content, and a save gets them back as they were."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from books.providers.bigcapital.customers import CUSTOMERS as BIGCAPITAL
from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from records.changes import NEW_LINE
from records.content import Content
from records.decoder import decode
from records.diff import Change, diff_records
from records.fields import Table
from records.visible import (
    list_hidden_changes,
    list_hidden_inputs,
    list_shown_changes,
    reduce_content,
    reduce_table,
    restore_hidden,
)
from tests.pages.test_hidden_fields import list_leaves, make_raw

TABLES = [CUSTOMERS, BILLS, BIGCAPITAL]
SHIP_TO = "customers.alternate_shipping_addresses"


@cache
def content(table: Table, version: int = 0) -> Content:
    """A record with a value of its own in each field."""
    return decode(table.shape, make_raw(table, list_leaves(table), version))


def hide(table: Table, *paths: str) -> Table:
    return reduce_table(table, frozenset(paths))


@settings(max_examples=20)
@given(st.data())
def test_what_is_hidden_comes_back_as_it_was(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(TABLES))
    paths = data.draw(st.sets(st.sampled_from([leaf.path for leaf in list_leaves(table)])))
    was, shape = content(table), hide(table, *paths).shape
    shown = reduce_content(shape, was)
    assert restore_hidden(table.shape, was, shown) == was
    assert restore_hidden(table.shape, was, decode(shape, make_raw(table, list_leaves(table), 0))) == was


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.path)
def test_each_hidden_field_is_blank_and_a_change_of_it_is_found(table: Table) -> None:
    was, now = content(table), content(table, 1)
    for leaf in list_leaves(table):
        shape = hide(table, leaf.path).shape
        labels = [f.label for f in list_hidden_changes(shape, was, now)]
        assert (leaf.field.label in labels) is not _is_alike(leaf.path, was, now)
        assert (get_value(leaf.path, reduce_content(shape, was)) or None, list_hidden_changes(shape, was, was)) == (
            None,
            [],
        )


def get_value(path: str, record: Content) -> Any:
    """The value at a path; that of a list is its first entry's."""
    found: Any = record
    for name in path.split(".")[1:]:
        found = (found[0] if isinstance(found, tuple) else found)[name]
    return found


def _is_alike(path: str, was: Content, now: Content) -> bool:
    """Whether the field is the same in both, as a choice may be."""
    return bool(get_value(path, was) == get_value(path, now))


def test_nothing_is_reduced_where_nothing_is_hidden() -> None:
    assert hide(BILLS, "customers.phone", "bills.unknown") is BILLS


@pytest.mark.parametrize("path", ["customers.full_name", "customers.name", "customers.id", f"{SHIP_TO}.name"])
def test_what_a_record_or_an_entry_is_called_by_is_never_hidden(path: str) -> None:
    assert hide(CUSTOMERS, path) is CUSTOMERS


@pytest.mark.parametrize("member", ["quantity", "cost", "amount"])
def test_what_a_hidden_amount_follows_from_is_hidden_with_it(member: str) -> None:
    lines = hide(BILLS, f"bills.item_lines.{member}").shape["item_lines"].shape
    assert lines.hidden == {"quantity", "cost", "amount"}


def test_a_list_whose_entries_are_known_by_a_typed_name_is_closed_if_a_part_of_it_is_hidden() -> None:
    assert hide(CUSTOMERS, f"{SHIP_TO}.city").shape["alternate_shipping_addresses"].writable is False


def test_a_new_line_has_blanks_where_others_have_hidden_values() -> None:
    was, shape = content(BILLS), hide(BILLS, "bills.expense_lines.memo").shape
    (line,) = reduce_content(shape, was)["expense_lines"]
    edited = reduce_content(shape, was).replace(expense_lines=(line, line.replace(id=NEW_LINE)))
    old, new = restore_hidden(BILLS.shape, was, edited)["expense_lines"]
    assert (old, new["memo"]) == (was["expense_lines"][0], "")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("memo", ["Memo"]),
        ("expense_lines-12-memo", ["Memo"]),
        ("item_group_lines-0-item_lines-3-cost", ["Cost"]),
        ("vendor_address-city", ["City"]),
        ("ref_number", []),
        ("vendor_address-line1", []),
        ("expense_lines-0-id", []),
        ("nonsense-0", []),
    ],
)
def test_an_input_for_a_hidden_field_is_known(name: str, found: list[str]) -> None:
    paths = ["memo", "expense_lines.memo", "item_group_lines.item_lines.cost", "vendor_address.city"]
    assert list_hidden_inputs(hide(BILLS, *(f"bills.{path}" for path in paths)).shape, [name]) == found


LINE = BILLS.shape["expense_lines"].label


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Change("Memo", "a", "b"), []),
        (Change("Note of old times", "a", "b"), []),
        (Change("Number", "1", "2"), [Change("Number", "1", "2")]),
        (Change("Vendor address, city", "a", "b"), []),
        (Change("Vendor address, line 1", "a", "b"), [Change("Vendor address, line 1", "a", "b")]),
        (Change(f"{LINE}, line 2, memo", "a", "b"), []),
        (Change(f"{LINE}, line 2, amount", "1.00", "2.00"), [Change(f"{LINE}, line 2, amount", "1.00", "2.00")]),
        (Change(f"{LINE}, new line", "", "Rent · a secret"), [Change(f"{LINE}, new line", "", "")]),
        (Change(f"{LINE}, line 3", "Rent · a secret", "removed"), [Change(f"{LINE}, line 3", "", "removed")]),
    ],
)
def test_a_change_of_the_history_is_shown_without_what_is_hidden(change: Change, shown: list[Change]) -> None:
    table = hide(BILLS, "bills.memo", "bills.vendor_address.city", "bills.expense_lines.memo")
    assert list_shown_changes(table.shape, [change]) == shown


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.path)
def test_the_history_keeps_every_change_of_what_is_shown(table: Table) -> None:
    was, now = content(table), content(table, 1)
    changes = diff_records(was, now)
    for leaf in list_leaves(table):
        shape = hide(table, leaf.path).shape
        plain = [f for f in shape.in_history if f is table.shape[f.name] and f.members is None]
        told = {change.label for change in list_shown_changes(shape, changes)}
        assert {f.label for f in plain if was[f.name] != now[f.name]} - told == set()
