"""The page of a record: what is filled in as people use it, the blank fields and the technical ones folded."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books.mirror.store import store_page
from books.pages.record.record_page import list_parts
from books.pages.record.record_parts import PageValue
from books.providers.bigcapital.customers import CUSTOMERS as BIGCAPITAL
from books.providers.conductor.customers import CUSTOMERS
from records.decoder import decode
from tenants.models import Tenant
from tests.support.markup import one_line

HOME = {"name": "Home", "value": "bo@x.example"}
ADA = {
    "id": "8-1", "revisionNumber": "17", "name": "Ada", "fullName": "Ada", "isActive": True, "externalId": "X-9",
    "phone": "(555) 010-0142", "email": "ada@x.example, books@x.example", "preferredDeliveryMethod": "none",
    "billingAddress": {"line1": "1 Quay", "city": "Reno", "note": "Ring twice"},
    "customContactFields": [{"name": "Mobile", "value": "555-0177"}],
    "additionalContacts": [
        {"id": "C1", "revisionNumber": "3", "firstName": "Bo", "customContactFields": [HOME]},
    ],
    "customFields": [{"ownerId": "0", "name": "Rating", "type": "string_255_type", "value": "None"}],
}  # fmt: skip
PAGE = "/t/larch/customers/8-1/"


def show(client: Client, tenant: Tenant, **more: Any) -> str:
    store_page(tenant, CUSTOMERS, [{**ADA, **more}], timezone.now())
    return one_line(client.get(PAGE).content.decode())


def fold(html: str, title: str) -> str:
    """What is folded under a title."""
    return html.partition(f"<summary><h2>{title}</h2></summary>")[2].partition("</details>")[0]


def test_what_is_blank_is_folded_by_its_name(as_carol: Client, larch: Tenant) -> None:
    html = show(as_carol, larch)
    title = re.findall(r"<summary><h2>(\d+ empty fields)</h2>", html)[0]
    named = re.findall(r'<span dir="auto">([^<]*)</span>', fold(html, title))
    assert (int(title.split()[0]), {"Company", "Ship to", "Note"} <= set(named)) == (len(named), True)
    assert "Job status" not in html.partition("<details")[0].partition("</header>")[2]


def test_a_none_of_the_vendor_is_not_taken_for_a_blank(as_carol: Client, larch: Tenant) -> None:
    html = show(as_carol, larch)
    said = re.findall(r'>([\w ]+)</dt><dd dir="auto">None <span class="aside">([^<]*)</span>', html)
    assert said == [("Delivery", "set in QuickBooks"), ("Rating", "set in QuickBooks")]


@pytest.mark.parametrize(
    "link",
    ["mailto:ada@x.example", "mailto:books@x.example", "tel:5550100142", "tel:5550177", "mailto:bo@x.example"],
)
def test_an_address_or_a_number_is_a_link(as_carol: Client, larch: Tenant, link: str) -> None:
    assert f'href="{link}"' in show(as_carol, larch)


def test_what_is_copied_is_the_whole_value(as_carol: Client, larch: Tenant) -> None:
    copied = re.findall(r'data-copy="([^"]*)" aria-label="([^"]*)"', as_carol_page(as_carol, larch))
    assert copied == [
        ("(555) 010-0142", "Copy phone"),
        ("ada@x.example, books@x.example", "Copy email"),
        ("555-0177", "Copy mobile"),
        ("bo@x.example", "Copy home"),
        ("1 Quay\nReno", "Copy bill to"),
    ]


def as_carol_page(client: Client, tenant: Tenant) -> str:
    store_page(tenant, CUSTOMERS, [ADA], timezone.now())
    return re.sub(r"\s+aria", " aria", client.get(PAGE).content.decode())


def test_ids_and_revisions_are_folded(as_carol: Client, larch: Tenant) -> None:
    html = show(as_carol, larch)
    shown, folded = html.partition("<summary>")[0].partition("<main")[2], fold(html, "Technical")
    ids = [">8-1<", ">17<", ">X-9<", ">C1<", ">3<", "Contact 1, id", "Custom field 1, owner"]
    assert ([one for one in ids if one in shown], [one for one in ids if one not in folded]) == ([], [])


def test_a_text_from_the_books_is_never_markup(as_carol: Client, larch: Tenant) -> None:
    html = show(as_carol, larch, phone='"><b>1', email="<i>@x.example", accountNumber='"<u>')
    assert [tag for tag in ("<b>1", "<i>@", "<u>") if tag in html] == []


def test_a_parent_is_a_link_to_its_page(as_carol: Client, larch: Tenant) -> None:
    html = show(as_carol, larch, parent={"id": "8-0", "fullName": "Elm"}, fullName="Elm:Ada")
    assert '<dd dir="auto"><a href="/t/larch/customers/8-0/">Elm</a></dd>' in html


def test_bigcapital_has_the_same_links() -> None:
    raw = {
        "id": 1, "display_name": "Elm", "work_phone": "555-010-0142", "email": "a@x.example", "website": "x.example",
        "billing_address_phone": "555-010-0199", "billing_address_email": "b@x.example", "customer_type": "business",
    }  # fmt: skip
    parts = list_parts(BIGCAPITAL, decode(BIGCAPITAL.shape, raw))
    values = [one for part in parts for one in (*part.values, *(one for p in part.printed for one in p.others))]
    links = [link for one in values for _, link in one.pieces if link]
    assert links == [
        "tel:5550100142", "mailto:a@x.example", "https://x.example", "tel:5550100199", "mailto:b@x.example",
    ]  # fmt: skip


def test_a_list_without_names_and_values_stays_a_table() -> None:
    notes = {"additionalNotes": [{"id": 1, "date": "2026-10-01", "note": "Call first"}]}
    parts = list_parts(CUSTOMERS, decode(CUSTOMERS.shape, {**ADA, **notes}))
    (entries,) = next(part for part in parts if part.section.name == "notes").entries
    assert (entries.heads, entries.rows) == (["Date", "Note"], [["1 Oct 2026", "Call first"]])
    assert PageValue("Note 1, number", "1", (("1", ""),)) in parts.folded[0].values
