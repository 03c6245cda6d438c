"""What a vendor says may be of any length: it is recorded whole, and neither a save nor a round fails over it."""

from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from books import registry
from books.mirror import lookup
from books.models import Record, SyncRun
from books.providers import errors
from books.providers.conductor import account
from books.sync import outcome, scheduler
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from tenants import companies
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.edits.lifecycle.test_save import save_phone
from tests.support.vendor import Sandbox

NAME, CODE = "A" * 255, "C" * 300
ABC = "end_usr_1234567abcdefg"
REFUSAL = {"type": "INTEGRATION_ERROR", "code": "QBD_REQUEST_ERROR", "integrationCode": CODE, "requestId": CODE}
WORDS = {"message": "No.", "userFacingMessage": "No."}


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


def test_a_long_name_is_recorded_whole_when_it_changes_and_when_it_is_deleted(abc: Tenant) -> None:
    for revision in ("1", "2"):
        row = {"id": "8-1", "fullName": NAME, "phone": revision, "revisionNumber": revision}
        lookup.store_record(abc, registry.get_table(abc, "customers"), row)
    lookup.mark_deleted(abc, "customers", ["8-1"])
    scheduler.run_round()
    assert [one.record_name for one in ExternalChange.objects.all()] == [NAME, NAME]


def test_texts_that_no_index_takes_whole_are_stored_whole(abc: Tenant) -> None:
    letters = "".join(map(chr, Random(1).choices(range(0x10000, 0x10A00), k=5_000)))  # no index can pack them
    named = {"id": "9-1", "fullName": letters}
    bill: dict[str, Any] = {"vendor": named, "refNumber": letters, "currency": named}
    own: dict[str, dict[str, Any]] = {"customers": {"fullName": letters}, "bills": bill}
    for kind, row in own.items():
        lookup.store_record(abc, registry.get_table(abc, kind), {"id": "8-1", "revisionNumber": "1", **row})
    stored = Record.objects.order_by("kind").values_list("full_name", "vendor_name")
    assert list(stored) == [(letters, letters), (letters, "")]


def test_what_is_too_long_for_the_id_of_an_end_user_is_none() -> None:
    with pytest.raises(errors.BadAnswer):
        account.read_end_user({"id": "e" * 81})
    with pytest.raises(ValidationError):
        companies.check_end_user_id(f"end_usr_{'e' * 80}")


def test_a_record_with_a_long_name_is_saved(author: Member, job: Record) -> None:
    job.full_name = NAME
    assert save_phone(author, job).record_name == NAME


def test_a_refusal_with_a_long_code_and_request_id_is_recorded(author: Member, job: Record, sandbox: Sandbox) -> None:
    body = {"error": {**REFUSAL, **WORDS, "httpStatusCode": 502}}
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", fault="says", status=502, body=body)
    with pytest.raises(errors.Refused):
        save_phone(author, job)
    edit = Edit.objects.get()
    assert (edit.state, edit.code, edit.request_id) == (State.REFUSED, CODE, CODE)


def test_a_saved_change_keeps_a_long_request_id(author: Member, job: Record, sandbox: Sandbox) -> None:
    body = sandbox.get(f"/quickbooks-desktop/customers/{job.remote_id}", ABC) | {"phone": "555-0100"}
    said = {"status": 200, "body": body | {"revisionNumber": "9"}, "headers": {"Conductor-Request-Id": CODE}}
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", fault="says", **said)
    assert save_phone(author, job).request_id == CODE


def test_a_reading_that_fails_keeps_a_long_request_id(abc: Tenant) -> None:
    run = SyncRun.objects.create(tenant=abc, kind="customers")
    outcome.note_failure(run, errors.Refused("No.", code=CODE, request_id=CODE), outcome.AWAY_PAUSE)
    run.refresh_from_db()
    assert (run.code, run.request_id) == (CODE, CODE)
