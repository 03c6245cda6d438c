"""One row with a value that cannot be read costs no other row, no other list, and no reading without end."""

import os
from typing import Any

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import ReadState, SyncRun, UnreadableRecord
from books.providers.errors import BooksError
from books.sync import reader, refresh
from tenants.models import Tenant
from tests.support.vendor import Sandbox

from .test_reader import queue, read_all

ABC = "end_usr_1234567abcdefg"
VALUES = (
    '"isActive":"true","isPaid":"true"',
    '"updatedAt":1E+400,"createdAt":1E+99999999999999999999',
    f'"name":{"9" * 100_000},"updatedAt":{"9" * 100_000}',
    '"name":[1],"fullName":[1],"refNumber":[1],"initial":[1],"isActive":[1]',
    '"updatedAt":"yesterday"',
)
SHIFTS = len(VALUES) if "SOAK" in os.environ else 1  # so that each list gets each value


@pytest.fixture
def company(sandbox: Sandbox, abc: Tenant) -> Tenant:
    """A company with everything queued and nothing read."""
    refresh.queue_stale(abc)
    return abc


def spoil_lists(sandbox: Sandbox, tenant: Tenant, shift: int) -> set[str]:
    """Let the first row of every list come with one of the values; return the lists that have one."""
    spoilt = set()
    for number, table in enumerate(registry.get_description(tenant).tables.values(), shift):
        rows = [] if table.single else sandbox.get(table.path, tenant.end_user_id, **table.always)["data"]
        for row in rows[:1]:
            raw = f'{{"id":"{row["id"]}",{VALUES[number % len(VALUES)]}}}'
            about = {"endUserId": tenant.end_user_id, "resource": table.kind, "operation": "list", "count": None}
            sandbox.fault(fault="altered", id=row["id"], raw=raw, **about)
            spoilt.add(table.kind)
    return spoilt


def read_on(tenant: Tenant) -> int:
    """Read until nothing is due, whatever fails; return how many pieces there were."""
    pieces, goes_on = 0, True
    while goes_on:
        pieces += 1
        try:
            goes_on = reader.read_next(tenant)
        except BooksError:
            continue
    return pieces


@pytest.mark.parametrize("shift", range(SHIFTS))
def test_one_bad_row_of_each_list_is_kept_aside_and_all_else_goes_on(
    sandbox: Sandbox, company: Tenant, as_bob: Client, shift: int
) -> None:
    spoilt = spoil_lists(sandbox, company, shift)
    assert len(spoilt) > 20
    assert read_all(company) == len(refresh.list_kinds(company))
    assert sorted(UnreadableRecord.objects.values_list("kind", flat=True)) == sorted(spoilt)
    assert set(SyncRun.objects.values_list("state", flat=True)) == {ReadState.DONE}
    assert as_bob.get("/t/abc/connection/").content.decode().count("1 record of ") == len(spoilt)


@pytest.fixture
def deleting(sandbox: Sandbox, abc: Tenant) -> Tenant:
    """A company of which customers, bills and deletions have been read."""
    SyncRun.objects.bulk_create(SyncRun(tenant=abc, kind=kind) for kind in ("customers", "bills", "deleted"))
    read_all(abc)
    return abc


def delete_two(sandbox: Sandbox, company: Tenant, kind: str) -> tuple[str, str]:
    """Let somebody delete two records of a list."""
    first, second, *_ = [row["id"] for row in sandbox.get(f"/quickbooks-desktop/{kind}", ABC)["data"]]
    for id in (first, second):
        sandbox.change(endUserId=ABC, resource=kind, id=id, delete=True)
    return first, second


@pytest.mark.parametrize("raw", ["7", '{"id":1E+400}', f'{{"id":{"9" * 100_000}}}', '{"id":{},"listType":[]}'])
def test_one_bad_row_of_the_deletions_hides_no_other(sandbox: Sandbox, deleting: Tenant, raw: str) -> None:
    pairs = {kind: delete_two(sandbox, deleting, kind) for kind in ("customers", "bills")}
    for kind, resource in (("customers", "deleted-list-objects"), ("bills", "deleted-transactions")):
        sandbox.fault(endUserId=ABC, resource=resource, fault="altered", id=pairs[kind][0], raw=raw, count=None)
    queue(deleting, "deleted")
    read_all(deleting)
    gone = {(kind, id) for kind, ids in pairs.items() for id in ids if lookup.get_deleted_at(deleting, kind, id)}
    assert gone == {(kind, second) for kind, (_, second) in pairs.items()}
    assert SyncRun.objects.get(kind="deleted").state == ReadState.DONE


@pytest.mark.parametrize("value", ["true", 10**40])
def test_a_bad_preference_stops_no_list(sandbox: Sandbox, abc: Tenant, value: Any) -> None:
    SyncRun.objects.bulk_create(SyncRun(tenant=abc, kind=kind) for kind in ("preferences", "classes"))
    sandbox.fault(endUserId=ABC, resource="preferences", fault="altered", changes={"accounting": value}, count=None)
    assert read_on(abc) < 5
    assert SyncRun.objects.get(kind="classes").state == ReadState.DONE
