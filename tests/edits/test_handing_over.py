"""What somebody has left open goes to another member whom an administrator names, and says so; nobody else sees it."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from administration.people import rules
from administration.people.actors import Actor, PeopleRefused
from books.models import Record
from edits.handing_over import OpenWork, count_work, hand_over, list_left_behind
from edits.lifecycle import transitions
from edits.lifecycle.drafts import read_typed
from edits.lifecycle.form_token import NotYours, read_token
from edits.lifecycle.rebase import _list_chain
from edits.models.batch import Batch, BatchState
from edits.models.edit import Edit, State
from edits.models.fetching import fetch_edit
from tenants.access import Member, find_member
from tenants.models import Membership, Role, Tenant
from tests.customers.test_edit import EDIT, change, sent
from tests.edits.batches.planning import list_steps, plan_batch, plan_phones, propose, run, start
from tests.edits.batches.test_run import SAVED, member, records
from tests.edits.conflict.test_undone_once import list_memos
from tests.edits.lifecycle.queueing import list_states, save_values, send
from tests.edits.lifecycle.test_drafts import draft, typed
from tests.edits.lifecycle.test_last_check import held
from tests.edits.lifecycle.test_lines_in_turn import bill
from tests.support.inputs import agreed, inputs
from tests.support.markup import one_line
from tests.support.people import PatientClient, signed_in
from tests.support.vendor import Sandbox

__all__ = ["bill", "member", "records"]
TWELVE = Decimal("12.50")

LEFT = (State.CONFLICT, State.REFUSED, State.NOT_SENT, State.NOT_APPLIED)


def give(tenant: Tenant, person: User, to: User) -> OpenWork:
    return hand_over(tenant, person, to, "alice")


def editor(tenant: Tenant, person: User) -> Member:
    found = find_member(tenant, person)
    assert found is not None
    return found


def page(client: Client, path: str) -> str:
    return unescape(one_line(client.get(path).content.decode()))


def an_open_edit(tenant: Tenant, person: User, state: State, **more: Any) -> Edit:
    """An edit of Ada in this state, as the table has it."""
    columns = {"kind": "customers", "remote_id": "8-1", "record_name": "Ada", "wanted": "{}", "fields": " phone "}
    return Edit.objects.create(
        tenant=tenant,
        person=person,
        person_name=person.username,
        state=state,
        state_log=[[state, timezone.now().isoformat()]],
        sent_at=timezone.now(),
        **{**columns, **more},
    )


def author_of(edit: Edit) -> str:
    edit.refresh_from_db()
    return edit.person.username if edit.person else ""


def test_a_draft_goes_on_in_the_form_of_its_new_author(
    as_bob: Client, as_alice: Client, bob: User, alice: User, job: Record, sandbox: Sandbox
) -> None:
    typed(as_bob, phone="555-0100")
    give(job.tenant, bob, alice)
    form = as_alice.get(f"{EDIT}?draft={draft().pk}")
    answer = as_alice.post(EDIT, inputs(form))
    (edit,) = Edit.objects.all()
    assert "Handed over from Bob to Alice by Alice" in unescape(one_line(form.content.decode()))
    assert ([body["phone"] for body in sent(sandbox)], answer.status_code) == (["555-0100"], 303)
    assert (edit.state, edit.person_name) == (State.SAVED, "alice"), "who sends it has made the change"


def type_a_line(client: PatientClient, bill: Record) -> dict[str, str]:
    """What a form posts in which somebody has typed a new line, with its total."""
    form, shown = inputs(client.get(form_of(bill))), held(bill)
    start = f"expense_lines-{len(shown['expense_lines'])}-"
    line = {"id": "-1", "account": shown["expense_lines"][0]["account"].name, "amount": "12.50", "memo": "ONCE"}
    return (
        form | {start + name: text for name, text in line.items()} | {"total_seen": f"{shown['amount_due'] + TWELVE}"}
    )


def form_of(bill: Record) -> str:
    return f"/t/abc/bills/{bill.remote_id}/edit"


def finish(client: PatientClient, bill: Record) -> Any:
    """Continue the draft and save it, agreeing to whatever is asked."""
    answer = client.post(form_of(bill), inputs(client.get(f"{form_of(bill)}?draft={draft().pk}")))
    while answer.status_code == 422:
        answer = client.post(form_of(bill), agreed(answer))
    return answer


@pytest.mark.parametrize("is_same_form", [True, False])
def test_what_was_saved_before_a_draft_is_not_asked_for_again_by_its_new_author(
    as_bob: PatientClient, as_alice: PatientClient, bob: User, alice: User, bill: Record, is_same_form: bool
) -> None:
    form = type_a_line(as_bob, bill)
    assert as_bob.post_only(form_of(bill), form).status_code in (202, 303)
    form = form if is_same_form else inputs(as_bob.get(form_of(bill)))
    as_bob.post_only(form_of(bill), form | {"memo": "typed after", "draft": "1"})
    send()
    give(bill.tenant, bob, alice)
    answer = finish(as_alice, bill)
    assert (answer.status_code, list_states()) == (303, ["saved", "saved"])
    assert (list_memos(bill).count("ONCE"), held(bill)["memo"]) == (1, "typed after")


def test_a_draft_that_was_handed_over_is_the_former_authors_no_more(
    as_bob: Client, bob: User, alice: User, job: Record
) -> None:
    form = typed(as_bob, phone="555-0100")
    give(job.tenant, bob, alice)
    as_bob.post(EDIT, form | {"phone": "555-0999"})
    assert "555-0100" not in page(as_bob, "/t/abc/edits/drafts/")
    assert (draft().person, "phone=555-0100" in draft().typed) == (alice, True)


def test_nobody_but_the_named_person_sees_it(
    as_bob: Client, as_alice: Client, bob: User, alice: User, dave: User, job: Record
) -> None:
    Membership.objects.create(tenant=job.tenant, person=dave, role=Role.BOOKKEEPER)
    typed(as_bob, phone="555-0100")
    give(job.tenant, bob, dave)
    number = draft().pk
    found = [client.get(f"/t/abc/edits/{number}/").status_code for client in (as_alice, signed_in(dave))]
    assert (found, "555-0100" in page(as_alice, f"{EDIT}?draft={number}")) == ([404, 302], False)


def test_the_token_of_a_draft_names_its_new_author_alone(as_bob: Client, bob: User, alice: User, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    before = read_token(str(read_typed(draft())["base"]), job, bob.pk)
    give(job.tenant, bob, alice)
    text = str(read_typed(draft())["base"])
    after = read_token(text, job, alice.pk)
    assert (before.revision, before.over) == (after.revision, after.over)
    with pytest.raises(NotYours):
        read_token(text, job, bob.pk)


@pytest.mark.parametrize("state", [*LEFT, State.UNKNOWN, State.SENDING])
def test_what_waits_for_somebody_keeps_its_state_and_the_name_of_who_typed_it(
    bob: User, alice: User, larch: Tenant, state: State
) -> None:
    edit = an_open_edit(larch, bob, state, settled_at=timezone.now(), notified_at=timezone.now())
    give(larch, bob, alice)
    assert (author_of(edit), edit.state, edit.person_name, edit.author_name) == ("alice", state, "bob", "alice")
    assert [(one.was, one.now, one.by) for one in edit.hand_overs] == [("bob", "alice", "alice")]
    assert (edit.notified_at is None) == (state in LEFT), "its new author is told how it ended"


@pytest.mark.parametrize("more", [{"state": State.SAVED}, {"state": State.DISCARDED}])
def test_what_is_settled_stays_with_its_author(bob: User, alice: User, larch: Tenant, more: dict[str, Any]) -> None:
    edit = an_open_edit(larch, bob, **more)
    resolved = an_open_edit(larch, bob, State.CONFLICT, resolved_by=edit)
    assert give(larch, bob, alice) == OpenWork()
    assert (author_of(edit), author_of(resolved), edit.handed_over) == ("bob", "bob", "")


def test_values_that_were_saved_otherwise_wait_for_the_new_author(bob: User, alice: User, larch: Tenant) -> None:
    edit = an_open_edit(larch, bob, State.SAVED, differs_open=True, differs="[]")
    assert (give(larch, bob, alice), author_of(edit)) == (OpenWork(to_decide=1), "alice")


def test_only_that_person_and_company_are_touched(
    bob: User, alice: User, carol: User, larch: Tenant, harbor: Tenant
) -> None:
    others = [an_open_edit(harbor, bob, State.CONFLICT), an_open_edit(larch, carol, State.CONFLICT)]
    give(larch, bob, alice)
    assert [author_of(edit) for edit in others] == ["bob", "carol"]


def test_what_was_queued_is_not_sent_and_is_sent_again_by_the_new_author(
    bob: User, alice: User, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    edit = save_values(editor(job.tenant, bob), job, "form-1", phone="555-0177")
    give(job.tenant, bob, alice)
    send()
    before = (list_states(), sent(sandbox))
    told = page(as_alice, f"/t/abc/edits/{edit.pk}/")
    as_alice.post(f"/t/abc/edits/{edit.pk}/", {"again": "1"})
    send()
    assert before == (["not_sent"], [])
    assert ("Bob left before it was sent." in told, "Handed over from Bob to Alice by Alice" in told) == (True, True)
    assert (list_states(), [body["phone"] for body in sent(sandbox)]) == (["not_sent", "saved"], ["555-0177"])
    assert list(Edit.objects.order_by("pk").values_list("person_name", flat=True)) == ["bob", "alice"]


def test_a_conflict_is_decided_by_its_new_author(
    bob: User, alice: User, as_alice: Client, as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0177"}
    change(sandbox, phone="555-0188")
    as_bob.post(EDIT, form)
    (edit,) = Edit.objects.all()
    give(job.tenant, bob, alice)
    found = page(as_alice, f"/t/abc/edits/{edit.pk}/")
    assert ("555-0177" in found, "555-0188" in found, "Handed over from Bob to Alice" in found) == (True, True, True)
    refused = as_bob.post(f"/t/abc/edits/{edit.pk}/", {"discard": "1"})
    assert (refused.status_code, "Only alice can decide this change." in refused.content.decode()) == (403, True)


def test_the_inbox_of_the_new_author_says_whom_it_comes_from(
    bob: User, alice: User, as_alice: Client, as_bob: Client, larch: Tenant
) -> None:
    an_open_edit(larch, bob, State.NOT_SENT, error_message="It waited for 12 hours.", settled_at=timezone.now())
    give(larch, bob, alice)
    found = [
        "Handed over from Bob. It waited for 12 hours." in page(client, "/inbox/") for client in (as_alice, as_bob)
    ]
    assert found == [True, False]


def test_the_same_change_can_be_handed_over_again(bob: User, alice: User, carol: User, larch: Tenant) -> None:
    edit = an_open_edit(larch, bob, State.CONFLICT)
    give(larch, bob, carol)
    hand_over(larch, carol, alice, "")
    edit.refresh_from_db()
    assert [(one.was, one.now, one.by) for one in edit.hand_overs] == [
        ("bob", "carol", "alice"),
        ("carol", "alice", ""),
    ]


def test_a_running_bulk_change_stops_and_goes_on_when_its_new_author_resumes_it(
    member: Member, records: list[Record], alice: User, as_alice: Client, sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    assert give(member.tenant, member.person, alice).batches == 1
    run()
    batch.refresh_from_db()
    stopped = (batch.state, batch.person, len(sent(sandbox)))
    shown = page(as_alice, batch.get_absolute_url())
    as_alice.post(batch.get_absolute_url(), {"do": "resume"})
    run()
    assert stopped == (BatchState.SUSPENDED, alice, 0)
    assert "Handed over from Bob to Alice by Alice" in shown
    assert (list_steps(batch), len(sent(sandbox))) == ([SAVED] * 3, 3)


def test_a_planned_bulk_change_is_started_by_its_new_author_alone(
    member: Member, records: list[Record], alice: User, as_alice: Client, as_bob: Client
) -> None:
    batch = plan_phones(member, records)
    give(member.tenant, member.person, alice)
    answers = [client.post(batch.get_absolute_url(), {"do": "start"}) for client in (as_bob, as_alice)]
    assert [answer.status_code for answer in answers] == [403, 302]


def test_a_bulk_change_of_several_companies_stays_with_who_goes_on_elsewhere(
    member: Member, records: list[Record], alice: User, harbor: Tenant, job: Record
) -> None:
    batch = plan_batch(*(propose(member, record, phone="555-0100") for record in records))
    batch.items.filter(number=1).update(tenant=harbor)
    assert give(member.tenant, member.person, alice).batches == 0
    batch.refresh_from_db()
    assert batch.person == member.person
    Membership.objects.filter(tenant=harbor, person=member.person).delete()
    assert give(member.tenant, member.person, alice).batches == 1


def test_a_person_is_not_removed_while_nobody_takes_over_what_they_left(alice: User, bob: User, larch: Tenant) -> None:
    an_open_edit(larch, bob, State.DRAFT)
    an_open_edit(larch, bob, State.CONFLICT)
    an_open_edit(larch, bob, State.UNKNOWN)
    with pytest.raises(PeopleRefused, match="bob has left open: 1 draft, 1 to decide, 1 not finished"):
        rules.remove_member(Actor(alice), larch, bob)
    assert Membership.objects.filter(tenant=larch, person=bob).exists()
    rules.remove_member(Actor(alice), larch, bob, alice)
    assert (count_work(larch, bob), count_work(larch, alice)) == (OpenWork(), OpenWork(1, 1, 1))


@pytest.mark.parametrize("who", ["carol", "dave", "bob"])
def test_a_viewer_an_outsider_and_oneself_take_nothing_over(
    everybody: dict[str, User], larch: Tenant, who: str
) -> None:
    edit = an_open_edit(larch, everybody["bob"], State.CONFLICT)
    with pytest.raises(PeopleRefused, match="choose a bookkeeper or administrator"):
        rules.remove_member(Actor(everybody["alice"]), larch, everybody["bob"], everybody[who])
    assert author_of(edit) == "bob"


def test_work_of_somebody_who_can_go_on_is_not_taken_from_them(alice: User, bob: User, larch: Tenant) -> None:
    edit = an_open_edit(larch, bob, State.DRAFT)
    with pytest.raises(PermissionDenied, match="can still go on"):
        rules.hand_over(Actor(alice), larch, bob, alice)
    assert author_of(edit) == "bob"


@pytest.mark.parametrize("lost", ["membership", "role", "account"])
def test_what_nobody_can_go_on_with_is_listed_for_an_administrator(
    alice: User, bob: User, larch: Tenant, as_alice: Client, lost: str
) -> None:
    an_open_edit(larch, bob, State.CONFLICT)
    before = dict(list_left_behind(larch))
    own = Membership.objects.filter(tenant=larch, person=bob)
    if lost == "membership":
        own.delete()
    elif lost == "role":
        own.update(role=Role.VIEWER)
    else:
        User.objects.filter(pk=bob.pk).update(is_active=False)
    after = dict(list_left_behind(larch))
    shown = page(as_alice, "/t/larch/members/").partition("Left open")[2]
    as_alice.post(f"/t/larch/members/{bob.pk}/", {"hand": "1", "taker": alice.pk})
    assert (before, after) == ({}, {bob: OpenWork(to_decide=1)})
    assert ("Bob" in shown, count_work(larch, alice), dict(list_left_behind(larch))) == (True, OpenWork(0, 1), {})


def test_a_change_that_moved_meanwhile_is_not_handed_over_as_it_was(bob: User, alice: User, job: Record) -> None:
    edit = save_values(editor(job.tenant, bob), job, "form-1", phone="555-0177")
    stale = fetch_edit(edit.pk)
    assert stale is not None
    transitions.claim_edit(edit)
    taken = [transitions.hand_over_edit(stale, alice, "alice"), give(job.tenant, bob, alice)]
    assert (taken, author_of(edit), edit.state) == ([False, OpenWork(under_way=1)], "alice", State.SENDING)


def test_a_draft_that_was_typed_on_meanwhile_is_handed_over_with_all_of_it(
    as_bob: Client, bob: User, alice: User, job: Record
) -> None:
    form = typed(as_bob, phone="555-0100")
    stale = fetch_edit(draft().pk)
    assert stale is not None
    as_bob.post(EDIT, form | {"phone": "555-0101"})
    taken = transitions.hand_over_edit(stale, alice, "alice")
    give(job.tenant, bob, alice)
    assert (taken, read_typed(draft())["phone"]) == (False, "555-0101")


def test_a_save_without_an_answer_is_remembered_over_a_handing_over(
    bob: User, alice: User, job: Record, sandbox: Sandbox
) -> None:
    """Else its new lines could be added twice: they are told apart by the save behind the one that is decided."""
    later = an_open_edit(job.tenant, bob, State.CONFLICT, remote_id=job.remote_id)
    an_open_edit(
        job.tenant, bob, State.NOT_APPLIED, remote_id=job.remote_id, resolved_by=later, uncertain_until=timezone.now()
    )
    give(job.tenant, bob, alice)
    chain = _list_chain(Edit.objects.filter(tenant=job.tenant, remote_id=job.remote_id), set(), {later.pk})
    assert sorted(one.uncertain_until is not None for one in chain) == [False, True]


def test_nothing_of_it_is_deleted(bob: User, alice: User, larch: Tenant) -> None:
    made = {an_open_edit(larch, bob, state).pk for state in State}
    give(larch, bob, alice)
    assert set(Edit.objects.values_list("pk", flat=True)) == made
    assert Batch.objects.count() == 0
