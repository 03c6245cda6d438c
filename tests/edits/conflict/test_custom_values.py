"""A clash decided by typing another value, through the record's own form and its checks."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit
from records.content import Content
from records.json_text import parse_json
from tests.customers.test_edit import change, sent
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs, sign_in_from
from tests.support.vendor import Sandbox

from .test_views import stale

ABC = "end_usr_1234567abcdefg"
BILL = "123ABC-1234567890"
FORM = f"/t/abc/bills/{BILL}/edit"


def decide(client: Client, page: Any, **typed: str) -> Any:
    """Post the conflict page with these inputs; a name may leave out what begins it."""
    form = inputs(page, "conflict")
    for name, text in typed.items():
        form[next((known for known in form if known.endswith(f"-{name}") and known.startswith("typed-")), name)] = text
    return client.post(f"/t/abc/edits/{Edit.objects.latest('pk').pk}/", form | {"confirm": "1"})


def held(record: Record) -> Content:
    return lookup.get_content(lookup.find_record(record.tenant, record.kind, record.remote_id))


def said(page: Any) -> str:
    return " ".join(unescape(page.content.decode()).split())


def test_the_input_holds_mine_until_something_else_is_typed(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    assert inputs(page, "conflict")["typed-phone-phone"] == "555-0100"


def test_what_is_typed_is_saved(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100", "fax": "1"}, phone="555-0199")
    decide(as_bob, page, **{"choice-phone": "other", "phone": "555-0155"})
    assert (held(job)["phone"], held(job)["fax"]) == ("555-0155", "1")


def test_what_it_was_can_be_put_back(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    was = held(job)["phone"]
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    decide(as_bob, page, **{"choice-phone": "was"})
    assert (held(job)["phone"], sent(sandbox)[-1]["phone"]) == (was, was)


def test_what_cannot_be_emptied_is_not_offered_as_what_it_was(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    assert job.version is not None
    blank = parse_json(job.version.content) | {"creditLimit": None}
    lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), blank | {"revisionNumber": "1"})
    page = stale(as_bob, sandbox, {"credit_limit": "10"}, creditLimit="20.00")
    (row,) = page.context["conflict"].rows
    assert (row.back, decide(as_bob, page, **{"choice-credit_limit": "was"}).status_code) == (None, 422)


def test_a_name_means_the_entry_of_that_name(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    terms = Record.objects.filter(tenant=job.tenant, kind__endswith="terms").exclude(full_name=held(job)["terms"].name)
    mine, theirs, third = terms.order_by("full_name")[:3]
    page = stale(as_bob, sandbox, {"terms": str(mine.full_name)}, termsId=theirs.remote_id)
    decide(as_bob, page, **{"choice-terms": "other", "terms": str(third.full_name)})
    assert held(job)["terms"].id == third.remote_id


def test_the_members_of_an_address_are_typed_together(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"billing_address-city": "Oakland"}, billingAddress={"city": "Fresno"})
    decide(as_bob, page, **{"choice-billing_address": "other", "city": "Napa", "note": "Gate 3"})
    address = held(job)["billing_address"]
    assert (address["city"], address["note"]) == ("Napa", "Gate 3")


def test_what_cannot_be_read_is_refused_beside_its_input_and_all_is_kept(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100", "fax": "1"}, phone="555-0199", fax="2")
    before = len(sent(sandbox))
    again = decide(as_bob, page, **{"choice-phone": "other", "phone": "5" * 22, "choice-fax": "mine"})
    assert (again.status_code, len(sent(sandbox))) == (422, before)
    assert dict(again.context["conflict"].another.form.errors) == {
        "typed-phone-phone": ["Too long: 22 characters, 21 allowed."]
    }
    assert [row.decided for row in again.context["conflict"].rows] == ["entered", "yours"]
    assert inputs(again, "conflict")["typed-phone-phone"] == "5" * 22


def test_typing_without_choosing_decides_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    again = decide(as_bob, page, phone="555-0155")
    assert (again.status_code, inputs(again, "conflict")["typed-phone-phone"]) == (422, "555-0155")


def test_choices_and_typing_survive_when_the_record_moves_once_more(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100", "fax": "1"}, phone="555-0199", fax="2")
    change(sandbox, phone="555-0177")
    again = decide(as_bob, page, **{"choice-phone": "other", "phone": "555-0155", "choice-fax": "mine"})
    kept = again.context["conflict"]
    assert (again.status_code, [row.decided for row in kept.rows]) == (409, ["entered"])
    assert inputs(again, "conflict")["typed-phone-phone"] == "555-0155"
    decide(as_bob, again, **{"choice-phone": "other"})
    assert (held(job)["phone"], held(job)["fax"]) == ("555-0155", "1")


@pytest.fixture
def bill(abc: Any, copied: Copied) -> Record:
    copied(abc)
    return lookup.find_record(abc, "bills", BILL)


def stale_line(client: Client, bill: Record, sandbox: Sandbox) -> Any:
    """Save 7 of an item that somebody in QuickBooks has made 4 of since."""
    line = held(bill)["item_lines"][0]["id"]
    form = inputs(client.get(FORM)) | {"item_lines-0-id": line, "item_lines-0-quantity": "7"}
    changes = {"itemLines": [{"id": line, "quantity": 4}]}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes=changes)
    asked = client.post(FORM, form)
    return client.post(FORM, agreed(asked)) if asked.status_code == 422 else asked


def test_quantity_cost_and_amount_are_typed_as_one_and_worked_out_as_in_the_form(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    page = stale_line(as_bob, bill, sandbox)
    (row,) = page.context["conflict"].rows
    assert [field.label for field in row.inputs] == ["Quantity", "Cost", "Amount"]
    choice = {f"{row.name}": "other"}
    asked = decide(as_bob, page, **choice, quantity="2*3", cost="10")
    while asked.status_code == 422:
        asked = as_bob.post(f"/t/abc/edits/{Edit.objects.latest('pk').pk}/", agreed(asked, "conflict") | choice)
    line = held(bill)["item_lines"][0]
    assert (line["quantity"], line["cost"], line["amount"]) == (Decimal(6), Decimal(10), Decimal("60.00"))


def test_a_cost_that_follows_from_what_is_typed_is_shown(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    page = stale_line(as_bob, bill, sandbox)
    (row,) = page.context["conflict"].rows
    asked = decide(as_bob, page, **{f"{row.name}": "other"}, quantity="3,000", amount="100.01")
    shown = {name.rpartition("-")[2]: text for name, text in inputs(asked, "conflict").items() if "typed-" in name}
    assert shown == {"quantity": "3000", "cost": "0.03334", "amount": "100.01"}


def test_three_that_do_not_agree_are_asked_about_on_the_conflict_page(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    page = stale_line(as_bob, bill, sandbox)
    (row,) = page.context["conflict"].rows
    asked = decide(as_bob, page, **{f"{row.name}": "other"}, quantity="3", cost="10", amount="31")
    assert (asked.status_code, "3 × 10 is 30.00, not 31.00." in said(asked)) == (422, True)
    assert held(bill)["item_lines"][0]["quantity"] == 4


def test_a_decision_without_its_total_is_shown_with_it_and_saved_once_confirmed(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    page = stale_line(as_bob, bill, sandbox)
    (row,) = page.context["conflict"].rows
    url, warned = f"/t/abc/edits/{Edit.objects.latest('pk').pk}/", decide(as_bob, page, **{f"{row.name}": "mine"})
    asked = as_bob.post(url, agreed(warned, "conflict") | {row.name: "mine", "confirm": "1", "total_seen": ""})
    assert (asked.status_code, asked.context["total_differs"].seen) == (422, None)
    confirmed = inputs(asked, "conflict") | {row.name: "mine", "confirm": "1"}
    assert (as_bob.post(url, confirmed).status_code, held(bill)["item_lines"][0]["quantity"]) == (303, 7)


def test_a_decision_after_which_less_than_half_is_left_is_asked_about(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    line = held(bill)["expense_lines"][0]["id"]
    form = inputs(as_bob.get(FORM)) | {"expense_lines-0-id": line, "expense_lines-0-amount": "999"}
    changes = {"expenseLines": [{"id": line, "amount": "90000.00"}]}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes=changes)
    page = as_bob.post(FORM, agreed(as_bob.post(FORM, form)))
    (row,) = page.context["conflict"].rows
    asked = decide(as_bob, page, **{f"{row.name}": "mine"})
    assert (asked.status_code, "The total falls from 90," in said(asked)) == (422, True)


def test_the_new_total_is_told_before_anybody_confirms(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    page = stale_line(as_bob, bill, sandbox)
    (row,) = page.context["conflict"].rows
    before = len(sandbox.requests())
    form = inputs(page, "conflict") | {row.name: "other", "preview": "1"}
    name = next(name for name in form if name.endswith("-quantity"))
    told = as_bob.post(f"/t/abc/edits/{Edit.objects.latest('pk').pk}/", form | {name: "6"})
    totals = told.context["conflict"].totals
    line = held(bill)["item_lines"][0]
    more = line["cost"] * 6 - line["amount"]
    assert (told.status_code, totals.decided - totals.now, len(sandbox.requests())) == (200, more, before)
    assert f"Enter another: 6 × {line['cost'].normalize():f}" in said(told)


def test_a_date_typed_short_stands_in_full_when_the_page_comes_back(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(FORM)) | {"due_date": "1 Oct 2026"}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"dueDate": "2026-10-05"})
    asked = as_bob.post(FORM, form)
    page = as_bob.post(FORM, agreed(asked)) if asked.status_code == 422 else asked
    again = decide(as_bob, page, due_date="10/9/26")
    assert inputs(again, "conflict")["typed-transaction_date+terms+due_date-due_date"] == "9 Oct 2026"


def test_choices_and_typing_survive_an_ended_session(
    client: Client, as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    here = f"/t/abc/edits/{Edit.objects.get().pk}/"
    form = inputs(page, "conflict") | {"choice-phone": "other", "typed-phone-phone": "555-0155", "confirm": "1"}
    assert sign_in_from(client.post(here, form), client, "bob")["Location"] == here
    again = client.get(here)
    assert (again.context["conflict"].rows[0].decided, inputs(again, "conflict")["typed-phone-phone"]) == (
        "entered",
        "555-0155",
    )


def test_a_save_that_fails_from_the_page_keeps_what_was_decided(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="not_set_up")
    edit = Edit.objects.get()
    form = inputs(page, "conflict") | {"choice-phone": "other", "typed-phone-phone": "555-0155", "confirm": "1"}
    failed = as_bob.post(f"/t/abc/edits/{edit.pk}/", form)
    assert (failed.status_code, "This company is not connected yet" in said(failed)) == (503, True)
    assert (failed.context["conflict"].rows[0].decided, inputs(failed, "conflict")["typed-phone-phone"]) == (
        "entered",
        "555-0155",
    )
    as_bob.post(f"/t/abc/edits/{edit.pk}/", form | inputs(failed, "conflict") | {"choice-phone": "other"})
    assert (held(job)["phone"], [one.needs_author for one in Edit.objects.all()]) == ("555-0155", [False] * 3)
