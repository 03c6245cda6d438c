"""Due dates and discounts: QuickBooks' rules as tables, and what holds of all terms."""

import calendar
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bills.terms.due_dates import DateDrivenTerms, Discount, StandardTerms, Terms, read_terms
from books import registry
from records.decoder import decode
from tenants.models import Tenant
from tests.support.vendor import Sandbox

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
MONTH_DAYS = st.integers(min_value=1, max_value=31)
PERCENT = st.decimals(min_value="0.01", max_value="99", places=2)
STANDARD = st.builds(StandardTerms, st.integers(0, 400), st.none() | st.integers(0, 400), PERCENT)
DATE_DRIVEN = st.builds(DateDrivenTerms, MONTH_DAYS, st.integers(0, 60), st.none() | MONTH_DAYS, PERCENT)


@pytest.mark.parametrize(
    ("terms", "issued", "due"),
    [
        (StandardTerms(10), "2026-01-01", "2026-01-11"),  # the example of Intuit's help
        (StandardTerms(10), "2026-02-05", "2026-02-15"),
        (StandardTerms(0), "2026-02-28", "2026-02-28"),
        (StandardTerms(30), "2026-01-31", "2026-03-02"),
        (StandardTerms(30), "2028-01-31", "2028-03-01"),
        (DateDrivenTerms(25), "2026-03-03", "2026-03-25"),
        (DateDrivenTerms(25), "2026-03-25", "2026-03-25"),
        (DateDrivenTerms(25), "2026-03-26", "2026-04-25"),
        (DateDrivenTerms(15, 5), "2026-03-09", "2026-03-15"),
        (DateDrivenTerms(15, 5), "2026-03-10", "2026-04-15"),
        (DateDrivenTerms(15, 5), "2026-03-15", "2026-04-15"),
        (DateDrivenTerms(15, 5), "2026-03-16", "2026-04-15"),
        (DateDrivenTerms(1, 10), "2026-03-21", "2026-04-01"),
        (DateDrivenTerms(1, 10), "2026-03-22", "2026-05-01"),
        (DateDrivenTerms(10, 5), "2026-12-11", "2027-01-10"),
        (DateDrivenTerms(10, 5), "2026-12-05", "2027-01-10"),
        (DateDrivenTerms(31), "2026-02-01", "2026-02-28"),
        (DateDrivenTerms(31), "2028-02-01", "2028-02-29"),
        (DateDrivenTerms(31), "2026-04-30", "2026-04-30"),
        (DateDrivenTerms(31, 3), "2026-02-25", "2026-03-31"),
        (DateDrivenTerms(30), "2026-01-31", "2026-02-28"),
    ],
)
def test_a_bill_is_due_as_quickbooks_says(terms: Terms, issued: str, due: str) -> None:
    assert str(terms.due(date.fromisoformat(issued))) == due


@pytest.mark.parametrize(
    ("terms", "issued", "last"),
    [
        (StandardTerms(30, 10, Decimal(2)), "2026-10-28", "2026-11-07"),
        (StandardTerms(30, 0, Decimal(2)), "2026-10-28", "2026-10-28"),
        (StandardTerms(30, None, Decimal(2)), "2026-10-28", None),
        (StandardTerms(30, 10), "2026-10-28", None),
        (DateDrivenTerms(30, 0, 10, Decimal(2)), "2026-11-03", "2026-11-10"),  # the example of Intuit's help
        (DateDrivenTerms(30, 0, 10, Decimal(2)), "2026-11-10", "2026-11-10"),
        (DateDrivenTerms(30, 0, 10, Decimal(2)), "2026-11-11", None),
        (DateDrivenTerms(25, 10, 5, Decimal(1)), "2026-03-20", "2026-04-05"),
        (DateDrivenTerms(25, 24, 5, Decimal(1)), "2026-03-02", "2026-04-05"),
        (DateDrivenTerms(10, 0, 25, Decimal(1)), "2026-03-15", "2026-03-25"),
        (DateDrivenTerms(31, 0, 31, Decimal(1)), "2028-02-10", "2028-02-29"),
        (DateDrivenTerms(30, 0, None, Decimal(2)), "2026-11-03", None),
        (DateDrivenTerms(30, 0, 10), "2026-11-03", None),
    ],
)
def test_it_earns_a_discount_until_the_day_that_the_terms_say(terms: Terms, issued: str, last: str | None) -> None:
    found = terms.discount(date.fromisoformat(issued))
    assert (found and str(found.last)) == last


@pytest.mark.parametrize(
    ("percentage", "total", "amount"),
    [
        ("2", "937.60", "18.75"),
        ("1", "0.50", "0.01"),
        ("1", "0.49", "0.00"),
        ("2.5", "10.20", "0.26"),
        ("2", "-5", "0"),
    ],
)
def test_a_discount_is_counted_in_cents_half_a_cent_up(percentage: str, total: str, amount: str) -> None:
    assert Discount(Decimal(percentage), date(2026, 1, 1)).of(Decimal(total)) == Decimal(amount)


@pytest.mark.parametrize(
    ("kind", "raw", "terms"),
    [
        ("standard-terms", {"dueDays": 30, "discountDays": 10, "discountPercentage": "2.0"},
         StandardTerms(30, 10, Decimal("2.0"))),
        ("standard-terms", {"dueDays": None, "discountDays": None, "discountPercentage": None}, StandardTerms(0)),
        ("date-driven-terms", {"dueDayOfMonth": 15, "gracePeriodDays": None}, DateDrivenTerms(15)),
        ("date-driven-terms",
         {"dueDayOfMonth": 25, "gracePeriodDays": 10, "discountDayOfMonth": 5, "discountPercentage": "1"},
         DateDrivenTerms(25, 10, 5, Decimal(1))),
        ("date-driven-terms", {"dueDayOfMonth": None}, None),
    ],
)  # fmt: skip
def test_terms_are_read_from_either_list(kind: str, raw: dict[str, object], terms: Terms | None) -> None:
    shape = registry.get_table(Tenant(), kind).shape
    assert read_terms(decode(shape, {"id": "1", "name": "x", **raw})) == terms


@pytest.mark.parametrize("kind", ["standard-terms", "date-driven-terms"])
def test_the_vendor_gives_new_bills_the_same_due_dates(kind: str, sandbox: Sandbox, abc: Tenant) -> None:
    issued = [date(2028, 1, 26) + timedelta(days=days) for days in range(0, 70, 4)]
    account = sandbox.get("/quickbooks-desktop/accounts", abc.end_user_id, accountType="expense")["data"][0]["id"]
    vendor = sandbox.get("/quickbooks-desktop/vendors", abc.end_user_id, limit=1)["data"][0]["id"]
    for entry in sandbox.get(f"/quickbooks-desktop/{kind}", abc.end_user_id)["data"]:
        terms = read_terms(decode(registry.get_table(abc, kind).shape, entry))
        bill = {"vendorId": vendor, "termsId": entry["id"], "expenseLines": [{"accountId": account, "amount": "9.99"}]}
        given = [
            sandbox.post("/quickbooks-desktop/bills", abc.end_user_id, transactionDate=str(day), **bill)["dueDate"]
            for day in issued
        ]
        assert terms is not None
        assert given == [str(terms.due(day)) for day in issued]


@given(STANDARD | DATE_DRIVEN, DAYS)
def test_no_bill_is_due_before_its_date(terms: Terms, issued: date) -> None:
    due = terms.due(issued)
    assert due is not None
    assert due >= issued


@given(STANDARD | DATE_DRIVEN, DAYS, st.integers(min_value=0, max_value=70))
def test_a_later_bill_is_not_due_earlier(terms: Terms, issued: date, days: int) -> None:
    one, two = terms.due(issued), terms.due(issued + timedelta(days=days))
    assert one and two and one <= two


@given(DATE_DRIVEN, DAYS)
def test_date_driven_terms_are_due_on_their_day_or_on_the_months_last(terms: DateDrivenTerms, issued: date) -> None:
    due = terms.due(issued)
    assert due and due.day == min(terms.due_day, calendar.monthrange(due.year, due.month)[1])


@given(DATE_DRIVEN, DAYS)
def test_a_bill_within_the_grace_days_waits_for_just_the_next_month(terms: DateDrivenTerms, issued: date) -> None:
    due, usual = terms.due(issued), DateDrivenTerms(terms.due_day).due(issued)
    assert due and usual
    months = (due.year - usual.year) * 12 + due.month - usual.month
    assert months == (0 < terms.grace_days >= (usual - issued).days)


@given(STANDARD | DATE_DRIVEN, DAYS)
def test_no_discount_ends_before_the_bill_date(terms: Terms, issued: date) -> None:
    found = terms.discount(issued)
    assert found is None or found.last >= issued


@given(DATE_DRIVEN, DAYS)
def test_a_discount_of_date_driven_terms_ends_by_the_due_date(terms: DateDrivenTerms, issued: date) -> None:
    found, due = terms.discount(issued), terms.due(issued)
    assert due and (found is None or due - timedelta(days=31) < found.last <= due)


@given(STANDARD | DATE_DRIVEN, st.dates(min_value=date(9999, 10, 1)))
def test_at_the_end_of_the_calendar_there_is_no_date_but_no_error(terms: Terms, issued: date) -> None:
    due = terms.due(issued)
    assert due is None or due >= issued
