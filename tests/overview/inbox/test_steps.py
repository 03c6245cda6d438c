"""The buttons of what needs a person, without script: each goes the way of the change's own page, or not at all."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books.models import Record, SyncStatus
from edits import next_steps
from edits.lifecycle import transitions
from edits.models.edit import Edit, State
from edits.models.fetching import fetch_edit
from tenants.access import find_member
from tenants.models import Tenant
from tests.customers.test_edit import change, sent
from tests.edits.lifecycle.queueing import list_states, save_values, send
from tests.overview.inbox.test_inbox import PAGE, count, left, show
from tests.support.inputs import inputs
from tests.support.markup import one_line
from tests.support.vendor import Sandbox

HTMX = {"HX-Request": "true"}


def unsent(person: User, record: Record, token: str = "form-1", **values: Any) -> Edit:
    """A change that its company did not take in time."""
    member = find_member(record.tenant, person)
    assert member is not None
    edit = save_values(member, record, token, **(values or {"phone": "555-0177"}))
    return transitions.move_edit(edit, State.NOT_SENT, error_message="It waited for 12 hours and was not sent.")


def press(client: Client, step: str) -> str:
    """Press a button of the page as it is now, and return the page that its answer leads to."""
    answer = client.post(PAGE, {**inputs(client.get(PAGE), "inbox"), "step": step})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    return one_line(client.get(PAGE).content.decode())


def test_send_again_saves_what_was_not_sent(as_bob: Client, bob: User, job: Record, sandbox: Sandbox) -> None:
    edit = unsent(bob, job)
    page = press(as_bob, f"changes again {edit.pk} abc")
    send()
    told = f"Your change to {edit.record_name} is being sent again." in page
    bodies = [body["phone"] for body in sent(sandbox)]
    assert (told, bodies, list_states(), show(as_bob)) == (True, ["555-0177"], ["not_sent", "saved"], [])


def test_two_presses_send_once(as_bob: Client, bob: User, job: Record, sandbox: Sandbox) -> None:
    edit = unsent(bob, job)
    for _ in range(2):
        press(as_bob, f"changes again {edit.pk} abc")
    send()
    assert (len(sent(sandbox)), list_states()) == (1, ["not_sent", "saved"])


def test_two_presses_at_the_same_moment_make_one_edit(bob: User, job: Record) -> None:
    edit, member = unsent(bob, job), find_member(job.tenant, bob)
    pressed = [fetch_edit(edit.pk), fetch_edit(edit.pk)]  # neither sees what the other does
    assert member is not None
    assert [next_steps.send_again(member, one).is_done for one in pressed if one] == [True, True]
    assert list_states() == ["not_sent", "queued"]


def test_what_is_sent_again_meets_the_record_as_it_is_now(
    as_bob: Client, bob: User, job: Record, sandbox: Sandbox
) -> None:
    edit = unsent(bob, job)
    change(sandbox, phone="555-0199")
    press(as_bob, f"changes again {edit.pk} abc")
    send()
    assert [badge for _, badge, _ in show(as_bob)] == ["Conflict"]


def test_send_all_again_takes_every_company(as_bob: Client, bob: User, job: Record) -> None:
    unsent(bob, job, "form-1", phone="555-0177")
    unsent(bob, job, "form-2", fax="555-0178")
    page = press(as_bob, "changes again all")
    send()
    assert ("2 changes are being sent again." in page, list_states()) == (True, ["not_sent"] * 2 + ["saved"] * 2)


def test_send_all_again_of_one_company_leaves_the_others(as_bob: Client, bob: User, job: Record, larch: Tenant) -> None:
    unsent(bob, job)
    left(larch, bob, State.NOT_SENT)
    press(as_bob, "changes again all abc")
    assert [slug for slug, _, _ in show(as_bob)] == ["larch"]


def test_send_all_again_takes_what_stood_on_the_page(as_bob: Client, bob: User, job: Record) -> None:
    for number in "12":
        unsent(bob, job, f"form-{number}", phone=f"555-017{number}")
    shown = inputs(as_bob.get(PAGE), "inbox")
    later = unsent(bob, job, "form-3", fax="555-0178")
    as_bob.post(PAGE, {**shown, "step": "changes again all"})
    later.refresh_from_db()
    assert (later.resolved_by, list_states().count("queued")) == (None, 2)


def test_of_many_that_cannot_be_sent_again_the_first_are_named(as_bob: Client, bob: User, job: Record) -> None:
    for number in range(8):
        unsent(bob, job, f"form-{number}", phone=f"555-010{number}")
    SyncStatus.objects.update_or_create(tenant=job.tenant, defaults={"resting_since": timezone.now()})
    page = press(as_bob, "changes again all")
    assert (page.count('class="notice is-warn"'), "3 more changes were not sent." in page) == (6, True)


def test_a_company_at_rest_keeps_what_cannot_be_sent_again(as_bob: Client, bob: User, job: Record) -> None:
    edit = unsent(bob, job)
    SyncStatus.objects.update_or_create(tenant=job.tenant, defaults={"resting_since": timezone.now()})
    page = press(as_bob, f"changes again {edit.pk} abc")
    assert (f"{edit.record_name} was not sent." in page, count(bob)) == (True, 1)


@pytest.mark.parametrize(
    ("state", "step", "then"),
    [
        (State.CONFLICT, "changes discard", State.DISCARDED),
        (State.REFUSED, "changes discard", State.DISCARDED),
        (State.DRAFT, "drafts discard", State.DISCARDED),
        (State.QUEUED, "waiting cancel", State.DISCARDED),
        (State.SAVED, "waiting cancel", State.SAVED),
        (State.SAVED, "changes discard", State.SAVED),
        (State.SAVED, "changes again", State.SAVED),
        (State.CONFLICT, "changes again", State.CONFLICT),
    ],
)
def test_a_step_moves_only_what_is_in_its_state(
    as_bob: Client, bob: User, larch: Tenant, state: State, step: str, then: State
) -> None:
    edit = left(larch, bob, state, form="form-1")
    press(as_bob, f"{step} {edit.pk} larch")
    assert list_states() == [then]


def test_nobody_takes_a_step_for_somebody_else(as_bob: Client, alice: User, larch: Tenant) -> None:
    edit = left(larch, alice)
    assert as_bob.post(PAGE, {"step": f"changes discard {edit.pk} larch"}).status_code == 404
    assert list_states() == ["conflict"]


def test_a_step_names_the_company_of_the_change(as_bob: Client, bob: User, larch: Tenant, abc: Tenant) -> None:
    edit = left(larch, bob)
    assert as_bob.post(PAGE, {"step": f"changes discard {edit.pk} abc"}).status_code == 404


def test_who_may_only_view_now_takes_no_step(as_carol: Client, carol: User, larch: Tenant) -> None:
    edit = left(larch, carol)
    steps = (f"changes discard {edit.pk} larch", f"companies try {larch.pk} larch")
    assert [as_carol.post(PAGE, {"step": step}).status_code for step in steps] == [403, 403]


@pytest.mark.parametrize(
    "step", ["", "changes", "changes again", "changes fly 1 larch", "changes discard all", "x" * 99]
)
def test_a_button_that_no_page_has_is_refused(as_bob: Client, larch, step: str) -> None:
    assert as_bob.post(PAGE, {"step": step}).status_code == 400


@pytest.mark.parametrize("shown", ["9" * 5000, "1 " * 3 + "9" * 18, "-1"])
def test_numbers_that_no_page_has_are_refused(as_bob: Client, larch: Tenant, shown: str) -> None:
    assert as_bob.post(PAGE, {"step": "changes again all", "shown": shown}).status_code == 400


def test_with_script_the_answer_is_the_list_with_the_new_count(as_bob: Client, bob: User, larch: Tenant) -> None:
    first, _ = left(larch, bob), left(larch, bob)
    answer = as_bob.post(PAGE, {"step": f"changes discard {first.pk} larch"}, headers=HTMX)
    page = one_line(answer.content.decode())
    assert (answer.status_code, "<html" in page, 'hx-swap-oob="true"' in page, "?have=1" in page) == (
        200,
        False,
        True,
        True,
    )


def test_the_page_of_a_change_has_the_same_buttons(as_bob: Client, bob: User, job: Record, sandbox: Sandbox) -> None:
    edit = unsent(bob, job)
    page = f"/t/abc/edits/{edit.pk}/"
    assert 'name="again"' in as_bob.get(page).content.decode()
    as_bob.post(page, {"again": "1"})
    send()
    assert list_states() == ["not_sent", "saved"]
