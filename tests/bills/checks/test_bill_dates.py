"""A bill date that is changed to one far from today is asked about, once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bills.checks.bill_dates import check_bill_date
from record_forms.checks import Check
from tenants.models import Tenant
from tests.bills.factories import bill

TODAY = date(2026, 11, 26)
LARCH = Tenant(slug="larch", name="Larch")


def asked(was: date, now: date) -> Check | None:
    base = bill(LARCH, transactionDate=was.isoformat())
    return check_bill_date(base, base.replace(transaction_date=now), TODAY)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-91, "The bill date (27 Aug 2026) is more than 90 days ago."),
        (-90, ""),
        (0, ""),
        (30, ""),
        (31, "The bill date (27 Dec 2026) is more than 30 days ahead."),
        (365, "The bill date (26 Nov 2027) is more than 30 days ahead."),
    ],
)
def test_a_date_more_than_90_days_back_or_30_ahead_is_asked_about(days: int, said: str) -> None:
    found = asked(date(2026, 10, 28), TODAY + timedelta(days=days))
    assert (found.title if found else "", found.refuses if found else False) == (said, False)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_that_stays_is_not_asked_about(on: date) -> None:
    assert asked(on, on) is None


def test_the_question_is_the_same_the_day_after() -> None:
    base = bill(LARCH)
    old = base.replace(transaction_date=date(2020, 1, 1))
    one, other = (check_bill_date(base, old, TODAY + timedelta(days=days)) for days in (0, 1))
    assert one is not None and other is not None and one.box == other.box
