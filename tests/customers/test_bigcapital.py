"""The customers of a Bigcapital company: the same pages, with what it has and without what it lacks."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror.store import store_page
from books.models import Record, SyncRun
from books.providers.bigcapital.customers import CUSTOMERS
from books.sync import reader, refresh
from edits.models.edit import Edit
from record_forms.typed.limits import BYTES
from tenants.models import Tenant
from tests.support.inputs import inputs
from tests.support.vendor import JUNIPER

LIST, PAGE, FORM = "/t/juniper/customers/", "/t/juniper/customers/1/", "/t/juniper/customers/1/edit"


@pytest.fixture
def mirrored(sandbox, juniper: Tenant) -> None:
    """The company's customers in the mirror, active and inactive."""
    SyncRun.objects.create(tenant=juniper, kind="customers")
    while reader.read_next(juniper):
        pass


def test_the_list_has_no_columns_for_what_it_lacks(mirrored, as_carol: Client):
    page = as_carol.get(LIST).content.decode()
    assert [
        head for head in ("Company", "Phone", "Terms", "Balance", "Incl. jobs", "Last modified") if f">{head}<" in page
    ] == [
        "Company",
        "Phone",
        "Balance",
    ]


def test_the_list_is_searched_and_split_into_active_and_inactive(mirrored, as_carol: Client):
    found = {
        state: as_carol.get(LIST, {"state": state}).context["found"].total for state in ("active", "inactive", "all")
    }
    assert found == {"active": 260, "inactive": 30, "all": 290}
    assert as_carol.get(LIST, {"q": "jonas falk"}).context["found"].total == 2


def test_a_balance_in_dinars_has_three_decimals_in_the_list_too(juniper: Tenant, as_carol: Client) -> None:
    dinars = {"id": 9001, "display_name": "Dinar Trading", "active": 1, "currency_code": "KWD"}
    rows = [{**dinars, "balance": "12.345"}, {**dinars, "id": 9002, "display_name": "Fils", "balance": "-300.245"}]
    store_page(juniper, CUSTOMERS, rows, timezone.now())
    pages = [as_carol.get(f"{LIST}{path}").content.decode() for path in ("", "9001/", "9002/")]
    assert [text in page for page, text in zip(pages, ("−300.245", "12.345", "−300.245"), strict=True)] == [True] * 3
    assert ">12.345<" in pages[0]


def test_there_are_no_bills_anywhere(mirrored, as_carol: Client):
    home = as_carol.get("/t/juniper/").content.decode()
    assert ("/t/juniper/bills/" in home, "Owed by customers" in home) == (False, True)
    pages = [as_carol.get(f"/t/juniper/bills/{rest}") for rest in ("", "1/")]
    assert [page.status_code for page in pages] == [404, 404]
    assert "Choose another page of this company." in pages[0].content.decode()


def test_an_unsafe_link_is_shown_as_text(mirrored, as_carol: Client):
    page = as_carol.get("/t/juniper/customers/7/").content.decode()
    assert ("javascript:" in page, 'href="javascript:' in page) == (True, False)


def test_a_postal_code_is_shown_and_says_why_it_cannot_be_changed(mirrored, as_bob: Client):
    page = as_bob.get(FORM).content.decode()
    assert ('name="billing_address-postal_code"' in page, ">98021<" in page) == (False, True)
    assert "Postal codes can only be changed in Bigcapital." in page


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("83702", "10001"), ["ZIP or postal code was not copied, and stays 10001."]),
        (("83702", ""), ["ZIP or postal code was not copied, and stays blank."]),
        (("83702", "83702"), []),
    ],
)
def test_an_address_is_copied_without_its_postal_code_and_says_so(juniper, as_bob: Client, codes, said) -> None:
    billing, shipping = codes
    ann = {"id": 9001, "display_name": "Ann", "active": 1, "billing_address_city": "Boise"}
    row = {**ann, "billing_address_postcode": billing, "shipping_address_postcode": shipping}
    store_page(juniper, CUSTOMERS, [row], timezone.now())
    form = FORM.replace("/1/", "/9001/")
    page = as_bob.post(form, inputs(as_bob.get(form)) | {"fill": "shipping_address"})
    assert inputs(page)["shipping_address-city"] == "Boise"
    assert re.findall(r"ZIP or postal code was not [^.]*\.", page.content.decode()) == said


def test_a_save_goes_out_with_what_changed_and_comes_back(mirrored, sandbox, as_bob: Client):
    answer = as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"work_phone": "555-0177", "billing_address-city": "Rome"})
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?saved={Edit.objects.get().pk}")
    sent = [seen["body"] for seen in sandbox.requests(organization_id=JUNIPER) if seen["method"] == "PUT"]
    two = {"customerType": "business", "displayName": "Alder & Finch Studio"}
    assert sent == [{**two, "workPhone": "555-0177", "billingAddressCity": "Rome"}]
    shown = as_bob.get(answer["Location"]).content.decode()
    assert ("555-0177" in shown, "Rome" in shown, "Saved." in shown) == (True, True, True)


CHOKED_ON = [
    ("company_name", "a" * 256, "Too long: 256 characters, 255 allowed."),
    ("first_name", "Ada 😀", "The character “😀” cannot be stored. Leave it out."),
    ("note", "Party 🎉", "The character “🎉” cannot be stored. Leave it out."),
    ("billing_address-city", "b" * 256, "Too long: 256 characters, 255 allowed."),
    ("display_name", "   ", "Display name is required."),
    ("customer_type", "martian", "Choose one from the list."),
    ("email", "jo@exa_mple.org", "Bigcapital does not accept an underscore (_) after the @."),
    ("shipping_address-email", "nobody", "Not an email address: the @ is missing."),
    ("note", "é" * 32_768, f"Too long: 65,536 bytes, 65,535 allowed. {BYTES}"),
]


def test_what_the_server_would_choke_on_is_caught_in_the_form(mirrored, sandbox, as_bob: Client):
    sandbox.clear_requests()
    form = inputs(as_bob.get(FORM))
    answers = [as_bob.post(FORM, form | {field: text}) for field, text, _ in CHOKED_ON]
    found = [(answer.status_code, answer.context["form"].errors) for answer in answers]
    assert found == [(422, {field: [said]}) for field, _, said in CHOKED_ON]
    assert sandbox.requests(organization_id=JUNIPER) == []


def test_other_alphabets_are_saved_without_a_question_and_with_their_lines(mirrored, sandbox, as_bob: Client):
    typed = {"note": "Łódź\r\n北京 Cafe\u0301\u200b", "company_name": "Łódź\xa0北京\u202e"}
    assert as_bob.post(FORM, inputs(as_bob.get(FORM)) | typed).status_code == 303
    (sent,) = [seen["body"] for seen in sandbox.requests(organization_id=JUNIPER) if seen["method"] == "PUT"]
    assert (sent["note"], sent["companyName"]) == ("Łódź\n北京 Caf\xe9", "Łódź 北京")


def test_a_note_may_be_as_long_as_the_server_takes_it(mirrored, as_bob: Client):
    note = "a" * 59_998 + "北é"
    assert as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"note": note}).status_code == 303
    assert inputs(as_bob.get(FORM))["note"] == note


def test_a_change_too_long_for_one_request_is_refused_before_it_leaves(mirrored, sandbox, as_bob: Client):
    answer = as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"note": '"' * 60_000})
    said = "Too much for one save: 118 KB, 100 KB allowed. Shorten Note."
    assert (answer.status_code, answer.context["form"].errors) == (422, {"note": [said]})
    assert [seen["method"] for seen in sandbox.requests(organization_id=JUNIPER)].count("PUT") == 0


def test_a_change_by_somebody_else_is_a_conflict_that_keeps_both(mirrored, sandbox, as_bob: Client):
    form = inputs(as_bob.get(FORM)) | {"work_phone": "555-0177", "note": "Mine"}
    sandbox.change(organizationId=JUNIPER, id="1", changes={"note": "Theirs", "website": "https://new.example"})
    sandbox.clear_requests()
    page = as_bob.post(FORM, form)
    conflict = page.context["conflict"]
    assert (page.status_code, [row.what for row in conflict.rows], conflict.books) == (409, ["Note"], "Bigcapital")
    assert [seen["method"] for seen in sandbox.requests(organization_id=JUNIPER)] == ["GET"]
    edit = Edit.objects.get()
    decided = inputs(page, form="conflict") | {"choice-note": "mine"}
    assert as_bob.post(f"/t/juniper/edits/{edit.pk}/", decided).status_code == 303
    stored = sandbox.http.get("/api/customers/1", headers={"Authorization": f"Bearer bc_{'5a4db0c5' * 12}"}).json()
    kept = ("555-0177", "Mine", "https://new.example")
    assert (stored["work_phone"], stored["note"], stored["website"]) == kept


def test_a_customer_that_is_neither_active_nor_inactive_keeps_being_so(mirrored, sandbox, juniper, as_bob: Client):
    sandbox.change(organizationId=JUNIPER, id="1", changes={"active": None})
    refresh.read_record(juniper, registry.get_table(juniper, "customers"), "1")
    answer = as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"note": "Mine"})
    sent = [seen["body"] for seen in sandbox.requests(organization_id=JUNIPER) if seen["method"] == "PUT"]
    assert (answer.status_code, [set(body) for body in sent]) == (303, [{"customerType", "displayName", "note"}])
    assert Record.objects.get(tenant=juniper, remote_id="1").is_active is None


def test_billing_is_copied_to_shipping_but_for_what_cannot_be_written(mirrored, as_bob: Client):
    answer = as_bob.post(
        FORM, inputs(as_bob.get(FORM)) | {"billing_address-city": "Ballard", "fill": "shipping_address"}
    )
    form = inputs(answer)
    copied = {name.partition("-")[2]: text for name, text in form.items() if name.startswith("shipping_address-")}
    billing = {name.partition("-")[2]: text for name, text in form.items() if name.startswith("billing_address-")}
    assert (copied == billing, copied["city"], "postal_code" in copied) == (True, "Ballard", False)


def test_no_whole_address_is_pasted_where_a_part_of_it_could_not_be_sent(mirrored, as_bob: Client):
    assert "Paste a whole address" not in as_bob.get(FORM).content.decode()
