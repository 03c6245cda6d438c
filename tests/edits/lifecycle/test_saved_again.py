"""A form that stays open is saved again: in the end the record holds what the form last asked for."""

from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books.models import Record, Version
from books.providers import errors, processes
from edits import change
from edits.history import external_changes
from edits.lifecycle import queue, requested, settle, transitions
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from edits.tasks import queue_due_edits
from records.content import Content
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, EDIT, sent
from tests.support.inputs import inputs
from tests.support.people import PatientClient
from tests.support.vendor import Sandbox

from .queueing import find_again, list_states, save_values, send, show_form
from .test_last_check import held, move

SAVED, QUEUED, DISCARDED = State.SAVED, State.QUEUED, State.DISCARDED
PHONES, FAXES = ("", "555-0100", "555-0101"), ("", "555-0102")  # "" as it was when the form was opened
MEANWHILE = ("", "send", "begin to send", "put back", "end unsaved")
SAVES = st.lists(st.tuples(st.sampled_from(PHONES), st.sampled_from(FAXES), st.sampled_from(MEANWHILE)), max_size=5)


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


def begin_to_send(edit: Edit) -> None:
    """As a worker does, which renews the lease beside its request."""
    edit.refresh_from_db()
    lease = {"process": processes.get_process_mark(), "lease_until": timezone.now() + timedelta(minutes=1)}
    assert transitions.claim_edit(edit, **lease)


def put_back(edit: Edit) -> None:
    """The company did not take it yet."""
    edit.refresh_from_db()
    queue.put_back(edit, errors.Busy())


def send_all() -> None:
    """Send what is queued, also what waits for the company."""
    Edit.objects.filter(state=QUEUED).update(waits_until=None)
    queue_due_edits()
    send()


def end_oldest() -> None:
    """End the oldest edit under way without a save: cancelled, or not sent."""
    oldest = Edit.objects.filter(state__in=(QUEUED, State.SENDING)).order_by("pk").first()
    if oldest is not None:
        transitions.move_edit(oldest, DISCARDED if oldest.state == QUEUED else State.NOT_SENT)


def leave_unanswered(sandbox: Sandbox) -> None:
    """Carry out the next write, and say neither so nor what the record is now."""
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="cut_after")
    sandbox.fault(endUserId=ABC, operation="retrieve", resource="customers", count=1, fault="timeout")


def take_steps(author: Member, job: Record, steps: list[tuple[str, str, str]], token: str) -> Content:
    """Save one form so often, with what happens after each save, and return what it asked for last."""
    record, asked = find_again(job), show_form(job)
    for number, (phone, fax, meanwhile) in enumerate(steps, start=1):
        shown = show_form(record)
        asked = shown.replace(phone=phone or shown["phone"], fax=fax or shown["fax"])
        change.apply(author, record, record.version, asked, token=token)
        waiting, _ = queue.find_next(author.tenant.pk)
        if meanwhile == "send":
            send()
        elif meanwhile == "begin to send" and waiting:
            begin_to_send(waiting)
        elif meanwhile == "put back":
            for edit in Edit.objects.filter(state=State.SENDING):
                put_back(edit)
        elif meanwhile == "end unsaved" and number < len(steps):
            end_oldest()
    return asked


@given(steps=SAVES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_record_holds_what_an_open_form_asked_for_last(
    author: Member, job: Record, sandbox: Sandbox, steps: list[tuple[str, str, str]]
) -> None:
    asked = take_steps(author, find_again(job), steps, f"form-{Edit.objects.count()}")
    for edit in Edit.objects.filter(state=State.SENDING):
        put_back(edit)
    send_all()
    assert (held(job)["phone"], held(job)["fax"]) == (asked["phone"], asked["fax"])
    assert set(list_states()) <= {SAVED, DISCARDED, State.NOT_SENT}
    assert not Edit.objects.filter(wanted="{}").exists()


def test_what_is_asked_for_again_while_it_is_being_saved_is_one_edit(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100")
    begin_to_send(first)
    second = save_values(author, job, "form-1", phone="555-0101")
    third = save_values(author, job, "form-1", phone="555-0100")
    put_back(first)
    send_all()
    external_changes.record_next()
    second.refresh_from_db()
    assert (third, second.resolved_by, list_states()) == (first, first, [SAVED, DISCARDED])
    assert (held(job)["phone"], ExternalChange.objects.count(), len(sent(sandbox))) == ("555-0100", 0, 1)


def test_what_was_saved_can_be_taken_back_in_the_same_form(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT))
    for phone in ("555-0100", form["phone"]):
        as_bob.post(EDIT, form | {"phone": phone, "save": "1"})
        send()
    assert (held(job)["phone"], list_states()) == (form["phone"], [SAVED, SAVED])


def test_what_is_queued_can_be_taken_back_in_the_same_form(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT))
    as_bob.post_only(EDIT, form | {"phone": "555-0100", "save": "1"})
    page = as_bob.post_only(EDIT, form | {"save": "1"}, follow=True).content.decode()
    send()
    assert "You took your change back before it was sent. Nothing was saved." in page
    assert (list_states(), sent(sandbox)) == ([DISCARDED], [])


def test_a_form_with_newer_values_waits_for_what_it_is_saving_already(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    as_bob.post_only(EDIT, form | {"save": "1"})
    first = Edit.objects.get()
    begin_to_send(first)
    move(sandbox, job, fax="555-0102")
    newer = inputs(as_bob.post_only(EDIT, form | {"rebase": "1"}))
    again = as_bob.post_only(EDIT, newer | {"save": "1"})["Location"]
    put_back(first)
    send_all()
    outcome = as_bob.post_only(EDIT, newer | {"outcome": f"{first.pk}"})
    assert (again, outcome.status_code) == (f"/t/abc/edits/{first.pk}/?saving=1", 303)


@given(phones=st.lists(st.sampled_from(("555-0100", "555-0101")), max_size=5))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_form_that_has_clashed_may_be_posted_again_and_each_change_is_one_conflict(
    as_bob: PatientClient, job: Record, sandbox: Sandbox, phones: list[str]
) -> None:
    before, form = Edit.objects.count(), inputs(as_bob.get(EDIT))
    move(sandbox, job, phone=f"555-{Version.objects.count()}")
    shown = [as_bob.post(EDIT, form | {"phone": phone, "rebase": "1"}).context["edit"] for phone in phones]
    asked = [requested.get_requested(edit)["phone"] for edit in shown]
    assert asked == phones
    assert Edit.objects.count() - before == len(list(groupby(phones)))


def test_a_third_save_is_behind_an_unanswered_one_also_if_the_second_was_cancelled(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    was, values = held(job)["phone"], dict[str, Any](phone="555-0100")
    leave_unanswered(sandbox)
    first = save_values(author, job, "form-1", **values)
    send()
    save_values(author, job, "form-1", **values, fax="555-0101")
    queue.cancel_form(author, "form-1")
    third = save_values(author, job, "form-1", fax="555-0102")
    Edit.objects.filter(pk=first.pk).update(look_at=None)
    settle.settle_due()
    send()
    assert (third.behind, list_states()) == (first, [SAVED, DISCARDED, SAVED])
    assert (held(job)["phone"], held(job)["fax"]) == (was, "555-0102")


def test_a_third_save_replaces_the_second_also_if_the_first_ended_unsaved(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100")
    begin_to_send(first)
    second = save_values(author, job, "form-1", phone="555-0101")
    first.refresh_from_db()
    transitions.move_edit(first, State.NOT_SENT)
    third = save_values(author, job, "form-1", phone="555-0102")
    send()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.resolved_by, second.resolved_by) == (third, third)
    assert (list_states(), held(job)["phone"]) == ([State.NOT_SENT, DISCARDED, SAVED], "555-0102")


def test_of_two_saves_at_once_one_replaces_the_other(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_to_send(save_values(author, job, "form-1", phone="555-0100"))
    save_values(author, job, "form-1", phone="555-0101")
    withdraw = change._withdraw

    def be_overtaken(*what: Any) -> bool:
        monkeypatch.setattr(change, "_withdraw", withdraw)
        save_values(author, job, "form-1", phone="555-0103")
        return withdraw(*what)

    monkeypatch.setattr(change, "_withdraw", be_overtaken)
    save_values(author, job, "form-1", phone="555-0102")
    assert list_states() == [State.SENDING, DISCARDED, DISCARDED, QUEUED]
