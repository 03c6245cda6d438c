"""Undo: a saved edit goes back as an edit of its own, shown first; what was changed since is never trampled."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit, State
from records.json_text import parse_json
from tests.customers.test_edit import EDIT, change, sent
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import JUNIPER, Sandbox

from .test_custom_values import BILL, FORM, held

ABC = "end_usr_1234567abcdefg"


def save(client: Client, form: str = EDIT, **typed: str) -> Edit:
    """Save a change through its form, agreeing to whatever is asked."""
    answer = client.post(form, inputs(client.get(form)) | {n.replace("__", "-"): text for n, text in typed.items()})
    while answer.status_code == 422:
        answer = client.post(form, agreed(answer))
    assert answer.status_code == 303
    return Edit.objects.latest("pk")


def at(edit: Edit) -> str:
    return f"/t/{edit.tenant.slug}/edits/{edit.pk}/undo/"


def confirm(client: Client, edit: Edit, page: Any = None, **choices: str) -> Any:
    """Confirm the undo of an edit with these choices, agreeing to whatever is asked."""
    answer = client.post(at(edit), inputs(page or client.get(at(edit)), "conflict") | choices | {"confirm": "1"})
    while answer.status_code == 422 and "confirm-" in answer.content.decode():
        answer = client.post(at(edit), agreed(answer, "conflict") | choices)
    return answer


def said(page: Any) -> str:
    return " ".join(unescape(page.content.decode()).split())


def test_what_goes_back_is_shown_before_anything_is_sent(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    edit = save(as_bob, phone="555-0100")
    before = len(sandbox.requests())
    page = as_bob.get(at(edit))
    moves = [(part.label, part.moves[0].now, part.whose) for part in page.context["conflict"].combined]
    assert (page.status_code, moves) == (200, [("Phone", str(held_before(edit)["phone"]), "undone")])
    assert ("Undo Bob’s change of" in said(page), len(sandbox.requests())) == (True, before)


def held_before(edit: Edit) -> Any:
    assert edit.base is not None
    return lookup.decode_version(registry.get_table(edit.tenant, edit.kind), edit.base)


def test_an_undo_is_an_edit_of_its_own_that_says_what_it_undoes(
    as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    was = held(job)["phone"]
    edit = save(as_bob, phone="555-0100")
    assert confirm(as_alice, edit).status_code == 303
    undo = Edit.objects.latest("pk")
    assert (held(job)["phone"], undo.undoes, undo.person_name, undo.state) == (was, edit, "alice", State.SAVED)
    assert sent(sandbox)[-1].keys() == {"revisionNumber", "phone"}


def test_the_history_of_the_record_marks_it_as_an_undo(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    confirm(as_bob, save(as_bob, phone="555-0100"))
    found = as_bob.get(EDIT.removesuffix("edit")).context["entries"]
    assert [entry.is_undo for entry in found] == [True, False]


def test_what_was_changed_since_elsewhere_stays(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    was = held(job)["phone"]
    edit = save(as_bob, phone="555-0100")
    save(as_bob, fax="555-0188")
    confirm(as_bob, edit)
    assert (held(job)["phone"], held(job)["fax"]) == (was, "555-0188")


def test_a_value_changed_again_is_to_decide_and_nothing_is_chosen(
    as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    fax = held(job)["fax"]
    edit = save(as_bob, phone="555-0100", fax="1")
    save(as_alice, phone="555-0199")
    before = len(sent(sandbox))
    refused = confirm(as_bob, edit)
    assert (refused.status_code, len(sent(sandbox))) == (422, before)
    (row,) = refused.context["conflict"].rows
    assert [option.text for option in row.options] == [
        f"Undo it: {held_before(edit)['phone']}",
        "Keep the current value: 555-0199",
        "Back to what was saved: 555-0100",
        "Enter another",
    ]
    confirm(as_bob, edit, **{"choice-phone": "theirs"})
    assert (held(job)["phone"], held(job)["fax"]) == ("555-0199", fax)


def test_another_value_can_be_typed_instead(as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox) -> None:
    edit = save(as_bob, phone="555-0100")
    save(as_alice, phone="555-0199")
    confirm(as_bob, edit, **{"choice-phone": "other", "typed-phone-phone": "555-0155"})
    assert held(job)["phone"] == "555-0155"


def test_the_record_that_moves_meanwhile_is_the_same_page_again(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    was = held(job)["phone"]
    edit = save(as_bob, phone="555-0100")
    page = as_bob.get(at(edit))
    change(sandbox, phone="555-0199")
    again = confirm(as_bob, edit, page)
    stale = Edit.objects.latest("pk")
    assert (again.status_code, stale.undoes, "Undo Bob’s change of" in said(again)) == (409, edit, True)
    form = inputs(again, "conflict") | {"choice-phone": "mine", "confirm": "1"}
    as_bob.post(f"/t/abc/edits/{stale.pk}/", form)
    assert (held(job)["phone"], Edit.objects.latest("pk").undoes) == (was, edit)


def test_what_was_decided_before_the_record_moved_again_is_what_is_saved(
    as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    edit = save(as_bob, phone="555-0100")
    save(as_alice, phone="555-0199")
    page = as_bob.get(at(edit))
    change(sandbox, phone="555-0200")
    again = confirm(as_bob, edit, page, **{"choice-phone": "was"})
    url = f"/t/abc/edits/{Edit.objects.latest('pk').pk}/"
    as_bob.post(url, inputs(again, "conflict") | {"confirm": "1"})
    (row,) = again.context["conflict"].rows
    ticked = [option.text for option in row.options if option.is_chosen]
    assert (ticked, held(job)["phone"]) == (["Undo it: 555-0100"], "555-0100")


def test_what_is_undone_already_says_by_whom_with_a_link(
    as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    edit = save(as_bob, phone="555-0100")
    confirm(as_alice, edit)
    undo = Edit.objects.latest("pk")
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/").content.decode()
    assert ("Alice undid it" in page, f'href="/t/abc/edits/{undo.pk}/"' in page, "/undo" in page) == (
        True,
        True,
        False,
    )
    assert "Alice has already undone this change." in said(as_bob.get(at(edit), follow=True))


def test_an_undo_can_be_undone_and_then_the_change_again(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    was = held(job)["phone"]
    edit = save(as_bob, phone="555-0100")
    confirm(as_bob, edit)
    confirm(as_bob, Edit.objects.latest("pk"))
    assert held(job)["phone"] == "555-0100"
    confirm(as_bob, edit)
    assert held(job)["phone"] == was


def test_nothing_left_to_undo_says_so(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    was = held(job)["phone"]
    edit = save(as_bob, phone="555-0100")
    save(as_bob, phone=was)
    answer = as_bob.get(at(edit), follow=True)
    assert "There is nothing to undo" in said(answer)


def test_a_version_no_longer_kept_is_said_in_place_of_the_button(as_bob: Client, job: Record) -> None:
    edit = save(as_bob, phone="555-0100")
    Edit.objects.filter(pk=edit.pk).update(base=None)
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/")
    assert ("are no longer kept" in said(page), "/undo" in page.content.decode()) == (True, False)


def test_a_viewer_sees_no_button_and_opens_no_undo(as_bob: Client, as_carol: Client, job: Record) -> None:
    edit = save(as_bob, phone="555-0100")
    page = as_carol.get(f"/t/abc/edits/{edit.pk}/").content.decode()
    assert ("/undo" in page, as_carol.get(at(edit)).status_code) == (False, 403)


def test_what_cannot_be_emptied_again_stays_and_says_so(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    assert job.version is not None
    now = change(sandbox, creditLimit=None)
    blank = {**parse_json(job.version.content), **now, "creditLimit": None}
    lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), blank)
    edit = save(as_bob, credit_limit="10", phone="555-0100")
    page = as_bob.get(at(edit))
    assert "Credit limit also stays: it cannot be cleared in QuickBooks once it is set." in said(page)
    confirm(as_bob, edit, page)
    assert (held(job)["credit_limit"], set(sent(sandbox)[-1])) == (Decimal("10.00"), {"revisionNumber", "phone"})


@pytest.fixture
def bill(abc: Any, copied: Copied) -> Record:
    copied(abc)
    return lookup.find_record(abc, "bills", BILL)


def test_a_line_that_it_added_goes(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    lines = held(bill)["expense_lines"]
    account = str(lines[0]["account"])
    new = {"id": "-1", "account": account, "amount": "12.50"}
    edit = save(as_bob, FORM, **{f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()})
    assert len(held(bill)["expense_lines"]) == len(lines) + 1
    page = as_bob.get(at(edit))
    assert page.context["conflict"].totals.decided_more == Decimal("-12.50")
    confirm(as_bob, edit, page)
    assert held(bill)["expense_lines"] == lines


def test_an_undo_after_which_less_than_half_is_left_is_asked_about(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    lines = held(bill)["expense_lines"]
    new = {"id": "-1", "account": str(lines[0]["account"]), "amount": "9000"}
    edit = save(as_bob, FORM, **{f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()})
    answer = as_bob.post(at(edit), inputs(as_bob.get(at(edit)), "conflict") | {"confirm": "1"})
    assert (answer.status_code, "The total falls from 10,000.00 to 1,000.00." in said(answer)) == (422, True)


def test_a_line_that_it_added_and_somebody_changed_is_to_decide(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    lines = held(bill)["expense_lines"]
    new = {"id": "-1", "account": str(lines[0]["account"]), "amount": "12.50"}
    edit = save(as_bob, FORM, **{f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()})
    added = len(lines)
    key = held(bill)["expense_lines"][added]["id"]
    save(as_bob, FORM, **{f"expense_lines-{added}-id": key, f"expense_lines-{added}-memo": "Wanted"})
    page = as_bob.get(at(edit))
    rows = [(row.note, row.yours.instead) for row in page.context["conflict"].rows]
    assert rows == [("this change added it, and it has been changed since", "not there before")]
    confirm(as_bob, edit, page, **{f"choice-expense_lines:{key}": "theirs"})
    assert held(bill)["expense_lines"][added]["memo"] == "Wanted"


def test_a_line_that_it_removed_comes_back_as_a_new_one(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    line = held(bill)["expense_lines"][0]
    edit = save(as_bob, FORM, **{"expense_lines-0-id": line["id"], "expense_lines-0-remove": "on"})
    assert line["id"] not in [one["id"] for one in held(bill)["expense_lines"]]
    confirm(as_bob, edit)
    back = held(bill)["expense_lines"][-1]
    assert (back["account"], back["amount"], back["memo"]) == (line["account"], line["amount"], line["memo"])
    assert sent(sandbox)[-1]["expenseLines"][-1]["id"] == "-1"


def test_a_cell_of_a_line_inside_a_group_goes_back(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    group = held(bill)["item_group_lines"][0]
    inner = group["item_lines"][0]
    place = "item_group_lines-0-item_lines-0"
    typed = {"item_group_lines-0-id": group["id"], f"{place}-id": inner["id"], f"{place}-quantity": "9"}
    edit = save(as_bob, FORM, **typed)
    assert held(bill)["item_group_lines"][0]["item_lines"][0]["quantity"] == Decimal(9)
    confirm(as_bob, edit)
    now = held(bill)["item_group_lines"][0]["item_lines"][0]
    assert (now["quantity"], now["amount"]) == (inner["quantity"], inner["amount"])


def test_a_customer_in_bigcapital_goes_back_the_same_way(
    as_bob: Client, juniper: Any, copied: Copied, sandbox: Sandbox
) -> None:
    copied(juniper)
    form = "/t/juniper/customers/1/edit"
    was = lookup.get_content(lookup.find_record(juniper, "customers", "1"))
    edit = save(as_bob, form, work_phone="555-0100", note="Mine")
    sandbox.change(organizationId=JUNIPER, id="1", changes={"note": "Theirs"})
    assert confirm(as_bob, edit).status_code == 409
    page = as_bob.get(f"/t/juniper/edits/{Edit.objects.latest('pk').pk}/")
    assert [row.what for row in page.context["conflict"].rows] == ["Note"]
    choice = {"choice-note": "theirs", "confirm": "1"}
    as_bob.post(f"/t/juniper/edits/{Edit.objects.latest('pk').pk}/", inputs(page, "conflict") | choice)
    now = lookup.get_content(lookup.find_record(juniper, "customers", "1"))
    assert (now["work_phone"], now["note"]) == (was["work_phone"], "Theirs")
