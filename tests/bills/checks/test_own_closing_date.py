"""The closing date that a company sets in Ledgerdesk: a change of a bill up to it, or moved there, is asked about."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from bills.checks.bill_dates import check_own_closing_date
from edits.models.edit import Edit
from tenants.models import Tenant
from tests.bills.factories import bill, store_bill
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

EDIT = "/t/larch/bills/B1/edit"
CLOSING = date(2026, 9, 30)
OLD, NEW = date(2026, 9, 30), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("was", "now", "closing", "why"),
    [
        (NEW, NEW, CLOSING, None),
        (OLD, OLD, None, None),
        (None, None, CLOSING, None),
        (OLD, OLD, CLOSING, "This bill is dated 30 Sep 2026."),
        (OLD, NEW, CLOSING, "This bill is dated 30 Sep 2026."),
        (NEW, OLD, CLOSING, "The new bill date is 30 Sep 2026."),
        (None, OLD, CLOSING, "The new bill date is 30 Sep 2026."),
    ],
)
def test_the_old_and_the_new_date_count(
    was: date | None, now: date | None, closing: date | None, why: str | None
) -> None:
    content = bill(Tenant(slug="larch", name="Larch"))
    base, edited = content.replace(transaction_date=was), content.replace(transaction_date=now)
    found = check_own_closing_date(base, edited, closing)
    assert (found and (found.title, found.why, found.refuses)) == (
        why and ("Your company has closed its bills through 30 Sep 2026.", why, False)
    )


@pytest.fixture
def closed(larch: Tenant) -> Tenant:
    """The company with a bill in its closed period."""
    larch.closing_date = date(2026, 12, 31)
    larch.save(update_fields=["closing_date"])
    store_bill(larch)
    return larch


def post(client: Client, **values: str) -> Any:
    return client.post(EDIT, inputs(client.get(EDIT)) | values)


def test_it_stands_above_the_form_before_anybody_types(as_bob: Client, closed: Tenant) -> None:
    assert "Your company has closed its bills through 31 Dec 2026." in as_bob.get(EDIT).content.decode()


def test_a_save_waits_for_the_agreement(as_bob: Client, closed: Tenant, sandbox: Sandbox) -> None:
    asked = post(as_bob, memo="Late")
    assert (asked.status_code, Edit.objects.sent().count()) == (422, 0)
    as_bob.post(EDIT, agreed(asked))
    assert [edit.fields for edit in Edit.objects.sent()] == [" memo "]
