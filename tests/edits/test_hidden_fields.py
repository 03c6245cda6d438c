"""A save by somebody who may not see a field leaves its value as it is, wherever it is and whatever is posted."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from books import registry
from books.mirror import lookup
from books.models import Record
from edits import change
from edits.lifecycle import acceptance
from edits.models.edit import Edit
from records.changes import NEW_LINE
from records.content import Content
from records.visible import describe_hidden, reduce_content
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, EDIT, JOB, sent
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

BILL = "123ABC-1234567890"
BILL_EDIT = f"/t/abc/bills/{BILL}/edit"
Hide = Callable[..., None]


@pytest.fixture
def hide(settings: Settings) -> Hide:
    """`hide("customers.email")` keeps a field from bookkeepers."""

    def keep(*fields: str) -> None:
        settings.HIDDEN_FIELDS = {"bookkeeper": list(fields)}

    return keep


@pytest.fixture
def bill(abc: Tenant, copied: Copied) -> Record:
    copied(abc)
    return lookup.find_record(abc, "bills", BILL)


def in_books(sandbox: Sandbox, kind: str, remote_id: str) -> Any:
    return sandbox.get(f"/quickbooks-desktop/{kind}/{remote_id}", ABC)


def address_in(sandbox: Sandbox) -> dict[str, str]:
    """The job's billing address in the books, blank where it is null."""
    return {name: text or "" for name, text in in_books(sandbox, "customers", JOB)["billingAddress"].items()}


def post(client: Client, url: str, more: dict[str, str]) -> Any:
    """Post the form with more typed, and agree to what it asks."""
    answer = client.post(url, inputs(client.get(url)) | more)
    again = re.search(r'name="confirm-\w+"', answer.content.decode()) if answer.status_code == 422 else None
    return client.post(url, agreed(answer)) if again else answer


def test_a_hidden_field_is_not_sent(as_bob: Client, job: Record, sandbox: Sandbox, hide: Hide) -> None:
    hide("customers.email", "customers.billing_address")
    answer = post(as_bob, EDIT, {"phone": "555-0100"})
    assert (answer.status_code, sent(sandbox)) == (303, [{"revisionNumber": "1721172183", "phone": "555-0100"}])


def test_a_hidden_member_of_an_address_goes_out_as_it_is_stored(
    as_bob: Client, job: Record, sandbox: Sandbox, hide: Hide
) -> None:
    hide("customers.billing_address.city")
    before = address_in(sandbox)
    post(as_bob, EDIT, {"billing_address-line1": "Elsewhere"})
    assert address_in(sandbox) == {**before, "line1": "Elsewhere"}


@pytest.mark.parametrize("member", ["memo", "class", "billing_status", "sales_representative"])
def test_a_line_keeps_its_hidden_cells(as_bob: Client, bill: Record, sandbox: Sandbox, hide: Hide, member: str) -> None:
    hide(f"bills.expense_lines.{member}")
    before = in_books(sandbox, "bills", BILL)["expenseLines"]
    typed = {"expense_lines-0-id": before[0]["id"], "expense_lines-0-amount": "12.34"}
    answer = post(as_bob, BILL_EDIT, typed)
    after = in_books(sandbox, "bills", BILL)["expenseLines"]
    assert (answer.status_code, after) == (303, [{**before[0], "amount": "12.34"}, *before[1:]])


def test_a_line_whose_cost_is_hidden_shows_nothing_that_gives_it_away(
    as_bob: Client, bill: Record, sandbox: Sandbox, hide: Hide
) -> None:
    hide("bills.item_lines.cost")
    line = in_books(sandbox, "bills", BILL)["itemLines"][0]
    page = as_bob.post(BILL_EDIT, inputs(as_bob.get(BILL_EDIT)) | {"open": "item_lines-0"})
    names = {name.rpartition("-")[2] for name in inputs(page) if name.startswith("item_lines-0-")}
    assert names.isdisjoint({"quantity", "cost", "amount"})
    assert post(as_bob, BILL_EDIT, {"memo": "Rent"}).status_code == 303
    assert in_books(sandbox, "bills", BILL)["itemLines"][0] == line


POSTED = [
    (EDIT, "customers.email", {"email": "a@b.example"}),
    (EDIT, "customers.billing_address.city", {"billing_address-city": "Oakland"}),
    (BILL_EDIT, "bills.memo", {"memo": "Rent"}),
    (BILL_EDIT, "bills.expense_lines.memo", {"expense_lines-0-memo": "Rent"}),
]


@pytest.mark.parametrize(("url", "field", "typed"), POSTED)
def test_what_is_posted_for_a_hidden_field_is_refused_and_said(
    as_bob: Client, bill: Record, sandbox: Sandbox, hide: Hide, url: str, field: str, typed: dict[str, str]
) -> None:
    before = inputs(as_bob.get(url))
    hide(field)
    answer = as_bob.post(url, before | typed)
    assert (answer.status_code, sent(sandbox), Edit.objects.sent().count()) == (422, [], 0)
    assert "is not shown to you" in answer.content.decode()
    assert not typed.keys() & inputs(answer).keys()


def set_value(content: Content, path: str, value: str) -> Content:
    """Return the content with another value at a path; that of a list is its first entry's."""
    name, _, rest = path.partition(".")
    if not rest:
        return content.replace(**{name: value})
    inner = content[name]
    if isinstance(inner, Content):
        return content.replace(**{name: set_value(inner, rest, value)})
    return content.replace(**{name: (set_value(inner[0], rest, value), *inner[1:])})


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("customers.email", "Email"),
        ("customers.billing_address.city", "City"),
        ("bills.memo", "Memo"),
        ("bills.expense_lines.memo", "Memo"),
    ],
)
def test_apply_takes_no_change_of_a_hidden_field(
    bill: Record, sandbox: Sandbox, bob: User, hide: Hide, path: str, label: str
) -> None:
    hide(path)
    kind, _, rest = path.partition(".")
    record = bill if kind == "bills" else lookup.find_record(bill.tenant, kind, JOB)
    edited = set_value(lookup.get_content(record), rest, "Other")
    outcome = change.apply(Member(bill.tenant, bob, Role.BOOKKEEPER), record, record.version, edited, token="form-1")
    assert outcome == acceptance.Invalid([("", describe_hidden([label]))])
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_apply_takes_no_hidden_cell_of_a_new_line(bill: Record, sandbox: Sandbox, bob: User, hide: Hide) -> None:
    hide("bills.expense_lines.memo")
    content = lookup.get_content(bill)
    lines = content["expense_lines"]
    edited = content.replace(expense_lines=(*lines, lines[0].replace(id=NEW_LINE, memo="New")))
    outcome = change.apply(Member(bill.tenant, bob, Role.BOOKKEEPER), bill, bill.version, edited, token="form-1")
    assert (type(outcome), sent(sandbox)) == (acceptance.Invalid, [])


def test_apply_takes_a_content_without_what_is_hidden(bill: Record, bob: User, hide: Hide) -> None:
    hide("bills.expense_lines.memo", "bills.vendor_address")
    member = Member(bill.tenant, bob, Role.BOOKKEEPER)
    shape = registry.get_visible_table(member, "bills").shape
    edited = reduce_content(shape, lookup.get_content(bill))
    assert change.apply(member, bill, bill.version, edited, token="form-1") == change.NothingChanged()


def test_what_was_changed_in_the_books_behind_a_hidden_field_stays(
    as_bob: Client, job: Record, sandbox: Sandbox, hide: Hide
) -> None:
    hide("customers.email", "customers.billing_address.city")
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "billing_address-line1": "Elsewhere"}
    address = address_in(sandbox) | {"city": "Oakland"}
    theirs = {"email": "theirs@b.example", "billingAddress": address}
    sandbox.change(endUserId=ABC, resource="customers", id=JOB, changes=theirs)
    page = as_bob.post(EDIT, form)
    url = f"/t/abc/edits/{Edit.objects.latest('pk').pk}/"
    assert (page.status_code, "theirs@b" in page.content.decode(), "Oakland" in page.content.decode()) == (
        409, False, False,
    )  # fmt: skip
    assert as_bob.post(url, inputs(page, "conflict") | {"confirm": "1"}).status_code == 303
    now = in_books(sandbox, "customers", JOB)
    assert (now["phone"], now["email"], address_in(sandbox)) == (
        "555-0100", "theirs@b.example", {**address, "line1": "Elsewhere"},
    )  # fmt: skip


def test_an_undo_with_a_hidden_part_undoes_no_other_part(
    as_bob: Client, job: Record, sandbox: Sandbox, hide: Hide
) -> None:
    post(as_bob, EDIT, {"phone": "555-0100", "email": "new@b.example"})
    url = f"/t/abc/edits/{Edit.objects.latest('pk').pk}/undo/"
    form = inputs(as_bob.get(url), "conflict") | {"confirm": "1"}
    hide("customers.email")
    assert as_bob.post(url, form)["Location"] == url.removesuffix("undo/")
    now = in_books(sandbox, "customers", JOB)
    assert (now["phone"], now["email"]) == ("555-0100", "new@b.example")


def test_a_check_that_a_hidden_value_is_behind_asks_without_naming_it(
    as_bob: Client, bill: Record, sandbox: Sandbox, hide: Hide
) -> None:
    hide("bills.linked_transactions", "bills.open_amount")
    asked = as_bob.post(BILL_EDIT, inputs(as_bob.get(BILL_EDIT)) | {"transaction_date": "2021-10-02"})
    words = " ".join(asked.content.decode().split())
    assert (asked.status_code, sent(sandbox), "paid in part" in words) == (422, [], False)
    assert "Please confirm this change because of a value that is not shown to you." in words
    assert as_bob.post(BILL_EDIT, agreed(asked)).status_code == 303


def test_no_total_of_hidden_amounts_is_shown_or_asked_for(
    as_bob: Client, bill: Record, sandbox: Sandbox, hide: Hide
) -> None:
    hide("bills.expense_lines.amount")
    form = as_bob.get(BILL_EDIT)
    assert (form.context["form"].total_now, "data-sum-all" in form.content.decode()) == (None, False)
    assert post(as_bob, BILL_EDIT, {"memo": "Rent", "total_seen": "0.00"}).status_code == 303
