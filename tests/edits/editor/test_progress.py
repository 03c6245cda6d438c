"""A save that is queued, as its author sees it: answered at once, told how far it is, and cancelled where it waits."""

from datetime import timedelta
from html import unescape
from re import sub
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books.models import Record
from edits.lifecycle import transitions
from edits.models.edit import Edit, State
from tests.customers.test_edit import ABC, EDIT, PAGE
from tests.edits.factories import an_edit
from tests.edits.lifecycle.queueing import list_states, send
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

HTMX, QUEUED_LIST = {"HX-Request": "true"}, "/t/abc/edits/queued/"
QUEUED = State.QUEUED


@pytest.fixture
def desk(bob: User) -> Client:
    """bob's browser, which does not wait for a save."""
    client = Client()
    client.force_login(bob)
    return client


def said(page: Any) -> str:
    return " ".join(unescape(sub("<[^>]*>", " ", page.content.decode())).split())


def post(desk: Client, **typed: str) -> Any:
    return desk.post(EDIT, inputs(desk.get(EDIT)) | typed, headers=HTMX)


def turn_off(sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="not_active")


def test_save_answers_beside_the_form_and_asks_the_vendor_nothing(desk: Client, job: Record, sandbox: Sandbox) -> None:
    answer = post(desk, phone="555-0100")
    assert (answer.status_code, said(answer)) == (202, "Saving to QuickBooks, usually 4 s. You can go on.")
    assert (answer["HX-Retarget"], answer["HX-Reswap"], sandbox.requests()) == ("#save-state", "outerHTML", [])


def test_it_names_the_seconds_that_this_company_takes(desk: Client, bob: User, job: Record) -> None:
    now = timezone.now()
    for took in (1, 7, 30):
        log = [[State.SENDING, now.isoformat()], [State.SAVED, (now + timedelta(seconds=took)).isoformat()]]
        an_edit(job.tenant, bob, now, state_log=log)
    assert "usually 7 s." in said(post(desk, phone="555-0100"))


def test_without_script_the_edits_own_page_refreshes_itself_until_it_has_ended(
    desk: Client, job: Record, sandbox: Sandbox
) -> None:
    answer = desk.post(EDIT, inputs(desk.get(EDIT)) | {"phone": "555-0100"})
    own = f"/t/abc/edits/{Edit.objects.get().pk}/"
    waiting = desk.get(own)
    send()
    done = desk.get(own)
    assert (answer.status_code, answer["Location"], sandbox.requests()[:1] != []) == (303, f"{own}?saving=1", True)
    assert (waiting["Refresh"], "Refresh" in done) == ("1", False)


def test_while_the_company_is_off_it_is_looked_at_rarely(desk: Client, job: Record, sandbox: Sandbox) -> None:
    turn_off(sandbox)
    post(desk, phone="555-0100")
    send()
    edit = Edit.objects.get()
    answer = desk.get(f"/t/abc/edits/{edit.pk}/progress/", headers=HTMX)
    assert "Waiting for QuickBooks since" in said(answer)
    assert 'hx-trigger="load delay:30000ms' in answer.content.decode()


def test_when_it_has_ended_the_form_asks_for_its_outcome(desk: Client, job: Record) -> None:
    form = inputs(desk.get(EDIT)) | {"phone": "555-0100"}
    edit = desk.post(EDIT, form, headers=HTMX).context["edit"]
    send()
    answer = desk.get(f"/t/abc/edits/{edit.pk}/progress/", {"at": EDIT}, headers=HTMX)
    assert f'hx-post="{EDIT}"' in answer.content.decode()
    outcome = desk.post(EDIT, form | {"outcome": str(edit.pk)}, headers=HTMX)
    assert outcome.headers.get("HX-Redirect", outcome.headers.get("Location")) == f"{PAGE}?saved={edit.pk}"


def test_a_form_that_was_changed_since_is_left_alone(desk: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(desk.get(EDIT)) | {"phone": "555-0100"}
    edit = desk.post(EDIT, form, headers=HTMX).context["edit"]
    send()
    answer = desk.post(EDIT, form | {"phone": "555-0101", "outcome": str(edit.pk)}, headers=HTMX)
    assert (answer.status_code, said(answer)) == (200, "Saved. What you changed since then is not saved yet.")


def test_only_its_author_is_told_how_far_it_is(desk: Client, as_alice: Client, job: Record) -> None:
    edit = post(desk, phone="555-0100").context["edit"]
    assert as_alice.get(f"/t/abc/edits/{edit.pk}/progress/").status_code == 404


def test_the_page_of_what_waits_has_the_members_own_alone(desk: Client, as_alice: Client, job: Record) -> None:
    edit = post(desk, phone="555-0100").context["edit"]
    assert [list(client.get(QUEUED_LIST).context["queued"]) for client in (desk, as_alice)] == [[edit], []]


def test_it_says_since_when_the_company_is_off(desk: Client, job: Record, sandbox: Sandbox) -> None:
    turn_off(sandbox)
    post(desk, phone="555-0100")
    before = said(desk.get(QUEUED_LIST))
    send()
    after = said(desk.get(QUEUED_LIST))
    assert ["It is sent in its turn." in before, "QuickBooks has not answered since" in after] == [True, True]


def test_its_cancel_cancels_one(desk: Client, job: Record, sandbox: Sandbox) -> None:
    edit = post(desk, phone="555-0100").context["edit"]
    page = desk.post(f"/t/abc/edits/{edit.pk}/", {"cancel": "1"}, follow=True)
    send()
    assert (f"Your change to {edit.record_name} was cancelled. Nothing was sent." in said(page)) is True
    assert (list_states(), sandbox.requests()) == ([State.DISCARDED], [])


def test_a_form_that_waits_for_what_was_cancelled_elsewhere_is_told_so(desk: Client, job: Record) -> None:
    form = inputs(desk.get(EDIT)) | {"phone": "555-0100"}
    edit = desk.post(EDIT, form, headers=HTMX).context["edit"]
    desk.post(f"/t/abc/edits/{edit.pk}/", {"cancel": "1"})
    answers = [desk.post(EDIT, form | {"outcome": str(edit.pk)}, headers=headers) for headers in ({}, HTMX)]
    words = "Cancelled. You cancelled it before it was sent. What you entered is still here."
    found = [(answer.status_code, words in said(answer), "No answer" in said(answer)) for answer in answers]
    assert found == [(200, True, False)] * 2
    assert [inputs(answer)["phone"] for answer in answers] == ["555-0100"] * 2


def test_nor_is_it_told_why_something_was_not_saved_that_was_discarded(
    desk: Client, job: Record, sandbox: Sandbox
) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="not_set_up")
    form = inputs(desk.get(EDIT)) | {"phone": "555-0100"}
    edit = desk.post(EDIT, form, headers=HTMX).context["edit"]
    send()
    edit.refresh_from_db()
    transitions.move_edit(edit, State.DISCARDED)
    answer = desk.post(EDIT, form | {"outcome": str(edit.pk)})
    assert (answer.status_code, "Discarded. What you entered is still here." in said(answer)) == (200, True)


def test_a_cancel_that_comes_too_late_says_what_became_of_it(desk: Client, job: Record) -> None:
    edit = post(desk, phone="555-0100").context["edit"]
    send()
    page = desk.post(f"/t/abc/edits/{edit.pk}/", {"cancel": "1"}, follow=True)
    assert (f"Your change to {edit.record_name} has already ended: saved." in said(page), list_states()) == (
        True,
        [State.SAVED],
    )


def test_nobody_else_cancels_it(desk: Client, as_alice: Client, job: Record) -> None:
    edit = post(desk, phone="555-0100").context["edit"]
    assert (as_alice.post(f"/t/abc/edits/{edit.pk}/", {"cancel": "1"}).status_code, list_states()) == (403, [QUEUED])


def test_who_may_not_edit_has_no_page_of_what_waits(
    desk: Client, as_carol: Client, as_dave: Client, job: Record
) -> None:
    progress = f"/t/abc/edits/{post(desk, phone='555-0100').context['edit'].pk}/progress/"
    statuses = [[client.get(url).status_code for url in (QUEUED_LIST, progress)] for client in (as_carol, as_dave)]
    assert statuses == [[403, 403], [404, 404]]
