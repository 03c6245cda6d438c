"""The due date in a bill's form and on its page: offered when date, terms or vendor change, and never filled in."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record
from records import formatting
from tenants.models import PersonSettings, Tenant
from tests.bills.factories import BILL, named
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

DUE = "/t/larch/bills/B1/due-date/"
EDIT = "/t/larch/bills/B1/edit"
PAGE = "/t/larch/bills/B1/"
NET15, EARLY, FIFTEENTH = named("N15", "Net 15"), named("E", "2% 10 Net 30"), named("D15", "15th of month")
Store = Callable[..., Record]


@pytest.fixture
def lists(larch: Tenant) -> None:
    """Three terms, two vendors of which one has usual terms, and a company that pays within ten days."""
    known: dict[str, list[dict[str, Any]]] = {
        "standard-terms": [
            {"id": "N15", "name": "Net 15", "dueDays": 15},
            {"id": "E", "name": "2% 10 Net 30", "dueDays": 30, "discountDays": 10, "discountPercentage": "2.0"},
        ],
        "date-driven-terms": [{"id": "D15", "name": "15th of month", "dueDayOfMonth": 15, "gracePeriodDays": 5}],
        "vendors": [
            {"id": "V1", "name": "Cobalt Ridge Packaging", "terms": EARLY}, {"id": "V2", "name": "Norrland"},
        ],
        "preferences": [{"id": "preferences", "purchasesAndVendors": {"daysBillsAreDue": 10}}],
    }  # fmt: skip
    for kind, rows in known.items():
        for row in rows:
            lookup.store_record(larch, registry.get_table(larch, kind), {"isActive": True, **row})


@pytest.fixture
def store(larch: Tenant, lists: None) -> Store:
    """`store(terms=NET15)` puts the bill of 28 October, due 12 November, into the mirror with members changed."""
    return lambda **changed: lookup.store_record(
        larch, registry.get_table(larch, "bills"), {**BILL, "terms": NET15, **changed}
    )


def spots(text: str) -> dict[str, str]:
    """What the save bar offers for Terms and for Due date, and what stands under that, without its tags."""
    offers = dict(re.findall(r'<p data-offered="">\s*<strong>([^<]*)</strong>(.*?)</p>', text, re.DOTALL))
    (under,) = re.findall(r'id="due_date-spot"[^>]*>(.*?)</div>', text, re.DOTALL)
    found = {"terms": offers.get("Terms", ""), "due_date": f"{offers.get('Due date', '')} {under}"}
    plain = {name: re.sub(r"(?s)<kbd>.*?</kbd>|<[^>]+>", " ", inner) for name, inner in found.items()}
    return {name: " ".join(unescape(inner).split()) for name, inner in plain.items()}


def asked(client: Client, **typed: str) -> dict[str, str]:
    answer = client.get(DUE, typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return spots(answer.content.decode())


def test_another_bill_date_offers_the_due_date_of_the_terms(as_bob, store):
    store()
    assert asked(as_bob, transaction_date="11/1") == {
        "terms": "", "due_date": "Use 16 Nov 2026 Net 15 from 1 Nov 2026.",
    }  # fmt: skip


def test_other_terms_offer_their_due_date_and_show_their_discount(as_bob, store):
    store()
    offered = "Use 27 Nov 2026 2% 10 Net 30 from 28 Oct 2026. The 2% discount ended on 7 Nov 2026."
    assert asked(as_bob, terms="2% 10 net 30")["due_date"] == offered


def test_a_paid_bill_has_no_discount_left(as_bob, store):
    store(terms=EARLY, isPaid=True, dueDate="2026-11-27")
    assert asked(as_bob)["due_date"] == ""


def test_date_driven_terms_offer_theirs(as_bob, store):
    store()
    assert asked(as_bob, terms="15th of month")["due_date"] == "Use 15 Nov 2026 15th of month from 28 Oct 2026."


def test_what_is_due_as_the_terms_say_is_offered_nothing(as_bob, store):
    store()
    assert asked(as_bob, transaction_date="11/1", due_date="16 Nov 2026")["due_date"] == ""


def test_a_due_date_set_by_hand_is_named_and_no_other_offered_while_nothing_moves(as_bob, store):
    store(dueDate="2026-12-24")
    assert asked(as_bob)["due_date"] == "Net 15 gives 12 Nov 2026."


def test_of_a_bill_without_terms_nobody_says_when_else_it_would_be_due(as_bob, store):
    store(terms=None, vendor=named("V2", "Norrland"), dueDate="2026-12-24")
    assert asked(as_bob)["due_date"] == ""


def test_a_bill_without_a_due_date_is_offered_one(as_bob, store):
    store(dueDate=None)
    assert asked(as_bob)["due_date"] == "Use 12 Nov 2026 Net 15 from 28 Oct 2026."


def test_without_terms_the_company_says_in_how_many_days_a_bill_is_due(as_bob, store):
    store(terms=None, vendor=named("V2", "Norrland"))
    offered = "Use 11 Nov 2026 10 days from 1 Nov 2026, as for every bill without terms."
    assert asked(as_bob, transaction_date="1 Nov 2026")["due_date"] == offered


def test_a_bill_without_terms_is_offered_those_usual_for_its_vendor(as_bob, store):
    store(terms=None)
    assert asked(as_bob)["terms"] == "Use 2% 10 Net 30 Usual for Cobalt Ridge Packaging."


def test_another_vendor_brings_its_usual_terms_as_an_offer(as_bob, store):
    store(vendor=named("V2", "Norrland"))
    assert (
        asked(as_bob, vendor="Cobalt Ridge Packaging")["terms"] == "Use 2% 10 Net 30 Usual for Cobalt Ridge Packaging."
    )


@pytest.mark.parametrize(
    "typed", [{"transaction_date": "soon"}, {"terms": "Net 12345"}, {"transaction_date": ""}, {"vendor": "nobody"}]
)
def test_what_cannot_be_read_is_offered_nothing(as_bob, store, typed):
    store(dueDate="2026-11-12")
    assert asked(as_bob, **typed) == {"terms": "", "due_date": ""}


def test_terms_that_are_not_in_the_copy_offer_nothing(as_bob, store):
    store(terms=named("X", "Forgotten"))
    assert asked(as_bob, transaction_date="11/1")["due_date"] == ""


def test_a_due_date_beyond_what_can_be_typed_is_not_offered(as_bob, store):
    store()
    assert asked(as_bob, transaction_date="20 Dec 2199")["due_date"] == ""


def test_the_answer_is_kept_by_nobody_and_differs_for_htmx(as_bob, store):
    store()
    answer = as_bob.get(DUE)
    assert (answer["Vary"], "no-store" in answer["Cache-Control"]) == ("HX-Request, Cookie", True)


def test_a_form_opens_with_what_its_bill_is_offered(as_bob, store):
    store(terms=None, dueDate=None)
    assert spots(as_bob.get(EDIT).content.decode()) == {
        "terms": "Use 2% 10 Net 30 Usual for Cobalt Ridge Packaging.",
        "due_date": "Use 7 Nov 2026 10 days from 28 Oct 2026, as for every bill without terms.",
    }


def test_without_a_script_the_form_comes_back_with_the_offer(as_bob, store):
    store()
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"transaction_date": "11/1", "take": ""})
    assert (answer.status_code, spots(answer.content.decode())["due_date"]) == (
        200, "Use 16 Nov 2026 Net 15 from 1 Nov 2026.",
    )  # fmt: skip


def test_without_a_script_an_offer_is_taken_by_its_button_and_nothing_sent(as_bob, store, sandbox: Sandbox):
    store()
    form = inputs(as_bob.get(EDIT)) | {"transaction_date": "11/1", "memo": "Kept"}
    taken = inputs(as_bob.post(EDIT, form | {"take": "due_date=16 Nov 2026"}))
    assert [taken[name] for name in ("transaction_date", "due_date", "memo")] == ["1 Nov 2026", "16 Nov 2026", "Kept"]
    assert sandbox.requests() == []


def test_saving_other_terms_leaves_the_due_date_alone(as_bob, harbor, copied, sandbox: Sandbox):
    copied(harbor)
    bill = lookup.find_record(harbor, "bills", "1710-1501766416")
    form = inputs(as_bob.get(f"/t/harbor/bills/{bill.remote_id}/edit"))
    as_bob.post(f"/t/harbor/bills/{bill.remote_id}/edit", form | {"terms": "Net 60", "save": "1"})
    sent = [request["body"] for request in sandbox.requests() if request["method"] == "POST"]
    assert [sorted(body) for body in sent] == [["revisionNumber", "termsId"]]


@pytest.mark.parametrize(
    ("days_ago", "is_paid", "is_shown"), [(0, False, True), (10, False, True), (11, False, False), (0, True, False)]
)
def test_a_bills_page_shows_its_discount_while_that_can_be_had(as_carol, store, days_ago, is_paid, is_shown):
    issued = timezone.localdate() - timedelta(days=days_ago)
    store(terms=EARLY, transactionDate=str(issued), isPaid=is_paid)
    text = as_carol.get(PAGE).content.decode()
    last = formatting.format_date(issued + timedelta(days=10))
    assert (">18.75<" in text, f"2% off if paid by {last}" in text) == (is_shown, is_shown)


def test_the_dates_of_a_bills_page_are_written_as_its_reader_chose(as_carol, carol, store):
    PersonSettings.objects.create(person=carol, date_style="iso")
    paid = {"id": "X", "transactionType": "bill_payment_check", "linkType": "amount", "amount": "-1.00"}
    payments = [{**paid, "transactionDate": "2026-11-30"}, {**paid, "id": "Y", "transactionDate": "2026-11-29"}]
    issued = str(timezone.localdate() - timedelta(days=1))
    store(terms=EARLY, transactionDate=issued, dueDate="2026-12-24", linkedTransactions=payments, refNumber=None)
    page = as_carol.get(PAGE).content.decode()
    title, figures = page.partition("</title>")[0], page.partition('class="panel figures"')[2].partition("</dl>")[0]
    assert re.findall(r"\d{1,2} [A-Z][a-z]{2} \d{4}", title + figures) == []
    assert (f"Bill of {issued}" in title, "gives " in figures, "last 2026-11-30" in figures) == (True, True, True)


def test_a_bills_page_says_that_its_due_date_is_not_that_of_its_terms(as_carol, store):
    store(dueDate="2026-12-24")
    assert "Net 15 gives 12 Nov 2026." in as_carol.get(PAGE).content.decode()
