"""Another vendor on a bill: the currency has to be the same, and the address of the old one is not left unsaid."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from records.content import Reference
from tenants.models import Tenant
from tests.bills.factories import DOLLAR, EURO, list_titles, store_bill, store_lists
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

OLD = {"line1": "Cobalt Ridge Packaging", "line2": "1 Mill Rd", "city": "Elko"}
NORRLAND, OERESUND = Reference("V2", "Norrland"), Reference("V3", "Øresund")
STAYS = "The address on the bill is still that of Cobalt Ridge Packaging."
EDIT = "/t/larch/bills/B1/edit"


@pytest.fixture
def record(larch: Tenant) -> Record:
    store_lists(larch)
    return store_bill(larch, vendorAddress=OLD, currency=DOLLAR)


def test_a_vendor_with_another_currency_is_refused(record):
    blank = lookup.get_content(record)["vendor_address"].replace(line1="")
    said = ["Øresund uses Euro, and this bill is in US Dollar."]
    assert list_titles(record, vendor=OERESUND, vendor_address=blank) == said


@pytest.mark.parametrize(
    ("currency", "vendor"), [(EURO, OERESUND), (None, OERESUND), (DOLLAR, NORRLAND), (DOLLAR, Reference("X", "Unread"))]
)
def test_one_with_the_same_or_an_unknown_currency_is_not(larch, currency, vendor):
    store_lists(larch)
    assert list_titles(store_bill(larch, currency=currency), vendor=vendor) == []


def test_the_old_vendors_address_does_not_stay_without_a_word(record):
    address = lookup.get_content(record)["vendor_address"]
    assert list_titles(record, vendor=NORRLAND) == [STAYS]
    assert list_titles(record, vendor=NORRLAND, vendor_address=address.replace(line1="Norrland")) == []
    assert list_titles(record, memo="Late") == []


def offer(page: Any) -> tuple[str, str]:
    """What stands under the vendor or is offered of its address, and what the button sends."""
    html = page.content.decode()
    (under,) = re.findall(r'id="vendor-spot"[^>]*>(.*?)</div>', html, re.DOTALL)
    offers = re.findall(r"<strong>Vendor address</strong>(.*?)</p>", html, re.DOTALL)
    found = " ".join([under, *offers])
    value = re.search(r'value="([^"]*)"', found)
    text = " ".join(unescape(re.sub("<[^>]*>", " ", found)).split())
    return text, unescape(value[1]) if value else ""


def test_without_a_script_the_new_address_is_offered_and_taken_and_nothing_sent(
    as_bob: Client, record: Record, sandbox: Sandbox
) -> None:
    asked = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"vendor": "Norrland"})
    text, value = offer(asked)
    assert (asked.status_code, text) == (422, "Use the address of Norrland Norrland, 5 Quay St, Reno")
    taken = as_bob.post(EDIT, inputs(asked) | {"take_all": value})
    held = {name: text for name, text in inputs(taken).items() if name.startswith("vendor_address-") and text}
    lines = {f"vendor_address-{name}": text for name, text in (("line1", "Norrland"), ("line2", "5 Quay St"))}
    assert (held, offer(taken), sandbox.requests()) == (lines | {"vendor_address-city": "Reno"}, ("", ""), [])


@pytest.mark.parametrize(
    ("vendor", "text"),
    [
        ("Cobalt Ridge Packaging", ""),
        ("nobody", ""),
        (
            "Øresund",
            "Øresund uses Euro, and this bill is in US Dollar. "
            "Pick a vendor that uses US Dollar, or enter the bill again in QuickBooks.",
        ),
    ],
)
def test_the_script_is_told_what_stands_against_the_vendor(as_bob: Client, record, vendor, text):
    assert offer(as_bob.get("/t/larch/bills/B1/due-date/", {"vendor": vendor}))[0] == text


def test_a_vendor_without_an_address_clears_it(as_bob: Client, larch, record):
    sparse = {"id": "V4", "name": "Sparse", "currency": DOLLAR, "isActive": True}
    lookup.store_record(larch, registry.get_table(larch, "vendors"), sparse)
    text, value = offer(as_bob.get("/t/larch/bills/B1/due-date/", {"vendor": "Sparse"}))
    assert (text, "vendor_address-line1=&" in value) == ("Use no address Sparse has no address in QuickBooks.", True)
