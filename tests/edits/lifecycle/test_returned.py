"""A save that brings a record back to what it once was, at a vendor that numbers no revisions."""

from django.contrib.auth.models import User

from books.mirror import lookup
from edits.models.edit import State
from edits.tasks import carry_out_now
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.support.copies import Copied
from tests.support.saving import accept, save
from tests.support.vendor import JUNIPER, Sandbox


def test_a_save_back_to_an_earlier_state_is_found_without_its_answer(
    juniper: Tenant, bob: User, copied: Copied, sandbox: Sandbox
) -> None:
    copied(juniper)
    author = Member(juniper, bob, Role.BOOKKEEPER)
    record = lookup.find_record(juniper, "customers", "1")
    first = lookup.get_content(record)
    save(author, record, first.replace(note="changed"), "form-1")
    record.refresh_from_db()
    sandbox.fault(organizationId=JUNIPER, operation="update", fault="cut_after")
    edit = carry_out_now(accept(author, record, first, "form-2"))
    assert edit.state == State.SAVED
