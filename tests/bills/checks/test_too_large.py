"""Amounts that add up to more than QuickBooks can hold are refused, at the line, wherever a bill can be changed."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bills.checks.too_large import LARGEST, too_large
from books import registry
from books.mirror import lookup
from books.sync import refresh
from edits.models.edit import Edit
from record_forms.checks import Check
from records.content import Content
from records.decoder import decode
from tenants.models import Tenant
from tests.bills.factories import BILL as PAPER
from tests.bills.factories import bill, expense, item
from tests.edits.conflict.test_custom_values import decide, stale_line
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
BILL = "123ABC-1234567890"
EDIT = f"/t/abc/bills/{BILL}/edit"
BAR_CODES = ("4006381333931", "8712345678906", "9780201379624")
AMOUNTS = st.decimals(-LARGEST, LARGEST, places=2)


@pytest.fixture(scope="module")
def larch() -> Tenant:
    """A company that no rule needs to find in the database."""
    return Tenant(slug="larch", name="Larch")


def of_expenses(tenant: Tenant, *amounts: Any, **more: Any) -> Content:
    """A bill with these expenses and nothing else."""
    lines = [expense(f"E{number}", "Freight In", str(amount)) for number, amount in enumerate(amounts)]
    return bill(tenant, **{"expenseLines": lines, "itemLines": [], "itemGroupLines": [], **more})


def refusal(content: Content) -> tuple[str, tuple[str, ...]] | None:
    found = too_large(content, "QuickBooks")
    return (found.title, found.spots) if isinstance(found, Check) else None


def test_what_fits_is_not_refused(larch):
    assert refusal(of_expenses(larch, LARGEST)) is None


def test_two_of_the_largest_lines_are_refused_at_the_first_of_them(larch):
    assert refusal(of_expenses(larch, LARGEST, LARGEST)) == (
        "The total of expenses would be 19,999,999,999,999.98. "
        "An amount in QuickBooks can be at most 9,999,999,999,999.99.",
        ("expense_lines-0-amount",),
    )


def test_lines_of_a_section_are_added_up_though_another_brings_the_bill_back(larch):
    lines = [item("I1", "Box", 1, None, str(-LARGEST))]
    assert refusal(of_expenses(larch, LARGEST, LARGEST, itemLines=lines)) is not None


def test_lines_of_several_sections_are_added_up(larch):
    found = refusal(of_expenses(larch, LARGEST, itemLines=[item("I1", "Box", 1, None, "0.01")]))
    assert found == (
        "The total of the bill would be 10,000,000,000,000.00. "
        "An amount in QuickBooks can be at most 9,999,999,999,999.99.",
        ("expense_lines-0-amount",),
    )


def test_a_bill_abroad_has_to_fit_in_home_currency_too(larch):
    assert refusal(of_expenses(larch, LARGEST, exchangeRate=Decimal("1.1"))) is not None


@given(amounts=st.lists(AMOUNTS, max_size=4))
def test_what_is_not_refused_can_be_read_when_it_comes_back(larch, amounts):
    content = of_expenses(larch, *amounts)
    if too_large(content, "QuickBooks") is None:
        table = registry.get_table(larch, "bills")
        decode(table.shape, {**PAPER, "amountDue": str(sum(amounts, Decimal(0)))})


def words(page: Any) -> str:
    return " ".join(unescape(page.content.decode()).split())


def written(sandbox: Sandbox) -> list[Any]:
    return [one["body"] for one in sandbox.requests(ABC) if one["method"] == "POST"]


def with_bar_codes(tenant: Tenant) -> dict[str, str]:
    """Three expenses more, each with the bar code of a product as its amount."""
    (line, *_) = lookup.get_content(lookup.find_record(tenant, "bills", BILL))["expense_lines"]
    typed: dict[str, str] = {}
    for number, code in enumerate(BAR_CODES, 1):
        start = f"expense_lines-{number}"
        typed |= {f"{start}-id": "-1", f"{start}-account": str(line["account"]), f"{start}-amount": code}
    return typed


def test_three_bar_codes_as_amounts_are_refused_at_their_lines(
    as_bob: Client, abc: Tenant, copied: Copied, sandbox: Sandbox
) -> None:
    copied(abc)
    page = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | with_bar_codes(abc))
    said = {name: errors for name, errors in page.context["form"].errors.items() if errors}
    reason = "An amount in QuickBooks can be at most 9,999,999,999,999.99."
    assert (page.status_code, sorted(said)) == (422, ["expense_lines-2-amount", "expense_lines-3-amount"])
    assert all(reason in errors[0] for errors in said.values())
    assert ("A bar code or another number may have been entered" in words(page), written(sandbox)) == (True, [])


def test_a_single_amount_of_too_many_digits_is_refused_at_its_line(
    as_bob: Client, abc: Tenant, copied: Copied, sandbox: Sandbox
) -> None:
    copied(abc)
    more = with_bar_codes(abc) | {"expense_lines-1-amount": "40063813339310"}
    page = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | more)
    assert page.context["form"].errors == {"expense_lines-1-amount": ["At most 13 digits before the decimal point."]}
    assert (page.status_code, written(sandbox)) == (422, [])


def test_the_conflict_page_refuses_it_too(as_bob: Client, abc: Tenant, copied: Copied, sandbox: Sandbox) -> None:
    copied(abc)
    page = stale_line(as_bob, lookup.find_record(abc, "bills", BILL), sandbox)
    (row,) = page.context["conflict"].rows
    before = len(written(sandbox))
    again = decide(as_bob, page, **{row.name: "other"}, quantity="9999999999", cost="1000")
    assert (again.status_code, len(written(sandbox)) - before) == (422, 0)
    assert "An amount in QuickBooks can be at most 9,999,999,999,999.99." in words(again)


def test_an_undo_that_would_come_to_too_much_is_refused(
    as_bob: Client, abc: Tenant, copied: Copied, sandbox: Sandbox
) -> None:
    copied(abc)
    expense_id, item_id = (
        lookup.get_content(lookup.find_record(abc, "bills", BILL))[name][0]["id"]
        for name in ("expense_lines", "item_lines")
    )
    lines = {"expenseLines": [{"id": expense_id, "amount": "7000000000000.00"}]}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes=lines)
    refresh.read_record(abc, registry.get_table(abc, "bills"), BILL)
    typed = inputs(as_bob.get(EDIT)) | {"expense_lines-0-id": expense_id, "expense_lines-0-amount": "5"}
    answer = as_bob.post(EDIT, typed)
    assert as_bob.post(EDIT, agreed(answer)).status_code == 303
    more = {"itemLines": [{"id": item_id, "quantity": 5000, "amount": "3000000000000.00"}]}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes=more)
    refresh.read_record(abc, registry.get_table(abc, "bills"), BILL)
    edit, before = Edit.objects.latest("pk"), len(written(sandbox))
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/undo/")
    again = as_bob.post(f"/t/abc/edits/{edit.pk}/undo/", inputs(page, "conflict") | {"confirm": "1"})
    assert (again.status_code, len(written(sandbox)) - before) == (422, 0)
    assert "An amount in QuickBooks can be at most 9,999,999,999,999.99." in words(again)
