"""A customer's form and what becomes of a save, over the sandbox as a real process."""

from typing import Any

import pytest
from django.test import Client

from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit, State
from tests.support.inputs import inputs, sign_in_from
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
JOB = "80000001-1234567890"
PAGE = f"/t/abc/customers/{JOB}/"
EDIT = f"{PAGE}edit"


def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The bodies of the updates that reached the vendor."""
    return [r["body"] for r in sandbox.requests(ABC) if r["method"] == "POST"]


def change(sandbox: Sandbox, **changes: object) -> dict[str, object]:
    """Change the job as a person in QuickBooks would."""
    done: dict[str, object] = sandbox.change(endUserId=ABC, resource="customers", id=JOB, changes=changes)
    return done


def test_opening_the_form_asks_the_vendor_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    assert as_bob.get(EDIT).status_code == 200
    assert sandbox.requests(ABC) == []


def test_a_save_sends_the_revision_and_only_what_changed(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "terms": "Net 60"}
    answer = as_bob.post(EDIT, form)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, PAGE)
    terms = lookup.get_content(lookup.find_record(job.tenant, "customers", JOB))["terms"]
    assert sent(sandbox) == [{"revisionNumber": "1721172183", "phone": "555-0100", "termsId": terms.id}]


def test_a_changed_member_sends_its_whole_address(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"billing_address-city": "Oakland"})
    (body,) = sent(sandbox)
    assert body["billingAddress"] == {
        "line1": "Conductor Labs Inc.",
        "line2": "540 Market St.",
        "line3": "Suite 100",
        "line4": "",
        "line5": "",
        "city": "Oakland",
        "state": "CA",
        "postalCode": "94110",
        "country": "United States",
        "note": "Conductor HQ",
    }


def test_the_answer_goes_straight_into_the_mirror(as_bob: Client, job: Record) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100"})
    record = lookup.find_record(job.tenant, "customers", JOB)
    assert (record.phone, record.revision != job.revision) == ("555-0100", True)


def test_nothing_changed_sends_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)))
    assert (answer.status_code, sent(sandbox), Edit.objects.count()) == (303, [], 0)


def test_a_form_posted_twice_is_one_edit(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    answers = [as_bob.post(EDIT, form).status_code for _ in range(2)]
    assert (answers, len(sent(sandbox)), Edit.objects.count()) == ([303, 303], 1, 1)


@pytest.mark.parametrize("base", ["", "forged", "WyJ4Il0:1abc:def"])
def test_a_missing_or_forged_base_is_refused(as_bob: Client, job: Record, sandbox: Sandbox, base: str) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "base": base})
    assert (answer.status_code, sent(sandbox)) == (400, [])


def test_the_base_of_another_record_is_refused(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    other = Record.objects.filter(tenant=job.tenant, kind="customers").exclude(pk=job.pk)[0]
    foreign = inputs(as_bob.get(f"/t/abc/customers/{other.remote_id}/edit"))["base"]
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "base": foreign})
    assert (answer.status_code, sent(sandbox)) == (400, [])


def test_a_text_too_long_is_said_beside_its_field(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "5" * 22})
    assert (answer.status_code, sent(sandbox)) == (422, [])
    assert answer.context["form"].errors == {"phone": ["Too long: 22 characters, 21 allowed."]}


def test_an_entry_that_is_on_no_list_is_said_beside_its_field(as_bob: Client, job: Record) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"terms": "Net 12345"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["terms"])


def test_what_cannot_be_emptied_says_so(as_bob: Client, job: Record) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"credit_limit": ""})
    said = "This cannot be cleared in QuickBooks once it is set."
    assert (answer.status_code, answer.context["form"].errors) == (422, {"credit_limit": [said]})


def test_a_name_already_used_lands_on_the_name(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.post("/quickbooks-desktop/customers", ABC, name="Kitchen", parentId=job.parent_id)
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "kitchen"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert Edit.objects.get().state == State.REFUSED


def test_switching_off_active_is_sent_as_false(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"is_active": ""})
    assert sent(sandbox) == [{"revisionNumber": "1721172183", "isActive": False}]


def test_a_viewer_may_not_open_the_form(as_carol: Client, job: Record) -> None:
    assert as_carol.get(EDIT).status_code == 403


def test_typing_survives_an_ended_session(client: Client, as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    answer = client.post(EDIT, form)
    assert (answer.status_code, sign_in_from(answer, client, "bob")["Location"]) == (401, EDIT)
    page = client.get(EDIT)
    assert (inputs(page)["phone"], page.context["typed_again"], sent(sandbox)) == ("555-0100", True, [])


@pytest.mark.parametrize("page", [PAGE, EDIT, "/t/abc/edits/", "/t/abc/customers/"])
def test_no_browser_keeps_a_page_of_a_company(as_bob: Client, job: Record, page: str) -> None:
    assert "no-store" in as_bob.get(page)["Cache-Control"]
