"""What the conflict page says of a merge, for any kind of record."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template.loader import render_to_string
from django.test import RequestFactory

from books.models import Record
from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from edits.conflict.custom_values import CustomValues
from edits.conflict.page import ConflictPage
from edits.conflict.wording import get_conflict_wording
from records.merge.three_way import merge_three_way
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.edits.examples import BILL, CUSTOMER, MY_BILL, MY_CUSTOMER, PAPER, TAPE, THEIR_BILL, THEIR_CUSTOMER, WRAP
from tests.support.markup import one_line

LARCH = Tenant(slug="larch", name="Larch Street Supply", provider="conductor")
DUE = "transaction_date+terms+due_date"
WRAP_AMOUNT = "item_lines:L2:quantity+cost+amount"


def conflict(merge, table, **choices):
    another = CustomValues(LARCH, table, merge, {})
    return ConflictPage(
        merge, table, "QuickBooks", get_conflict_wording(table, "QuickBooks"), another=another, **choices
    )


def bill_conflict(mine=MY_BILL, theirs=THEIR_BILL, base=BILL, **choices):
    return conflict(merge_three_way(base, mine, theirs), BILLS, **choices)


def customer_conflict(**choices):
    return conflict(merge_three_way(CUSTOMER, MY_CUSTOMER, THEIR_CUSTOMER), CUSTOMERS, **choices)


def page(conflict, **more):
    request = RequestFactory().get("/t/larch/edits/7/")
    request.user = AnonymousUser()
    context = {
        "member": Member(LARCH, User(username="bob"), Role.BOOKKEEPER),
        "record": Record(full_name="7731", remote_id="123ABC-1", kind=conflict.table.kind),
        "table": conflict.table,
        "conflict": conflict,
        "form_action": "/t/larch/edits/7/",
        "back_to_form": "/t/larch/bills/123ABC-1/edit?from=7",
        "sealed_theirs": "shown-seal",
        "token": "once",
        **more,
    }
    return render_to_string("edits/conflict.html", context, request)


def words(html):
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    assert main is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def texts(rows):
    return [(row.what, row.note, row.keep.text, row.take.text) for row in rows]


def test_each_choice_repeats_its_result():
    assert texts(bill_conflict().rows) == [
        (
            "Terms and due date",
            "one choice, they belong together",
            "Keep yours: Net 30, due date 27 Nov 2026",
            "Use the QuickBooks value: Net 20, due date 17 Nov 2026",
        ),
        (
            "Item line 2, Stretch wrap 18 in",
            "one choice, amount is quantity × cost",
            "Keep yours: 50 × 7.55 = 377.50",
            "Use the QuickBooks value: 45 × 7.80 = 351.00",
        ),
    ]


def test_values_that_differ_from_what_was_opened_are_marked():
    row = bill_conflict().rows[1]
    assert [(c.text, c.changed) for c in row.was.cells] == [("40", False), ("7.55", False), ("302.00", False)]
    assert [(c.text, c.changed) for c in row.yours.cells] == [("50", True), ("7.55", False), ("377.50", True)]
    assert [(c.text, c.changed) for c in row.now.cells] == [("45", True), ("7.80", True), ("351.00", True)]


def test_what_was_combined_names_from_to_and_whose():
    found = [(c.label, [(m.was, m.now) for m in c.moves], c.whose) for c in bill_conflict().combined]
    assert found == [
        ("Number", [("7731", "7731-A")], "QuickBooks"),
        ("Memo", [("empty", "Pallet wrap")], "yours"),
        ("Expense line 1, Office Supplies: Amount", [("86.40", "92.10")], "QuickBooks"),
    ]


def test_an_address_is_shown_by_its_members():
    row = customer_conflict().rows[0]
    assert (row.what, row.note) == ("Bill to", "one choice for all of it")
    assert [c.text for c in row.yours.cells if c.changed] == ["14 Elm St"]
    assert row.take.text == "Use the QuickBooks value: 12 Elm St, Nampa, ID"


def test_the_sum_follows_the_choices():
    totals = bill_conflict().totals
    assert [str(n) for n in (totals.was, totals.now, totals.with_yours, totals.with_theirs)] == [
        "463.90",
        "518.60",
        "545.10",
        "518.60",
    ]


def test_a_record_without_amounts_has_no_sum():
    assert customer_conflict().totals is None


def test_a_line_that_one_side_removed_says_so():
    theirs = BILL.replace(expense_lines=(PAPER.replace(memo="A3"),))
    row = bill_conflict(mine=BILL.replace(expense_lines=()), theirs=theirs).rows[0]
    assert (row.name, row.note) == ("choice-expense_lines:E1", "you removed it, QuickBooks has it changed")
    assert (row.keep.text, row.take.text) == (
        "Keep yours: no such line",
        "Use the QuickBooks value: Office Supplies, 86.40",
    )
    assert row.yours.instead == "removed by you"


def test_an_item_line_that_one_side_removed_is_told_by_its_item_and_amount():
    theirs = BILL.replace(item_lines=(TAPE, WRAP.replace(cost=Decimal("8.00"), amount=Decimal("320.00"))))
    row = bill_conflict(mine=BILL.replace(item_lines=(TAPE,)), theirs=theirs).rows[0]
    assert (row.keep.text, row.take.text) == (
        "Keep yours: no such line",
        "Use the QuickBooks value: Stretch wrap 18 in, 320.00",
    )


def test_without_a_base_the_sides_are_marked_against_each_other():
    row = bill_conflict(base=None, mine=BILL.replace(memo="mine"), theirs=BILL.replace(memo="theirs")).rows[0]
    assert (row.was.instead, row.yours.cells[0].changed, row.now.cells[0].changed) == ("no longer known", True, True)


def test_an_amount_that_is_no_product_is_not_called_one():
    odd = WRAP.replace(quantity=None, cost=None)
    mine, theirs = (odd.replace(amount=odd["amount"] + n) for n in (1, 2))
    sides = [BILL.replace(item_lines=(line,)) for line in (mine, theirs, odd)]
    assert bill_conflict(*sides).rows[0].keep.text == "Keep yours: 303.00"


def test_a_posted_choice_is_kept_and_the_rest_stays_open():
    conflict = bill_conflict(choices={DUE: "theirs", WRAP_AMOUNT: "nonsense"})
    assert [row.decided for row in conflict.rows] == ["from QuickBooks", ""]
    assert conflict.open == 1


@pytest.mark.parametrize("choices", [{}, {DUE: "mine"}])
def test_the_page_preselects_only_what_was_posted_before(choices):
    html = one_line(page(bill_conflict(choices=choices)))
    assert len(re.findall(r'type="radio"[^>]*checked', html)) == len(choices)
    assert sorted(set(re.findall(r'type="radio" name="([^"]+)" value="(\w+)"', html))) == sorted(
        (f"choice-{key}", side) for key in (DUE, WRAP_AMOUNT) for side in ("mine", "theirs", "was", "other")
    )


def test_the_page_of_a_bill_says_what_is_so():
    said = words(page(bill_conflict()))
    for sentence in (
        "Nothing has been saved, and nothing you typed is lost.",
        "Two changes overlap. Decide them below.",
        "2 left to decide Total was 463.90, in QuickBooks now 518.60 → follows your choice",
        "545.10 +26.50 compared with QuickBooks 518.60 same as QuickBooks",
        "3 combined for you Number 7731 → 7731-A (QuickBooks) · Memo empty → Pallet wrap (yours)",
        "Decide 2 to save",
    ):
        assert sentence in said


def test_the_page_of_a_customer_is_the_same_page():
    html = page(customer_conflict(choices={"billing_address": "mine"}))
    assert "This customer changed in QuickBooks while you were editing" in html
    assert "Bill to one choice for all of it Decided: yours" in words(html)
    assert "Email a@example.com → b@example.com" in words(html)


def test_an_undecided_answer_says_that_nothing_was_sent():
    said = words(page(bill_conflict(choices={DUE: "mine"}), undecided=True))
    assert "One left to decide. Nothing was sent. Your choices and typing are kept." in said


def test_the_page_carries_what_was_shown_and_its_token():
    html = page(bill_conflict())
    assert '<input type="hidden" name="theirs" value="shown-seal">' in html
    assert '<input type="hidden" name="token" value="once">' in html
    assert " style=" not in html
