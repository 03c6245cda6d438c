"""Every refusal comes home: beside the input it names, on its line or on top, in words, with what to do and its id."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books import registry
from books.mirror import lookup
from books.models import Record
from books.providers import errors
from books.providers.conductor.messages import AT_THE_DOOR, WORDS
from books.providers.lock import RequestPriority
from edits.models.edit import Edit, State
from edits.tasks import queue_due_edits
from tenants.models import Tenant
from tests.edits.codes import DOOR, LISTED, ROWS, Row
from tests.support.copies import Copied
from tests.support.figures import Note
from tests.support.inputs import agreed, inputs
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

pytestmark = pytest.mark.starts_first
ABC = "end_usr_1234567abcdefg"
FORMS = {
    "bills": "/t/abc/bills/123ABC-1234567890/edit",
    "customers": "/t/abc/customers/80000001-1234567890/edit",
}
TYPED = {
    "bills": {"memo": "Written anew", "expense_lines-0-id": "456DEF-1234567890", "expense_lines-0-memo": "Stool"},
    "customers": {"name": "Kitchen"},
}
# Codes that no update is refused with at once: each has a test of its own below, which names it.
APART = {"0", "1", "550", "3175", "3176", "3200"}
BY_THEMSELVES = {"API_KEY_INVALID", "RESOURCE_MISSING", "INVALID_REQUEST_ERROR", "429"}


@pytest.fixture
def desk(as_bob: Client, abc: Tenant, copied: Copied) -> Client:
    """bob at a desk that holds all of the documented company."""
    copied(abc)
    return as_bob


def fail(sandbox: Sandbox, fault: str, kind: str = "bills", **more: Any) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource=kind, fault=fault, **more)


def save(desk: Client, kind: str = "bills", **typed: str) -> Any:
    return desk.post(FORMS[kind], inputs(desk.get(FORMS[kind])) | (typed or TYPED[kind]))


def page(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def known(tenant: Tenant) -> dict[str, str]:
    """Ids and values of the documented bill, for messages that name them."""
    bill = lookup.get_content(lookup.find_record(tenant, "bills", "123ABC-1234567890"))
    line = bill["expense_lines"][0]
    references = {name: bill[name].id for name in ("vendor", "terms")} | {"payables": bill["payables_account"].id}
    references |= {name: line[name].id for name in ("account", "class", "payee")}
    plain = {"item": bill["item_lines"][0]["item"].id, "line": line["id"], "amount": "500.00", "new": "2021-10-01"}
    return {**references, **plain, "memo": "Written anew", "typed": "Stool", "name": "Kitchen"}


def test_a_refusal_lands_where_it_belongs_with_what_to_do_and_its_id(
    desk: Client, abc: Tenant, sandbox: Sandbox
) -> None:
    forms = {kind: inputs(desk.get(url)) | TYPED[kind] for kind, url in FORMS.items()}
    names = known(abc)
    wrong = {str(row): told for row in ROWS if (told := refuse(desk, sandbox, forms, row, names))}
    assert wrong == {}


def refuse(
    desk: Client, sandbox: Sandbox, forms: dict[str, dict[str, str]], row: Row, names: dict[str, str]
) -> list[Any]:
    """Post the form of a row's record, which is refused as the row says; return what is wrong with the answer."""
    sandbox.fault()
    message = row.message.format_map(names)
    fail(sandbox, "refuse", row.kind, integrationCode=row.code, message=message)
    answer = desk.post(FORMS[row.kind], forms[row.kind])
    found, error, edit = page(answer), answer.context["error"], Edit.objects.latest("pk")
    at_inputs = [*filter(None, map(str, answer.context["form"].errors))]
    is_so = [(answer.status_code, 422), (at_inputs, at(row)), (edit.state, State.REFUSED), (edit.code, row.code)]
    told = (row.words, message, error.next_step, f"Request {error.request_id}")
    return [pair for pair in is_so if pair[0] != pair[1]] + [text for text in told if text not in found]


def at(row: Row) -> list[str]:
    """The keys of a form's errors; a Django form keeps those on top under a name of its own."""
    return [row.at] if row.at else ["__all__"]


@pytest.mark.parametrize("hresult", DOOR)
def test_what_keeps_quickbooks_shut_says_how_to_open_it(desk: Client, sandbox: Sandbox, hresult: str) -> None:
    fail(sandbox, "closed", hresult=hresult, message="It would not open.")
    found = page(follow(desk, save(desk)))
    edit = Edit.objects.get()
    told = (DOOR[hresult], "QuickBooks says: It would not open.", AT_THE_DOOR[hresult.lower()][1], edit.request_id)
    assert (edit.state, [text for text in told if text not in found]) == (State.QUEUED, [])


def follow(desk: Client, answer: Any) -> Any:
    """The page that a form leads to whose save waits."""
    assert answer.status_code == 303, answer.status_code
    return desk.get(answer["Location"])


OUTCOMES = [
    ("INTEGRATION_CONNECTION_NOT_SET_UP", "not_set_up", 503, "This company is not connected yet"),
    ("PERMISSION_ERROR", "forbidden", 503, "Ledgerdesk's key was not accepted"),
    ("QBD_REQUEST_TIMEOUT", "timeout", 504, "No answer came"),
    ("INTERNAL_ERROR", "internal", 504, "No answer came"),
    ("QBD_REQUEST_ERROR", "refuse", 422, "QuickBooks refused this change"),
]


WAITING = [
    ("INTEGRATION_CONNECTION_NOT_ACTIVE", "not_active", "The PC with QuickBooks is not answering"),
    ("QBD_CONNECTION_ERROR", "closed", "QuickBooks could not open the company file"),
]


@pytest.mark.parametrize(("code", "fault", "status", "title"), OUTCOMES)
def test_each_of_conductors_own_codes_has_its_title_and_a_way_on(
    desk: Client, sandbox: Sandbox, code: str, fault: str, status: int, title: str
) -> None:
    fail(sandbox, fault)
    answer = save(desk)
    error = answer.context["error"]
    told = (title, error.kept, error.next_step, error.request_id)
    assert (answer.status_code, [text for text in told if not text or text not in page(answer)]) == (status, [])


@pytest.mark.parametrize(("code", "fault", "title"), WAITING)
def test_so_has_each_of_those_that_pass_without_our_doing(
    desk: Client, sandbox: Sandbox, code: str, fault: str, title: str
) -> None:
    fail(sandbox, fault)
    found, edit = page(follow(desk, save(desk))), Edit.objects.get()
    assert edit.state == State.QUEUED
    assert [text for text in (title, edit.next_step, edit.request_id) if not text or text not in found] == []


def test_a_wrong_key_is_the_operators_to_mend(desk: Client, sandbox: Sandbox, settings: Settings) -> None:
    """API_KEY_INVALID, by sending one."""
    settings.CONDUCTOR_SECRET_KEY = "sk_conductor_wrong"
    answer = save(desk)
    assert (answer.status_code, "Only your Ledgerdesk administrator can fix this" in page(answer)) == (503, True)


def test_an_end_user_whom_the_service_does_not_know_is_the_operators_to_mend(desk: Client, abc: Tenant) -> None:
    """RESOURCE_MISSING, by naming one: the company is not known there, which says nothing of its records."""
    form = inputs(desk.get(FORMS["customers"])) | TYPED["customers"]
    Tenant.objects.filter(pk=abc.pk).update(end_user_id="end_usr_nobody")
    answer = desk.post(FORMS["customers"], form)
    assert (answer.status_code, "Conductor does not know this company." in page(answer)) == (503, True)
    assert not Record.objects.filter(tenant=abc, deleted_at__isnull=False).exists()


def test_a_vendor_that_asks_to_wait_is_named(desk: Client, sandbox: Sandbox) -> None:
    """429: it is waited for."""
    fail(sandbox, "rate_limited", seconds=30)
    assert "QuickBooks asks us to wait." in page(follow(desk, save(desk)))


@pytest.mark.parametrize("code", ["3175", "3176"])
def test_a_record_in_use_is_tried_again_and_told(desk: Client, sandbox: Sandbox, code: str) -> None:
    fail(sandbox, "refuse", integrationCode=code, message="It is in use.")
    assert "The record is in use in QuickBooks." in page(follow(desk, save(desk)))
    Edit.objects.update(waits_until=timezone.now())
    queue_due_edits()
    run_queued_tasks("saves")
    assert Edit.objects.get().state == State.SAVED


def test_a_stale_revision_is_a_conflict_to_decide(desk: Client, sandbox: Sandbox) -> None:
    """3200, by a change in QuickBooks."""
    form = inputs(desk.get(FORMS["bills"])) | TYPED["bills"]
    sandbox.change(endUserId=ABC, resource="bills", id="123ABC-1234567890", changes={"memo": "Theirs"})
    answer = desk.post(FORMS["bills"], form)
    assert (answer.status_code, "Theirs" in page(answer)) == (409, True)


def test_what_was_saved_without_its_note_is_not_called_refused(desk: Client, sandbox: Sandbox) -> None:
    """550 says that the record was written, so it is read again; here nothing has moved yet."""
    fail(sandbox, "refuse", "customers", integrationCode="550", message="The note was not saved.")
    answer = save(desk, "customers")
    assert (answer.status_code, Edit.objects.get().state) == (502, State.UNKNOWN)
    assert "QuickBooks saved only part of this.</strong> Its note was not saved." in page(answer)


def test_what_was_saved_without_its_note_is_found_to_be_there(desk: Client, sandbox: Sandbox) -> None:
    """550, where the record was written."""
    fail(sandbox, "refuse", "customers", integrationCode="550", message="The note was not saved.", written=True)
    answer = save(desk, "customers")
    assert (answer.status_code, Edit.objects.get().state) == (303, State.SAVED)


def test_a_save_that_is_fine_says_so(desk: Client) -> None:
    """0."""
    answer = save(desk)
    assert (answer.status_code, Edit.objects.get().state) == (303, State.SAVED)


def test_a_list_that_matches_nothing_is_empty_and_no_failure(sandbox: Sandbox, abc: Tenant) -> None:
    """1."""
    client = registry.make_client(abc, RequestPriority.SYNC)
    later: datetime = timezone.now() + timedelta(days=900)
    pages = client.pages(registry.get_table(abc, "bills"), updatedAfter=later.isoformat(timespec="seconds"))
    assert [page.rows for page in pages] == [[]]


def test_a_body_that_the_service_cannot_read_names_its_line(sandbox: Sandbox, abc: Tenant) -> None:
    """INVALID_REQUEST_ERROR, by an id that is too long for the second of two lines."""
    client, table = registry.make_client(abc, RequestPriority.SAVE), registry.get_table(abc, "bills")
    record = client.read_record(table, "123ABC-1234567890")
    stored = lookup.store_record(abc, table, record)
    base = lookup.get_content(stored)
    (line,) = base["expense_lines"]
    wrong = line.replace(id="-1", account=type(line["account"])("8" * 40, "Rent"))
    edited = base.replace(expense_lines=(line, wrong))
    with pytest.raises(errors.Refused) as caught:
        client.update_record(table, stored.remote_id, stored.revision, base, edited)
    assert (caught.value.code, caught.value.field) == ("INVALID_REQUEST_ERROR", "expense_lines-1-account")


def test_a_vendor_deleted_meanwhile_is_refused_on_the_vendor(desk: Client, abc: Tenant, sandbox: Sandbox) -> None:
    """3140, by a record that is gone in QuickBooks and still in the copy."""
    bills = Record.objects.filter(tenant=abc, kind="bills", vendor_name="Acme Supplies Ltd.", is_paid=False)
    url = f"/t/abc/bills/{bills.order_by('-bill_date')[0].remote_id}/edit"
    form = inputs(desk.get(url)) | {"vendor": "Paper & Ink Co."}
    gone = Record.objects.get(tenant=abc, kind="vendors", full_name="Paper & Ink Co.")
    sandbox.change(endUserId=ABC, resource="vendors", id=gone.remote_id, delete=True)
    assert refused(desk.post(url, form)) == ("3140", ["vendor"])


def test_the_vendor_of_a_paid_bill_is_refused_on_the_vendor(desk: Client, sandbox: Sandbox) -> None:
    """3170, by the rules of QuickBooks."""
    answer = desk.post(FORMS["bills"], agreed(save(desk, vendor="Paper & Ink Co.")))
    assert refused(answer) == ("3170", ["vendor"])


def test_a_name_in_use_is_refused_on_the_name(desk: Client, abc: Tenant) -> None:
    """3100, by taking one."""
    acme = Record.objects.get(tenant=abc, kind="customers", full_name="Acme Corporation")
    url = f"/t/abc/customers/{acme.remote_id}/edit"
    answer = desk.post(url, inputs(desk.get(url)) | {"name": "abc corporation"})
    assert (answer.status_code, [*answer.context["form"].errors]) == (422, ["name"])


def test_a_bill_in_the_closed_time_is_refused_on_its_date(as_bob: Client, harbor: Tenant, copied: Copied) -> None:
    """3171, by the company's closing date."""
    copied(harbor)
    old = Record.objects.filter(tenant=harbor, kind="bills", bill_date__lte="2026-09-30")[0]
    url = f"/t/harbor/bills/{old.remote_id}/edit"
    asked = as_bob.post(url, inputs(as_bob.get(url)) | {"memo": "Late"})
    assert refused(as_bob.post(url, agreed(asked))) == ("3171", ["transaction_date"])


def test_an_exchange_rate_where_there_is_one_currency_is_refused(
    as_bob: Client, harbor: Tenant, copied: Copied
) -> None:
    """3250, by the company's preferences; the form does not offer the rate, so this one was made up."""
    copied(harbor)
    new = Record.objects.filter(tenant=harbor, kind="bills", bill_date__gt="2026-09-30", is_paid=False)[0]
    url = f"/t/harbor/bills/{new.remote_id}/edit"
    assert refused(as_bob.post(url, inputs(as_bob.get(url)) | {"exchange_rate": "1.5"}))[0] == "3250"


def refused(answer: Any) -> tuple[str, list[str]]:
    """The code of a refusal and the inputs beside which it stands."""
    return answer.context["error"].code, [*answer.context["form"].errors]


def test_every_listed_code_is_handled(figure: Note) -> None:
    of_conductor = {code for code, *_ in (*OUTCOMES, *WAITING)}
    handled = {row.code for row in ROWS} | set(DOOR) | APART | of_conductor | BY_THEMSELVES
    figure(f"status codes handled / listed: {len(handled & LISTED)} / {len(LISTED)}")
    assert LISTED - handled == set()


def test_every_status_code_with_words_has_a_row() -> None:
    assert (set(WORDS) - {row.code for row in ROWS}, set(AT_THE_DOOR) - {one.lower() for one in DOOR}) == (set(), set())
