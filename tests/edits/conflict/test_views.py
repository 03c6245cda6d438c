"""A save over a record that has moved: was, yours, now; decide; save over what was shown."""

from re import sub
from typing import Any

import pytest
from django.test import Client
from lxml import html

from books.mirror import lookup
from books.models import Record
from edits.history import external_changes
from edits.lifecycle import queue
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, JOB, PAGE, change, sent
from tests.edits.lifecycle.queueing import list_states
from tests.edits.lifecycle.test_saved_again import begin_to_send, put_back, send_all
from tests.support.inputs import inputs
from tests.support.people import PatientClient
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

HTMX = {"HX-Request": "true"}


def stale(as_bob: Client, sandbox: Sandbox, mine: dict[str, str], **theirs: object) -> Any:
    """Save `mine` over a record that a person in QuickBooks has changed to `theirs` since the form was opened."""
    form = inputs(as_bob.get(EDIT)) | mine
    change(sandbox, **theirs)
    return as_bob.post(EDIT, form)


def failed_decision(as_bob: Client, sandbox: Sandbox, **fault: Any) -> tuple[str, Any]:
    """The page of a conflict whose decision could not be written, and its address."""
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    url = f"/t/abc/edits/{Edit.objects.get().pk}/"
    sandbox.fault(operation="update", count=1, **fault)
    return url, as_bob.post(url, inputs(page, "conflict") | {"choice-phone": "mine", "confirm": "1"})


def phone_of(job: Record) -> str:
    return lookup.find_record(job.tenant, "customers", JOB).phone


def test_a_stale_save_is_a_conflict_and_writes_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    answer = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    assert answer.status_code == 409
    assert (Edit.objects.get().state, lookup.find_record(job.tenant, "customers", JOB).phone) == (
        State.CONFLICT,
        "555-0199",
    )


def test_what_does_not_touch_is_combined_and_one_confirm_saves(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, fax="555-0188")
    edit = Edit.objects.get()
    answer = as_bob.post(f"/t/abc/edits/{edit.pk}/", inputs(page, "conflict") | {"confirm": "1"})
    record = lookup.get_content(lookup.find_record(job.tenant, "customers", JOB))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, PAGE)
    assert (record["phone"], record["fax"]) == ("555-0100", "555-0188")


def test_what_is_combined_can_be_changed_in_the_form(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, fax="555-0188")
    (button,) = html.fromstring(page.content.decode()).xpath("//form[@id='conflict']//button[@name='reopen']")
    form = as_bob.post(button.get("formaction"), inputs(page, "conflict") | {"reopen": button.get("value")})
    shown = inputs(form)
    assert (button.text, shown["phone"], shown["fax"]) == ("Back to the form", "555-0100", "555-0188")


def test_a_clash_without_a_decision_is_not_saved(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    before = len(sent(sandbox))
    answer = as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", inputs(page, "conflict") | {"confirm": "1"})
    assert (answer.status_code, len(sent(sandbox))) == (422, before)


def test_mine_wins_where_i_decide_so(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    form = inputs(page, "conflict") | {"choice-phone": "mine", "confirm": "1"}
    as_bob.post(f"/t/abc/edits/{Edit.objects.earliest('pk').pk}/", form)
    assert phone_of(job) == "555-0100"


def test_taking_theirs_everywhere_sends_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    before = len(sent(sandbox))
    form = inputs(page, "conflict") | {"choice-phone": "theirs", "confirm": "1"}
    answer = as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", form)
    assert (answer.status_code, len(sent(sandbox))) == (303, before)


def test_moved_again_is_the_same_page_again(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    form = inputs(page, "conflict") | {"choice-phone": "mine", "confirm": "1"}
    change(sandbox, phone="555-0177")
    again = as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", form)
    assert again.status_code == 409
    newer = Edit.objects.latest("pk")
    form = inputs(again, "conflict") | {"choice-phone": "mine", "confirm": "1"}
    as_bob.post(f"/t/abc/edits/{newer.pk}/", form)
    assert phone_of(job) == "555-0100"


def list_ticked(page: Any) -> list[str]:
    return [option.text for row in page.context["conflict"].rows for option in row.options if option.is_chosen]


@pytest.mark.parametrize(("choice", "decided"), [("was", ""), ("mine", "555-0100")])
def test_moved_again_what_was_decided_is_ones_own_value_there(
    as_bob: Client, job: Record, sandbox: Sandbox, choice: str, decided: str
) -> None:
    decided = decided or phone_of(job)
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    form = inputs(page, "conflict") | {"choice-phone": choice, "confirm": "1"}
    change(sandbox, phone="555-0200")
    again = as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", form)
    as_bob.post(f"/t/abc/edits/{Edit.objects.latest('pk').pk}/", inputs(again, "conflict") | {"confirm": "1"})
    assert (again.status_code, list_ticked(again), phone_of(job)) == (409, [f"Keep yours: {decided}"], decided)


def test_a_decision_without_answer_awaits_its_outcome_and_no_second_decision(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    url = f"/t/abc/edits/{Edit.objects.get().pk}/"
    sandbox.fault(operation="update", fault="timeout")
    as_bob.post(url, inputs(page, "conflict") | {"choice-phone": "mine", "confirm": "1"})
    found = [(edit.state, edit.needs_author) for edit in Edit.objects.order_by("pk")]
    assert found == [(State.CONFLICT, False), (State.UNKNOWN, False)]


@pytest.mark.parametrize("fault", [{"fault": "refuse", "integrationCode": "3180"}, {"fault": "not_set_up"}])
def test_a_decision_that_was_not_written_stands_for_its_conflict(
    as_bob: Client, job: Record, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    url, failed = failed_decision(as_bob, sandbox, **fault)
    assert [edit.needs_author for edit in Edit.objects.order_by("pk")] == [False, True]
    as_bob.post(url, inputs(failed, "conflict") | {"confirm": "1"})
    assert (phone_of(job), [edit.needs_author for edit in Edit.objects.all()]) == ("555-0100", [False] * 3)


def test_a_decision_made_in_another_tab_stands_for_the_one_that_was_not_written(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    url, failed = failed_decision(as_bob, sandbox, fault="not_set_up")
    as_bob.post(url, inputs(failed, "conflict") | {"confirm": "1", "token": "another-tab"})
    assert (phone_of(job), [edit.needs_author for edit in Edit.objects.all()]) == ("555-0100", [False] * 3)


def test_a_decision_that_was_not_written_is_dropped_from_the_page_of_its_conflict(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    url, _ = failed_decision(as_bob, sandbox, fault="not_set_up")
    as_bob.post(url, {"discard": "1"})
    states = [(edit.state, edit.needs_author) for edit in Edit.objects.order_by("pk")]
    assert states == [(State.CONFLICT, False), (State.DISCARDED, False)]


def test_theirs_after_a_decision_that_was_not_written_leaves_nothing_to_do(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    url, failed = failed_decision(as_bob, sandbox, fault="not_set_up")
    as_bob.post(url, inputs(failed, "conflict") | {"choice-phone": "theirs", "confirm": "1"})
    states = [(edit.state, edit.needs_author) for edit in Edit.objects.order_by("pk")]
    assert states == [(State.CONFLICT, False), (State.DISCARDED, False)]


def decide(client: PatientClient, sandbox: Sandbox, **more: str) -> tuple[str, dict[str, str]]:
    """Decide a conflict without a worker that sends the decision: the page's address and what it has posted."""
    page = stale(client, sandbox, {"phone": "555-0100"}, phone="555-0199")
    url = f"/t/abc/edits/{Edit.objects.latest('pk').pk}/"
    form = inputs(page, "conflict") | {"choice-phone": "mine", **more}
    assert client.post_only(url, form, headers=HTMX).status_code == 202
    return url, form


def test_a_decision_that_was_cancelled_elsewhere_is_told_so_with_the_choices(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    url, form = decide(as_bob, sandbox)
    decision = Edit.objects.latest("pk")
    as_bob.post(f"/t/abc/edits/{decision.pk}/", {"cancel": "1"})
    answer = as_bob.post_only(url, form | {"outcome": str(decision.pk)}, headers=HTMX)
    text = " ".join(sub("<[^>]*>", " ", answer.content.decode()).split())
    words = "Cancelled. You cancelled it before it was sent. What you entered is still here."
    assert (answer.status_code, words in text, "No answer" in text) == (200, True, False)
    assert inputs(answer, "conflict")["choice-phone"] == "mine"


@pytest.mark.parametrize("becomes", ["queued", "being sent", "cancelled"])
def test_the_page_may_decide_otherwise_until_its_decision_is_saved(
    as_bob: PatientClient, job: Record, sandbox: Sandbox, becomes: str
) -> None:
    was = phone_of(job)
    url, form = decide(as_bob, sandbox)
    decision = Edit.objects.select_related("tenant").latest("pk")
    if becomes == "cancelled":
        queue.cancel_edit(decision)
    elif becomes == "being sent":
        begin_to_send(decision)
    assert as_bob.post_only(url, form | {"choice-phone": "was"}, headers=HTMX).status_code == 202
    if becomes == "being sent":
        put_back(decision)
    send_all()
    first = State.SAVED if becomes == "being sent" else State.DISCARDED
    assert list_states() == [State.CONFLICT, first, State.SAVED]
    assert phone_of(job) == was


def test_to_use_the_books_value_after_all_takes_a_queued_decision_back(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    url, form = decide(as_bob, sandbox)
    answer = as_bob.post_only(url, form | {"choice-phone": "theirs"}, headers=HTMX)
    send_all()
    states = [(edit.state, edit.needs_author) for edit in Edit.objects.order_by("pk")]
    assert (answer["HX-Redirect"], phone_of(job)) == (PAGE, "555-0199")
    assert states == [(State.CONFLICT, False), (State.DISCARDED, False)]


def test_another_page_of_it_decides_nothing_once_there_is_a_decision(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    url, form = decide(as_bob, sandbox)
    tried = [form | {"choice-phone": "was", "token": "another-tab"}, {"discard": "1", "token": form["token"]}]
    answers = [as_bob.post_only(url, one, follow=True) for one in tried]
    assert ["This change is already settled." in answer.content.decode() for answer in answers] == [True, True]
    assert Edit.objects.latest("pk").state == State.QUEUED


def test_only_its_author_decides(as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    form = inputs(page, "conflict") | {"choice-phone": "mine", "confirm": "1"}
    assert as_alice.post(f"/t/abc/edits/{Edit.objects.get().pk}/", form).status_code == 403


def test_a_version_no_longer_kept_asks_for_every_difference(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    change(sandbox, fax="555-0188")
    Record.objects.filter(pk=job.pk).update(read_at="2026-01-01T00:00:00Z")
    as_bob.get(f"/t/abc/edits/presence/customers/{JOB}/")
    run_queued_tasks()
    external_changes.record_next()
    job.versions.filter(revision="1721172183").delete()
    answer = as_bob.post(EDIT, form)
    run_queued_tasks()
    page = as_bob.get(f"/t/abc/edits/{Edit.objects.get().pk}/")
    keys = [part.key for part in page.context["conflict"].merge.clashes]
    assert (answer.status_code, sorted(keys)) == (409, ["fax", "phone"])


def test_a_change_that_a_colleague_saved_from_this_desk_bears_their_name(
    as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    as_alice.post(EDIT, inputs(as_alice.get(EDIT)) | {"fax": "555-0188"})
    page = as_bob.post(EDIT, form).content.decode()
    assert ("last saved in Ledgerdesk by Alice at" in page, "does not record who" in page) == (True, False)


def test_a_conflict_is_over_where_one_chooses_what_the_books_have(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    page = stale(as_bob, sandbox, {"phone": "555-0100"}, phone="555-0199")
    as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", inputs(page, "conflict") | {"choice-phone": "theirs"})
    assert (Edit.objects.get().outcome.text, len(sent(sandbox))) == ("Already there", 1)  # the one that was refused


def test_a_change_that_oneself_saved_in_another_tab_is_said_to_be_ones_own(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"fax": "555-0188"})
    page = as_bob.post(EDIT, form).content.decode()
    said = ("You also saved this customer elsewhere", "You last saved it yourself, in another tab", "by Bob")
    assert [words in page for words in said] == [True, True, False]
