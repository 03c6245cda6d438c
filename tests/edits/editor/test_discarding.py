"""What is given up with a form, or with a draft that it offers, and what of it goes on: the words are true of each."""

from typing import Any

import pytest
from django.test import Client

from books.models import Record
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, sent
from tests.edits.conflict.test_custom_values import held
from tests.edits.lifecycle.queueing import list_states, send
from tests.edits.lifecycle.test_saved_again import begin_to_send, put_back, send_all
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .test_progress import HTMX, desk, said

__all__ = ["desk"]  # a fixture
QUEUED, DISCARDED, SAVED = State.QUEUED, State.DISCARDED, State.SAVED


def list_sayings(page: Any) -> list[str]:
    return [str(one) for one in page.context["messages"]]


@pytest.fixture
def form(desk: Client, job: Record, sandbox: Sandbox) -> dict[str, str]:
    """A form with two edits: the first was being sent when it was changed and saved again."""
    form = inputs(desk.get(EDIT)) | {"phone": "555-0100"}
    desk.post(EDIT, form, headers=HTMX)
    begin_to_send(Edit.objects.get())
    desk.post(EDIT, form | {"fax": "555-0101"}, headers=HTMX)
    return form


def test_all_that_the_form_has_queued_is_cancelled(
    desk: Client, job: Record, form: dict[str, str], sandbox: Sandbox
) -> None:
    put_back(Edit.objects.order_by("pk")[0])
    page = desk.post(EDIT, form | {"discard": "1"}, follow=True)
    send_all()
    assert (list_states(), sent(sandbox)) == ([DISCARDED] * 2, [])
    assert list_sayings(page) == [
        f"Your change to {Edit.objects.all()[0].record_name} was cancelled. Nothing was sent."
    ]


def test_what_is_being_sent_is_told_apart_from_what_was_cancelled(
    desk: Client, job: Record, form: dict[str, str]
) -> None:
    page = desk.post(EDIT, form | {"discard": "1"}, follow=True)
    first = Edit.objects.order_by("pk")[0]
    words = f"Your change to {first.record_name} is already on its way to QuickBooks. You will see how it ends."
    assert list_sayings(page) == [f"{words} What you saved after it was cancelled and is not sent."]
    assert list_states() == [State.SENDING, DISCARDED]


def test_to_delete_the_draft_of_another_form_cancels_nothing_that_it_saved(desk: Client, job: Record) -> None:
    form = inputs(desk.get(EDIT)) | {"phone": "555-0100"}
    desk.post(EDIT, form, headers=HTMX)
    desk.post(EDIT, form | {"fax": "555-0102", "draft": "1"})
    offered = inputs(desk.get(EDIT), "drop-draft")
    page = desk.post(EDIT, offered | {"drop": form["token"]}, follow=True)
    send()
    assert ("unsaved draft" in said(page), list_states()) == (False, [SAVED, DISCARDED])
    assert (held(job)["phone"], list_sayings(page)) == ("555-0100", [])
