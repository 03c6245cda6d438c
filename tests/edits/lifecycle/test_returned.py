"""Saves without an answer at a vendor that numbers no revisions: a record may have been in a state before."""

from django.contrib.auth.models import User
from django.utils import timezone

from books.mirror import lookup
from books.models import Record
from books.registry import get_table
from books.sync import refresh
from edits.lifecycle import settle
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit, State
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
    edit = carry_out(accept(author, record, first, "form-2"))
    assert edit.state == State.SAVED


def test_an_edit_whose_values_were_there_already_does_not_hide_whose_write_has_landed(
    juniper: Tenant, bob: User, copied: Copied, sandbox: Sandbox
) -> None:
    copied(juniper)
    author = Member(juniper, bob, Role.BOOKKEEPER)
    record = lookup.find_record(juniper, "customers", "1")
    late = give_up(author, record, sandbox, "land_late", work_phone="555-0100")
    sandbox.change(organizationId=JUNIPER, resource="customers", id="1", changes={"first_name": "A", "last_name": "B"})
    read(record)
    lost = give_up(author, record, sandbox, "cut_before", note="changed")
    save(author, record, lookup.get_content(record).replace(note="changed"), "note again")
    sandbox.control("land")
    read(record)
    settle.settle_due()
    late.refresh_from_db()
    lost.refresh_from_db()
    assert (late.state, late.result, lost.state) == (State.SAVED, record.version, State.NOT_APPLIED)


def give_up(author: Member, record: Record, sandbox: Sandbox, fault: str, **values: str) -> Edit:
    """A save without answer whose time limit has passed."""
    seconds = {"seconds": 600} if fault == "land_late" else {}
    sandbox.fault(organizationId=JUNIPER, operation="update", fault=fault, **seconds)
    edit = carry_out(accept(author, record, lookup.get_content(record).replace(**values), f"form {values}"))
    Edit.objects.filter(pk=edit.pk).update(uncertain_until=timezone.now(), look_at=timezone.now())
    return settle.settle_edit(edit)


def read(record: Record) -> None:
    refresh.read_record(record.tenant, get_table(record.tenant, record.kind), record.remote_id)
    record.refresh_from_db()
