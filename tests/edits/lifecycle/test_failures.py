"""Whatever goes wrong in a save ends it: not sent while nothing had left, unknown from then on, and then settled."""

from collections.abc import Callable
from datetime import timedelta
from time import sleep

import pytest
from django.db import connection
from django.utils import timezone

from books import registry
from books.mirror import lookup, store
from books.models import Record, Version
from books.providers import errors, upkeep
from books.sync import refresh
from edits.lifecycle import leases, save, settle, transitions
from edits.models.edit import Edit, State
from tenants.access import Member
from tests.customers.test_edit import change, sent
from tests.support import between as line
from tests.support import saving
from tests.support.between import Between, Spoil
from tests.support.database import Trouble, list_held_lines
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .test_save import NEW_PHONE, author, in_the_books, save_phone

__all__ = ["author"]  # a fixture

DEEP = b"[" * 200_000 + b"]" * 200_000
BAD_ANSWERS: dict[str, Spoil] = {
    "JSON without id": line.without("id"),
    "200,000 levels": line.answered(DEEP),
    "a list": line.answered(b"[1]"),
    "half a JSON": line.answered(b'{"id": "8'),
    "wrong types": line.having(balance={"much": 1}, billingAddress=[1], parent="x", isActive=[[]]),
    "a huge number": line.having(balance="9" * 400),
}


def life_of(edit: Edit) -> list[str]:
    edit.refresh_from_db()
    return [state for state, _ in edit.state_log]


def the_edit() -> Edit:
    return Edit.objects.latest("pk")


@pytest.mark.parametrize("member", ["phone", "name", "revisionNumber"], ids=["asked for", "not asked for", "revision"])
def test_an_answer_without_a_member_says_nothing_of_it_and_the_record_is_read(
    author: Member, job: Record, sandbox: Sandbox, between: Between, member: str
) -> None:
    between.spoil(line.without(member))
    edit = save_phone(author, job)
    assert (life_of(edit)[-2:], edit.differs, len(sent(sandbox))) == ([State.UNKNOWN, State.SAVED], "", 1)
    now = lookup.get_content(lookup.find_record(job.tenant, "customers", job.remote_id))
    assert (now["phone"], now["name"]) == (NEW_PHONE, lookup.get_content(job)["name"])


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_an_answer_that_cannot_be_understood_ends_as_unknown_and_is_found_out_to_be_saved(
    author: Member, job: Record, sandbox: Sandbox, between: Between, name: str
) -> None:
    between.spoil(BAD_ANSWERS[name])
    edit = save_phone(author, job)
    assert (life_of(edit), len(sent(sandbox))) == ([State.QUEUED, State.SENDING, State.UNKNOWN, State.SAVED], 1)


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_where_the_record_cannot_be_read_either_it_stays_unknown_and_the_next_save_goes_out_at_once(
    author: Member, job: Record, sandbox: Sandbox, between: Between, name: str
) -> None:
    for method in ("POST", "GET"):
        between.spoil(BAD_ANSWERS[name], method)
    with pytest.raises(errors.BadAnswer):
        save_phone(author, job)
    first = the_edit()
    assert life_of(first) == [State.QUEUED, State.SENDING, State.UNKNOWN]
    assert list_held_lines() == []
    with pytest.raises(errors.Stale):
        save_phone(author, job, phone="555-0111")  # the first was carried out, so the record has moved
    assert len(sent(sandbox)) == 2


@pytest.mark.parametrize("kind", [KeyError, RecursionError, MemoryError])
def test_a_fault_of_any_kind_between_sending_and_storing_is_looked_into_at_once(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    store_version = store.store_version

    def fail(*_: object) -> None:
        monkeypatch.setattr(store, "store_version", store_version)  # so that the look that follows stores again
        raise kind  # no vendor can bring about each of them at will

    monkeypatch.setattr(store, "store_version", fail)
    edit = save_phone(author, job)
    assert (life_of(edit), len(sent(sandbox))) == ([State.QUEUED, State.SENDING, State.UNKNOWN, State.SAVED], 1)


def mistaken(*_: object) -> None:
    raise KeyError("a mistake of ours, before anything is sent")


def test_what_fails_before_anything_has_left_is_not_sent(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("books.providers.conductor.client.compose_body", mistaken)
    with pytest.raises(errors.NotBegun):
        save_phone(author, job)
    assert (the_edit().state, the_edit().error, sent(sandbox)) == (State.NOT_SENT, "NotBegun", [])


Begins = Callable[[Trouble], None]
TROUBLES: dict[str, Begins] = {"locked": Trouble.lock, "full": Trouble.fill, "not writable": Trouble.forbid}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_database_that_does_not_take_the_edit_leaves_none_and_nothing_is_sent(
    author: Member, job: Record, sandbox: Sandbox, trouble: Trouble, name: str
) -> None:
    big = lookup.get_content(job).replace(note="x" * 4000)  # there may be room for a small one
    TROUBLES[name](trouble)
    with pytest.raises(errors.NotBegun):
        saving.save(author, job, big)
    trouble.over()
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_a_database_in_which_nothing_can_be_taken_back_says_so_and_the_edit_stays_queued(
    author: Member, job: Record, sandbox: Sandbox, trouble: Trouble
) -> None:
    was = lookup.get_content(job)
    queued = saving.accept(author, job, was.replace(phone=NEW_PHONE))
    trouble.lock()
    with pytest.raises(errors.NotBegun):
        saving.accept(author, job, was)
    trouble.over()
    assert life_of(queued) == [State.QUEUED]


@pytest.mark.parametrize("name", TROUBLES)
def test_a_database_that_does_not_take_the_answer_leaves_an_edit_that_is_settled_once_it_does(
    author: Member, job: Record, sandbox: Sandbox, between: Between, trouble: Trouble, name: str
) -> None:
    pad = line.having(notes="n" * 200_000) if name == "full" else line.plain
    between.spoil(lambda taken, done: (TROUBLES[name](trouble), pad(taken, done))[1])
    with pytest.raises(errors.NotRecorded):
        save_phone(author, job)
    trouble.over()
    wait_until(lambda: Edit.objects.filter(state=State.UNKNOWN).exists())
    settle.settle_due()
    assert (life_of(the_edit()), in_the_books(sandbox, job)) == (
        [State.QUEUED, State.SENDING, State.UNKNOWN, State.SAVED],
        NEW_PHONE,
    )


def test_after_a_database_that_did_not_take_the_answer_the_next_save_of_the_company_goes_out_at_once(
    author: Member, job: Record, sandbox: Sandbox, between: Between, trouble: Trouble
) -> None:
    between.spoil(line.after(trouble.lock))
    with pytest.raises(errors.NotRecorded):
        save_phone(author, job)
    trouble.over()
    assert list_held_lines() == []
    other = lookup.find_record(job.tenant, "customers", str(job.parent_id))
    assert save_phone(author, other, token="form-2").state == State.SAVED


def test_a_refusal_that_the_database_does_not_take_is_recorded_once_it_does(
    author: Member, job: Record, sandbox: Sandbox, between: Between, trouble: Trouble
) -> None:
    sandbox.fault(operation="update", fault="refuse", integrationCode="3171")
    between.spoil(line.after(trouble.lock))
    with pytest.raises(errors.Refused):
        save_phone(author, job)
    trouble.over()
    wait_until(lambda: Edit.objects.filter(state=State.REFUSED).exists())
    assert (the_edit().error, the_edit().code) == ("Refused", "3171")


def under_way(author: Member, job: Record, lease: float, form: str = "form-1") -> Edit:
    """An edit of this very process that is being sent, with so many seconds of its lease left."""
    edit = saving.accept(author, job, lookup.get_content(job).replace(phone=NEW_PHONE), form)
    leases.begin(edit)
    leases.end(edit)
    transitions.renew([edit.pk], timezone.now() + timedelta(seconds=lease))
    edit.refresh_from_db()
    return edit


def test_an_edit_whose_thread_has_let_go_in_a_process_that_lives_is_settled(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = under_way(author, job, lease=0)
    assert (settle.settle_due(), life_of(edit)) == (1, [State.QUEUED, State.SENDING, State.UNKNOWN])


def test_the_lease_of_a_save_is_no_longer_than_a_thread_may_be_missed(author: Member, job: Record) -> None:
    edit = saving.accept(author, job, lookup.get_content(job).replace(phone=NEW_PHONE))
    assert edit.lease_until is None, "what is queued belongs to no process"
    leases.begin(edit)
    leases.end(edit)
    edit.refresh_from_db()
    assert edit.lease_until is not None
    assert edit.lease_until - timezone.now() <= leases.LEASE


def test_a_save_that_takes_longer_than_its_lease_stays_its_threads_own(
    job: Record, author: Member, between: Between, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE", leases.LEASE / 20)
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(leases, "_is_beating", False)  # another test's renewing may still wait for its next turn
    monkeypatch.setattr(upkeep, "TRY_AGAIN_SECONDS", 0.1)
    due: list[Edit] = []

    def look() -> None:
        sleep(1.5)  # the vendor's time, longer than the lease
        due.extend(settle.list_due())
        connection.close()

    between.spoil(line.after(look))
    assert (save_phone(author, job).state, due) == (State.SAVED, [])


def test_a_save_that_another_process_has_begun_and_given_up_is_not_sent_any_more(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = saving.accept(author, job, lookup.get_content(job).replace(phone=NEW_PHONE))
    found = Edit.objects.select_related("tenant", "base", "person").get(pk=edit.pk)  # by a process that freezes then
    leases.begin(edit)
    leases.end(edit)
    settle.mark_unknown(Edit.objects.get(pk=edit.pk))
    assert (save.carry_out(found).state, sent(sandbox)) == (State.UNKNOWN, [])


def test_a_second_post_of_a_form_whose_first_was_left_alone_is_answered_by_that_edit(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = under_way(author, job, lease=0)
    again = saving.accept(author, job, lookup.get_content(job).replace(phone=NEW_PHONE))
    assert (again, Edit.objects.count(), sent(sandbox)) == (edit, 1, [])


def test_one_edit_that_cannot_be_settled_does_not_stop_the_others(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = under_way(author, job, lease=0)
    change(sandbox, fax="555-0199")
    job = refresh.read_record(job.tenant, registry.get_table(job.tenant, job.kind), job.remote_id)
    second = under_way(author, job, lease=0, form="form-2")
    Version.objects.filter(pk=str(first.base_id)).update(content='{"balance": [')
    change(sandbox, phone="555-0111")
    assert (settle.settle_due(), life_of(first)[-1], life_of(second)[-1]) == (2, State.UNKNOWN, State.CONFLICT)
    assert first.look_at is not None
    assert first.look_at > timezone.now()


def test_one_edit_that_cannot_be_compared_does_not_hide_that_another_came_late(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = under_way(author, job, lease=0)
    change(sandbox, fax="555-0199")
    job = refresh.read_record(job.tenant, registry.get_table(job.tenant, job.kind), job.remote_id)
    second = under_way(author, job, lease=0, form="form-2")
    Edit.objects.update(state=State.NOT_APPLIED, uncertain_until=timezone.now(), settled_at=timezone.now())
    Version.objects.filter(pk=str(first.base_id)).update(content='{"balance": [')
    change(sandbox, phone=NEW_PHONE)
    refresh.read_record(job.tenant, registry.get_table(job.tenant, job.kind), job.remote_id)
    settle.settle_due()
    assert (Edit.objects.get(pk=first.pk).state, Edit.objects.get(pk=second.pk).state) == (
        State.NOT_APPLIED,
        State.SAVED,
    )
    assert settle.find_late_landings() == []


def test_the_pauses_of_an_edit_that_cannot_be_settled_grow(author: Member, job: Record, sandbox: Sandbox) -> None:
    pauses = []
    for age in (0, 60, 120, 600, 6000):
        edit = under_way(author, job, lease=0, form=f"form-{age}")
        sandbox.fault(operation="retrieve", fault="not_active")
        Edit.objects.filter(pk=edit.pk).update(sent_at=timezone.now() - timedelta(seconds=age))
        settle.settle_edit(edit)
        assert edit.look_at is not None
        pauses.append(round((edit.look_at - timezone.now()).total_seconds()))
    assert pauses == [15, 15, 30, 150, 300]
