"""Bills that may be one invoice entered twice: warned of by number and by amount, and flagged in the list."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bills.checks.duplicates import find_flagged, find_same_amounts
from bills.checks.lookup import list_checks
from books.mirror import lookup
from books.models import Record
from records.content import Reference
from records.numbers import is_same_number, make_number_key
from tenants.models import Tenant
from tests.bills.factories import list_titles, named, store_bill

COBALT = Reference("V1", "Cobalt Ridge Packaging")
TOTAL = Decimal("766.40")  # of the lines of the bill
SAID = "Cobalt Ridge Packaging already has a bill of 766.40."
NUMBERS = st.text(st.sampled_from("0012AbÄß- /.#_"), max_size=8)


@given(NUMBERS, NUMBERS, st.sampled_from("-/. _#:№"))
def test_numbers_that_are_the_same_have_the_same_key(one: str, other: str, sign: str) -> None:
    assert not is_same_number(one, other) or make_number_key(one) == make_number_key(other)
    assert is_same_number(one + other, f"{one}-{other}") is bool(make_number_key(one + other))


@pytest.mark.parametrize(
    ("one", "other"), [("102", "1002"), ("A1", "A10"), ("2026-42", "20260042"), ("", "0"), ("-", "#")]
)
def test_zeros_inside_a_number_and_blanks_make_a_difference(one: str, other: str) -> None:
    assert not is_same_number(one, other)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, [SAID]),
        ({"transactionDate": "2026-09-28"}, [SAID]),
        ({"transactionDate": "2026-09-27"}, []),
        ({"transactionDate": "2026-11-27"}, [SAID]),
        ({"amountDue": "766.41"}, []),
        ({"vendor": named("V2", "Norrland")}, []),
    ],
)
def test_a_bill_that_comes_to_the_amount_of_another_one_is_asked_about(larch, other, said):
    record = store_bill(larch)
    store_bill(larch, **{"id": "B2", "refNumber": "88", "amountDue": "766.40", **other})
    first, *lines = lookup.get_content(record)["expense_lines"]
    assert list_titles(record, expense_lines=(first.replace(amount=Decimal("218.05")), *lines)) == []
    assert list_titles(record, expense_lines=(first.replace(memo="Late"), *lines)) == []
    assert list_titles(record, due_date=None, transaction_date=date(2026, 10, 28)) == []
    base = lookup.get_content(record)
    again = base.replace(expense_lines=(first.replace(amount=Decimal("1.00")), *lines))
    assert [check.title for check in list_checks(record, again, base)] == said


def test_it_is_asked_once_and_only_about_what_changed(larch):
    record = store_bill(larch)
    store_bill(larch, id="B2", refNumber="88", amountDue="766.40")
    store_bill(larch, id="B3", refNumber="77", amountDue="766.40")
    assert list_titles(record, memo="Late") == []
    assert list_titles(record, ref_number="77") == ["Cobalt Ridge Packaging already has a bill with number 77."]
    both = list_titles(record, ref_number="77", transaction_date=date(2026, 10, 29))
    assert both == ["Cobalt Ridge Packaging already has a bill with number 77.", SAID]


@pytest.mark.parametrize(
    ("vendor", "amount", "on"),
    [(None, TOTAL, date.max), (COBALT, None, date.max), (COBALT, TOTAL, None), (COBALT, Decimal(0), date(2026, 1, 1))],
)
def test_nothing_is_looked_for_without_vendor_amount_and_date(larch, django_assert_num_queries, vendor, amount, on):
    record = store_bill(larch)
    with django_assert_num_queries(0):
        assert find_same_amounts(record, vendor, amount, on) == []


@pytest.mark.sqlite_only("EXPLAIN QUERY PLAN")
def test_the_same_amount_is_found_along_an_index_of_its_own(larch, django_assert_num_queries):
    record = store_bill(larch)
    with django_assert_num_queries(1) as asked:
        find_same_amounts(record, COBALT, TOTAL, date(2026, 10, 28))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        (plan,) = cursor.fetchall()
    assert "USING INDEX bill_by_amount (tenant_id=? AND vendor_id=? AND amount=?)" in plan[-1]


def test_bills_with_the_same_number_are_flagged_in_the_list(as_carol: Client, larch: Tenant) -> None:
    store_bill(larch, refNumber="INV/0042"), store_bill(larch, id="B2", refNumber="inv 42")
    store_bill(larch, id="B3", refNumber="INV-402"), store_bill(larch, id="B4", refNumber="")
    store_bill(larch, id="B5", refNumber="INV-42", vendor=named("V2", "Norrland"))
    assert find_flagged(larch, "bills", ["B1", "B2", "B3", "B4", "B5"]) == {"B1", "B2"}
    page = as_carol.get("/t/larch/bills/?state=all").content.decode()
    assert page.count(">Same number<") == 2
    lookup.mark_deleted(larch, "bills", ["B2"])
    assert find_flagged(larch, "bills", ["B1"]) == frozenset()


def test_a_list_without_such_bills_costs_one_query(larch: Tenant, django_assert_num_queries) -> None:
    store_bill(larch), store_bill(larch, id="B2", refNumber="88")
    with django_assert_num_queries(1):
        assert find_flagged(larch, "bills", ["B1", "B2"]) == frozenset()
    assert Record.objects.filter(kind="bills").count() == 2
