"""How much an edit changed, counted as people count it: fields, and lines whatever of them was changed."""

import pytest

from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from records.diff import Change, count_changes
from records.fields import Table


@pytest.mark.parametrize(
    ("table", "labels", "words"),
    [
        (BILLS, [], ""),
        (BILLS, ["Memo"], "1 field"),
        (BILLS, ["Memo", "Vendor address, city"], "2 fields"),
        (BILLS, ["Memo", "Items, line 1, cost", "Items, line 1, amount"], "1 field and 1 line"),
        (BILLS, ["Expenses, new line", "Expenses, new line", "Items, line 1"], "3 lines"),
        (CUSTOMERS, ["Ship-to addresses, Yard, city", "Ship-to addresses, Shop"], "2 ship-to addresses"),
    ],
)
def test_changes_are_counted_by_field_and_by_line(table: Table, labels: list[str], words: str) -> None:
    assert count_changes(table.shape, [Change(label, "", "x") for label in labels]) == words
