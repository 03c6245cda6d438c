"""What changed in the books between two versions is told once and for good, and never what an edit of ours did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from books import registry
from books.mirror import lookup
from books.mirror.store import store_page
from books.models import Record, Version
from books.providers import errors
from books.sync import refresh, scheduler
from edits.history import external_changes
from edits.history.entries import make_entries
from edits.lifecycle import settle
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from records.content import Reference
from records.diff import Change, load_changes
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import EDIT, JOB, change
from tests.edits.lifecycle.queueing import find_again, save_values, send
from tests.edits.lifecycle.test_last_check import other
from tests.edits.lifecycle.test_save import NEW_PHONE, fail, save_phone
from tests.support import saving
from tests.support.inputs import inputs
from tests.support.markup import one_line
from tests.support.vendor import JUNIPER, Sandbox

__all__ = ["other"]  # a fixture


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


Store = Callable[..., Record]


@pytest.fixture
def store(abc: Tenant) -> Store:
    """`store("1", phone="555")` puts a customer at revision 1 into the mirror."""
    table = registry.get_table(abc, "customers")

    def stored(revision: str, **members: Any) -> Record:
        return lookup.store_record(abc, table, {"id": "8-1", "fullName": "Ada", "revisionNumber": revision, **members})

    return stored


def told() -> list[tuple[str, list[Change]]]:
    """Of every sighting the names of its fields and its changes, oldest first, after all has been told."""
    while external_changes.record_next():
        pass
    return [(one.fields, load_changes(one.changes)) for one in ExternalChange.objects.order_by("seen_at", "pk")]


CHECK = {
    "id": "P-1",
    "transactionType": "bill_payment_check",
    "transactionDate": "2026-11-01",
    "refNumber": "1182",
    "linkType": "amount",
    "amount": "-60.00",
}


def read_again(job: Record) -> Record:
    return refresh.read_record(job.tenant, registry.get_table(job.tenant, job.kind), job.remote_id)


def save_the_same_twice(first: Member, second: Member, job: Record) -> tuple[Edit, Edit]:
    """Two people change a phone alike, the first of them the fax too: only the change of the first is sent."""
    edits = (
        save_values(first, job, "form-1", phone="555-0100", fax="555-0111"),
        save_values(second, job, "form-2", phone="555-0100"),
    )
    send()
    for edit in edits:
        edit.refresh_from_db()
    assert {edit.result for edit in edits} == {find_again(job).version}
    return edits


def test_what_was_sent_is_not_told_where_somebody_elses_change_was_there_already(
    author: Member, other: Member, job: Record
) -> None:
    save_the_same_twice(other, author, job)
    assert told() == []


def test_what_was_there_already_has_made_no_revision(author: Member, other: Member, job: Record) -> None:
    was = job.revision
    edits = save_the_same_twice(other, author, job)
    found = [(entry.before, entry.after) for entry in make_entries(other, edits, ())]
    assert found == [(was, find_again(job).revision), (was, "")]


def test_a_conflict_and_an_open_form_name_whoever_made_the_version(
    author: Member, other: Member, job: Record, as_bob: Client
) -> None:
    form = inputs(as_bob.get(EDIT))
    save_the_same_twice(other, author, job)
    since = as_bob.get(f"/t/abc/edits/presence/customers/{JOB}/", {"base": form["base"], "form": "1"})
    page = as_bob.post(EDIT, form | {"fax": "555-0112"})
    assert [edit.person_name for edit in since.context["since"].saves] == ["alice"]
    assert "It was last saved in Ledgerdesk by Alice" in one_line(page.content.decode())


def test_a_change_in_the_books_is_told_from_version_to_version(store: Store) -> None:
    store("1", phone="555-0100")
    store("2", phone="555-0199", fax="555-0188")
    store("3", phone="555-0199", fax="")
    assert told() == [
        (" phone fax ", [("Phone", "555-0100", "555-0199"), ("Fax", "empty", "555-0188")]),
        (" fax ", [("Fax", "555-0188", "empty")]),
    ]


def test_it_keeps_what_it_was_called_and_between_when_it_came_about(store: Store) -> None:
    first = store("1", phone="555-0100")
    store("2", phone="555-0199", updatedAt="2026-11-20T10:00:00-05:00")
    told()
    (one,) = ExternalChange.objects.all()
    later = Version.objects.get(revision="2")
    assert first.version is not None
    assert (one.kind, one.remote_id, one.record_name) == ("customers", "8-1", "Ada")
    assert (one.before, one.after) == ("1", "2")
    assert (one.earlier_at, one.seen_at) == (first.version.seen_at, later.seen_at)
    assert one.changed_at is not None
    assert one.changed_at.isoformat() == "2026-11-20T15:00:00+00:00"


def test_a_version_is_told_once(store: Store) -> None:
    store("1", phone="1")
    store("2", phone="2")
    assert [external_changes.record_next(), external_changes.record_next(), ExternalChange.objects.count()] == [1, 0, 1]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"balance": "1.00"}, {"balance": "2.00"}),
        ({"terms": {"id": "1", "fullName": "Net 30"}}, {"terms": {"id": "1", "fullName": "Net 30 days"}}),
        ({"phone": None}, {"phone": ""}),
    ],
    ids=["balance", "renamed elsewhere", "two blanks"],
)
def test_what_no_person_changed_on_the_record_is_not_told(
    store: Store, was: dict[str, Any], now: dict[str, Any]
) -> None:
    store("1", **was)
    store("2", **now)
    assert (told(), Version.objects.filter(replaces_unreported__isnull=False).count()) == ([], 0)


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ({}, {"isPaid": True}, Change("Paid", "no", "yes")),
        (
            {},
            {"linkedTransactions": [CHECK]},
            Change("Linked transactions, new transaction", "", "Bill payment check · 1 Nov 2026 · 1182 · −60.00"),
        ),
        (
            {"customFields": [{"name": "Route", "value": "North"}]},
            {"customFields": [{"name": "Route", "value": "South"}]},
            Change("Custom fields, Route", "North", "South"),
        ),
        (
            {"expenseLines": [{"id": "1", "customFields": [{"name": "Crew", "value": "A"}]}]},
            {"expenseLines": [{"id": "1", "customFields": [{"name": "Crew", "value": "B"}]}]},
            Change("Expenses, line 1, custom fields, Crew", "A", "B"),
        ),
    ],
    ids=["paid", "linked", "custom field", "custom field of a line"],
)
def test_what_only_people_in_the_books_change_is_told_too(
    abc: Tenant, was: dict[str, Any], now: dict[str, Any], change: Change
) -> None:
    table = registry.get_table(abc, "bills")
    for revision, members in (("1", was), ("2", now)):
        lookup.store_record(abc, table, {"id": "B-1", "isPaid": False, "revisionNumber": revision, **members})
    assert [changes for _, changes in told()] == [[change]]


def test_a_first_reading_costs_the_history_two_queries(
    abc: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [{"id": f"8-{n}", "fullName": f"C {n}", "revisionNumber": "1"} for n in range(1000)]
    store_page(abc, registry.get_table(abc, "customers"), rows, timezone.now())
    with django_assert_num_queries(2):  # is any version to be recorded, is any deletion
        external_changes.record_next()


def test_many_changes_cost_no_query_each_to_find_out(
    abc: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for revision in ("1", "2"):
        rows = [{"id": f"8-{n}", "fullName": f"C {n}", "revisionNumber": revision, "phone": revision} for n in range(9)]
        store_page(abc, registry.get_table(abc, "customers"), rows, timezone.now())
    with django_assert_num_queries(3 + 2 + 9 + 1 + 1):  # look, read, whose; begin, end; claims; write all; deletions
        assert external_changes.record_next() == 9


def test_our_own_edit_is_no_sighting(author: Member, job: Record, sandbox: Sandbox) -> None:
    save_phone(author, job)
    assert told() == []


def test_what_came_along_with_our_own_edit_is_told_beside_it(author: Member, job: Record, sandbox: Sandbox) -> None:
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    change(sandbox, phone=NEW_PHONE, fax="555-0188")
    Edit.objects.update(look_at=timezone.now())
    settle.settle_due()
    assert told() == [(" fax ", [("Fax", "+1-555-555-1212", "555-0188")])]
    assert ExternalChange.objects.get().edit == Edit.objects.get(state=State.SAVED)


def test_what_is_decided_together_with_what_an_edit_changed_is_its_own(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    bill = lookup.find_record(job.tenant, "bills", "123ABC-1234567890")
    other = next(
        Reference(row.remote_id, row.full_name)
        for row in Record.objects.filter(tenant=job.tenant, kind="standard-terms").order_by("pk")
        if row.full_name != lookup.get_content(bill)["terms"].name
    )
    assert bill.version is not None
    sandbox.fault(endUserId=job.tenant.end_user_id, operation="update", count=1, fault="cut_before")
    with pytest.raises(errors.NoAnswer):
        saving.save(author, bill, lookup.get_content(bill).replace(terms=other))
    changes = {"terms": {"id": other.id, "fullName": other.name}, "dueDate": "2021-12-24", "memo": "Theirs"}
    sandbox.change(endUserId=job.tenant.end_user_id, resource="bills", id=bill.remote_id, changes=changes)
    Edit.objects.update(look_at=timezone.now())
    settle.settle_due()
    assert (Edit.objects.get().state, [fields for fields, _ in told()]) == (State.SAVED, [" memo "])


def test_that_a_bill_becomes_paid_by_our_own_new_total_belongs_to_our_edit(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    bill = lookup.find_record(job.tenant, "bills", "123ABC-1234567890")
    content = lookup.get_content(bill)
    first, *rest = content["expense_lines"]
    less = first.replace(amount=first["amount"] - content["open_amount"])
    saving.save(author, bill, content.replace(expense_lines=(less, *rest)), agrees=True)
    now = lookup.get_content(lookup.find_record(job.tenant, "bills", bill.remote_id))
    assert (content["is_paid"], now["is_paid"], told()) == (False, True, [])


def test_a_payment_beside_our_own_edit_of_the_memo_is_told(author: Member, job: Record, sandbox: Sandbox) -> None:
    bill = lookup.find_record(job.tenant, "bills", "123ABC-1234567890")
    open_amount = str(lookup.get_content(bill)["open_amount"])
    sandbox.control("book", endUserId=job.tenant.end_user_id, billId=bill.remote_id, amount=open_amount)
    saving.save(author, bill, lookup.get_content(bill).replace(memo="Ours"))
    assert [fields for fields, _ in told()] == [" is_paid linked_transactions "]


def test_of_two_processes_at_the_same_version_one_tells_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store("1", phone="1")
    store("2", phone="2")
    whose = external_changes._map_makers

    def meanwhile(versions: Any) -> Any:
        """Let the other process do all of its work while this one has only read."""
        monkeypatch.setattr(external_changes, "_map_makers", whose)
        external_changes.record_next()
        return whose(versions)

    monkeypatch.setattr(external_changes, "_map_makers", meanwhile)
    assert (external_changes.record_next(), ExternalChange.objects.count()) == (1, 1)


def test_while_an_edit_is_unknown_nothing_is_said_of_its_record(author: Member, job: Record, sandbox: Sandbox) -> None:
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    change(sandbox, phone=NEW_PHONE)
    read_again(job)
    assert told() == []
    Edit.objects.update(look_at=timezone.now())
    settle.settle_due()
    assert (Edit.objects.get().state, told()) == (State.SAVED, [])


def test_a_change_of_another_record_does_not_wait_for_it(
    author: Member, job: Record, sandbox: Sandbox, store: Store
) -> None:
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    store("1", phone="1")
    store("2", phone="2")
    assert told() == [(" phone ", [("Phone", "1", "2")])]


def given_up(author: Member, job: Record, sandbox: Sandbox) -> None:
    """Let a save find no answer, and be held for not applied once the vendor's limit has run out."""
    fail(sandbox, "cut_before")
    with pytest.raises(errors.NoAnswer):
        save_phone(author, job)
    Edit.objects.update(uncertain_until=timezone.now(), look_at=timezone.now())
    settle.settle_due()


def test_a_write_that_lands_late_is_its_edit_and_no_sighting(author: Member, job: Record, sandbox: Sandbox) -> None:
    given_up(author, job, sandbox)
    change(sandbox, phone=NEW_PHONE)
    read_again(job)
    before = (Edit.objects.get().state, told())
    settle.settle_due()
    assert (before, Edit.objects.get().state, told()) == ((State.NOT_APPLIED, []), State.SAVED, [])


def test_what_turns_out_not_to_be_the_late_write_is_told(author: Member, job: Record, sandbox: Sandbox) -> None:
    given_up(author, job, sandbox)
    change(sandbox, fax="555-0188")
    read_again(job)
    settle.settle_due()
    assert (Edit.objects.get().state, [fields for fields, _ in told()]) == (State.NOT_APPLIED, [" fax "])


def test_it_outlives_the_versions_that_it_was_told_from(as_carol: Client, store: Store) -> None:
    store("1", phone="555-0100")
    store("2", phone="555-0199")
    told()
    Version.objects.update(seen_at=timezone.now() - timedelta(days=91))
    assert scheduler.clear_old_rows(timezone.now()) == 1
    page = as_carol.get("/t/abc/edits/records/customers/8-1/").content.decode()
    assert ("555-0100" in page, "555-0199" in page) == (True, True)


def test_a_version_that_cannot_be_read_holds_up_no_other(store: Store) -> None:
    store("1", phone="1")
    store("2", phone="2")
    store("3", phone="3")
    Version.objects.filter(revision="1").update(content='{"isActive": "perhaps"}')
    assert told() == [(" phone ", [("Phone", "2", "3")])]


@pytest.fixture
def alder(sandbox: Sandbox, juniper: Tenant) -> Record:
    """A customer in Bigcapital, whose books number no revisions: what it held before is the same version again."""
    return refresh.read_record(juniper, registry.get_table(juniper, "customers"), "1")


def change_alder(sandbox: Sandbox, alder: Record, **changes: object) -> None:
    sandbox.change(organizationId=JUNIPER, id="1", changes=changes)
    read_again(alder)


def test_a_record_that_comes_back_to_what_it_held_is_told_both_times(sandbox: Sandbox, alder: Record) -> None:
    was = lookup.get_content(alder)["note"]
    change_alder(sandbox, alder, note="Theirs")
    there = told()
    change_alder(sandbox, alder, note=was)
    assert [changes[0][1:] for _, changes in told()] == [there[0][1][0][1:], ("Theirs", there[0][1][0][1])]


def test_after_an_edit_was_taken_back_the_next_change_is_told_from_what_it_held_then(
    sandbox: Sandbox, alder: Record, bob: User
) -> None:
    author = Member(alder.tenant, bob, Role.BOOKKEEPER)
    for number, phone in enumerate(("555-0100", lookup.get_content(alder)["work_phone"])):
        record = lookup.find_record(alder.tenant, "customers", "1")
        assert record.version is not None
        mine = lookup.get_content(record).replace(work_phone=phone)
        saving.save(author, record, mine, f"form-{number}")
    change_alder(sandbox, alder, note="Theirs")
    assert [fields for fields, _ in told()] == [" note "]


def test_what_comes_back_by_other_hands_is_not_taken_for_the_edit_that_made_it_once(
    sandbox: Sandbox, alder: Record, bob: User
) -> None:
    author = Member(alder.tenant, bob, Role.BOOKKEEPER)
    assert alder.version is not None
    saving.save(author, alder, lookup.get_content(alder).replace(work_phone="555-0100"))
    change_alder(sandbox, alder, work_phone="555-0199")
    change_alder(sandbox, alder, work_phone="555-0100")
    assert [changes[0][1:] for _, changes in told()] == [("555-0100", "555-0199"), ("555-0199", "555-0100")]


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: ExternalChange.objects.all().delete(),
        lambda: ExternalChange.objects.all().update(changes="[]"),
        lambda: ExternalChange.objects.get().delete(),
        lambda: ExternalChange.objects.get().save(),
        lambda: ExternalChange._base_manager.all().delete(),
        lambda: Edit.objects.all().delete(),
    ],
    ids=["all deleted", "all changed", "one deleted", "one changed", "behind its back", "edits deleted"],
)
def test_the_history_is_neither_changed_nor_deleted(store: Store, rewrite: Callable[[], object]) -> None:
    store("1", phone="1")
    store("2", phone="2")
    told()
    with pytest.raises(TypeError):
        rewrite()
    assert len(told()) == 1


def test_the_timetable_tells(store: Store) -> None:
    store("1", phone="1")
    store("2", phone="2")
    scheduler.run_round()
    assert ExternalChange.objects.count() == 1


def test_the_job_of_the_documentation_is_told_too(job: Record, sandbox: Sandbox) -> None:
    change(sandbox, phone="555-0199")
    read_again(job)
    assert (JOB, told()) == (JOB, [(" phone ", [("Phone", "+1-555-123-4567", "555-0199")])])
