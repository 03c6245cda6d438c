"""Typing is kept on the server without touching the books, and offered back with what has changed since."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record
from books.sync import refresh, scheduler
from edits.lifecycle import drafts
from edits.models.edit import DRAFTS_KEPT, Edit, State
from records.diff import Change
from tests.customers.test_edit import ABC, EDIT, JOB, PAGE, change, sent
from tests.support.inputs import inputs
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

DRAFTS = "/t/abc/edits/drafts/"


def typed(client: Client, **more: str) -> dict[str, str]:
    """Type into a fresh form and wait: what the browser has posted to keep."""
    form = inputs(client.get(EDIT)) | more | {"draft": "1"}
    assert client.post(EDIT, form).status_code == 200
    return form


def draft() -> Edit:
    return Edit.objects.get(state=State.DRAFT)


def test_a_draft_keeps_what_was_typed_and_asks_the_vendor_nothing(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    typed(as_bob, phone="555-0100")
    again = inputs(as_bob.get(f"{EDIT}?draft={draft().pk}"))
    assert (
        again["phone"],
        lookup.find_record(job.tenant, "customers", JOB).phone == "555-0100",
        sandbox.requests(ABC),
    ) == (
        "555-0100",
        False,
        [],
    )


def test_what_makes_no_sense_yet_is_kept_as_well(as_bob: Client, job: Record) -> None:
    typed(as_bob, credit_limit="12,0")
    assert inputs(as_bob.get(f"{EDIT}?draft={draft().pk}"))["credit_limit"] == "12,0"


def test_typing_on_goes_into_the_same_draft(as_bob: Client, job: Record) -> None:
    form = typed(as_bob, phone="555-0100")
    as_bob.post(EDIT, form | {"phone": "555-0101"})
    assert drafts.read_typed(draft())["phone"] == "555-0101"


def test_a_draft_that_is_gone_on_with_stays_one_draft(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    again = inputs(as_bob.get(f"{EDIT}?draft={draft().pk}"))
    as_bob.post(EDIT, again | {"phone": "555-0101", "draft": "1"})
    assert drafts.read_typed(draft())["phone"] == "555-0101"


def test_two_open_forms_are_two_drafts(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    typed(as_bob, fax="555-0101")
    assert Edit.objects.filter(state=State.DRAFT).count() == 2
    names = re.findall(r'aria-label="(Your unsaved changes[^"]*)"', as_bob.get(EDIT).content.decode())
    assert names == ["Your unsaved changes to this record, 1", "Your unsaved changes to this record, 2"]


def test_typing_taken_back_leaves_no_draft(as_bob: Client, job: Record) -> None:
    form = typed(as_bob, phone="555-0100")
    as_bob.post(EDIT, form | {"phone": inputs(as_bob.get(EDIT))["phone"]})
    assert [edit.state for edit in Edit.objects.all()] == [State.DISCARDED]


def test_a_form_whose_draft_was_dropped_can_be_kept_again(as_bob: Client, job: Record) -> None:
    form = typed(as_bob, phone="555-0100")
    as_bob.post(EDIT, form | {"phone": inputs(as_bob.get(EDIT))["phone"]})
    as_bob.post(EDIT, form | {"phone": "555-0102"})
    assert drafts.read_typed(draft())["phone"] == "555-0102"


def test_the_form_offers_the_draft_with_what_changed_since(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    typed(as_bob, phone="555-0100")
    change(sandbox, fax="555-0188")
    Record.objects.filter(pk=job.pk).update(read_at="2026-01-01T00:00:00Z")
    as_bob.get(f"/t/abc/edits/presence/customers/{JOB}/")
    run_queued_tasks()
    (offer,) = as_bob.get(EDIT).context["offers"]
    was = lookup.get_content(job)["fax"]
    assert (offer.edit, offer.since) == (draft(), [Change("Fax", was, "555-0188")])


def test_a_draft_is_saved_over_the_version_that_its_author_saw(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    typed(as_bob, phone="555-0100")
    edit = draft()
    as_bob.post(EDIT, inputs(as_bob.get(f"{EDIT}?draft={edit.pk}")))
    edit.refresh_from_db()
    states = [state for state, _ in edit.state_log]
    assert (edit.state, states, edit.typed, [body["revisionNumber"] for body in sent(sandbox)]) == (
        State.SAVED,
        ["draft", "queued", "sending", "saved"],
        "",
        ["1721172183"],
    )


@pytest.mark.parametrize("is_read", [False, True], ids=["unknown to the copy", "known to the copy"])
def test_a_draft_over_a_record_that_moved_ends_in_a_conflict_to_decide(
    as_bob: Client, job: Record, sandbox: Sandbox, is_read: bool
) -> None:
    typed(as_bob, phone="555-0100")
    change(sandbox, phone="555-0199")
    if is_read:
        refresh.read_record(job.tenant, registry.get_table(job.tenant, job.kind), job.remote_id)
    answer = as_bob.post(EDIT, inputs(as_bob.get(f"{EDIT}?draft={draft().pk}")))
    assert (answer.status_code, [part.key for part in answer.context["conflict"].merge.clashes]) == (409, ["phone"])


@pytest.mark.parametrize("typing", [{"phone": "1" * 60}, {"credit_limit": "much"}])
def test_a_form_that_comes_back_wrong_is_kept_without_a_script(
    as_bob: Client, job: Record, typing: dict[str, str]
) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | typing)
    (name,) = typing
    assert (answer.status_code, drafts.read_typed(draft())[name]) == (422, typing[name])


def test_a_save_that_failed_is_offered_too(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="not_set_up")
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100"})
    (offer,) = as_bob.get(EDIT).context["offers"]
    again = inputs(as_bob.get(f"{EDIT}?from={offer.edit.pk}"))
    assert (offer.edit.state, again["phone"]) == (State.NOT_SENT, "555-0100")


def test_discarding_a_form_discards_its_draft(as_bob: Client, job: Record) -> None:
    form = typed(as_bob, phone="555-0100")
    answer = as_bob.post(EDIT, {"token": form["token"], "discard": "1"})
    assert (answer["Location"], Edit.objects.get().state, Edit.objects.get().typed) == (PAGE, State.DISCARDED, "")


def test_a_form_that_was_sent_takes_no_draft_any_more(as_bob: Client, job: Record) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    as_bob.post(EDIT, form)
    as_bob.post(EDIT, form | {"draft": "1"})
    assert [edit.state for edit in Edit.objects.all()] == [State.SAVED]


def test_a_form_whose_save_has_no_answer_yet_can_be_typed_on(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="cut_before")
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    as_bob.post(EDIT, form)
    as_bob.post(EDIT, form | {"phone": "555-0101", "draft": "1"})
    states = {edit.state: edit for edit in Edit.objects.all()}
    assert (set(states), drafts.read_typed(draft())["phone"]) == ({State.UNKNOWN, State.DRAFT}, "555-0101")
    as_bob.post(EDIT, inputs(as_bob.get(f"{EDIT}?draft={draft().pk}")))
    assert [edit.state for edit in Edit.objects.order_by("pk")] == [State.UNKNOWN, State.QUEUED]


def test_a_form_of_which_only_the_columns_were_chosen_leaves_no_draft(as_bob: Client, job: Record) -> None:
    bill = "/t/abc/bills/123ABC-1234567890/edit"
    assert as_bob.post(bill, inputs(as_bob.get(bill)) | {"columns": "1"}).status_code == 200
    assert list(Edit.objects.all()) == []


def test_nobody_else_sees_a_draft(as_bob: Client, as_alice: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    own = [f"{EDIT}?draft={draft().pk}", EDIT, DRAFTS, "/t/abc/edits/", PAGE, "/t/abc/"]
    assert ["555-0100" in as_alice.get(page).content.decode() for page in own] == [False] * 6
    assert as_alice.get(f"/t/abc/edits/{draft().pk}/").status_code == 404


def test_nobody_else_types_into_a_draft(as_bob: Client, as_alice: Client, job: Record) -> None:
    form = typed(as_bob, phone="555-0100")
    as_alice.post(EDIT, form | {"phone": "555-0199"})
    assert [drafts.read_typed(edit)["phone"] for edit in Edit.objects.all()] == ["555-0100"]


def test_a_draft_is_no_edit_of_the_company_or_the_record(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    found = [as_bob.get(page).context for page in ("/t/abc/edits/", f"/t/abc/edits/records/customers/{JOB}/")]
    assert [context["found"].total for context in found] == [0, 0]


def test_the_list_of_drafts_says_until_when_each_is_kept(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    page = as_bob.get(DRAFTS)
    (offer,) = page.context["drafts"]
    assert (offer.edit, "Kept until" in page.content.decode()) == (draft(), True)


def test_a_draft_in_the_list_can_be_discarded(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    answer = as_bob.post(f"/t/abc/edits/{draft().pk}/", {"discard": "1"})
    assert (answer["Location"], Edit.objects.get().state) == (DRAFTS, State.DISCARDED)


def test_a_draft_is_discarded_when_its_time_has_run_out(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    Edit.objects.update(sent_at=timezone.now() - DRAFTS_KEPT + timedelta(minutes=1))
    early = drafts.expire_drafts(9)
    Edit.objects.update(sent_at=timezone.now() - DRAFTS_KEPT - timedelta(minutes=1))
    assert (early, drafts.expire_drafts(9), Edit.objects.get().state) == (0, 1, State.DISCARDED)


def test_the_version_that_a_draft_started_from_is_kept_as_long_as_the_draft(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    typed(as_bob, phone="555-0100")
    base = draft().base
    assert base is not None
    base.seen_at = timezone.now() - timedelta(days=200)
    base.save()
    change(sandbox, fax="555-0188")
    Record.objects.filter(pk=job.pk).update(read_at="2026-01-01T00:00:00Z")
    as_bob.get(f"/t/abc/edits/presence/customers/{JOB}/")
    run_queued_tasks()
    scheduler.clear_old_rows(timezone.now())
    assert unescape(as_bob.get(EDIT).content.decode()).count("Continue editing") == 1
