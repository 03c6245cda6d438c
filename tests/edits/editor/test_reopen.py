"""Back from the conflict page to the form: what was decided goes along; what was not is asked before it is saved."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, change, sent
from tests.edits.conflict.test_custom_values import BILL, FORM, held, stale_line
from tests.edits.conflict.test_views import stale
from tests.edits.history.test_external_changes import read_again
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
MINE, THEIRS = {"phone": "555-0100", "fax": "1"}, {"phone": "555-0199", "fax": "2"}


def back(client: Client, page: Any, form: str = EDIT, **choices: str) -> Any:
    """Press the link back to the form with these choices made."""
    assert f'formaction="{form}"' in page.content.decode()
    chosen = {name.replace("__", "-"): text for name, text in choices.items()}
    return client.post(form, inputs(page, "conflict") | chosen | {"reopen": str(Edit.objects.latest("pk").pk)})


def said(page: Any) -> str:
    return " ".join(unescape(page.content.decode()).split())


def test_what_was_chosen_and_typed_stands_in_the_form(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, MINE | {"email": "mine@a.example"}, **THEIRS, email="theirs@a.example")
    typed = {"typed-email-email": "third@a.example", "choice-email": "other"}
    form = back(as_bob, page, choice__phone="mine", choice__fax="theirs", **typed)
    got = inputs(form)
    assert (form.status_code, got["phone"], got["fax"], got["email"]) == (200, "555-0100", "2", "third@a.example")
    assert "Still to decide." not in said(form)


def test_what_was_typed_and_cannot_be_read_comes_along_too(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, MINE, **THEIRS)
    form = back(as_bob, page, choice__phone="other", typed__phone__phone="5" * 22)
    assert inputs(form)["phone"] == "5" * 22


def test_what_nobody_decided_stands_as_mine_and_says_what_the_books_have(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = back(as_bob, stale(as_bob, sandbox, MINE, **THEIRS), choice__fax="mine")
    assert "Phone Yours: 555-0100. In QuickBooks: 555-0199." in said(form).replace("</strong>", "").replace(
        "<strong>", ""
    )
    assert (inputs(form)["phone"], "Fax Yours" in said(form)) == ("555-0100", False)


def test_saving_it_is_asked_first_and_sends_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = back(as_bob, stale(as_bob, sandbox, MINE, **THEIRS), choice__fax="mine")
    before = len(sent(sandbox))
    asked = as_bob.post(EDIT, inputs(form))
    assert (asked.status_code, len(sent(sandbox))) == (422, before)
    assert [guard.title for guard in asked.context["asked"].guards] == ["Phone: QuickBooks has 555-0199."]
    as_bob.post(EDIT, agreed(asked))
    assert (held(job)["phone"], held(job)["fax"]) == ("555-0100", "1")


def test_what_nobody_decided_is_still_asked_about_when_a_draft_of_it_is_gone_on_with(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(back(as_bob, stale(as_bob, sandbox, MINE, **THEIRS), choice__fax="mine"))
    as_bob.post(EDIT, form | {"email": "x@a.example", "draft": "1"})
    again = as_bob.get(f"{EDIT}?draft={Edit.objects.get(state=State.DRAFT).pk}")
    sandbox.clear_requests()
    assert (as_bob.post(EDIT, inputs(again)).status_code, sent(sandbox)) == (422, [])


def test_theirs_can_be_taken_by_its_button_and_is_not_asked_about_any_more(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = back(as_bob, stale(as_bob, sandbox, MINE, **THEIRS), choice__fax="mine")
    taken = as_bob.post(EDIT, inputs(form) | {"take-theirs": "phone"})
    assert (inputs(taken)["phone"], "Still to decide." in said(taken)) == ("555-0199", False)
    assert as_bob.post(EDIT, inputs(taken)).status_code == 303
    assert (held(job)["phone"], held(job)["fax"]) == ("555-0199", "1")


def test_a_form_that_says_nothing_of_what_it_left_open_is_no_form(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(back(as_bob, stale(as_bob, sandbox, MINE, **THEIRS)))
    plain = inputs(as_bob.get(EDIT))
    assert form["base"] != plain["base"]
    assert as_bob.post(EDIT, {**form, "base": ""}).status_code == 400


def test_the_record_that_moves_once_more_is_never_laid_over(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = back(as_bob, stale(as_bob, sandbox, MINE, **THEIRS), choice__phone="mine", choice__fax="mine")
    change(sandbox, phone="555-0177")
    again = as_bob.post(EDIT, inputs(form))
    assert (again.status_code, [row.what for row in again.context["conflict"].rows]) == (409, ["Phone"])


def test_an_edit_that_was_refused_is_reopened_over_what_has_changed_since(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="not_active")
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | MINE)
    lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), change(sandbox, **THEIRS))
    form = as_bob.get(f"{EDIT}?from={Edit.objects.get().pk}")
    assert (inputs(form)["phone"], as_bob.post(EDIT, inputs(form)).status_code) == ("555-0100", 422)


@pytest.fixture
def bill(abc: Any, copied: Copied) -> Record:
    copied(abc)
    return lookup.find_record(abc, "bills", BILL)


def test_a_cell_of_a_line_is_asked_about_under_its_line(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    form = back(as_bob, stale_line(as_bob, bill, sandbox), FORM)
    assert inputs(form)["item_lines-0-quantity"] == "7"
    asked = as_bob.post(FORM, inputs(form))
    assert [g.title for g in asked.context["asked"].guards if "QuickBooks has" in g.title] == [
        "Item line 1, Widget A: Quantity and amount: QuickBooks has 4 × 60 = 240.00."
    ]
    assert 'id="item_lines-0-asked"' in asked.content.decode()


def test_a_cell_of_a_line_goes_back_to_theirs_by_its_button(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    form = back(as_bob, stale_line(as_bob, bill, sandbox), FORM)
    (key,) = [one.part.key for one in form.context["still_open"]]
    taken = as_bob.post(FORM, inputs(form) | {"take-theirs": key})
    assert (taken.status_code, inputs(taken).get("item_lines-0-quantity", "4")) == (200, "4")
    assert as_bob.post(FORM, inputs(taken)).status_code == 303  # nothing is left to be saved
    assert held(bill)["item_lines"][0]["quantity"] == Decimal(4)


def removed_line(client: Client, bill: Record, sandbox: Sandbox) -> Any:
    """Remove an expense that somebody in QuickBooks has changed since; the conflict page."""
    line = held(bill)["expense_lines"][0]["id"]
    form = inputs(client.get(FORM)) | {"expense_lines-0-id": line, "expense_lines-0-remove": "on"}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"expenseLines": [{"id": line, "memo": "Kept?"}]})
    answer = client.post(FORM, form)
    return client.post(FORM, agreed(answer)) if answer.status_code == 422 else answer


def test_a_removed_line_that_they_changed_is_asked_about_or_put_back(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    form = back(as_bob, removed_line(as_bob, bill, sandbox), FORM)
    assert inputs(form)["expense_lines-0-remove"] == "on"
    asked = as_bob.post(FORM, inputs(form))
    titles = [g.title for g in asked.context["asked"].guards if "QuickBooks has" in g.title]
    assert (asked.status_code, len(titles)) == (422, 1)
    (key,) = [one.part.key for one in form.context["still_open"]]
    taken = as_bob.post(FORM, inputs(form) | {"take-theirs": key})
    assert ("expense_lines-0-remove" in inputs(taken), "Still to decide." in said(taken)) == (False, False)


def test_a_line_that_they_removed_and_i_changed_comes_back_only_when_agreed_to(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    line = held(bill)["expense_lines"][0]["id"]
    form = inputs(as_bob.get(FORM)) | {"expense_lines-0-id": line, "expense_lines-0-memo": "Mine"}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"clearExpenseLines": True})
    answer = as_bob.post(FORM, form)
    page = as_bob.post(FORM, agreed(answer)) if answer.status_code == 422 else answer
    form = back(as_bob, page, FORM)
    got = {name: text for name, text in inputs(form).items() if name.startswith("expense_lines-0-")}
    assert (got["expense_lines-0-id"], got["expense_lines-0-memo"]) == ("-1", "Mine")
    asked = as_bob.post(FORM, inputs(form))
    assert (asked.status_code, any("has no such line" in g.title for g in asked.context["asked"].guards)) == (
        422,
        True,
    )


def test_nobody_elses_draft_is_opened_as_an_earlier_change(
    as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "draft": "1"})
    draft = Edit.objects.get()
    found = []
    for state in (State.DRAFT, State.DISCARDED):
        Edit.objects.filter(pk=draft.pk).update(state=state)
        page = as_alice.get(f"{EDIT}?from={draft.pk}")
        found.append((page.status_code, inputs(page)["phone"], "Your earlier change" in page.content.decode()))
    assert found == [(200, inputs(as_alice.get(EDIT))["phone"], False)] * 2


def test_an_entry_that_both_sides_renamed_is_asked_about_until_it_has_their_name(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    change(sandbox, customContactFields=[{"name": "Main Phone", "value": "1"}])
    read_again(job)
    entry = {"custom_contact_fields-0-id": "Main Phone", "custom_contact_fields-0-name": "Mine"}
    typed = inputs(as_bob.get(EDIT)) | entry
    change(sandbox, customContactFields=[{"name": "Theirs", "value": "1"}])
    form = back(as_bob, as_bob.post(EDIT, typed))
    again = inputs(form)
    asked = as_bob.post(EDIT, again)
    (name,) = [name for name, text in again.items() if name.endswith("-name") and text == "Mine"]
    kept = as_bob.post(EDIT, again | {name: "Theirs", "memo": "x"})
    assert "Change it below if it should stay as it is there." in said(form)
    assert (asked.status_code, kept.status_code) == (422, 303)
