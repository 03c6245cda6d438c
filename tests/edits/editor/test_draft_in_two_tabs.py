"""A draft that is continued in two tabs is two forms: neither wipes nor puts back what the other one has."""

from typing import Any

import pytest
from django.test import Client

from books.models import Record
from edits.lifecycle import drafts
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT
from tests.edits.conflict.test_custom_values import held
from tests.edits.lifecycle.queueing import list_states, send
from tests.edits.lifecycle.test_last_check import move
from tests.edits.lifecycle.test_lines_in_turn import bill
from tests.edits.lifecycle.test_saved_again import begin_to_send, put_back, send_all
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

from .test_progress import HTMX, desk, said

__all__ = ["bill", "desk"]  # fixtures
SAVED, DRAFT = State.SAVED, State.DRAFT
MAIL, PHONE, FAX = "m@example.com", "555-0100", "555-0102"


def keep(desk: Client, form: dict[str, str], at: str = EDIT, **typed: str) -> None:
    """Type into a form and wait."""
    assert said(desk.post(at, form | typed | {"draft": "1"})).startswith("Draft saved")


def go_on(desk: Client, at: str = EDIT) -> dict[str, str]:
    """Continue the oldest draft in a new tab: the inputs of its form."""
    return inputs(desk.get(f"{at}?draft={Edit.objects.filter(state=DRAFT).earliest('pk').pk}"))


@pytest.fixture
def tabs(desk: Client, job: Record, sandbox: Sandbox) -> list[dict[str, str]]:
    """Two forms that continue the same draft."""
    keep(desk, inputs(desk.get(EDIT)), email=MAIL)
    return [go_on(desk) for _ in range(2)]


def list_typed(*names: str) -> list[tuple[Any, ...]]:
    found = map(drafts.read_typed, Edit.objects.filter(state=DRAFT).order_by("pk"))
    return [tuple(typed[name] for name in names) for typed in found]


def test_what_one_has_queued_is_saved_beside_what_the_other_changes(
    desk: Client, job: Record, tabs: list[dict[str, str]]
) -> None:
    desk.post(EDIT, tabs[0] | {"phone": PHONE}, headers=HTMX)
    desk.post(EDIT, tabs[1] | {"fax": FAX}, headers=HTMX)
    send()
    now = held(job)
    assert (list_states(), now["phone"], now["fax"], now["email"]) == ([SAVED, SAVED], PHONE, FAX, MAIL)


def test_what_one_has_saved_is_shown_before_the_other_is_saved(
    desk: Client, job: Record, tabs: list[dict[str, str]]
) -> None:
    desk.post(EDIT, tabs[0] | {"phone": PHONE}, headers=HTMX)
    send()
    desk.post(EDIT, tabs[1] | {"fax": FAX}, headers=HTMX)
    send()
    page = f"/t/abc/edits/{Edit.objects.latest('pk').pk}/"
    states = list_states()
    desk.post(page, inputs(desk.get(page), "conflict"), headers=HTMX)
    send()
    now = held(job)
    assert (states, now["phone"], now["fax"]) == ([SAVED, State.CONFLICT], PHONE, FAX)


def test_each_keeps_what_is_typed_into_it(desk: Client, tabs: list[dict[str, str]]) -> None:
    keep(desk, tabs[0], phone=PHONE)
    keep(desk, tabs[1], fax=FAX)
    keep(desk, tabs[0], phone=PHONE, email="n@example.com")
    was = tabs[0]["phone"], tabs[0]["fax"]
    assert list_typed("phone", "fax", "email") == [(PHONE, was[1], "n@example.com"), (was[0], FAX, MAIL)]


def test_to_open_it_changes_nothing_and_to_type_on_stays_one_draft(desk: Client, job: Record, sandbox: Sandbox) -> None:
    keep(desk, inputs(desk.get(EDIT)), email=MAIL)
    before = list(Edit.objects.values())
    go_on(desk)
    opened = list(Edit.objects.values())
    for phone in (PHONE, "555-0101"):
        keep(desk, go_on(desk), phone=phone)
    assert (opened, list_typed("phone", "email")) == (before, [("555-0101", MAIL)])


def test_to_discard_one_deletes_what_was_typed_in_it_alone(desk: Client, tabs: list[dict[str, str]]) -> None:
    keep(desk, tabs[0], phone=PHONE)
    desk.post(EDIT, tabs[1] | {"discard": "1"})
    states = [list_states()]
    desk.post(EDIT, tabs[0] | {"discard": "1"})
    assert [*states, list_states()] == [[DRAFT], [State.DISCARDED]]


def test_to_discard_one_that_nothing_was_typed_into_deletes_the_draft(desk: Client, tabs: list[dict[str, str]]) -> None:
    desk.post(EDIT, tabs[1] | {"discard": "1"})
    assert list_states() == [State.DISCARDED]


def test_a_new_line_of_the_draft_is_not_added_twice_unasked(desk: Client, bill: Record, sandbox: Sandbox) -> None:
    at, lines = f"/t/abc/bills/{bill.remote_id}/edit", held(bill)["expense_lines"]
    new = {"id": "-1", "account": str(lines[0]["account"]), "amount": "0.00", "memo": "Mine"}
    keep(desk, inputs(desk.get(at)) | {f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()}, at)
    tabs = [go_on(desk, at) for _ in range(2)]
    desk.post(at, tabs[0], headers=HTMX)
    asked = desk.post(at, tabs[1] | {"memo": "More"})
    assert (asked.status_code, "This draft was saved in another tab already." in said(asked)) == (422, True)
    desk.post(at, agreed(asked), headers=HTMX)
    send()
    assert [line["memo"] for line in held(bill)["expense_lines"][len(lines) :]] == ["Mine", "Mine"]


@pytest.mark.parametrize("becomes", ["queued", "saved"])
def test_what_its_form_had_saved_before_is_not_saved_again(
    desk: Client, bill: Record, sandbox: Sandbox, becomes: str
) -> None:
    at, lines = f"/t/abc/bills/{bill.remote_id}/edit", held(bill)["expense_lines"]
    new = {"id": "-1", "account": str(lines[0]["account"]), "amount": "0.00", "memo": "Mine"}
    form = inputs(desk.get(at)) | {f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()}
    desk.post(at, form, headers=HTMX)
    first = Edit.objects.get()
    begin_to_send(first)
    keep(desk, form, at, memo="More")
    put_back(first)
    if becomes == "saved":
        send_all()
    desk.post(at, go_on(desk, at), headers=HTMX)
    send_all()
    now = held(bill)
    assert (list_states(), now["memo"]) == ([SAVED, SAVED], "More")
    assert [line["memo"] for line in now["expense_lines"][len(lines) :]] == ["Mine"]


def test_it_stands_for_what_its_form_had_left_unsaved(desk: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(desk.get(EDIT)) | {"phone": PHONE}
    desk.post(EDIT, form, headers=HTMX)
    move(sandbox, job, phone="555-0199")
    send()
    keep(desk, form, fax=FAX)
    desk.post(EDIT, go_on(desk), headers=HTMX)
    first, second = Edit.objects.order_by("pk")
    assert (first.state, first.resolved_by) == (State.CONFLICT, second)
