"""A bill's page: every field and every line of it, from the copy alone."""

import re

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from tenants.models import Tenant

from .factories import BILL, named

PAGE = "/t/larch/bills/B1/"


@pytest.fixture
def stored(larch: Tenant) -> Record:
    linked = {"id": "P1", "transactionType": "purchase_order", "transactionDate": "2026-10-01", "refNumber": "1182"}
    raw = {
        **BILL,
        "vendorAddress": {"line1": "2180 Foundry Loop", "city": "Larkspur Falls", "state": "OR", "postalCode": "97299"},
        "terms": named("N", "Net 15"), "linkedTransactions": [{**linked, "amount": "-10.00", "linkType": "amount"}],
        "customFields": [{"ownerId": "0", "name": "Approved by", "value": "Ida", "type": "string_255_type"}],
    }  # fmt: skip
    return lookup.store_record(larch, registry.get_table(larch, "bills"), raw)


@pytest.mark.parametrize(
    "words",
    [
        "Cobalt Ridge Packaging", "Accounts Payable", "7731", "28 Oct 2026", "12 Nov 2026", "Net 15", "Cartons",
        "937.60", "Larkspur Falls, OR 97299", "Freight In", "Inbound, 2 pallets", "Box 12 × 9 × 4",
        "Single &lt;wall&gt;", "230.00", "Shipping station kit", "Label", "195.00", "232.00", "purchase order 1182",
        "Approved by", "Ida",
        "B1",
    ],
)  # fmt: skip
def test_it_shows(as_carol: Client, stored: Record, words: str):
    assert words in as_carol.get(PAGE).content.decode()


def test_a_line_ends_without_an_empty_look_alike_of_a_value(as_carol: Client, stored: Record):
    page = as_carol.get(PAGE).content.decode()
    assert "<td>\n" not in page[page.index("<tbody") :]


def test_it_asks_the_vendor_nothing(as_carol, stored, sandbox):
    assert as_carol.get(PAGE).status_code == 200
    assert sandbox.requests() == []


def test_a_deleted_bill_says_so_and_offers_no_edit(as_bob, stored, larch):
    lookup.mark_deleted(larch, "bills", ["B1"])
    text = as_bob.get(PAGE).content.decode()
    assert "This bill was deleted in QuickBooks." in text
    assert f"{PAGE}edit" not in text


def test_a_bill_that_was_never_read_is_not_found_in_words(as_carol, larch):
    answer = as_carol.get("/t/larch/bills/NONE/")
    assert answer.status_code == 404
    assert "What to do" in answer.content.decode()


def test_another_companys_bill_is_not_found_here(as_carol, stored, harbor):
    assert as_carol.get("/t/harbor/bills/B1/").status_code == 404


def test_a_viewer_has_no_edit_page(as_carol, stored):
    assert as_carol.get(f"{PAGE}edit").status_code == 403


def keys(client, path=PAGE):
    """The keys in the help of a page: what each does, by its names."""
    dialog = client.get(path).content.decode().partition('<dialog id="keys"')[2]
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*</dd>", dialog)
    return {" ".join(re.findall("<kbd>(.*?)</kbd>", names)): does for names, does in pairs}


def test_the_help_tells_a_viewer_of_no_key_that_changes_anything(as_bob, as_carol, stored):
    theirs, ours = keys(as_carol), keys(as_bob)
    assert (set(ours) - set(theirs), "Ctrl+S" in theirs) == ({"e"}, False)


def test_the_help_of_a_form_has_its_own_keys(as_bob, stored):
    found = keys(as_bob, f"{PAGE}edit")
    names = {"Ctrl+S", "Ctrl+Z Ctrl+Y", "Enter Ctrl+Insert", "Ctrl+D Ctrl+Delete", "Ctrl+/", "Ctrl+B", "1 2 3 4 n"}
    assert (names - set(found), found["Ctrl+B"]) == (set(), "load changes from QuickBooks")


def test_what_a_bill_is_linked_by_is_told_in_words(as_bob, stored):
    page = as_bob.get(PAGE).content.decode()
    assert ('<td class="muted">paid</td>' in page, ">amount<" in page, "· amount" in page) == (True, False, False)


def test_a_bill_that_is_not_in_the_mirror_is_named_on_the_error_page(as_carol, larch):
    answer = as_carol.get("/t/larch/bills/nope/")
    assert (answer.status_code, "Bill not found" in answer.content.decode()) == (404, True)
