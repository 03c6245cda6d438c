"""A planned bulk change says of each record what would become of it, and sends nothing."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from books.mirror import lookup
from books.models import Record
from edits.batches import plan
from edits.batches.proposals import Proposal
from edits.models.batch import Batch, Finding
from edits.models.edit import Edit
from records.diff import Change, load_changes
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import sent
from tests.support.vendor import Sandbox

from .planning import NEW_PHONE, plan_batch, propose


def list_findings(batch: Batch) -> list[tuple[str, str]]:
    return list(batch.items.values_list("finding", "problem"))


@pytest.fixture
def member(job: Record, bob: User) -> Member:
    return Member(job.tenant, bob, Role.BOOKKEEPER)


def test_a_plan_says_what_each_value_becomes(member: Member, job: Record, sandbox: Sandbox) -> None:
    was = lookup.get_content(job)["phone"]
    (item,) = plan_batch(propose(member, job, phone=NEW_PHONE)).items.all()
    assert (item.finding, load_changes(item.changes)) == (Finding.CHANGES, [Change("Phone", was, NEW_PHONE)])
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_a_record_that_is_so_already_is_unchanged(member: Member, job: Record) -> None:
    assert list_findings(plan_batch(propose(member, job))) == [(Finding.UNCHANGED, "")]


def test_what_breaks_a_limit_cannot_be_changed(member: Member, job: Record) -> None:
    said = "Too long: 40 characters, 21 allowed."
    assert list_findings(plan_batch(propose(member, job, phone="5" * 40))) == [(Finding.CANNOT, said)]


def test_what_its_caller_could_not_do_has_their_reason(member: Member, job: Record) -> None:
    problem = Proposal(member, job, job.version, None, "The date is not a date.", "row 12")
    assert list_findings(plan_batch(problem)) == [(Finding.CANNOT, "The date is not a date.")]


def test_a_record_that_is_named_twice_is_changed_once(member: Member, job: Record) -> None:
    twice = [replace(propose(member, job, phone=NEW_PHONE), place=f"row {row}") for row in (2, 9)]
    assert list_findings(plan_batch(*twice)) == [(Finding.CHANGES, ""), (Finding.CANNOT, "It is in row 2 already.")]


def test_a_viewer_can_change_nothing(member: Member, job: Record, bob: User) -> None:
    viewer = Member(job.tenant, bob, Role.VIEWER)
    said = "You can view but not change this company."
    assert list_findings(plan_batch(propose(viewer, job, phone=NEW_PHONE))) == [(Finding.CANNOT, said)]


def test_nobody_plans_in_another_persons_name(member: Member, job: Record, alice: User) -> None:
    with pytest.raises(PermissionDenied):
        plan.plan_batch(alice, [propose(member, job, phone=NEW_PHONE)], kind="customers", title="", source="")
    assert Batch.objects.count() == 0


def test_a_record_of_another_company_is_not_planned(job: Record, larch: Tenant, bob: User) -> None:
    with pytest.raises(PermissionDenied):
        plan_batch(propose(Member(larch, bob, Role.BOOKKEEPER), job, phone=NEW_PHONE))
    assert Batch.objects.count() == 0
