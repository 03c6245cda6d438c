"""A vendor's page: its open bills by currency and age, its terms and address, and what changed of its bills."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from books.mirror.store import store_page
from books.providers.conductor.bills import BILLS
from books.registry import get_table
from edits.history.external_changes import record_next
from overview.vendor_page import VendorPage
from tenants.models import Tenant
from tests.bills.factories import BILL, DOLLAR, EURO, QUAY, named, store_bill, store_lists
from tests.support.markup import one_line

PAGE = "/t/larch/vendors/V1/"
NORRLAND = {"vendor": named("V2", "Norrland")}


def store(tenant: Tenant, **bills: dict[str, Any]) -> None:
    rows = [{**BILL, "id": key, "refNumber": key, **more} for key, more in bills.items()]
    store_page(tenant, BILLS, rows, timezone.now())


def due(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def show(client: Client) -> VendorPage:
    found: VendorPage = client.get(PAGE).context["vendor"]
    return found


def test_what_is_open_is_summed_by_currency_and_age(as_carol: Client, larch: Tenant) -> None:
    store(
        larch,
        a={"openAmount": "10.00", "dueDate": due(-5), "currency": DOLLAR},
        b={"openAmount": "20.25", "dueDate": due(3), "currency": DOLLAR},
        c={"openAmount": "7.00", "dueDate": due(3), "currency": EURO},
        paid={"isPaid": True, "openAmount": "0.00", "currency": DOLLAR},
        other={"vendor": named("V2", "Norrland"), "openAmount": "99.00", "currency": DOLLAR},
    )
    agings = show(as_carol).agings
    sums = [(one.currency, one.count, one.sum, [cell.sum for cell in one.cells][:2]) for one in agings]
    assert sums == [
        ("US Dollar", 2, Decimal("30.25"), [Decimal("20.25"), Decimal("10.00")]),
        ("Euro", 1, Decimal("7.00"), [Decimal("7.00"), Decimal("0.00")]),
    ]


def test_the_open_bills_are_those_due_first(as_carol: Client, larch: Tenant) -> None:
    store(larch, late={"dueDate": due(9)}, soon={"dueDate": due(1)}, paid={"isPaid": True, "openAmount": "0.00"})
    assert [row.name for row in show(as_carol).open.rows] == ["soon", "late"]


def test_a_link_of_the_page_lists_what_it_says(as_carol: Client, larch: Tenant) -> None:
    store(
        larch,
        a={"dueDate": due(-5)},
        b={"dueDate": due(5)},
        other={"vendor": named("V2", "Norrland"), "dueDate": due(-5)},
    )
    html = as_carol.get(PAGE).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/t/larch/bills/\?[^"]*)"', html)]
    found = {link: [row.name for row in as_carol.get(link).context["found"].rows] for link in links}
    listed = {re.sub(r"(?:^.*\?)|&?vendor_id=.*", "", link): names for link, names in found.items()}
    assert (listed[""], listed["age=1-30"], listed["age=current"], listed["state=all"]) == (
        ["a", "b"],
        ["a"],
        ["b"],
        ["a", "b"],
    )


def test_a_link_lists_the_bills_of_this_vendor_whatever_they_call_it(as_carol: Client, larch: Tenant) -> None:
    store_page(
        larch, get_table(larch, "vendors"), [{"id": "V1", "name": "Søren & Co", "isActive": True}], timezone.now()
    )
    store(
        larch,
        new={"vendor": named("V1", "Søren & Co")},
        renamed={"vendor": named("V1", "Soren Supply")},
        alike={"vendor": named("V2", "SOREN & CO")},
    )
    (link,) = re.findall(r'href="([^"]*)">All bills of this vendor', as_carol.get(PAGE).content.decode())
    answers = [as_carol.get(one) for one in (link.replace("&amp;", "&"), "/t/larch/bills/?vendor=S%C3%B8ren+%26+Co")]
    found = [sorted(row.name for row in answer.context["found"].rows) for answer in answers]
    assert found == [["new", "renamed"], ["alike", "new"]]  # the filter that people type goes by names, as they do
    assert [(one.label, one.text) for one in answers[0].context["bar"].chips] == [("Vendor", "Søren & Co")]
    page = one_line(answers[0].content.decode())
    assert '<input type="hidden" form="filter" name="vendor_id" value="V1">' in page


def test_with_several_currencies_a_figure_leads_to_the_bills_in_its_own(as_carol: Client, larch: Tenant) -> None:
    store(
        larch,
        a={"dueDate": due(-5), "currency": DOLLAR},
        b={"dueDate": due(-5), "currency": EURO},
        c={"dueDate": due(5), "currency": DOLLAR},
        d={"dueDate": due(-5), "currency": None},
    )
    html = as_carol.get(PAGE).content.decode()
    bars = re.findall(r'<nav\s+class="aging".*?</nav>', html, re.S)
    links = [re.findall(r'href="([^"]*)"', bar)[:3] for bar in bars]
    found = [[as_carol.get(link.replace("&amp;", "&")).context["found"].rows for link in own] for own in links]
    assert [[[row.name for row in rows] for rows in own] for own in found] == [
        [["a", "c"], ["c"], ["a"]],
        [["d"], [], ["d"]],
        [["b"], [], ["b"]],
    ]


def test_an_amount_in_another_currency_than_usual_names_it(as_carol: Client, larch: Tenant) -> None:
    store(
        larch,
        a={"currency": EURO, "openAmount": "7.00"},
        b={"vendor": named("V2", "Norrland"), "currency": DOLLAR},
        c={"vendor": named("V2", "Norrland"), "currency": DOLLAR},
    )
    pages = [as_carol.get(f"/t/larch/vendors/{id}/").content.decode() for id in ("V1", "V2")]
    assert ['<span class="cur">Euro</span>' in pages[0], 'class="cur"' in pages[1]] == [True, False]


def test_its_terms_and_address_are_those_of_the_newest_bill_and_of_its_entry(as_carol: Client, larch: Tenant) -> None:
    store_lists(larch)
    store_bill(larch, terms=named("N", "Net 15"), vendorAddress=QUAY)
    said = show(as_carol).said
    assert [(one.where, one.bill_id, one.terms, list(one.address)) for one in said] == [
        ("Bill 7731", "B1", "Net 15", ["Norrland", "5 Quay St", "Reno"])
    ]


def test_an_entry_with_more_is_shown_alone(as_carol: Client, larch: Tenant) -> None:
    store_lists(larch)
    store(larch, a={"vendor": named("V2", "Norrland")})
    said = as_carol.get("/t/larch/vendors/V2/").context["vendor"].said
    assert [(one.where, list(one.address)) for one in said] == [
        ("vendor list of QuickBooks", ["Norrland", "5 Quay St", "Reno"])
    ]


def test_the_latest_changes_are_those_of_its_bills(as_carol: Client, larch: Tenant) -> None:
    for number, memo in (("1", "old"), ("2", "new")):
        store(
            larch,
            a={"memo": memo, "revisionNumber": number},
            other={"memo": memo, "revisionNumber": number, "vendor": named("V2", "Norrland")},
        )
    record_next()
    changes = show(as_carol).changes
    assert [(entry.remote_id, [c.now for c in entry.changes]) for entry in changes] == [("a", ["new"])]
    assert f'href="/t/larch/bills/a/">{changes[0].record_name}</a>' in as_carol.get(PAGE).content.decode()


def test_a_bill_leads_to_its_vendor(as_carol: Client, larch: Tenant) -> None:
    store_bill(larch)
    page = one_line(as_carol.get("/t/larch/bills/B1/").content.decode())
    assert page.count(f'href="{PAGE}"') == 2


def test_a_vendor_without_entry_and_bills_is_not_found(as_carol: Client, larch: Tenant) -> None:
    answer = as_carol.get("/t/larch/vendors/nope/")
    assert (answer.status_code, "Vendor not found" in answer.content.decode()) == (404, True)


def test_a_company_without_bills_has_no_vendors(as_bob: Client, juniper: Tenant) -> None:
    assert as_bob.get("/t/juniper/vendors/1/").status_code == 404


def test_of_another_company_nothing_is_shown(as_carol: Client, larch: Tenant, harbor: Tenant) -> None:
    store_bill(larch)
    assert as_carol.get("/t/harbor/vendors/V1/").status_code == 404


@pytest.mark.parametrize("hidden", ["bills.open_amount", "bills.due_date", "bills.is_paid"])
def test_who_may_not_see_what_is_open_is_shown_no_open_bill(
    as_carol: Client, larch: Tenant, settings: Settings, hidden: str
) -> None:
    settings.HIDDEN_FIELDS = {"viewer": [hidden]}
    store_bill(larch)
    page = show(as_carol)
    assert (page.name, page.shows_open, page.agings, page.open.rows) == ("Cobalt Ridge Packaging", False, [], [])


def test_it_takes_as_many_queries_for_a_hundred_bills_as_for_one(as_carol: Client, larch: Tenant) -> None:
    counts = []
    for many in (1, 100):
        store(larch, **{f"b{number}": {"currency": DOLLAR} for number in range(many)})
        as_carol.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            as_carol.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
