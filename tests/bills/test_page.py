"""A bill's page: every field and every line of it, from the copy alone."""

import re
from html import unescape

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from tenants.models import Tenant

from .factories import BILL, expense, named, store_bill, store_lists

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


SHOWN = (
    "Cobalt Ridge Packaging", "Accounts Payable", "7731", "28 Oct 2026", "12 Nov 2026", "Net 15", "Cartons",
    "937.60", "Larkspur Falls, OR 97299", "Freight In", "Inbound, 2 pallets", "Box 12 × 9 × 4",
    "Single &lt;wall&gt;", "230.00", "Shipping station kit", "Label", "195.00", "232.00", "purchase order 1182",
    "Approved by", "Ida",
    "B1",
)  # fmt: skip


def test_it_shows(as_carol: Client, stored: Record):
    text = as_carol.get(PAGE).content.decode()
    assert [words for words in SHOWN if words not in text] == []


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
    (text,) = re.findall(r'<dialog id="keys"[^>]* data-text="([^"]+)">', client.get(path).content.decode())
    dialog = client.get(unescape(text)).content.decode()
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*</dd>", dialog)
    return {" ".join(re.findall("<kbd>(.*?)</kbd>", names)): does for names, does in pairs}


def test_the_help_tells_a_viewer_of_no_key_that_changes_anything(as_bob, as_carol, stored):
    theirs, ours = keys(as_carol), keys(as_bob)
    assert (set(ours) - set(theirs), "Ctrl+S" in theirs) == ({"e"}, False)


def test_the_help_of_a_form_has_its_own_keys(as_bob, stored):
    found = keys(as_bob, f"{PAGE}edit")
    names = {"Ctrl+S", "Ctrl+Z Ctrl+Y", "Enter Alt+Enter", "Ctrl+D Ctrl+Delete", "Ctrl+/", "Ctrl+B", "1 2 3 4 n"}
    assert (names - set(found), found["Ctrl+B"]) == (set(), "load changes from QuickBooks")


def test_what_a_bill_is_linked_by_is_told_in_words(as_bob, stored):
    page = as_bob.get(PAGE).content.decode()
    assert ('<td class="muted not-phone">paid</td>' in page, ">amount<" in page, "· amount" in page) == (
        True,
        False,
        False,
    )


def test_a_bill_that_is_not_in_the_mirror_is_named_on_the_error_page(as_carol, larch):
    answer = as_carol.get("/t/larch/bills/nope/")
    assert (answer.status_code, "Bill not found" in answer.content.decode()) == (404, True)


def read_element(page, tag):
    inside = page.partition(f"<{tag}")[2].partition(">")[2].partition(f"</{tag}>")[0]
    return " ".join(re.sub("<[^>]+>", "", inside).split())


UNNUMBERED = "Bill of 28 Oct 2026, 937.60"


@pytest.mark.parametrize(("number", "called"), [("7731", "Bill 7731"), ("", UNNUMBERED), (None, UNNUMBERED)])
def test_a_bill_is_told_from_others_by_its_title(as_carol, larch, number, called):
    store_bill(larch, refNumber=number)
    page, vendor = as_carol.get(PAGE).content.decode(), "Cobalt Ridge Packaging"
    titles = [read_element(page, "title"), read_element(page, "h1")]
    assert titles == [f"{called} · {vendor} · {larch.name}", f"{called} {vendor}"]


@pytest.mark.parametrize(("number", "called"), [("7731", "7731"), (None, "of 28 Oct 2026")])
def test_its_form_and_its_history_are_told_from_others_too(as_bob, larch, number, called):
    vendor = store_bill(larch, refNumber=number).vendor_name
    form, history = (as_bob.get(url).content.decode() for url in (f"{PAGE}edit", "/t/larch/edits/records/bills/B1/"))
    titles = [read_element(page, "title") for page in (form, history)]
    assert titles == [f"Edit bill {called} · {vendor} · {larch.name}", f"History of {vendor} {called} · {larch.name}"]


def test_a_currency_is_spelled_in_one_way(as_carol, larch):
    currency = {"id": "EUR", "name": "Euro", "currencyCode": "EUR", "isActive": True}
    lookup.store_record(larch, registry.get_table(larch, "currencies"), currency)
    store_bill(larch, currency={"id": "EUR", "fullName": "Euro"})
    page = as_carol.get(PAGE).content.decode()
    assert (len(re.findall(r"\bEuro\b", page)), page.count("EUR") >= 3) == (0, True)


PAID = {"transactionType": "bill_payment_check", "transactionDate": "2026-11-03", "linkType": "amount"}
ORDER = {"transactionType": "purchase_order", "transactionDate": "2026-10-01", "linkType": "quantity"}


def test_payments_are_on_top_with_dates_and_amounts(as_carol, larch):
    links = [
        {**ORDER, "id": "O", "refNumber": "1182", "amount": "-900.00"},
        {**PAID, "id": "P1", "refNumber": "501", "amount": "-100.00"},
        {**PAID, "id": "P2", "refNumber": "502", "amount": "-37.60", "transactionDate": "2026-11-09"},
    ]
    store_bill(larch, linkedTransactions=links, openAmount="800.00")
    linked = as_carol.get(PAGE).context["linked"]
    rows = [(one.type, one.number, f"{one.date}", f"{one.amount}") for one in linked.rows]
    assert rows == [
        ("Bill payment check", "501", "2026-11-03", "100.00"),
        ("Bill payment check", "502", "2026-11-09", "37.60"),
        ("Purchase order", "1182", "2026-10-01", "-900.00"),
    ]
    page = as_carol.get(PAGE).content.decode()
    assert "Transaction 1, id" in page.partition("<h2>Technical</h2>")[2]
    assert (f"{linked.paid}", linked.note) == ("137.60", "2 payments, last 9 Nov 2026")
    assert page.index('id="linked"') < page.index('id="part-header"') < page.index('aria-label="Lines"')


def test_the_customer_of_a_line_is_a_link_where_it_has_a_page(as_carol, larch):
    store_lists(larch)  # its customer Ada has the id of the vendor Cobalt Ridge Packaging
    ada, vendor, gone = named("V1", "Ada"), named("V1", "Cobalt Ridge Packaging"), named("V9", "Gone")
    lines = [expense(f"E{n}", "Freight In", "1.00", payee=one) for n, one in enumerate((ada, vendor, gone))]
    store_bill(larch, expenseLines=lines)
    page = as_carol.get(PAGE).content.decode()
    assert re.findall(r"<a class=record href=\"([^\"]+)\">([^<]+)", page) == [("/t/larch/customers/V1/", "Ada")]
