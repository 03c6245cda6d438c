"""A write that lands after it was given up: its edit is corrected, whatever its author has done meanwhile."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books.models import Record
from books.providers import errors
from books.registry import get_table
from books.sync import refresh
from edits.lifecycle import settle
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit, State
from tenants.access import Member
from tenants.models import Role
from tests.customers.test_edit import EDIT, change, sent
from tests.support.inputs import inputs
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

from .queueing import save_values, send
from .test_save import NEW_PHONE, author, fail, in_the_books, save_phone

__all__ = ["author"]  # a fixture


def given_up(author: Member, job: Record, sandbox: Sandbox) -> Edit:
    """A save without answer that the desk has called not applied, and that the vendor still holds back."""
    fail(sandbox, "land_late", seconds=600)
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    Edit.objects.update(uncertain_until=timezone.now(), look_at=timezone.now())
    settle.settle_due()
    edit = Edit.objects.get()
    assert edit.state == State.NOT_APPLIED
    return edit


def land(sandbox: Sandbox, job: Record) -> Record:
    """Let it land, and bring the new record into the copy as a reading does."""
    assert sandbox.control("land") == {"landed": 1}
    return refresh.read_record(job.tenant, get_table(job.tenant, job.kind), job.remote_id)


def test_a_reading_that_brings_the_write_corrects_its_edit(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = given_up(author, job, sandbox)
    Edit.objects.update(notified_at=timezone.now())
    version = land(sandbox, job).version
    settle.settle_due()
    edit.refresh_from_db()
    assert (edit.state, edit.result, edit.notified_at) == (State.SAVED, version, None)


def test_until_a_reading_brings_it_nothing_is_known_of_it(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = given_up(author, job, sandbox)
    sandbox.control("land")
    settle.settle_due()
    edit.refresh_from_db()
    assert edit.state == State.NOT_APPLIED


def test_what_its_author_has_dropped_is_told_to_be_saved_after_all(
    author: Member, as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    edit = given_up(author, job, sandbox)
    as_bob.post(f"/t/abc/edits/{edit.pk}/", {"discard": "1"})
    land(sandbox, job)
    settle.settle_due()
    edit.refresh_from_db()
    assert [state for state, _ in edit.state_log][-3:] == [State.NOT_APPLIED, State.DISCARDED, State.SAVED]


def test_of_two_that_were_sent_the_one_that_was_answered_is_saved(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = given_up(author, job, sandbox)
    again = save_phone(author, job, token="form-2")
    land(sandbox, job)  # refused by the vendor: the record has moved
    settle.settle_due()
    edit.refresh_from_db()
    assert (edit.state, again.state, len(sent(sandbox))) == (State.NOT_APPLIED, State.SAVED, 2)


def test_what_was_sent_again_over_a_write_that_had_landed_is_a_conflict_and_the_first_is_saved(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = given_up(author, job, sandbox)
    sandbox.control("land")
    with pytest.raises(errors.Stale):
        save_phone(author, job, token="form-2")
    refresh.read_record(job.tenant, get_table(job.tenant, job.kind), job.remote_id)
    settle.settle_due()
    states = list(Edit.objects.order_by("pk").values_list("pk", "state"))
    assert states == [(first.pk, State.SAVED), (first.pk + 1, State.CONFLICT)]


def test_a_value_that_another_edit_wrote_is_no_late_landing(
    author: Member, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    edit = given_up(author, job, sandbox)
    as_alice.post(EDIT, inputs(as_alice.get(EDIT)) | {"phone": NEW_PHONE})
    settle.settle_due()
    edit.refresh_from_db()
    assert (edit.state, in_the_books(sandbox, job)) == (State.NOT_APPLIED, NEW_PHONE)


def test_an_edit_that_found_its_value_in_the_books_has_not_written_it(
    author: Member, alice: User, job: Record, sandbox: Sandbox
) -> None:
    first = given_up(author, job, sandbox)
    second = save_values(Member(author.tenant, alice, Role.ADMIN), job, "form-2", phone=NEW_PHONE)
    land(sandbox, job)
    send()
    settle.settle_due()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, len(sent(sandbox))) == (State.SAVED, State.SAVED, 1)


def test_nor_is_it_when_somebody_in_quickbooks_has_added_to_it(
    author: Member, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    edit = given_up(author, job, sandbox)
    as_alice.post(EDIT, inputs(as_alice.get(EDIT)) | {"phone": NEW_PHONE})
    change(sandbox, fax="555-0188")
    refresh.read_record(job.tenant, get_table(job.tenant, job.kind), job.remote_id)
    settle.settle_due()
    edit.refresh_from_db()
    assert edit.state == State.NOT_APPLIED


@pytest.mark.parametrize("first", ["alice", "bob"])
def test_of_two_lost_ones_the_version_belongs_to_the_one_that_explains_all_of_it(
    as_alice: Client, as_bob: Client, job: Record, sandbox: Sandbox, first: str, settings: Settings
) -> None:
    settings.CONDUCTOR_WRITE_TIMEOUT = 1  # the vendor answers that it gave up only when its own limit has run out
    people = {"alice": as_alice, "bob": as_bob}
    typed = {"alice": {"phone": NEW_PHONE, "fax": "555-0188"}, "bob": {"phone": NEW_PHONE}}
    for name in sorted(people, reverse=first == "bob"):
        fail(sandbox, "land_late" if name == "alice" else "cut_before", seconds=600)
        people[name].post(EDIT, inputs(people[name].get(EDIT)) | typed[name])
        carry_out(Edit.objects.latest("pk"))  # out of its turn, so that two have no answer
    Edit.objects.update(look_at=timezone.now())
    assert sandbox.control("land") == {"landed": 1}
    settle.settle_due()
    states = dict(Edit.objects.values_list("person_name", "state"))
    assert states == {"alice": State.SAVED, "bob": State.CONFLICT}


def test_of_two_lost_ones_alike_the_one_that_its_author_waits_for_is_saved(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    given_up(author, job, sandbox)
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    Edit.objects.update(uncertain_until=timezone.now(), look_at=timezone.now())
    settle.settle_due()
    land(sandbox, job)
    settle.settle_due()
    states = Edit.objects.order_by("pk").values_list("state", "resolved_by__state")
    assert list(states) == [(State.NOT_APPLIED, State.SAVED), (State.SAVED, None)]


def test_a_decision_that_landed_without_answer_is_saved_and_not_the_lost_edit_that_it_was_about(
    author: Member, as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    given_up(author, job, sandbox)
    change(sandbox, phone="555-0199")
    page = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": NEW_PHONE})
    conflict = Edit.objects.latest("pk")
    fail(sandbox, "garbage")
    as_bob.post(f"/t/abc/edits/{conflict.pk}/", inputs(page, "conflict") | {"choice-phone": "mine", "confirm": "1"})
    settle.settle_due()
    states = list(Edit.objects.order_by("pk").values_list("state", flat=True))
    assert states == [State.NOT_APPLIED, State.CONFLICT, State.SAVED]


def test_other_values_in_the_books_are_compared_once(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = given_up(author, job, sandbox)
    change(sandbox, phone="555-0199")
    record = refresh.read_record(job.tenant, get_table(job.tenant, job.kind), job.remote_id)
    settle.settle_due()
    edit.refresh_from_db()
    assert (edit.state, edit.result, settle.find_late_landings()) == (State.NOT_APPLIED, record.version, [])


def test_a_write_that_landed_and_was_changed_further_before_it_was_seen_is_saved(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = given_up(author, job, sandbox)
    sandbox.control("land")
    change(sandbox, fax="555-0188")
    refresh.read_record(job.tenant, get_table(job.tenant, job.kind), job.remote_id)
    settle.settle_due()
    edit.refresh_from_db()
    assert edit.state == State.SAVED


def test_an_author_who_looks_again_while_it_may_still_land_is_told_that_it_is_unknown(
    author: Member, as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    fail(sandbox, "land_late", seconds=600)
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    edit = Edit.objects.get()
    for landed in (State.UNKNOWN, State.SAVED):
        as_bob.post(f"/t/abc/edits/{edit.pk}/", {"check": "1"})
        assert "Refresh" in as_bob.get(f"/t/abc/edits/{edit.pk}/"), "the page shows by itself what comes of it"
        assert run_queued_tasks("reads") == ["settle_now"]
        edit.refresh_from_db()
        assert edit.state == landed
        sandbox.control("land")
