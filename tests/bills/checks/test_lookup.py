"""What speaks against a change, on the page: told when the form opens, asked before it saves, refused where it must."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from bills.checks.duplicates import find_duplicates
from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit, State
from records.content import Reference
from records.formatting import format_date
from tenants.models import Tenant
from tests.bills.factories import BILL, named
from tests.edits.lifecycle.queueing import send
from tests.edits.lifecycle.test_queue import let_time_pass
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
PAID = "/t/abc/bills/123ABC-1234567890/edit"  # 500.00 of 1,000.00 are paid; lines billable, classes, a group
EDIT = "/t/larch/bills/B1/edit"
CLOSED = {"id": "preferences", "accounting": {"closingDate": "2026-12-31"}}
PAYMENT = {"id": "X", "transactionType": "bill_payment_check", "linkType": "amount", "amount": "-100.00"}
EXPENSES: Any = BILL["expenseLines"]
Put = Callable[..., Record]


@pytest.fixture
def put(larch: Tenant) -> Put:
    """`put("bills", refNumber="7")` puts a bill, or the company's preferences, into the mirror."""

    def store(kind: str = "bills", **more: Any) -> Record:
        raw = {**BILL, **more} if kind == "bills" else more
        return lookup.store_record(larch, registry.get_table(larch, kind), raw)

    return store


def words(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def typed(client: Client, **values: str) -> Any:
    """The form, opened, changed and posted."""
    return client.post(EDIT, inputs(client.get(EDIT)) | values)


def sent(sandbox: Sandbox) -> list[Any]:
    return [request["body"] for request in sandbox.requests() if request["method"] == "POST"]


def test_what_is_known_stands_above_the_form_before_anybody_types(as_bob, put):
    put(linkedTransactions=[PAYMENT]), put(id="B2", refNumber="77-31"), put("preferences", **CLOSED)
    page = words(as_bob.get(EDIT))
    told = [
        "The books are closed through 31 Dec 2026.",
        "paid in part: 100.00 of 937.60",
        "already has a bill with number 7731.",
    ]
    assert [text for text in told if text not in page] == []
    assert (page.count("Save anyway"), '<a href="/t/larch/bills/B2/"' in page) == (0, True)


def test_of_a_company_whose_preferences_are_not_read_no_closing_date_is_claimed(as_bob, put):
    put()
    assert "closed through" not in words(as_bob.get(EDIT))


def test_a_warning_that_nobody_agreed_to_stops_the_save_with_the_form_as_it_was_typed(as_bob, put, sandbox):
    put(), put("preferences", **CLOSED)
    answer = typed(as_bob, memo="Late")
    assert (answer.status_code, "Please confirm." in words(answer), inputs(answer)["memo"], sent(sandbox)) == (
        422,
        True,
        "Late",
        [],
    )


def test_a_warning_stands_beside_its_field_and_is_read_out_with_it(as_bob, put, sandbox):
    put(), put("preferences", **CLOSED)
    page = typed(as_bob, memo="Late").content.decode()
    assert 'id="id_transaction_date_warned1"' in page
    assert 'aria-describedby="id_transaction_date_warned1"' in page


def asked(page):
    """What stands under lines to be agreed to, by the line right above it."""
    row = r'value=([a-z_0-9-]+)>[^\n]*\n<tr class="line-errors is-asked" id="([a-z_0-9-]+)-asked">.*?<li>(.*?)</ul>'
    rows = re.findall(row, page, re.DOTALL)
    assert all(above == own for above, own, _ in rows)
    return {line: said for line, _, said in rows}


def test_a_warning_about_a_line_stands_under_the_line(as_bob, put, sandbox):
    lines = [{**EXPENSES[0], "billingStatus": "has_been_billed"}]
    put(expenseLines=lines)
    answer = typed(as_bob, **{"expense_lines-0-id": "E1", "expense_lines-0-memo": "Late"})
    said = "You are changing a line already billed to a customer. Confirm it above, or undo the line."
    assert answer.context["form"].errors == {}
    assert asked(answer.content.decode()) == {"expense_lines-0": said}


def test_a_line_that_goes_is_warned_of_where_it_stood(as_bob, put, sandbox):
    lines = [{**EXPENSES[0], "billingStatus": "has_been_billed"}, EXPENSES[1]]
    put(expenseLines=lines)
    answer = typed(as_bob, **{"expense_lines-0-id": "E1", "expense_lines-0-remove": "on"})
    said = "You are changing a line already billed to a customer. Confirm it above, or undo the line."
    assert asked(answer.content.decode()) == {"expense_lines-0": said}


def test_what_was_agreed_to_is_sent(as_bob, abc, copied: Copied, sandbox):
    copied(abc)
    asked = as_bob.post(PAID, inputs(as_bob.get(PAID)) | {"transaction_date": "2021-10-02"})
    answer = as_bob.post(PAID, agreed(asked))
    assert (asked.status_code, answer.status_code, [body["transactionDate"] for body in sent(sandbox)]) == (
        422,
        303,
        ["2021-10-02"],
    )


def test_who_agreed_to_one_thing_is_asked_again_about_another(as_bob, abc, copied: Copied, sandbox):
    copied(abc)
    asked = as_bob.post(PAID, inputs(as_bob.get(PAID)) | {"transaction_date": "2021-10-02"})
    again = as_bob.post(PAID, agreed(asked) | {"vendor": "Paper & Ink Co."})
    assert (again.status_code, "the payment went to Acme" in words(again), sent(sandbox)) == (422, True, [])


def test_what_a_conflict_comes_to_is_asked_about_before_it_is_sent(as_bob, abc, copied: Copied, sandbox):
    copied(abc)
    form = inputs(as_bob.get(PAID)) | {"transaction_date": "2021-10-02"}
    asked = agreed(as_bob.post(PAID, form))
    sandbox.change(endUserId=ABC, resource="bills", id="123ABC-1234567890", changes={"memo": "Theirs"})
    as_bob.post(PAID, asked)
    page = f"/t/abc/edits/{Edit.objects.get().pk}/"
    conflict = as_bob.get(page)  # later, from the list of edits
    stopped = as_bob.post(page, inputs(conflict, "conflict") | {"confirm": "1"})
    before = len(sent(sandbox))
    saved = as_bob.post(page, agreed(stopped, "conflict") | {"confirm": "1"})
    assert (stopped.status_code, before, saved.status_code, len(sent(sandbox))) == (422, 1, 303, 2)


def test_what_was_agreed_to_before_a_conflict_is_not_asked_again(as_bob, abc, copied: Copied, sandbox):
    copied(abc)
    asked = agreed(as_bob.post(PAID, inputs(as_bob.get(PAID)) | {"transaction_date": "2021-10-02"}))
    sandbox.change(endUserId=ABC, resource="bills", id="123ABC-1234567890", changes={"memo": "Theirs"})
    conflict = as_bob.post(PAID, asked)
    page = f"/t/abc/edits/{Edit.objects.get().pk}/"
    saved = as_bob.post(page, inputs(conflict, "conflict") | {"confirm": "1"})
    assert (conflict.status_code, saved.status_code) == (409, 303)


@pytest.mark.parametrize("forged", ["confirm-", "confirm", "confirm-0000000000000000", "save"])
def test_a_made_up_agreement_agrees_to_nothing(as_bob, put, sandbox, forged):
    put(), put("preferences", **CLOSED)
    assert typed(as_bob, memo="Late", **{forged: "on"}).status_code == 422


def test_what_cannot_be_saved_offers_no_box_and_stands_on_its_field(as_bob, put, sandbox, larch, copied: Copied):
    copied(larch, "accounts")
    put(linkedTransactions=[PAYMENT])
    answer = typed(as_bob, payables_account="Accounts Payable - Retainage")
    page = words(answer)
    assert (answer.status_code, "This cannot be saved." in page, page.count("Save anyway")) == (422, True, 0)
    assert [*answer.context["form"].errors] == ["payables_account"]


def test_a_bill_below_zero_is_not_sent(as_bob, put, sandbox):
    put()
    answer = typed(as_bob, **{"expense_lines-0-id": "E1", "expense_lines-0-amount": "-2000"})
    assert (answer.status_code, "a vendor credit" in words(answer), sent(sandbox)) == (422, True, [])


def test_a_form_that_changes_nothing_asks_nothing(as_bob, put, sandbox):
    put(linkedTransactions=[PAYMENT]), put("preferences", **CLOSED)
    assert typed(as_bob).status_code == 303


def test_what_was_agreed_to_stays_ticked_when_the_books_refuse_it(as_bob, harbor, copied: Copied, sandbox):
    copied(harbor)
    old = Record.objects.filter(tenant=harbor, kind="bills", bill_date__lte="2026-09-30", is_paid=False).first()
    assert old is not None
    url = f"/t/harbor/bills/{old.remote_id}/edit"
    asked = as_bob.post(url, inputs(as_bob.get(url)) | {"memo": "Late"})
    refused = as_bob.post(url, agreed(asked))
    assert (refused.status_code, [*refused.context["form"].errors], len(sent(sandbox))) == (
        422,
        ["transaction_date"],
        1,
    )
    assert [name for name in inputs(refused) if name.startswith("confirm-")] != []  # only a ticked box travels


def test_a_company_of_one_currency_is_offered_no_exchange_rate(as_bob, harbor, copied: Copied):
    copied(harbor)
    some = Record.objects.filter(tenant=harbor, kind="bills").first()
    assert some is not None
    assert "exchange_rate" not in inputs(as_bob.get(f"/t/harbor/bills/{some.remote_id}/edit"))


def test_a_bill_abroad_shows_both_amounts(as_bob, abc, copied: Copied):
    copied(abc)
    assert "1,000.00</span> USD = <span data-sum-home>1,234.50</span> CAD" in words(as_bob.get(PAID))


@pytest.mark.parametrize(
    ("one", "other"),
    [("7731", "0007731"), ("INV-1048", "inv 1048"), ("A 1–2", "a1-2"), ("00-12", "012"), ("a—b", "AB"), ("7 7", "77"),
     ("INV-0042", "inv 42"), ("A-1-02", "a12"), ("ÄB-1", "äb1"), ("77\u00a031", "7731"), ("0", "00"),
     ("7.731", "7731"), ("INV/0042", "INV-0042."), ("INV.0042", "INV#0042"), ("INV_0042", "INV:0042"),
     ("INV0042", "inv — 42"), ("2026/0042", "20260042"), ("2026-0042", "2026 42"), ("1,000", "1000"),
     ("(88)", "88"), ("ｉｎｖ４２", "INV-42"), ("STRASSE 1", "straße1")],
)  # fmt: skip
def test_numbers_are_the_same_whatever_their_case_blanks_signs_and_leading_zeros(put, one, other):
    bill, _ = put(refNumber=one), put(id="B2", refNumber=other)
    assert [twin.remote_id for twin in find_duplicates(bill, Reference("V1", "Cobalt"), one)] == ["B2"]


@pytest.mark.parametrize(
    "other",
    [
        {"refNumber": "77310"},
        {"refNumber": "7731", "vendor": named("V2", "Norrland")},
        {"refNumber": ""},
        {"refNumber": "77301"},
    ],
)
def test_another_number_or_vendor_is_another_bill(put, other):
    bill, _ = put(), put(id="B2", **other)
    assert find_duplicates(bill, Reference("V1", "Cobalt"), "7731") == []


def test_a_deleted_bill_is_in_nobodys_way(put, larch):
    bill, _ = put(), put(id="B2")
    lookup.mark_deleted(larch, "bills", ["B2"])
    assert find_duplicates(bill, Reference("V1", "Cobalt"), "7731") == []


@pytest.mark.parametrize(("vendor", "number"), [(None, "7731"), (Reference("V1", "Cobalt"), " ")])
def test_a_bill_without_vendor_or_number_is_not_looked_for(put, django_assert_num_queries, vendor, number):
    bill = put()
    with django_assert_num_queries(0):
        assert find_duplicates(bill, vendor, number) == []


@pytest.mark.sqlite_only("EXPLAIN QUERY PLAN")
def test_the_same_number_is_found_by_one_query_along_its_own_index(put, django_assert_num_queries):
    bill, _ = put(), put(id="B2")
    with django_assert_num_queries(1) as asked:
        find_duplicates(bill, Reference("V1", "Cobalt"), "77-31")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        (plan,) = cursor.fetchall()
    assert "USING INDEX bill_by_number (tenant_id=? AND vendor_id=? AND number=?)" in plan[-1]


@pytest.mark.parametrize(
    ("typed_day", "asks"), [("2 Oct 2021", True), ("t", False), ("+29", False), ("1 Jan 2099", True)]
)
def test_a_bill_date_far_from_today_is_asked_about_only_when_it_is_changed(as_bob, put, sandbox, typed_day, asks):
    put(transactionDate="2020-01-01", dueDate="2100-01-01")
    meant = {"+29": format_date(timezone.localdate() + timedelta(days=29))}.get(typed_day, typed_day)
    page = typed(as_bob, transaction_date=meant)
    assert ("The bill date (" in words(page)) is asks
    assert "The bill date (" not in words(typed(as_bob, memo="Other"))


def test_an_amount_in_yen_has_no_decimals_and_one_in_dollars_two(as_bob, put, sandbox):
    yen = {"id": "C1", "name": "Yen", "currencyCode": "JPY", "currencyFormat": {"decimalPlaces": "0"}}
    put("currencies", **yen), put(currency=named("C1", "Yen"), exchangeRate=1)
    amount = {"expense_lines-0-id": "E1", "expense_lines-0-account": "Freight In"}
    refused = typed(as_bob, **amount, **{"expense_lines-0-amount": "12.34 JPY"})
    said = {name: errors for name, errors in refused.context["form"].errors.items() if "amount" in name}
    assert said == {"expense_lines-0-amount": ["Amounts in JPY have no decimals: 12.34."]}
    other = typed(as_bob, **amount, **{"expense_lines-0-amount": "$12"})
    assert other.context["form"].errors["expense_lines-0-amount"] == [
        "“$12”: amounts here are in JPY. Leave out “$” if the number is right."
    ]


@pytest.mark.parametrize(("code", "paid"), [("JPY", "100"), ("KWD", "100.000"), ("USD", "100.00")])
def test_words_agreed_to_hold_in_the_worker_whatever_the_decimals_of_the_currency(as_bob, put, sandbox, code, paid):
    put("currencies", id="C1", name="Theirs", currencyCode=code)
    put(currency=named("C1", "Theirs"), exchangeRate=1, linkedTransactions=[PAYMENT])
    asked = typed(as_bob, transaction_date="27 Oct 2026")
    assert f"paid in part: {paid} of" in words(asked)
    as_bob.post_only(EDIT, inputs(asked) | {guard.box: "on" for guard in asked.context["asked"].guards})
    let_time_pass(sent_at=timedelta(minutes=2))
    send()
    edit = Edit.objects.exclude(state=State.DRAFT).get()
    assert State.SENDING in dict(edit.state_log), edit.error_message
