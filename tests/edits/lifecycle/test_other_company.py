"""While another company file answers, no change is accepted and none is sent; what was typed waits."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books.mirror import lookup
from books.models import Record, SyncStatus
from books.providers import errors
from books.providers.company_file import CompanyFile
from books.sync import company_file
from edits.lifecycle import settle
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit, State
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, EDIT, PAGE, sent
from tests.support import saving
from tests.support.inputs import inputs
from tests.support.markup import one_line as join_lines
from tests.support.vendor import Sandbox

OWN = CompanyFile("ABC Corporation", "ABC Corporation", False)
DIFFERENT = 'The company file that is open there is a different one: its name is "Harbor" instead of "ABC Corporation".'
BANNER = "A different company file is open in QuickBooks."


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


def open_other(tenant: Tenant, name: str = "Harbor") -> None:
    """Note that another file answers, as a reading notes it."""
    other = CompanyFile(name, OWN.legal_name, False).dump()
    known = {"company_file": OWN.dump(), "other_file": other, "other_file_since": timezone.now()}
    SyncStatus.objects.update_or_create(tenant=tenant, defaults=known)


def one_line(answer: Any) -> str:
    return " ".join(join_lines(answer.content.decode()).split())


def open_own(tenant: Tenant) -> None:
    SyncStatus.objects.filter(tenant=tenant).update(other_file={}, other_file_since=None)


def test_a_change_is_not_accepted_and_says_what_was_found(author: Member, job: Record, sandbox: Sandbox) -> None:
    open_other(job.tenant)
    with pytest.raises(errors.OtherCompany) as refused:
        saving.accept(author, job, lookup.get_content(job).replace(phone="1"))
    assert (refused.value.title, refused.value.error_message) == (
        "A different company file is open in QuickBooks",
        DIFFERENT,
    )
    assert (Edit.objects.count(), sandbox.requests(ABC)) == (0, [])


def test_an_accepted_change_is_not_sent_to_another_file_and_waits_for_its_own(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = saving.accept(author, job, lookup.get_content(job).replace(phone="1"))
    open_other(job.tenant)
    edit = carry_out(edit)
    assert (edit.state, edit.error, edit.error_message) == (State.QUEUED, "OtherCompany", DIFFERENT)
    assert sandbox.requests(ABC) == []
    open_own(job.tenant)
    assert carry_out(Edit.objects.get(pk=edit.pk)).state == State.SAVED
    assert [body["phone"] for body in sent(sandbox)] == ["1"]


def test_a_save_without_an_answer_is_not_settled_by_another_file(author: Member, job: Record, sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=ABC, operation="update", fault="cut_after")
    sandbox.fault(endUserId=ABC, operation="retrieve", fault="timeout")
    edit = carry_out(saving.accept(author, job, lookup.get_content(job).replace(phone="1")))
    assert edit.state == State.UNKNOWN
    open_other(job.tenant)
    sandbox.clear_requests()
    Edit.objects.update(look_at=None)
    assert (settle.settle_edit(edit).state, sandbox.requests(ABC)) == (State.UNKNOWN, [])


def test_the_form_comes_back_with_what_was_typed_and_keeps_it_as_a_draft(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    open_other(job.tenant)
    answer = as_bob.post(EDIT, form)
    assert (answer.status_code, inputs(answer)["phone"]) == (503, "555-0100")
    assert DIFFERENT.replace('"', "&quot;") in one_line(answer)
    assert list(Edit.objects.values_list("state", flat=True)) == [State.DRAFT]


def test_every_page_of_the_company_says_so(as_carol: Client, as_bob: Client, job: Record) -> None:
    asked = dict.fromkeys(["/t/abc/", "/t/abc/customers/", "/t/abc/bills/", PAGE, "/t/abc/edits/"], as_carol)
    asked[EDIT] = as_bob
    assert [path for path, client in asked.items() if BANNER in one_line(client.get(path))] == []
    open_other(job.tenant)
    pages = {path: one_line(client.get(path)) for path, client in asked.items()}
    found = {path: (BANNER in page, "different company" in page.partition("<main")[0]) for path, page in pages.items()}
    assert found == dict.fromkeys(asked, (True, True))


def test_the_page_of_another_company_says_nothing(as_bob: Client, job: Record, harbor: Tenant) -> None:
    open_other(job.tenant)
    assert BANNER not in one_line(as_bob.get("/t/harbor/customers/"))


def test_an_administrator_confirms_the_file_that_the_page_shows(as_alice: Client, job: Record) -> None:
    open_other(job.tenant)
    page = as_alice.get("/t/abc/connection/")
    assert DIFFERENT.replace('"', "&quot;") in one_line(page)
    form = {"mark": company_file.make_mark(SyncStatus.objects.get(tenant=job.tenant))}
    answer = as_alice.post("/t/abc/connection/same-company/", form, follow=True)
    assert "ABC Corporation now belongs to the company file Harbor." in one_line(answer)
    status = SyncStatus.objects.get(tenant=job.tenant)
    assert (status.company_file["name"], status.company_file["confirmed_by"]) == ("Harbor", "alice")
    assert "Company file confirmed by alice" in one_line(as_alice.get("/t/abc/connection/"))


def test_a_file_that_the_page_did_not_show_is_not_confirmed(as_alice: Client, job: Record) -> None:
    open_other(job.tenant)
    mark = company_file.make_mark(SyncStatus.objects.get(tenant=job.tenant))
    open_other(job.tenant, "Larch")
    answer = as_alice.post("/t/abc/connection/same-company/", {"mark": mark}, follow=True)
    assert "Nothing was confirmed." in one_line(answer)
    assert SyncStatus.objects.get(tenant=job.tenant).other_file["name"] == "Larch"


@pytest.mark.parametrize("who", ["as_bob", "as_carol"])
def test_only_an_administrator_is_offered_the_confirmation(
    request: pytest.FixtureRequest, job: Record, who: str
) -> None:
    client: Client = request.getfixturevalue(who)
    open_other(job.tenant)
    assert "Same company, renamed" not in one_line(client.get("/t/abc/connection/"))
    assert client.post("/t/abc/connection/same-company/", {"mark": "x"}).status_code == 403
