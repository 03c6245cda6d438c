"""A save that was lost, landed after all, and was followed by somebody else's change: no line of mine stands twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record
from books.sync import refresh
from edits.lifecycle import settle
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit, State
from tests.edits.conflict.test_custom_values import BILL, FORM, held
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
BILLS = f"/quickbooks-desktop/bills/{BILL}"


@pytest.fixture
def bill(abc: Any, copied: Copied) -> Record:
    copied(abc)
    return lookup.find_record(abc, "bills", BILL)


def add_a_line(client: Client, bill: Record) -> dict[str, str]:
    """The form with a new expense of 12.50, to be posted."""
    count = len(held(bill)["expense_lines"])
    new = {"id": "-1", "account": str(held(bill)["expense_lines"][0]["account"]), "amount": "12.50", "memo": "Mine"}
    form = inputs(client.get(FORM)) | {f"expense_lines-{count}-{name}": text for name, text in new.items()}
    asked = client.post(FORM, form)
    return agreed(asked) if asked.status_code == 422 else form


def lost(client: Client, bill: Record, sandbox: Sandbox) -> dict[str, str]:
    """Save that line while the answer is lost and the write lands late; the form as it was posted."""
    form = add_a_line(client, bill)
    assert not Edit.objects.sent().exists(), "the bill asks for agreement before it sends"
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="land_late", seconds=600)
    answer = client.post(FORM, form)
    assert (answer.status_code, Edit.objects.get().state) == (504, State.UNKNOWN)
    return form


def landed(bill: Record, sandbox: Sandbox, **further: Any) -> None:
    """Let the write land; then somebody in QuickBooks adds a line, and changes mine `further`."""
    assert sandbox.control("land") == {"landed": 1}
    lines = [{"id": line["id"]} for line in sandbox.get(BILLS, ABC)["expenseLines"]]
    lines[-1] |= further
    new = {"accountId": held(bill)["expense_lines"][0]["account"].id, "amount": "1.00"}
    lines.append({"id": "-1", **new})
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"expenseLines": lines})


def settled() -> Edit:
    Edit.objects.update(look_at=timezone.now())
    settle.settle_due()
    return Edit.objects.latest("pk")


def rows(page: Any) -> tuple[list[str], list[tuple[str, str]]]:
    """What is to decide, and what is combined and whose."""
    conflict = page.context["conflict"]
    return [row.note for row in conflict.rows], [(part.moves[0].now, part.whose) for part in conflict.combined]


def test_a_version_with_a_new_line_belongs_to_the_lost_save_that_added_it(
    as_alice: Client, as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="cut_before")
    as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"memo": "Both"})
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="cut_after")
    sandbox.fault(endUserId=ABC, operation="retrieve", resource="bills", count=1, fault="timeout")
    as_alice.post(FORM, add_a_line(as_alice, bill) | {"memo": "Both"})
    carry_out(Edit.objects.get(person_name="alice", state=State.QUEUED))  # out of its turn, as an older release did
    settled()
    states = dict(Edit.objects.sent().values_list("person_name", "state"))
    assert states == {"alice": State.SAVED, "bob": State.CONFLICT}


def test_a_line_that_landed_is_not_added_again(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    lost(as_bob, bill, sandbox)
    landed(bill, sandbox)
    edit = settled()
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/")
    assert (edit.state, *rows(page)) == (State.CONFLICT, [], [("1.00 added", "QuickBooks")])


def test_nor_when_the_same_form_is_saved_again_after_it_was_said_not_to_be_applied(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    form = add_a_line(as_bob, bill)
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="land_late", seconds=600)
    as_bob.post(FORM, form)
    Edit.objects.update(uncertain_until=timezone.now() - timedelta(seconds=1))
    assert settled().state == State.NOT_APPLIED
    landed(bill, sandbox)
    page = as_bob.post(FORM, form)
    assert (page.status_code, *rows(page)) == (409, [], [("1.00 added", "QuickBooks")])


def test_nor_when_a_save_that_was_not_sent_came_between(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    form = add_a_line(as_bob, bill)
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="land_late", seconds=600)
    as_bob.post(FORM, form)
    Edit.objects.update(uncertain_until=timezone.now() - timedelta(seconds=1))
    assert settled().state == State.NOT_APPLIED
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="not_set_up")
    assert as_bob.post(FORM, form).status_code == 503
    landed(bill, sandbox)
    assert rows(as_bob.post(FORM, form)) == ([], [("1.00 added", "QuickBooks")])


def test_nor_when_it_is_brought_into_the_form_that_was_never_answered(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    form = lost(as_bob, bill, sandbox)
    landed(bill, sandbox)
    settled()
    page = as_bob.post(FORM, form | {"rebase": "1"})
    assert (page.status_code, [name for name, text in inputs(page).items() if text == "-1"]) == (200, [])


def test_nor_when_what_followed_the_lost_save_was_taken_up_again_in_a_form_of_its_own(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    form = lost(as_bob, bill, sandbox)
    landed(bill, sandbox)
    settled()
    conflicts_unread(as_bob, sandbox, form | {"memo": "And this"})
    refresh.read_record(bill.tenant, registry.get_table(bill.tenant, bill.kind), bill.remote_id)
    again = inputs(as_bob.get(FORM, {"from": str(Edit.objects.latest("pk").pk)}))
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"refNumber": "MOVED-1"})
    conflicts_unread(as_bob, sandbox, again)
    refresh.read_record(bill.tenant, registry.get_table(bill.tenant, bill.kind), bill.remote_id)
    page = as_bob.get(f"/t/abc/edits/{Edit.objects.latest('pk').pk}/")
    as_bob.post(page.context["form_action"], inputs(page, "conflict") | {"confirm": "1"})
    texts = [line["memo"] for line in sandbox.get(BILLS, ABC)["expenseLines"]]
    assert (texts.count("Mine"), sandbox.get(BILLS, ABC)["memo"]) == (1, "And this")


def conflicts_unread(client: Client, sandbox: Sandbox, form: dict[str, str]) -> None:
    """Save over a record that has moved while it cannot be read: the copy stays behind."""
    sandbox.fault(endUserId=ABC, operation="retrieve", resource="bills", count=1, fault="timeout")
    assert client.post(FORM, form).status_code == 409


def test_a_line_that_landed_and_was_changed_since_is_asked_about(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    lost(as_bob, bill, sandbox)
    landed(bill, sandbox, memo="Theirs now")
    page = as_bob.get(f"/t/abc/edits/{settled().pk}/")
    said = "QuickBooks has a new line since: yours may be there already, from an earlier save"
    assert rows(page)[0] == [said]
    form = as_bob.post(FORM, inputs(page, "conflict") | {"reopen": str(Edit.objects.latest("pk").pk)})
    asked = as_bob.post(FORM, inputs(form))
    titles = [guard.title for guard in asked.context["asked"].guards if "may already be in QuickBooks" in guard.title]
    assert (asked.status_code, len(titles)) == (422, 1)


def test_of_an_edit_whose_outcome_was_always_known_both_lines_stay(
    as_bob: Client, bill: Record, sandbox: Sandbox
) -> None:
    form = add_a_line(as_bob, bill)
    lines = [{"id": line["id"]} for line in sandbox.get(BILLS, ABC)["expenseLines"]]
    new = {"accountId": held(bill)["expense_lines"][0]["account"].id, "amount": "12.50", "memo": "Mine"}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"expenseLines": [*lines, {"id": "-1", **new}]})
    page = as_bob.post(FORM, form)
    assert rows(page) == ([], [("12.50 added", "QuickBooks"), ("12.50 added", "yours")])
