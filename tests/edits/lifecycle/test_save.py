"""What becomes of a save when the vendor, the line or QuickBooks fails: always exactly one outcome, never a repeat."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books import registry
from books.mirror import lookup
from books.models import Record
from books.providers import departure, errors, processes, slot
from edits.lifecycle import leases, requested, save, settle
from edits.models.edit import Edit, State
from records.merge.answer import load_differences
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.books.providers.test_slot import NotedSlot
from tests.customers.test_edit import ABC, change, sent
from tests.support import saving
from tests.support.inputs import inputs
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

NEW_PHONE = "555-0100"


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


def save_phone(author: Member, job: Record, token: str = "form-1", phone: str = NEW_PHONE) -> Edit:
    """Save another phone number over the version in the mirror."""
    assert job.version is not None
    return saving.save(author, job, lookup.get_content(job).replace(phone=phone), token)


def fail(sandbox: Sandbox, fault: str, **more: object) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault=fault, **more)


def in_the_books(sandbox: Sandbox, job: Record) -> str:
    """The phone number that the vendor holds now."""
    answer = sandbox.http.get(
        f"/v1/quickbooks-desktop/customers/{job.remote_id}",
        headers={"Authorization": "Bearer sk_conductor_sandbox", "Conductor-End-User-Id": ABC},
    )
    phone: str = answer.json()["phone"]
    return phone


@pytest.mark.parametrize(("fault", "kind"), [("not_set_up", errors.NotSetUp), ("forbidden", errors.KeyRefused)])
def test_what_provably_did_not_arrive_and_does_not_pass_by_itself_is_not_sent(
    author: Member, job: Record, sandbox: Sandbox, fault: str, kind: type[errors.NotSent]
) -> None:
    fail(sandbox, fault)
    with pytest.raises(kind):
        save_phone(author, job)
    assert (Edit.objects.get().state, in_the_books(sandbox, job) != NEW_PHONE) == (State.NOT_SENT, True)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("not_active", errors.NotActive),
        ("closed", errors.Closed),
        ("busy", errors.Busy),
        ("rate_limited", errors.TooMany),
    ],
)
def test_what_provably_did_not_arrive_and_may_pass_is_queued_again(
    author: Member, job: Record, sandbox: Sandbox, fault: str, kind: type[errors.NotSent]
) -> None:
    fail(sandbox, fault)
    with pytest.raises(kind):
        save_phone(author, job)
    edit = Edit.objects.get()
    states = [state for state, _ in edit.state_log]
    assert (edit.state, edit.waits_until is not None) == (State.QUEUED, True)
    assert (states, len(sent(sandbox))) == ([State.QUEUED, State.SENDING, State.QUEUED], 1)


def test_an_edit_that_was_not_sent_can_be_sent_again_from_the_same_form(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    fail(sandbox, "not_set_up")
    with pytest.raises(errors.NotSetUp):
        save_phone(author, job)
    assert (save_phone(author, job).state, Edit.objects.count()) == (State.SAVED, 2)


@pytest.mark.parametrize("fault", ["busy", "rate_limited", "not_active"])
def test_an_edit_that_is_queued_again_is_sent_once_more(
    author: Member, job: Record, sandbox: Sandbox, fault: str
) -> None:
    fail(sandbox, fault)
    edit = saving.accept(author, job, lookup.get_content(job).replace(phone=NEW_PHONE))
    states = [save.carry_out(Edit.objects.get(pk=edit.pk)).state for _ in range(2)]
    assert (states, len(sent(sandbox)), Edit.objects.count()) == ([State.QUEUED, State.SAVED], 2, 1)


def test_a_save_whose_worker_is_suspended_just_before_it_leaves_is_queued_again_and_sent_once(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = saving.accept(author, job, lookup.get_content(job).replace(phone=NEW_PHONE))
    with slot.use_slot(NotedSlot(True, False)):
        save.carry_out(edit)
    edit.refresh_from_db()
    before = (edit.state, edit.process, edit.waits_until, len(sent(sandbox)))
    run_queued_tasks("saves")
    edit.refresh_from_db()
    assert (before, edit.state, len(sent(sandbox))) == ((State.QUEUED, "", None, 0), State.SAVED, 1)


def test_a_line_cut_after_the_write_is_found_out_to_be_saved(author: Member, job: Record, sandbox: Sandbox) -> None:
    fail(sandbox, "cut_after")
    edit = save_phone(author, job)
    assert (
        edit.state,
        len(sent(sandbox)),
        edit.result == lookup.find_record(job.tenant, "customers", job.remote_id).version,
    ) == (
        State.SAVED,
        1,
        True,
    )


def test_so_is_an_address_of_which_quickbooks_stores_question_marks(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    fail(sandbox, "cut_after")
    was = lookup.get_content(job)
    edited = was.replace(billing_address=was["billing_address"].replace(city="Łódź"))
    edit = saving.save(author, job, edited, agrees=True)
    assert (edit.state, [one.answered for one in load_differences(edit.differs)]) == (State.SAVED, ["?ód?"])


def test_half_an_answer_is_found_out_to_be_saved(author: Member, job: Record, sandbox: Sandbox) -> None:
    fail(sandbox, "half")
    assert (save_phone(author, job).state, len(sent(sandbox))) == (State.SAVED, 1)


@pytest.mark.parametrize("fault", ["cut_before", "timeout", "internal"])
def test_no_answer_and_no_trace_stays_unknown_while_the_write_may_still_land(
    author: Member, job: Record, sandbox: Sandbox, fault: str
) -> None:
    fail(sandbox, fault)
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    edit = Edit.objects.get()
    assert (edit.state, edit.settled_at, len(sent(sandbox))) == (State.UNKNOWN, None, 1)


def test_unmoved_after_the_vendors_own_limit_is_not_applied(author: Member, job: Record, sandbox: Sandbox) -> None:
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    Edit.objects.update(uncertain_until=timezone.now(), look_at=timezone.now())
    assert (settle.settle_due(), Edit.objects.get().state) == (1, State.NOT_APPLIED)


def test_a_write_that_lands_after_the_answer_was_given_up_is_saved(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    change(sandbox, phone=NEW_PHONE)
    Edit.objects.update(look_at=timezone.now())
    settle.settle_due()
    assert Edit.objects.get().state == State.SAVED


def test_another_change_where_ours_should_be_is_a_conflict(author: Member, job: Record, sandbox: Sandbox) -> None:
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    change(sandbox, phone="555-0199")
    Edit.objects.update(look_at=timezone.now())
    settle.settle_due()
    assert Edit.objects.get().state == State.CONFLICT


def left_behind(edit: Edit, **more: object) -> None:
    """Put a saved edit back to where a process would have left it that died after the write."""
    Edit.objects.filter(pk=edit.pk).update(state=State.SENDING, result=None, settled_at=None, **more)


def test_a_save_whose_process_died_is_settled_at_once(author: Member, job: Record, sandbox: Sandbox) -> None:
    left_behind(save_phone(author, job), process=processes.get_process_mark() + "0")
    assert (settle.settle_due(), Edit.objects.get().state) == (1, State.SAVED)


def test_a_save_that_nobody_is_at_is_settled_when_its_lease_has_lapsed(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    left_behind(save_phone(author, job), process="another machine", lease_until=timezone.now())
    assert (settle.settle_due(), Edit.objects.get().state) == (1, State.SAVED)


def test_a_dead_save_that_left_no_trace_may_still_land_for_the_vendors_whole_limit(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = save_phone(author, job)
    assert edit.result is not None
    left_behind(edit, process=processes.get_process_mark() + "0", base=edit.result)
    settle.settle_due()
    edit.refresh_from_db()
    assert (edit.state, edit.uncertain_until == edit.look_at) == (State.UNKNOWN, True)


def test_an_answer_that_comes_after_its_edit_was_given_up_settles_it(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = saving.accept(author, job, lookup.get_content(job).replace(phone=NEW_PHONE))

    def give_up() -> None:
        leases.begin(edit)
        settle.mark_unknown(Edit.objects.get())

    try:
        save._send_edit(edit, registry.get_table(job.tenant, job.kind), departure.Departure(give_up))
    finally:
        leases.end(edit)
    states = [state for state, _ in Edit.objects.get().state_log]
    assert states == [State.QUEUED, State.SENDING, State.UNKNOWN, State.SAVED]


def test_a_save_under_way_is_left_alone(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = save_phone(author, job)
    Edit.objects.filter(pk=edit.pk).update(state=State.SENDING, lease_until=timezone.now() + timedelta(minutes=1))
    assert settle.settle_due() == 0


def test_the_vendors_limit_for_the_write_goes_with_it(
    author: Member, job: Record, sandbox: Sandbox, settings: Settings
) -> None:
    settings.CONDUCTOR_WRITE_TIMEOUT = 45
    save_phone(author, job)
    (request,) = [r for r in sandbox.requests(ABC) if r["method"] == "POST"]
    assert request["headers"]["conductor-timeout-seconds"] == "45"


def test_one_save_is_one_request(author: Member, job: Record, sandbox: Sandbox) -> None:
    save_phone(author, job)
    assert [r["method"] for r in sandbox.requests(ABC)] == ["POST"]


def test_a_settled_edit_is_never_moved_again(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = save_phone(author, job)
    change(sandbox, phone="555-0199")
    assert settle.settle_edit(edit).state == State.SAVED


def test_a_page_tells_only_of_the_persons_own_saved_edit(as_bob: Client, as_alice: Client, job: Record) -> None:
    page, form = f"/t/abc/customers/{job.remote_id}/", f"/t/abc/customers/{job.remote_id}/edit"
    answer = as_bob.post(form, inputs(as_bob.get(form)) | {"phone": "555-0177"})
    pages = [as_bob.get(answer["Location"]), as_alice.get(answer["Location"])]
    pages += [as_bob.get(f"{page}?saved={pk}") for pk in ("0", "x", "²", "9" * 40)]
    said = "Saved. 1 field changed."
    assert [said in page.content.decode() for page in pages] == [True, False, False, False, False, False]


def test_a_form_that_was_typed_on_after_a_save_without_answer_is_an_edit_that_waits_for_its_outcome(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    saving.accept(author, job, lookup.get_content(job).replace(phone="555-0111"))
    run_queued_tasks("saves")
    phones = [(edit.state, requested.get_requested(edit)["phone"]) for edit in Edit.objects.order_by("pk")]
    assert phones == [(State.UNKNOWN, NEW_PHONE), (State.QUEUED, "555-0111")]
    assert len(sent(sandbox)) == 1


def test_a_form_that_was_typed_on_and_is_posted_twice_is_one_edit_more(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    fail(sandbox, "timeout")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    typed_on = lookup.get_content(job).replace(phone="555-0111")
    twice = [saving.accept(author, job, typed_on) for _ in range(2)]
    assert (twice[0].pk == twice[1].pk, Edit.objects.count()) == (True, 2)
