"""The undo of a bulk change goes back record by record; what was changed since is asked about, never replaced."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from books.models import Record
from edits.batches import moves, plan, undo
from edits.models.batch import Batch, Finding, Step
from edits.models.edit import Edit, State
from records.content import Reference
from records.diff import load_changes
from tenants.access import Member
from tests.edits.lifecycle.queueing import find_again, save_values, send
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

from .planning import NEW_PHONE, get_now, list_steps, plan_batch, plan_phones, propose, run, start
from .test_page import post
from .test_run import SAVED, member, records

__all__ = ["member", "records"]


def plan_undo(member: Member, batch: Batch) -> Batch:
    planned = undo.plan_undo(member.person, {member.tenant.pk: member}, batch)
    assert planned is not None
    return planned


def change_all(member: Member, records: list[Record]) -> Batch:
    batch = start(plan_phones(member, records))
    run()
    batch.refresh_from_db()
    return batch


def list_phones(records: list[Record]) -> list[str]:
    return [get_now(record)["phone"] for record in records]


def test_an_undo_equals_the_start(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    before = [get_now(record)["phone"] for record in records]
    back = start(plan_undo(member, change_all(member, records)))
    run()
    assert (list_steps(back), list_phones(records)) == ([SAVED] * 3, before)
    assert Edit.objects.filter(batch=back, undoes__batch=back.undoes).count() == 3


def test_an_undo_is_planned_some_records_at_a_time(
    member: Member, records: list[Record], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    batch = change_all(member, records)
    monkeypatch.setattr(plan, "AT_ONCE", 1)
    for module, name in ((undo, "_make_proposal"), (plan, "_examine")):
        monkeypatch.setattr(module, name, partial(call_and_tell, getattr(module, name), steps))
    plan_undo(member, batch)
    assert steps == ["_make_proposal", "_examine"] * 3


def call_and_tell(call: Callable[..., Any], steps: list[str], *given: Any) -> Any:
    steps.append(call.__name__)
    return call(*given)


def test_an_undo_of_an_undo_equals_the_change(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    back = start(plan_undo(member, change_all(member, records)))
    run()
    start(plan_undo(member, back))
    run()
    assert list_phones(records) == [NEW_PHONE] * 3


def test_what_somebody_typed_besides_in_the_form_stays(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    one, batch = records[0], start(plan_phones(member, records))
    changes = {"phone": "555-0199"}
    sandbox.change(endUserId=member.tenant.end_user_id, resource="customers", id=one.remote_id, changes=changes)
    run()
    clashing = Edit.objects.get(remote_id=one.remote_id, state=State.CONFLICT)
    form = f"/t/{member.tenant.slug}/customers/{one.remote_id}/edit"
    answer = as_bob.post(form, inputs(as_bob.get(f"{form}?from={clashing.pk}")) | {"fax": "777-7777"})
    while answer.status_code == 422:
        answer = as_bob.post(form, agreed(answer))
    back = plan_undo(member, batch)
    item = back.items.get(remote_id=one.remote_id)
    start(back)
    run()
    assert (item.finding, item.problem) == (Finding.CHANGES, undo.BY_HAND)
    assert [(change.label, change.was) for change in load_changes(item.changes)] == [("Phone", NEW_PHONE)]
    assert (get_now(one)["phone"], get_now(one)["fax"]) == ("555-0199", "777-7777")


def test_what_was_changed_since_is_asked_about(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = change_all(member, records)
    now = Record.objects.select_related("version", "tenant").get(pk=records[0].pk)
    save_values(member, now, "form-1", phone="555-0177")
    send()
    planned = plan_undo(member, batch)
    found = dict(planned.items.values_list("remote_id", "finding"))
    start(planned)
    run()
    assert found[records[0].remote_id] == Finding.CLASH
    steps = dict(planned.items.values_list("remote_id", "edit__state"))
    assert (steps[records[0].remote_id], get_now(records[0])["phone"]) == (State.CONFLICT, "555-0177")


def test_other_fields_changed_since_stay(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    before, batch = get_now(records[0])["phone"], change_all(member, records)
    now = Record.objects.select_related("version", "tenant").get(pk=records[0].pk)
    save_values(member, now, "form-1", email="a@example.com")
    send()
    start(plan_undo(member, batch))
    run()
    assert (get_now(records[0])["phone"], get_now(records[0])["email"]) == (before, "a@example.com")


def test_only_what_was_saved_is_undone(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = change_all(member, records[:2])
    Edit.objects.filter(pk__in=batch.items.filter(number=1).values("edit")).update(state=State.NOT_APPLIED)
    assert [item.remote_id for item in plan_undo(member, batch).items.all()] == [records[1].remote_id]


def test_a_second_undo_changes_nothing(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = change_all(member, records)
    start(plan_undo(member, batch))
    run()
    assert set(plan_undo(member, batch).items.values_list("finding", flat=True)) == {Finding.UNCHANGED}


def test_of_a_bulk_change_that_saved_nothing_nothing_is_undone(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    moves.cancel_rest(batch)
    page = as_bob.get(batch.get_absolute_url()).content.decode()
    answer = as_bob.post(batch.get_absolute_url(), {"do": "undo"}, follow=True)
    assert ("Undo this bulk change" in page, answer.status_code, Batch.objects.count()) == (False, 200, 1)
    assert "Nothing of it was saved, so there is nothing to undo." in answer.content.decode()


def offers_undo(client: Client, batch: Batch) -> bool:
    return "Undo this bulk change" in client.get(batch.get_absolute_url()).content.decode()


def test_the_undo_is_offered_again_after_one_that_took_nothing_back(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = change_all(member, records)
    back = start(plan_undo(member, batch))
    offered = [offers_undo(as_bob, batch)]
    moves.cancel_rest(back)
    offered.append(offers_undo(as_bob, batch))
    back = start(plan_undo(member, batch))
    run()
    offered.append(offers_undo(as_bob, batch))
    start(plan_undo(member, back))
    run()
    offered.append(offers_undo(as_bob, batch))
    assert offered == [False, True, False, True]


def test_the_rest_can_be_undone_after_an_undo_of_some_records(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    before, batch = list_phones(records), change_all(member, records)
    back = plan_undo(member, batch)
    moves.choose(back, [1, 2, 3], [2])
    start(back)
    run()
    assert "Undo the rest" in as_bob.get(batch.get_absolute_url()).text
    start(plan_undo(member, batch))
    run()
    assert list_phones(records) == before
    assert "Undo the rest" not in as_bob.get(batch.get_absolute_url()).text


def test_what_cannot_be_taken_back_is_said(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    customers = Record.objects.filter(tenant=member.tenant, kind="customers", deleted_at=None).order_by("pk")
    blank = next(one for one in map(find_again, customers) if get_now(one)["terms"] is None)
    found = Record.objects.filter(tenant=member.tenant, kind="standard-terms", deleted_at=None)[0]
    terms = Reference(found.remote_id, found.full_name or "")
    batch = start(plan_batch(propose(member, blank, terms=terms, phone=NEW_PHONE)))
    run()
    (item,) = plan_undo(member, batch).items.all()
    said = "Terms stays: it cannot be cleared in QuickBooks once it is set."
    assert (item.finding, item.problem) == (Finding.CHANGES, said)
    assert [change.label for change in load_changes(item.changes)] == ["Phone"]


def test_another_bookkeeper_undoes_it_in_two_clicks(
    as_alice: Client, alice: User, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = change_all(member, records)
    answer = post(as_alice, batch, "undo")
    planned = Batch.objects.latest("pk")
    assert (answer["Location"], planned.person) == (planned.get_absolute_url(), alice)
    post(as_alice, planned, "start")
    run()
    assert list_steps(planned) == [(Step.BEGUN, State.SAVED)] * 3
