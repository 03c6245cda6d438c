"""A form that was saved is typed on: what its newest edit does not ask for is kept as a draft, until it is saved."""

import pytest
from django.test import Client

from books.models import Record
from edits.lifecycle import drafts
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT
from tests.edits.conflict.test_custom_values import held
from tests.edits.lifecycle.queueing import list_states, send
from tests.edits.lifecycle.test_last_check import move
from tests.edits.lifecycle.test_saved_again import begin_to_send
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .test_progress import HTMX, desk, said

__all__ = ["desk"]  # a fixture
FIRST, SECOND, FAX = "555-0100", "555-0101", "555-0102"
NOT_SAVED = "What you changed since then is not saved yet."


def keep(desk: Client, form: dict[str, str], **typed: str) -> str:
    """Type into a form and wait; what its bar says."""
    return said(desk.post(EDIT, form | typed | {"draft": "1"}))[: len("Draft saved")]


def ask(desk: Client, form: dict[str, str], **typed: str) -> str:
    """Let the form ask how its newest edit ended; what its bar says."""
    newest = Edit.objects.exclude(state=State.DRAFT).latest("pk")
    return said(desk.post(EDIT, form | typed | {"outcome": f"{newest.pk}"}, headers=HTMX))


def list_drafts() -> list[tuple[str, str]]:
    """The phone and the fax in each draft."""
    typed = map(drafts.read_typed, Edit.objects.filter(state=State.DRAFT))
    return [(str(form["phone"]), str(form["fax"])) for form in typed]


@pytest.fixture
def form(desk: Client, job: Record, sandbox: Sandbox) -> dict[str, str]:
    """An open form with a phone that was saved, as it was before that."""
    form = inputs(desk.get(EDIT))
    desk.post(EDIT, form | {"phone": FIRST}, headers=HTMX)
    return form


FAULTS = {"refused": {"fault": "refuse", "integrationCode": "3180"}, "not sent": {"fault": "not_set_up"}}


@pytest.mark.parametrize("becomes", ["saved", "conflict", *FAULTS])
def test_what_is_typed_after_its_edit_has_ended_is_kept(
    desk: Client, job: Record, form: dict[str, str], sandbox: Sandbox, becomes: str
) -> None:
    if becomes == "conflict":
        move(sandbox, job, phone="555-0199")
    elif becomes in FAULTS:
        sandbox.fault(operation="update", count=1, **FAULTS[becomes])
    send()
    kept = keep(desk, form, phone=FIRST, fax=FAX)
    words = NOT_SAVED if becomes == "saved" else "What you changed since then is still here."
    assert (kept, words in ask(desk, form, phone=FIRST, fax=FAX)) == ("Draft saved", True)
    assert list_drafts() == [(FIRST, FAX)]


@pytest.mark.parametrize("becomes", ["queued", "saved", "conflict"])
def test_what_its_newest_edit_asks_for_is_no_draft(
    desk: Client, job: Record, form: dict[str, str], sandbox: Sandbox, becomes: str
) -> None:
    if becomes == "conflict":
        move(sandbox, job, phone="555-0199")
    if becomes != "queued":
        send()
    said = [keep(desk, form, phone=FIRST, fax=FAX), keep(desk, form, phone=FIRST)]
    assert (said, list_drafts()) == (["Draft saved", ""], [])


def test_what_was_saved_before_that_is_a_draft_again(desk: Client, job: Record, form: dict[str, str]) -> None:
    send()
    desk.post(EDIT, form | {"phone": SECOND}, headers=HTMX)
    kept = [keep(desk, form, phone=FIRST)]
    send()
    kept.append(keep(desk, form, phone=FIRST))
    assert (kept, list_drafts()) == (["Draft saved"] * 2, [(FIRST, form["fax"])])
    assert NOT_SAVED in ask(desk, form, phone=FIRST)


def test_so_is_what_was_there_first(desk: Client, job: Record, form: dict[str, str]) -> None:
    begin_to_send(Edit.objects.get())
    assert (keep(desk, form), list_drafts()) == ("Draft saved", [(form["phone"], form["fax"])])


def test_a_form_with_the_values_saved_loaded_into_it_has_nothing_to_keep(
    desk: Client, job: Record, form: dict[str, str]
) -> None:
    send()
    newer = inputs(desk.post(EDIT, form | {"phone": FIRST, "rebase": "1"}))
    assert (keep(desk, newer), list_drafts()) == ("", [])


def test_a_draft_of_a_form_that_was_saved_goes_on_where_that_has_ended(
    desk: Client, job: Record, form: dict[str, str]
) -> None:
    send()
    keep(desk, form, phone=FIRST, fax=FAX)
    again = inputs(desk.get(f"{EDIT}?draft={Edit.objects.get(state=State.DRAFT).pk}"))
    desk.post(EDIT, again, headers=HTMX)
    send()
    assert (held(job)["phone"], held(job)["fax"]) == (FIRST, FAX)
    assert list_states() == [State.SAVED, State.SAVED]
