"""A customer renamed here while somebody else works on one of its jobs: nobody waits for the next reading."""

from django.test import Client

from books.mirror import lookup
from books.models import Record
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .test_edit import EDIT, sent


def rename_parent(bob: Client, job: Record, name: str) -> None:
    """Save another name of the job's customer."""
    page = f"/t/abc/customers/{job.parent_id}/edit"
    answer = bob.post(page, inputs(bob.get(page)) | {"name": name})
    assert answer.status_code == 303


def test_a_saved_rename_is_on_the_jobs_at_once(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    rename_parent(as_bob, job, "Zeta Works")
    assert lookup.find_record(job.tenant, "customers", job.remote_id).full_name == "Zeta Works:Website Redesign Project"
    assert "Zeta Works:Website Redesign Project" in as_bob.get("/t/abc/customers/?q=zeta+website").content.decode()
    assert sandbox.requests("end_usr_1234567abcdefg")[1:] == []


def test_a_form_opened_before_the_rename_saves_what_was_typed(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    typed = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    rename_parent(as_bob, job, "Zeta Works")
    assert as_bob.post(EDIT, typed).status_code == 303
    assert sent(sandbox)[1] == {"revisionNumber": "1721172183", "phone": "555-0100"}


def test_a_form_opened_before_a_rename_further_up_saves_too(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = f"/t/abc/customers/{job.parent_id}/edit"
    as_bob.post(page, inputs(as_bob.get(page)) | {"parent": "Acme Corporation"})
    typed = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    acme = lookup.find_record(job.tenant, "customers", "80000003-1234567890")
    page = f"/t/abc/customers/{acme.remote_id}/edit"
    as_bob.post(page, inputs(as_bob.get(page)) | {"name": "Zeta Works"})
    assert (typed["parent"], as_bob.post(EDIT, typed).status_code) == ("Acme Corporation:ABC Corporation", 303)
    assert sent(sandbox)[-1] == {"revisionNumber": "1721172183", "phone": "555-0100"}
