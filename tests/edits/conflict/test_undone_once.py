"""A change is undone once: whoever asks again, from whatever page, is told that it was, or that it is being undone."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from books.models import Record
from edits.batches import undo as batch_undo
from edits.lifecycle import settle, transitions
from edits.models.batch import BatchItem, Finding, Step
from edits.models.edit import Edit, State
from tenants.access import Member
from tests.customers.test_edit import ABC
from tests.edits.batches.planning import list_steps, plan_batch, propose, run, start
from tests.edits.lifecycle.queueing import find_again, save, send
from tests.edits.lifecycle.test_last_check import author, refuse
from tests.edits.lifecycle.test_lines_in_turn import add_line, bill
from tests.support.inputs import agreed, inputs
from tests.support.people import PatientClient
from tests.support.vendor import Sandbox

from .test_custom_values import held
from .test_undo import at, said

__all__ = ["author", "bill"]  # fixtures
BOB_UNDOES = "Bob is undoing this change."


def list_memos(bill: Record) -> list[str]:
    return [line["memo"] for line in held(bill)["expense_lines"]]


@pytest.fixture
def removal(author: Member, bill: Record, sandbox: Sandbox) -> Edit:
    """The saved removal of a line: each undo of it brings a line of that memo."""
    save(author, bill, add_line(held(bill), "One", "0.00"), "form-1")
    send()
    now = held(bill)
    save(author, find_again(bill), now.replace(expense_lines=now["expense_lines"][:-1]), "form-2")
    send()
    return Edit.objects.select_related("tenant").latest("pk")


def undo(client: PatientClient, edit: Edit, page: Any) -> Any:
    """Confirm an undo on its page and agree to what is asked, but let no worker send it."""
    answer = client.post_only(at(edit), inputs(page, "conflict") | {"confirm": "1"}, follow=True)
    while answer.status_code == 422:
        answer = client.post_only(at(edit), agreed(answer, "conflict"), follow=True)
    return answer


def test_an_undo_under_way_is_not_made_again_in_another_tab(as_bob: PatientClient, removal: Edit, bill: Record) -> None:
    tabs = [as_bob.get(at(removal)) for _ in range(2)]
    first, second = (undo(as_bob, removal, tab) for tab in tabs)
    opened = as_bob.get(at(removal), follow=True)
    page = as_bob.get(f"/t/abc/edits/{removal.pk}/")
    send()
    assert (BOB_UNDOES in said(first), BOB_UNDOES in said(second), BOB_UNDOES in said(opened)) == (False, True, True)
    assert ("Bob is undoing it:" in said(page), "Undo this change" in said(page)) == (True, False)
    assert list_memos(bill).count("One") == 1


def test_nor_by_somebody_else(as_bob: PatientClient, as_alice: PatientClient, removal: Edit, bill: Record) -> None:
    pages = [(client, client.get(at(removal))) for client in (as_bob, as_alice)]
    answers = [undo(client, removal, page) for client, page in pages]
    send()
    assert [BOB_UNDOES in said(answer) for answer in answers] == [False, True]
    assert list_memos(bill).count("One") == 1


def test_nor_while_the_first_has_no_answer(
    as_bob: PatientClient, removal: Edit, bill: Record, sandbox: Sandbox
) -> None:
    tabs = [as_bob.get(at(removal)) for _ in range(2)]
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="cut_after")
    sandbox.fault(endUserId=ABC, operation="retrieve", resource="bills", count=1, fault="timeout")
    undo(as_bob, removal, tabs[0])
    send()
    second = undo(as_bob, removal, tabs[1])
    Edit.objects.filter(state=State.UNKNOWN).update(look_at=None)
    settle.settle_due()
    send()
    assert (BOB_UNDOES in said(second), list_memos(bill).count("One")) == (True, 1)


def test_the_page_that_has_made_it_may_still_answer_otherwise(
    as_bob: PatientClient, removal: Edit, bill: Record
) -> None:
    page = as_bob.get(at(removal))
    answers = [undo(as_bob, removal, page) for _ in range(2)]
    send()
    assert [BOB_UNDOES in said(answer) for answer in answers] == [False, False]
    assert list_memos(bill).count("One") == 1


def test_an_undo_counts_until_it_is_undone_itself(as_bob: PatientClient, removal: Edit, bill: Record) -> None:
    undo(as_bob, removal, as_bob.get(at(removal)))
    send()
    first = Edit.objects.select_related("tenant").latest("pk")
    undo(as_bob, first, as_bob.get(at(first)))
    opened = [as_bob.get(at(removal)).status_code]
    send()
    opened.append(as_bob.get(at(removal)).status_code)
    assert (opened, "One" in list_memos(bill)) == ([303, 200], False)


def test_a_new_undo_stands_for_its_authors_failed_one(
    as_bob: PatientClient, as_alice: PatientClient, alice: User, removal: Edit, bill: Record, sandbox: Sandbox
) -> None:
    failed = []
    for client in (as_alice, as_bob):
        refuse(sandbox, "bills")
        undo(client, removal, client.get(at(removal)))
        send()
        failed.append(Edit.objects.latest("pk"))
    undo(as_bob, removal, as_bob.get(at(removal)))
    send()
    saved = Edit.objects.latest("pk")
    for edit in failed:
        edit.refresh_from_db()
    assert ([edit.state for edit in failed], saved.state) == ([State.REFUSED] * 2, State.SAVED)
    assert [edit.resolved_by for edit in failed] == [None, saved]


def test_nor_is_an_undo_in_conflict_decided_after_another_one(
    as_bob: PatientClient, as_alice: PatientClient, removal: Edit, bill: Record
) -> None:
    undo(as_alice, removal, as_alice.get(at(removal)))
    clashing = Edit.objects.select_related("tenant").latest("pk")
    transitions.move_edit(clashing, State.CONFLICT, refused_at=None, settled_at=None)
    undo(as_bob, removal, as_bob.get(at(removal)))
    send()
    own = f"/t/abc/edits/{clashing.pk}/"
    answer = as_alice.post(own, inputs(as_alice.get(own), "conflict"), follow=True)
    send()
    assert ("Bob has already undone this change." in said(answer), list_memos(bill).count("One")) == (True, 1)


def refuse_undo(client: PatientClient, edit: Edit, sandbox: Sandbox) -> Edit:
    """Undo an edit, which QuickBooks refuses."""
    refuse(sandbox, "bills")
    undo(client, edit, client.get(at(edit)))
    send()
    return Edit.objects.select_related("tenant").latest("pk")


def go_on(client: PatientClient, bill: Record, failed: Edit, page: Any = None, **typed: str) -> Any:
    """Save the form that continues a change, agreeing to whatever is asked, but let no worker send it."""
    form = f"/t/abc/bills/{bill.remote_id}/edit"
    answer = client.post_only(form, inputs(page or client.get(f"{form}?from={failed.pk}")) | typed)
    while answer.status_code == 422 and "confirm-" in answer.content.decode():
        answer = client.post_only(form, agreed(answer))
    return answer


def test_an_undo_that_goes_on_in_the_form_is_that_undo(
    as_bob: PatientClient, removal: Edit, bill: Record, sandbox: Sandbox
) -> None:
    go_on(as_bob, bill, refuse_undo(as_bob, removal, sandbox))
    send()
    saved = Edit.objects.latest("pk")
    opened = as_bob.get(at(removal), follow=True)
    assert (saved.state, saved.undoes) == (State.SAVED, removal)
    assert ("Bob has already undone this change." in said(opened), list_memos(bill).count("One")) == (True, 1)


def test_what_leaves_the_undo_out_in_the_form_is_none(
    as_bob: PatientClient, removal: Edit, bill: Record, sandbox: Sandbox
) -> None:
    failed = refuse_undo(as_bob, removal, sandbox)
    number = len(held(bill)["expense_lines"])
    go_on(as_bob, bill, failed, **{f"expense_lines-{number}-remove": "on", "memo": "typed instead"})
    send()
    saved = Edit.objects.latest("pk")
    assert (saved.state, saved.undoes, saved.fields.split()) == (State.SAVED, None, ["memo"])


def test_nor_is_an_undo_gone_on_with_in_the_form_after_another_one(
    as_bob: PatientClient, as_alice: PatientClient, removal: Edit, bill: Record, sandbox: Sandbox
) -> None:
    failed = refuse_undo(as_bob, removal, sandbox)
    undo(as_alice, removal, as_alice.get(at(removal)))
    answer = go_on(as_bob, bill, failed)
    send()
    told = "Alice is undoing this change. Nothing was saved."
    assert (answer.status_code, told in said(answer), list_memos(bill).count("One")) == (422, True, 1)


def test_two_forms_that_go_on_with_an_undo_are_one_undo(
    as_bob: PatientClient, removal: Edit, bill: Record, sandbox: Sandbox
) -> None:
    failed = refuse_undo(as_bob, removal, sandbox)
    tabs = [as_bob.get(f"/t/abc/bills/{bill.remote_id}/edit?from={failed.pk}") for _ in range(2)]
    for tab in tabs:
        go_on(as_bob, bill, failed, tab)
        send()
    assert (list_memos(bill).count("One"), removal.undone_by.filter(state=State.SAVED).count()) == (1, 1)


def test_a_planned_undo_of_a_bulk_change_leaves_out_what_was_undone_alone(
    as_bob: PatientClient, author: Member, bill: Record, sandbox: Sandbox
) -> None:
    save(author, bill, add_line(held(bill), "One", "0.00"), "form-1")
    send()
    less = held(bill)["expense_lines"][:-1]
    batch = start(plan_batch(propose(author, find_again(bill), expense_lines=less), kind="bills"))
    run()
    removal = Edit.objects.select_related("tenant").latest("pk")
    plans = [batch_undo.plan_undo(author.person, {author.tenant.pk: author}, batch)]
    undo(as_bob, removal, as_bob.get(at(removal)))
    send()
    plans.append(batch_undo.plan_undo(author.person, {author.tenant.pk: author}, batch))
    early, late = (plan for plan in plans if plan is not None)
    start(early)
    run()
    found = list(BatchItem.objects.filter(batch__in=(early, late)).order_by("pk").values_list("finding", "problem"))
    said = "It was undone already."
    assert (list_steps(early), found) == ([(Step.SAME, "")], [(Finding.CHANGES, said), (Finding.UNCHANGED, said)])
    assert list_memos(bill).count("One") == 1
