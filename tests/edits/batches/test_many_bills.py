"""The dry run of many bills: everything that their checks look up is read once, and finds what a form's checks find."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from books.mirror import lookup
from books.models import Record
from books.shared_reads import share_reads, shared
from edits.models.batch import Batch, Finding
from records.content import Content
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.support.copies import Copied

from . import planning

AMOUNT = "amount_due"


@pytest.fixture
def member(harbor: Tenant, bob: User, copied: Copied) -> Member:
    copied(harbor)
    return Member(harbor, bob, Role.BOOKKEEPER)


def list_bills(member: Member, count: int) -> list[Record]:
    """Unpaid bills with their versions."""
    open_ones = Record.objects.filter(tenant=member.tenant, kind="bills", deleted_at=None, is_paid=False)
    return list(open_ones.select_related("version", "tenant").order_by("pk")[:count])


def plan_bills(member: Member, bills: list[Record], **values: Any) -> Batch:
    proposals = [planning.propose(member, bill, **values) for bill in bills]
    return planning.plan_batch(*proposals, kind="bills", title="Terms")


def count_queries(member: Member, bills: list[Record], **values: Any) -> int:
    with CaptureQueriesContext(connection) as made:
        plan_bills(member, bills, **values)
    return len(made)


def find_terms(bills: list[Record]) -> Any:
    return next(found for bill in bills if (found := get_bill(bill)["terms"]))


def get_bill(bill: Record) -> Content:
    return lookup.get_content(bill)


def test_twice_as_many_bills_take_no_more_queries(member: Member) -> None:
    bills = list_bills(member, 40)
    terms = find_terms(bills)
    few, many = (count_queries(member, list_bills(member, count), terms=terms) for count in (20, 40))
    assert many == few


def test_a_duplicate_is_found_as_in_a_form(member: Member) -> None:
    bills = list_bills(member, 60)
    pairs = ((one, other) for one in bills for other in bills if one.pk < other.pk and other.number)
    one, other = next((one, other) for one, other in pairs if one.vendor_id == other.vendor_id)
    number = get_bill(other)["ref_number"]
    (item,) = plan_bills(member, [one], ref_number=number).items.all()
    said = [title for _, _, title, *_ in item.checks if "already" in title]
    assert said == [f"{one.vendor_name} already has a bill with number {number}."]


def test_each_bill_has_its_total_before_and_after(member: Member) -> None:
    bills = list_bills(member, 3)
    batch = plan_bills(member, bills, memo="Checked")
    totals = [(item.total_before, item.total_after) for item in batch.items.filter(finding=Finding.CHANGES)]
    assert totals == [(f"{get_bill(bill)[AMOUNT]}",) * 2 for bill in bills]


def test_what_is_read_within_a_block_is_read_once() -> None:
    asked: list[int] = []

    @shared
    def read(number: int) -> int:
        asked.append(number)
        return number

    with share_reads():
        found = [read(1), read(1), read(2)]
    assert (found, asked, read(1), asked) == ([1, 1, 2], [1, 2, 1], 1, [1, 2, 1])
