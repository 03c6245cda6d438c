"""Customers that Bigcapital no longer lists: deleted after two complete readings without them, and no sooner."""

import pytest

from books import registry
from books.mirror import lookup
from books.models import ReadState, Record, SyncRun
from books.providers import errors
from books.providers.bigcapital import paging
from books.sync import reader, refresh
from edits.models.edit import Edit
from tenants.access import Member
from tenants.models import Role
from tests.support import saving
from tests.support.vendor import JUNIPER, KAWARA_KEY

KAWARA = "org_kawaratea00001"


@pytest.fixture
def company(sandbox, companies, monkeypatch):
    """A small company in Bigcapital, all of whose pages were read once: three of active customers, one of others."""
    monkeypatch.setattr(paging, "PAGE_ROWS", 6)
    return read_first(companies["kawara"])


def read_first(tenant):
    SyncRun.objects.create(tenant=tenant, kind="customers")
    read(tenant)
    return tenant


def read(tenant, between=None):
    """Read all pages once; `between` happens after the first of them."""
    SyncRun.objects.update(state=ReadState.QUEUED, slices_done=0, next_try_at=None)
    while reader.read_next(tenant):
        if between is not None and SyncRun.objects.get().slices_done == 1:
            between()


def list_deleted():
    return set(Record.objects.filter(deleted_at__isnull=False).values_list("remote_id", flat=True))


def list_ids(most):
    active = Record.objects.filter(kind="customers", is_active=True).order_by("full_name")
    return list(active.values_list("remote_id", flat=True)[:most])


def delete(sandbox, *ids, organization=KAWARA):
    for remote_id in ids:
        sandbox.change(organizationId=organization, id=remote_id, delete=True)


def add(sandbox, name):
    new = {"customerType": "business", "currencyCode": "JPY", "displayName": name}
    headers = {"Authorization": f"Bearer {KAWARA_KEY}"}
    return str(sandbox.http.post("/api/customers", json=new, headers=headers).raise_for_status().json()["id"])


def test_thirty_deleted_customers_are_found_by_two_readings_without_a_request_each(sandbox, juniper):
    read_first(juniper)
    gone = list_ids(30)
    delete(sandbox, *gone, organization=JUNIPER)
    sandbox.clear_requests()
    found = []
    for _ in range(2):
        read(juniper)
        found.append(list_deleted())
    assert found == [set(), set(gone)]
    assert {seen["path"] for seen in sandbox.requests()} == {"/api/customers"}


def test_a_customer_that_moves_between_pages_while_they_are_read_is_not_deleted(sandbox, company):
    last = Record.objects.filter(is_active=True).order_by("-full_name").values_list("remote_id", flat=True)[0]

    def rename(name):
        sandbox.change(organizationId=KAWARA, id=last, changes={"display_name": name})

    for turn in range(3):
        read(company, lambda turn=turn: rename(f"Aaa {turn}"))
        rename(f"龍 {turn}")
    assert list_deleted() == set()


def test_a_customer_that_two_changes_hide_from_one_reading_is_not_deleted(sandbox, company):
    """Its page moves up because one before it is deleted, and a new one makes up the number."""
    first = list_ids(1)[0]

    def change():
        delete(sandbox, first)
        add(sandbox, "龍")

    read(company, change)
    assert list_deleted() == set()
    for _ in range(2):
        read(company)
    assert list_deleted() == {first}


def test_a_reading_that_broke_off_does_not_count(sandbox, company):
    delete(sandbox, gone := list_ids(1)[0])
    sandbox.fault(organizationId=KAWARA, operation="list", fault="internal", skip=2)
    with pytest.raises(errors.NoAnswer):
        read(company)
    deleted = [list_deleted()]
    for _ in range(3):
        read(company)  # the first is the rest of the one that broke off
        deleted.append(list_deleted())
    assert deleted == [set(), set(), set(), {gone}]


def test_a_customer_that_comes_back_is_not_deleted(sandbox, company):
    one = list_ids(1)[0]
    for active in (None, 1, None, 1):
        sandbox.change(organizationId=KAWARA, id=one, changes={"active": active})
        read(company)
    assert list_deleted() == set()


def test_a_customer_in_neither_list_whose_own_answer_is_known_is_not_deleted(sandbox, company):
    sandbox.change(organizationId=KAWARA, id="1", changes={"active": None})
    refresh.read_record(company, registry.get_table(company, "customers"), "1")
    for _ in range(3):
        read(company)
    assert list_deleted() == set()


def test_a_customer_that_became_inactive_while_the_lists_were_read_is_not_deleted(sandbox, company):
    one, *_ = Record.objects.filter(is_active=False).values_list("remote_id", flat=True)
    for _ in range(3):
        read(company, lambda: sandbox.change(organizationId=KAWARA, id=one, changes={"active": 1}))
        sandbox.change(organizationId=KAWARA, id=one, changes={"active": 0})
    assert list_deleted() == set()


def test_a_customer_kept_aside_is_not_deleted(sandbox, company):
    one = list_ids(1)[0]
    sandbox.change(organizationId=KAWARA, id=one, changes={"website": "x" * 70_000})
    for _ in range(3):
        read(company)
    assert list_deleted() == set()


def test_a_save_of_a_customer_taken_for_deleted_works_by_its_own_read(sandbox, company, bob):
    sandbox.change(organizationId=KAWARA, id="1", changes={"active": None})
    for _ in range(2):
        read(company)
    deleted, record = list_deleted(), lookup.find_record(company, "customers", "1")
    before = lookup.get_content(record)
    sandbox.change(organizationId=KAWARA, id="1", changes={"active": 1})
    saving.save(Member(company, bob, Role.BOOKKEEPER), record, before.replace(note="Mine"), "token")
    assert (deleted, Edit.objects.get().state, list_deleted()) == ({"1"}, "saved", set())


def test_an_empty_list_is_complete_too(sandbox, company):
    ids = set(Record.objects.values_list("remote_id", flat=True))
    delete(sandbox, *ids)
    for _ in range(2):
        read(company)
    assert list_deleted() == ids


def test_a_customer_added_while_the_list_is_read_is_read_too(sandbox, company):
    """The list then has one page more than when it began."""
    read(company, lambda: add(sandbox, "龍"))
    names = Record.objects.filter(is_active=True).values_list("full_name", flat=True)
    assert (len(names), "龍" in names) == (19, True)


def test_a_customer_that_moves_to_a_page_already_read_as_another_is_deleted_is_not_deleted(sandbox, company):
    """It is the first of the second page, twice in a row."""
    for _ in range(2):
        one = add(sandbox, "Aaa")
        read(company, lambda one=one: delete(sandbox, one))
    assert list_deleted() == set()


@pytest.mark.parametrize("alike", [2, 6, 7, 13, 18])
@pytest.mark.parametrize("first", [0, 4, 5])
def test_customers_of_equal_names_are_all_read_although_pages_end_between_them(sandbox, company, first, alike):
    """The database has them in another order for each page, so that one comes twice and another one never."""
    found = list_ids(18)[first : first + alike]
    for number, one in enumerate(found):
        name = f"{'sSšŠ'[number % 4]}ame"
        sandbox.change(organizationId=KAWARA, id=one, changes={"display_name": name, "note": "Read"})
    read(company)
    notes = {record.remote_id: lookup.get_content(record)["note"] for record in Record.objects.filter(is_active=True)}
    assert {remote_id for remote_id, note in notes.items() if note == "Read"} == set(found)


@pytest.mark.parametrize("name", ["000", "龍龍龍"])
def test_one_of_equal_names_that_was_deleted_is_found_by_two_readings(sandbox, company, name):
    """They are around the end of the first page, or that of the last but one."""
    found = list_ids(9)
    for one in found:
        sandbox.change(organizationId=KAWARA, id=one, changes={"display_name": name})
    read(company)
    delete(sandbox, found[2])
    deleted = []
    for _ in range(2):
        read(company)
        deleted.append(list_deleted())
    assert deleted == [set(), {found[2]}]


def test_more_of_one_name_than_are_asked_for_are_not_taken_for_deleted(sandbox, company, monkeypatch):
    monkeypatch.setattr(paging, "MOST_ALIKE", 1)
    for one in list_ids(18)[:13]:
        sandbox.change(organizationId=KAWARA, id=one, changes={"display_name": "Same"})
    before = set(Record.objects.values_list("remote_id", flat=True))
    for _ in range(3):
        read(company)
    assert (list_deleted(), set(Record.objects.values_list("remote_id", flat=True))) == (set(), before)


def test_names_that_are_told_apart_at_a_pages_end_cost_no_request(sandbox, company):
    sandbox.clear_requests()
    read(company)
    assert len(sandbox.requests()) == 4
