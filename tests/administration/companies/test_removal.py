"""A company that is removed: gone for its people at once, purged in pieces, its history kept."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from administration.companies import life, purge
from books.models import ListWalk, Record, SavedView, SyncRun, SyncStatus, VendorUsage, Version
from books.sync import scheduler
from edits.lifecycle import transitions
from edits.models import Batch, Edit, ExternalChange, Opened
from edits.models.batch import Finding
from edits.models.edit import State
from tenants.access import Member
from tenants.models import Membership, Role, Tenant
from tests.edits.factories import a_sighting, an_edit
from tests.support.people import signed_in

from .test_life import PAGE, log_of, press

NOW = timezone.now()


@pytest.fixture
def as_chief(alice: User) -> Client:
    """A Ledgerdesk administrator who is a member of no company."""
    return signed_in(User.objects.create(username="chief", is_staff=True))


@pytest.fixture
def full(job: Record, bob: User, alice: User) -> Tenant:
    """The company of `job` with rows in each of its tables, of which one record and one version are history."""
    tenant = job.tenant
    assert job.version is not None
    member = Member(tenant, bob, Role.BOOKKEEPER)
    an_edit(tenant, bob, NOW, remote_id=job.remote_id, base=job.version, result=job.version, reason="Asked by phone")
    a_sighting(tenant, NOW)
    transitions.keep_draft(member, job, job.version, "phone=5", "form-9")
    batch = Batch.objects.create(person=bob, person_name="bob", kind="customers", title="", planned_at=NOW)
    batch.items.create(
        number=1, tenant=tenant, remote_id="8-1", record_name="A", finding=Finding.CHANGES, base=job.version
    )
    SavedView.objects.create(tenant=tenant, person=bob, kind="customers", name="Mine", query="q=a")
    walk = {"kind": "customers", "query": "", "first": 0, "is_whole": True, "ids": "1", "opened_at": NOW}
    ListWalk.objects.create(tenant=tenant, person=bob, **walk)
    Opened.objects.create(tenant=tenant, kind="customers", remote_id="8", person=bob, person_name="bob", seen_at=NOW)
    SyncRun.objects.create(tenant=tenant, kind="customers")
    sums = {"requests": 3, "failures": 0, "seconds": 1.0, "sent": 1, "received": 1}
    VendorUsage.objects.create(tenant=tenant, day=NOW.date(), **sums)
    SyncStatus.objects.create(tenant=tenant, company_file={"name": "ABC"}, wanted={"customers": ["8"]})
    tenant.invitations.create(email="e@example.com", role=Role.VIEWER, token_hash="x", expires_at=NOW)
    tenant.former_slugs.create(slug="abc-before")
    return tenant


def remove(tenant: Tenant) -> Tenant:
    own = life.remove_company(tenant, tenant.name)
    Tenant.objects.filter(pk=own.pk).update(removed_at=NOW - timedelta(minutes=2))
    own.refresh_from_db()
    return own


def list_left(tenant: Tenant) -> set[type[Model]]:
    """Return the tables that still have rows of the company."""
    tables = purge.list_tables().items()
    return {table for table, column in tables if table._base_manager.filter(**{column: tenant}).exists()}


def test_without_its_very_name_nothing_is_removed(as_chief: Client, larch: Tenant) -> None:
    names = ("larch street supply", "", "Harbor & Pine Builders")
    statuses = {name: press(as_chief, "remove", typed_name=name).status_code for name in names}
    assert (statuses, Tenant.objects.get(pk=larch.pk).removed_at) == (dict.fromkeys(names, 422), None)


def test_a_removed_company_is_gone_for_its_people_at_once(as_chief: Client, as_bob: Client, larch: Tenant) -> None:
    answer = press(as_chief, "remove", typed_name="Larch Street Supply")
    assert (answer.status_code, answer["Location"]) == (303, f"/administration/companies/removed-{larch.pk}/")
    assert as_bob.get("/t/larch/").status_code == 404
    assert Membership.objects.filter(tenant=larch).count() == 0
    said = {"slug": "larch", "end_user": "end_usr_wholesaler0001", "members": "alice, bob, carol"}
    assert log_of(larch) == [("company_removed", said)]


def test_its_address_and_its_end_user_can_be_used_again(larch: Tenant) -> None:
    end_user = larch.end_user_id
    life.remove_company(larch, larch.name)
    Tenant.objects.create(slug="larch", name="Larch again", end_user_id=end_user)


def test_of_a_removed_company_its_history_alone_is_left(full: Tenant) -> None:
    own = remove(full)
    assert purge.purge_company(own, 60)
    assert list_left(own) == {*purge.KEPT, Record}
    assert (Edit.objects.sent().filter(tenant=own).count(), ExternalChange.objects.filter(tenant=own).count()) == (1, 1)
    (record,) = Record.objects.filter(tenant=own)
    kept = {f.name: getattr(record, f.attname) for f in Record._meta.concrete_fields if f.name not in ("id", "read_at")}
    named = {"tenant": own.pk, "kind": "customers", "remote_id": record.remote_id, "revision": record.revision}
    assert {name: value for name, value in kept.items() if value not in (None, "")} == named
    assert Version.objects.filter(record__tenant=own).count() == 1
    assert VendorUsage.objects.filter(tenant=own).count() == 1  # a month's sum does not shrink
    (draft,) = Edit.objects.filter(tenant=own, fields="")
    assert (draft.state, draft.typed, draft.base) == (State.DISCARDED, "", None)
    status = SyncStatus.objects.get(tenant=own)
    assert (status.company_file, status.wanted, status.resting_since is not None) == ({}, {}, True)


def test_a_purge_that_is_interrupted_anywhere_goes_on(full: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "AT_ONCE", 40)
    own, pieces = remove(full), 0
    while not purge.purge_company(own, -1):  # ends after each piece
        pieces += 1
        assert pieces < 200
    assert (pieces > 5, list_left(own)) == (True, {*purge.KEPT, Record})


def test_another_company_keeps_all_it_has(full: Tenant, harbor: Tenant, bob: User) -> None:
    an_edit(harbor, bob, NOW)
    SavedView.objects.create(tenant=harbor, person=bob, kind="customers", name="Mine", query="q=a")
    before = list_left(harbor)
    purge.purge_company(remove(full), 60)
    assert list_left(harbor) == before


def test_the_timetable_purges_and_then_leaves_it_alone(full: Tenant) -> None:
    own = remove(full)
    scheduler.run_round()
    own.refresh_from_db()
    assert own.purged_at is not None
    assert list_left(own) == {*purge.KEPT, Record}


def test_a_round_of_the_timetable_takes_as_long_for_many_as_for_one(
    full: Tenant, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "ROUND_SECONDS", -1.0)  # ends after the first piece
    SavedView.objects.create(tenant=larch, kind="customers", name="All", query="q=a")
    remove(full)
    before = list_left(remove(larch))
    purge.purge_removed()
    assert list_left(larch) == before


@pytest.mark.parametrize("busy", ["sending", "reading", "just removed"])
def test_it_is_not_finished_while_something_may_still_be_stored(full: Tenant, bob: User, busy: str) -> None:
    own = remove(full)
    if busy == "sending":
        an_edit(own, bob, NOW, state=State.SENDING, lease_until=timezone.now() + timedelta(minutes=1), process="")
    elif busy == "reading":
        SyncStatus.objects.filter(tenant=own).update(state="running", process="elsewhere:1:2")
    else:
        own.removed_at = timezone.now()
    assert (purge.purge_company(own, 60), Tenant.objects.get(pk=own.pk).purged_at) == (False, None)


def test_its_history_can_be_downloaded(full: Tenant, as_chief: Client) -> None:
    own = remove(full)
    purge.purge_company(own, 60)
    url = f"/administration/companies/{own.slug}/history/"
    answer: Any = as_chief.get(f"{url}csv/")
    csv = b"".join(answer.streaming_content).decode()
    sheet = openpyxl.load_workbook(io.BytesIO(as_chief.get(f"{url}xlsx/").content)).active
    assert sheet is not None
    cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert (answer["Cache-Control"].split(", ")[-2:], as_chief.head(f"{url}csv/").status_code) == (
        ["must-revalidate", "private"],
        200,
    )
    assert ("Asked by phone" in csv, len(cells), any("Asked by phone" in row for row in cells)) == (True, 3, True)
    assert [entry for entry in log_of(own) if entry[0] == "exported"] == [
        ("exported", {"what": "history.csv", "rows": 2}),
        ("exported", {"what": "history.xlsx", "rows": 2}),
    ]


@pytest.mark.parametrize("state", [State.UNKNOWN, State.SENDING])
def test_of_what_is_asked_no_more_its_history_does_not_say_that_it_is_checked(
    full: Tenant, as_chief: Client, state: State
) -> None:
    Edit.objects.filter(tenant=full, reason="Asked by phone").update(state=state)
    answer: Any = as_chief.get(f"/administration/companies/{remove(full).slug}/history/csv/")
    (line,) = [line for line in b"".join(answer.streaming_content).decode().splitlines() if "Asked by phone" in line]
    assert "Not known" in line


def test_the_history_of_a_company_in_use_is_for_its_members(as_chief: Client, larch: Tenant) -> None:
    assert as_chief.get(f"{PAGE}history/csv/").status_code == 404
