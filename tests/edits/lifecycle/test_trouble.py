"""Every row of the error matrix on screen: what error_message, what was kept, what to do, the request id."""

from html import unescape

import pytest
from django.test import Client

from books.models import Record
from edits.models.edit import Edit, State
from tests.customers.test_edit import ABC, EDIT
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

TYPED = {"phone": "555-0100"}
MATRIX = [
    ("not_set_up", {}, 503, "This company is not connected yet", State.NOT_SENT),
    ("forbidden", {}, 503, "Ledgerdesk's key was not accepted", State.NOT_SENT),
    ("timeout", {}, 504, "No answer came", State.UNKNOWN),
    ("internal", {}, 504, "No answer came", State.UNKNOWN),
    ("cut_before", {}, 504, "No answer came", State.UNKNOWN),
    ("refuse", {"integrationCode": "3171"}, 422, "The books are closed for this date", State.REFUSED),
    ("refuse", {"integrationCode": "3260"}, 422, "The QuickBooks user does not have permission", State.REFUSED),
    ("refuse", {"integrationCode": "3250"}, 422, "This feature is turned off", State.REFUSED),
]


def fail(sandbox: Sandbox, fault: str, **more: object) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=2, fault=fault, **more)


@pytest.mark.parametrize(("fault", "more", "status", "title", "state"), MATRIX)
def test_a_save_that_failed_says_so_over_the_form_as_it_was_typed(
    as_bob: Client,
    job: Record,
    sandbox: Sandbox,
    fault: str,
    more: dict[str, object],
    status: int,
    title: str,
    state: State,
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    fail(sandbox, fault, **more)
    answer = as_bob.post(EDIT, form)
    page = unescape(answer.content.decode())
    assert (answer.status_code, title in page, inputs(answer)["phone"]) == (status, True, "555-0100")
    assert (Edit.objects.get().state, answer.context["error"].next_step in page) == (state, True)


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        ("not_active", "The PC with QuickBooks is not answering"),
        ("closed", "QuickBooks could not open the company file"),
    ],
)
def test_a_save_that_waits_says_why_on_its_own_page(
    as_bob: Client, job: Record, sandbox: Sandbox, fault: str, title: str
) -> None:
    fail(sandbox, fault)
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | TYPED)
    page = " ".join(unescape(as_bob.get(answer["Location"]).content.decode()).split())
    edit = Edit.objects.get()
    words = (title, edit.next_step, "Waiting for QuickBooks since", f"Request {edit.request_id}")
    assert (edit.state, [text for text in words if text not in page]) == (State.QUEUED, [])


@pytest.mark.parametrize("fault", ["not_set_up", "refuse", "forbidden"])
def test_the_vendors_request_id_stands_beside_the_words(
    as_bob: Client, job: Record, sandbox: Sandbox, fault: str
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    fail(sandbox, fault, **({"integrationCode": "3180"} if fault == "refuse" else {}))
    answer = as_bob.post(EDIT, form)
    (request,) = Edit.objects.values_list("request_id", flat=True)
    assert (request.startswith("req_"), f"Request {request}" in answer.content.decode()) == (True, True)


@pytest.mark.parametrize(("fault", "status"), [("not_set_up", 503), ("timeout", 504)])
def test_htmx_gets_an_alert_that_leaves_the_form_untouched(
    as_bob: Client, job: Record, sandbox: Sandbox, fault: str, status: int
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    fail(sandbox, fault)
    answer = as_bob.post(EDIT, form, headers={"HX-Request": "true"})
    page = unescape(answer.content.decode())
    assert (answer.status_code, "data-alert" in page, "<form" in page) == (status, True, False)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ('There is an invalid reference to QuickBooks Terms "8000" in the Customer.', "terms"),
        ('There is an invalid reference to QuickBooks PriceLevel "8000" in the Customer.', "price_level"),
    ],
)
def test_a_refusal_that_names_a_field_lands_on_it(
    as_bob: Client, job: Record, sandbox: Sandbox, message: str, field: str
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    fail(sandbox, "refuse", integrationCode="3140", message=message)
    assert list(as_bob.post(EDIT, form).context["form"].errors) == [field]


def test_a_record_deleted_meanwhile_says_so_and_keeps_what_was_typed(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    sandbox.change(endUserId=ABC, resource="customers", id=job.remote_id, delete=True)
    answer = as_bob.post(EDIT, form)
    page = unescape(answer.content.decode())
    assert (answer.status_code, "no longer in" in page, inputs(answer)["phone"]) == (409, True, "555-0100")


def take(sandbox: Sandbox, job: Record, *names: str) -> None:
    """Let somebody in QuickBooks give these names to other jobs, which the desk has not read yet."""
    for name in names:
        sandbox.post("/quickbooks-desktop/customers", ABC, name=name, parentId=job.parent_id)


def states() -> list[tuple[str, bool]]:
    """What became of each edit, oldest first, and whether it still needs its author."""
    return [(edit.state, edit.needs_author) for edit in Edit.objects.order_by("pk")]


def test_a_refused_change_that_is_corrected_in_its_form_needs_nobody_any_more(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    take(sandbox, job, "Kitchen")
    refused = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "Kitchen"})
    as_bob.post(EDIT, inputs(refused) | {"name": "Acme Website"})
    assert states() == [(State.REFUSED, False), (State.SAVED, False)]


def test_a_change_refused_twice_from_one_form_waits_once(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    take(sandbox, job, "Kitchen", "Site")
    refused = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "Kitchen"})
    as_bob.post(EDIT, inputs(refused) | {"name": "Site"})
    assert states() == [(State.REFUSED, False), (State.REFUSED, True)]


def test_a_change_that_was_not_sent_and_is_sent_again_by_htmx_needs_nobody_any_more(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="not_set_up")
    for _ in range(2):
        as_bob.post(EDIT, form, headers={"HX-Request": "true"})
    assert states() == [(State.NOT_SENT, False), (State.SAVED, False)]


def test_a_change_that_is_opened_again_from_its_edit_and_saved_needs_nobody_any_more(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    take(sandbox, job, "Kitchen")
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "Kitchen"})
    earlier = Edit.objects.get()
    as_bob.post(EDIT, inputs(as_bob.get(f"{EDIT}?from={earlier.pk}")) | {"name": "Acme Website"})
    assert states() == [(State.REFUSED, False), (State.SAVED, False)]


def test_a_change_of_somebody_else_is_not_taken_up_by_naming_it(
    as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox
) -> None:
    take(sandbox, job, "Kitchen")
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "Kitchen"})
    as_alice.post(EDIT, inputs(as_alice.get(EDIT)) | TYPED | {"follows": str(Edit.objects.get().pk)})
    assert states() == [(State.REFUSED, True), (State.SAVED, False)]


@pytest.mark.parametrize("number", ["²", "-1", "x", "9" * 30])
def test_a_form_that_names_no_edit_to_open_again_is_the_plain_form(as_bob: Client, job: Record, number: str) -> None:
    assert (as_bob.get(EDIT, {"from": number}).context["form"].is_bound, Edit.objects.count()) == (False, 0)


def test_an_error_without_words_of_its_own_is_said_once(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    fail(sandbox, "rate_limited")
    page = unescape(as_bob.get(as_bob.post(EDIT, form)["Location"]).content.decode())
    assert page.count("asks us to wait") == 1


def test_a_conflict_is_told_in_the_desks_words(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    sandbox.change(endUserId=ABC, resource="customers", id=job.remote_id, changes={"phone": "555-0199"})
    as_bob.post(EDIT, form)
    assert Edit.objects.get().error_message == "This record was changed in the meantime."
