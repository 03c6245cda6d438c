"""A save that the vendor answers with "no such record" shows at once that it is deleted, and the history finds it."""

from typing import Any

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from books.providers.errors import NotFound
from books.sync import refresh
from edits.history import external_changes
from edits.models.external_change import ExternalChange
from tenants.models import Tenant
from tests.support.copies import Copied
from tests.support.inputs import inputs
from tests.support.providers import Books
from tests.support.vendor import Sandbox

from .test_refusals import ABC, FORMS, TYPED, fail, page, save

BILL = "123ABC-1234567890"
KINDS = {"bills": BILL, "customers": "80000001-1234567890"}


@pytest.fixture
def desk(as_bob: Client, abc: Tenant, copied: Copied) -> Client:
    """bob at a desk that holds all of the documented company."""
    copied(abc)
    return as_bob


def save_deleted(desk: Client, sandbox: Sandbox, kind: str) -> Any:
    """Save a record that somebody has deleted in QuickBooks since its form was opened."""
    form = inputs(desk.get(FORMS[kind])) | TYPED[kind]
    sandbox.change(endUserId=ABC, resource=kind, id=KINDS[kind], delete=True)
    return desk.post(FORMS[kind], form | {"agree": "on"})


def is_gone(tenant: Tenant, kind: str) -> bool:
    return lookup.get_deleted_at(tenant, kind, KINDS[kind]) is not None


@pytest.mark.parametrize("kind", ["bills", "customers"])
def test_a_record_that_a_save_did_not_find_is_deleted_in_list_and_page(
    desk: Client, abc: Tenant, sandbox: Sandbox, kind: str
) -> None:
    fail(sandbox, "refuse", kind, integrationCode="3120", message=f'Object "{KINDS[kind]}" cannot be found.')
    save(desk, kind)
    assert is_gone(abc, kind) is True
    record = FORMS[kind].removesuffix("edit")
    assert "Deleted in QuickBooks" in page(desk.get(record))
    assert f'href="{record}"' not in page(desk.get(f"/t/abc/{kind}/?state=all"))


def test_a_customer_deleted_in_quickbooks_is_marked_by_the_save_itself(
    desk: Client, abc: Tenant, sandbox: Sandbox
) -> None:
    assert (save_deleted(desk, sandbox, "customers").status_code, is_gone(abc, "customers")) == (409, True)


@pytest.mark.parametrize(
    "message", ['Object "456DEF-1234567890" specified in the request cannot be found.', "An object cannot be found."]
)
def test_a_missing_line_or_an_unnamed_object_deletes_no_bill(
    desk: Client, abc: Tenant, sandbox: Sandbox, message: str
) -> None:
    fail(sandbox, "refuse", integrationCode="3120", message=message)
    save(desk)
    assert is_gone(abc, "bills") is False


@pytest.mark.parametrize("body", ["<html>404 Not Found</html>", '{"message": "Not Found"}', '{"error": "bills"}'])
def test_a_wrong_address_deletes_nothing(desk: Client, abc: Tenant, sandbox: Sandbox, body: str) -> None:
    sandbox.fault(endUserId=ABC, operation="update", fault="says", status=404, body=body, count=1)
    save(desk)
    assert not Record.objects.filter(deleted_at__isnull=False).exists()


def test_the_books_of_each_provider_say_what_is_gone(books: Books) -> None:
    refresh.read_record(books.tenant, books.table, books.one)
    books.sandbox.change(**books.company, resource="customers", id=books.one, delete=True)
    with pytest.raises(NotFound):
        refresh.read_record(books.tenant, books.table, books.one)
    assert lookup.get_deleted_at(books.tenant, "customers", books.one) is not None


def test_the_history_finds_a_deletion(desk: Client, abc: Tenant, sandbox: Sandbox) -> None:
    save_deleted(desk, sandbox, "customers")
    assert external_changes.record_next() == 1
    found = page(desk.get("/t/abc/edits/?q=deleted"))
    assert ("Website Redesign Project" in found, "Deleted" in found) == (True, True)
    assert "1 entry" in found


def test_a_deletion_is_recorded_once_and_again_after_the_record_was_back(
    desk: Client, abc: Tenant, sandbox: Sandbox
) -> None:
    table, id = registry.get_table(abc, "customers"), KINDS["customers"]
    row = sandbox.get(f"/quickbooks-desktop/customers/{id}", ABC)
    for _ in range(2):
        lookup.mark_deleted(abc, "customers", [id])
        assert [external_changes.record_next(), external_changes.record_next()] == [1, 0]
        lookup.store_record(abc, table, row)
    assert list(ExternalChange.objects.values_list("remote_id", flat=True)) == [id, id]


def test_a_deletion_of_an_entry_of_a_picker_is_none_of_the_history(desk: Client, abc: Tenant) -> None:
    one = Record.objects.filter(kind="classes")[0]
    lookup.mark_deleted(abc, "classes", [one.remote_id])
    assert (external_changes.record_next(), ExternalChange.objects.count()) == (1, 0)


def test_a_records_timeline_names_its_deletion_once(desk: Client, abc: Tenant, sandbox: Sandbox) -> None:
    lookup.mark_deleted(abc, "customers", [KINDS["customers"]])
    url = f"/t/abc/edits/records/customers/{KINDS['customers']}/"
    before = page(desk.get(url)).count("Deleted")
    external_changes.record_next()
    assert (before, page(desk.get(url)).count("Deleted")) == (1, 1)
