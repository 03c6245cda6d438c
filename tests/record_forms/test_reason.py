"""Why somebody changed a record: kept beside the change, no part of it, and never lost on the way."""

from django.test import Client

from books.models import Record
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, change, sent
from tests.support.inputs import inputs, sign_in_from
from tests.support.vendor import Sandbox

WHY = "Their letter of 20 Nov"


def test_it_is_kept_with_the_change_and_not_sent(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": f"  {WHY}\n"})
    assert Edit.objects.get().reason == WHY
    assert sent(sandbox) == [{"revisionNumber": "1721172183", "phone": "555-0100"}]


def test_a_reason_alone_changes_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"reason": WHY})
    assert (answer.status_code, Edit.objects.count(), sent(sandbox)) == (303, 0, [])


def test_it_comes_back_with_a_form_that_has_something_wrong(as_bob: Client, job: Record) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "5" * 99, "reason": WHY})
    assert (answer.status_code, inputs(answer)["reason"]) == (422, WHY)


def test_it_comes_back_with_a_form_that_was_refused(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=job.tenant.end_user_id, operation="update", count=1, fault="not_set_up")
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": WHY})
    assert (answer.status_code, inputs(answer)["reason"], Edit.objects.get().reason) == (503, WHY, WHY)


def test_one_that_is_too_long_is_said_to_be_and_nothing_is_sent(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": "x" * 251})
    page = answer.content.decode()
    assert (answer.status_code, Edit.objects.sent().count(), sent(sandbox)) == (422, 0, [])
    assert ("Too long: 251 characters, 250 allowed." in page, inputs(answer)["reason"]) == (True, "x" * 251)


def test_it_stands_on_the_conflict_page_and_goes_with_the_decision(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": WHY}
    change(sandbox, phone="555-0199")
    page = as_bob.post(EDIT, form)
    decided = inputs(page, "conflict") | {"choice-phone": "mine", "confirm": "1"}
    assert decided["reason"] == WHY
    as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", decided | {"reason": f"{WHY}, theirs is older"})
    kept = list(Edit.objects.order_by("pk").values_list("state", "reason"))
    assert kept == [(State.CONFLICT, WHY), (State.SAVED, f"{WHY}, theirs is older")]


def test_one_too_long_on_the_conflict_page_sends_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    change(sandbox, phone="555-0199")
    decided = inputs(as_bob.post(EDIT, form), "conflict") | {"choice-phone": "mine", "confirm": "1"}
    before = len(sent(sandbox))
    answer = as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", decided | {"reason": "x" * 251})
    again = inputs(answer, "conflict")
    assert (answer.status_code, len(sent(sandbox)), again["reason"]) == (422, before, "x" * 251)
    assert again["choice-phone"] == "mine"


def test_it_is_there_again_when_an_edit_is_taken_up_again(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=job.tenant.end_user_id, operation="update", count=1, fault="not_set_up")
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": WHY})
    assert inputs(as_bob.get(f"{EDIT}?from={Edit.objects.get().pk}"))["reason"] == WHY


def test_it_outlives_a_session(as_bob: Client, job: Record) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": WHY}
    as_bob.logout()
    sign_in_from(as_bob.post(EDIT, form), as_bob, "bob")
    assert inputs(as_bob.get(EDIT))["reason"] == WHY


def test_a_bill_takes_one_too(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = "/t/abc/bills/123ABC-1234567890/edit"
    as_bob.post(form, inputs(as_bob.get(form)) | {"memo": "October", "reason": WHY})
    assert Edit.objects.get().reason == WHY


def test_it_is_folded_away_until_there_is_one(as_bob: Client, job: Record) -> None:
    fresh = as_bob.get(EDIT).content.decode()
    back = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "5" * 99, "reason": WHY}).content.decode()
    assert ['class="panel fold" open' in page for page in (fresh, back)] == [False, True]
