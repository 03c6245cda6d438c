"""A check asks the database only if what it is about changes, and no more for a long bill than for a short one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from bills.checks.lookup import list_checks
from books.mirror import lookup
from books.models import SyncRun, SyncStatus
from records.content import Content, Reference
from tests.bills.factories import expense, new_line, store_bill, store_lists

EDIT = "/t/larch/bills/B1/edit"
PREFERENCES = 1  # asked of every change: the date to which the books are closed
Change = Callable[[Content], dict[str, Any]]


def first_line(**values: Any) -> Change:
    """Change the first expense line."""
    return lambda bill: {"expense_lines": (bill["expense_lines"][0].replace(**values), *bill["expense_lines"][1:])}


CHANGES: dict[str, tuple[int, Change]] = {
    "memo": (PREFERENCES, lambda bill: {"memo": "Late"}),
    "due date": (PREFERENCES, lambda bill: {"due_date": date(2026, 12, 1)}),
    "text of a line": (PREFERENCES, first_line(memo="Late")),
    "number": (PREFERENCES + 1, lambda bill: {"ref_number": "88"}),
    "date": (PREFERENCES + 1, lambda bill: {"transaction_date": date(2026, 10, 29)}),
    "line removed": (PREFERENCES + 1, lambda bill: {"expense_lines": bill["expense_lines"][1:]}),
    # Of an account nothing is asked but whose it may be, where the line has a payee.
    "account of a line": (PREFERENCES, first_line(account=Reference("AE9", "Rent"))),
    "payee of a line": (PREFERENCES + 2, first_line(payee=Reference("V1", "Ada"))),
    "new line": (PREFERENCES + 1, lambda bill: new_line(bill, "expense_lines", account=None, amount=1)),
}


def lines(count: int) -> dict[str, Any]:
    """That many expense lines and no others."""
    return {
        "expenseLines": [expense(f"E{n}", "Freight In", "2.00") for n in range(count)],
        "itemLines": [],
        "itemGroupLines": [],
    }


@pytest.mark.parametrize("what", CHANGES)
def test_a_check_is_asked_only_of_what_changes(larch, django_assert_num_queries, what):
    record = store_bill(larch, **lines(20))
    base, (count, change) = lookup.get_content(record), CHANGES[what]
    with django_assert_num_queries(count):
        list_checks(record, base, base.replace(**change(base)))


@pytest.mark.parametrize("count", [1, 20, 500])
def test_a_long_bill_is_asked_no_more_than_a_short_one(larch, django_assert_num_queries, count):
    store_lists(larch)
    record = store_bill(larch, **lines(count))
    base = lookup.get_content(record)
    every = tuple(line.replace(payee=Reference("V1", "Ada")) for line in base["expense_lines"])
    with django_assert_num_queries(PREFERENCES + 2):
        list_checks(record, base, base.replace(expense_lines=every))


@pytest.mark.parametrize("count", [1, 500])
def test_the_form_of_a_long_bill_asks_no_more_than_that_of_a_short_one(as_bob, larch, django_assert_num_queries, count):
    store_lists(larch)
    store_bill(larch, **lines(count))
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    SyncStatus.objects.get_or_create(tenant=larch)
    as_bob.get(EDIT)
    with django_assert_num_queries(15):
        as_bob.get(EDIT)
