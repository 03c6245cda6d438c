"""What speaks against changing a bill: every rule with what sets it off and what does not."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bills.checks import rules
from bills.checks.duplicates import DuplicateBill
from bills.exchange import compute_home_total
from books import registry
from record_forms.checks import AskedChecks, Check
from records.content import Content, Reference
from records.decoder import decode
from tenants.models import Tenant
from tests.bills.factories import bill, named

check_bill = partial(rules.check_bill, books="QuickBooks")
make_notices = partial(rules.make_notices, books="QuickBooks")

CLOSING = date(2026, 9, 30)
CHECK = {"id": "X1", "transactionType": "bill_payment_check", "transactionDate": "2026-11-02", "refNumber": "1182"}
PAYMENT = {**CHECK, "linkType": "amount", "amount": "-500.00"}
ORDER = {"id": "X2", "transactionType": "purchase_order", "refNumber": "PO-7", "linkType": "quantity"}
TWIN = DuplicateBill("B9", "00-7731", date(2026, 10, 28), Decimal("937.60"))


@pytest.fixture(scope="module")
def larch() -> Tenant:
    """A company that no rule needs to find in the database."""
    return Tenant(slug="larch", name="Larch")


def line(content: Content, section: str, index: int = 0, **values: Any) -> dict[str, tuple[Content, ...]]:
    """The lines of a section with one of them changed."""
    lines = content[section]
    return {section: (*lines[:index], lines[index].replace(**values), *lines[index + 1 :])}


def titles(found: list[Check]) -> list[str]:
    return [guard.title for guard in found]


OTHER_VENDOR = {"vendor": Reference("V2", "Norrland")}
CHEAPER = Decimal("1.00")


def test_a_bill_of_which_nothing_is_known_has_no_notices(larch):
    assert make_notices(bill(larch), None, []) == []


@pytest.mark.parametrize(
    ("on", "closing", "count"),
    [("2026-09-30", CLOSING, 1), ("2026-10-01", CLOSING, 0), ("2026-09-30", None, 0), (None, CLOSING, 0)],
)
def test_a_bill_dated_until_the_closing_date_says_so(larch, on, closing, count):
    assert len(make_notices(bill(larch, transactionDate=on), closing, [])) == count


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ("2026-09-30", "2026-10-28", "This bill is dated 30 Sep 2026"),
        ("2026-10-28", "2026-09-30", "The new bill date, 30 Sep 2026, is in the closed period"),
    ],
)
def test_neither_the_old_nor_the_new_date_may_lie_in_the_closed_time(larch, was, now, why):
    base = bill(larch, transactionDate=was)
    (guard,) = check_bill(base, base.replace(transaction_date=date.fromisoformat(now)), CLOSING, [])
    assert (guard.title, guard.why.partition(";")[0], guard.spots, guard.refuses) == (
        "The books are closed through 30 Sep 2026.",
        why,
        ("transaction_date",),
        False,
    )


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"linkedTransactions": [PAYMENT]}, "This bill is paid in part: 500.00 of 937.60."),
        ({"linkedTransactions": [{**PAYMENT, "amount": "-937.60"}]}, "This bill is paid."),
        ({"isPaid": True}, "This bill is paid."),
        ({"linkedTransactions": [PAYMENT], "openAmount": "99999.00"}, "This bill is paid in part: 500.00 of 937.60."),
    ],
)
def test_what_has_been_paid_is_told(larch, more, title):
    assert titles(make_notices(bill(larch, **more), None, [])) == [title]


def test_what_an_order_comes_to_has_not_been_paid(larch):
    base = bill(larch, linkedTransactions=[{**ORDER, "amount": "-230.00"}])
    assert titles(make_notices(base, None, [])) == ["This bill is linked to purchase order PO-7."]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (OTHER_VENDOR, "QuickBooks may not accept Norrland: the payment went to Cobalt Ridge Packaging."),
        ({"transaction_date": date(2026, 10, 29)}, "The date of the payment does not change."),
    ],
)
def test_another_vendor_or_date_of_a_paid_bill_is_asked_about(larch, change, why):
    base = bill(larch, linkedTransactions=[PAYMENT])
    (guard,) = check_bill(base, base.replace(**change), None, [])
    assert (guard.why, guard.spots) == (why, tuple(change))


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("318.00", "The new total, 866.40, leaves 366.40 to pay."),
        ("-48.40", "The new total, 500.00, is then paid in full."),
        (
            "-148.40",
            "The new total, 400.00, is 100.00 less than was paid: "
            "that part of the payment is no longer applied to a bill.",
        ),
    ],
)
def test_another_amount_of_a_paid_bill_says_what_becomes_of_the_payment(larch, amount, why):
    base = bill(larch, linkedTransactions=[PAYMENT])
    (guard,) = check_bill(base, base.replace(**line(base, "expense_lines", amount=Decimal(amount))), None, [])
    assert (guard.why, guard.spots) == (why, ())


@pytest.mark.parametrize("change", [{"memo": "Late"}, {"due_date": date(2027, 1, 1)}])
def test_what_a_payment_does_not_touch_is_free_to_change(larch, change):
    base = bill(larch, linkedTransactions=[PAYMENT, ORDER])
    assert check_bill(base, base.replace(**change), None, []) == []


def test_another_account_of_a_paid_bill_whose_payment_is_not_told_is_asked_about(larch):
    base = bill(larch, isPaid=True)
    (guard,) = check_bill(base, base.replace(payables_account=Reference("P2", "Retainage")), None, [])
    assert (guard.why, guard.spots, guard.refuses) == (
        "The payment was posted to Accounts Payable.",
        ("payables_account",),
        False,
    )


@pytest.mark.parametrize(
    ("change", "asks"),
    [
        ({"due_date": date(2026, 10, 27)}, True),
        ({"transaction_date": date(2026, 11, 13)}, True),
        ({"due_date": date(2026, 10, 28)}, False),
        ({"memo": "Late"}, False),
    ],
)
def test_a_bill_that_would_be_due_before_its_date_is_asked_about(larch, change, asks):
    base = bill(larch)
    found = check_bill(base, base.replace(**change), None, [])
    assert [(guard.spots, guard.refuses) for guard in found] == ([(("due_date",), False)] if asks else [])


def test_a_due_date_that_stood_before_the_bill_date_is_not_asked_about_again(larch):
    base = bill(larch, dueDate="2026-10-01")
    assert check_bill(base, base.replace(memo="Late"), None, []) == []


def billed(larch: Tenant) -> Content:
    lines = [{**line, "billingStatus": "has_been_billed", "payee": named("C1", "Acme")} for line in EXPENSES]
    return bill(larch, expenseLines=lines)


EXPENSES = [
    {"id": "E1", "account": named("AE1", "Freight In"), "amount": "218.00"},
    {"id": "E2", "account": named("AE2", "Office Supplies"), "amount": "86.40"},
]


def test_a_line_that_was_billed_and_changes_is_asked_about(larch):
    base = billed(larch)
    (guard,) = check_bill(base, base.replace(**line(base, "expense_lines", memo="Late")), None, [])
    assert (guard.title, guard.why, guard.spots) == (
        "You are changing a line already billed to a customer.",
        "Expense line 1, Freight In: changed. The invoice to Acme does not change.",
        ("E1",),
    )


def test_lines_that_were_billed_and_go_are_asked_about_together(larch):
    base = billed(larch)
    (guard,) = check_bill(base, base.replace(expense_lines=()), None, [])
    assert (guard.title, guard.spots) == ("You are changing 2 lines already billed to a customer.", ("E1", "E2"))


def test_a_copy_of_a_billed_line_is_asked_about_as_no_invoice_has_it(larch):
    base = billed(larch)
    copy = base["expense_lines"][0].replace(id="-1")
    (guard,) = check_bill(base, base.replace(expense_lines=(*base["expense_lines"], copy)), None, [])
    assert (guard.title, guard.refuses) == ("This line is marked billed but is on no invoice.", False)


def test_a_line_that_was_not_billed_changes_freely_beside_one_that_was(larch):
    base = billed(larch)
    assert check_bill(base, base.replace(**line(base, "item_lines", description="Other")), None, []) == []


@pytest.mark.parametrize(
    ("section", "values", "asks"),
    [
        ("item_lines", {"quantity": Decimal(1), "amount": CHEAPER}, True),
        ("item_lines", {"description": "Other"}, False),
        ("expense_lines", {"amount": CHEAPER}, False),
        ("item_group_lines", {"quantity": Decimal(9)}, True),
    ],
)
def test_of_a_bill_with_an_order_only_what_was_received_is_asked_about(larch, section, values, asks):
    base = bill(larch, linkedTransactions=[ORDER])
    found = check_bill(base, base.replace(**line(base, section, **values)), None, [])
    assert titles(found) == (["This bill is linked to purchase order PO-7."] if asks else [])


def test_a_line_added_to_a_bill_with_an_order_is_free(larch):
    base = bill(larch, linkedTransactions=[ORDER])
    new = base["item_lines"][0].replace(id="-1")
    assert check_bill(base, base.replace(item_lines=(*base["item_lines"], new)), None, []) == []


@pytest.mark.parametrize(
    ("links", "refused"),
    [([PAYMENT], True), ([{**CHECK, "linkType": "quantity"}], True), ([ORDER], False), ([], False)],
)
def test_the_payables_account_stays_that_of_what_is_linked(larch, links, refused):
    base = bill(larch, linkedTransactions=links)
    found = check_bill(base, base.replace(payables_account=Reference("P2", "Retainage")), None, [])
    assert [(guard.spots, guard.refuses) for guard in found] == ([(("payables_account",), True)] if refused else [])


def test_a_bill_below_zero_is_refused_as_a_vendor_credit(larch):
    base = bill(larch)
    (guard,) = check_bill(base, base.replace(**line(base, "expense_lines", amount=Decimal("-900.00"))), None, [])
    assert (guard.title, guard.refuses) == ("The total is negative: −351.60.", True)  # its lines are 766.40 in all


HALF = Decimal("218.00") - Decimal("383.20")  # for the first expense, so that half of 766.40 is left
DISCOUNT = {"id": "-1", "amount": Decimal(-700)}
OTHER_KIT = Reference("G2", "Packing kit")


def replace_group(base: Content, amount: str) -> dict[str, tuple[Content, ...]]:
    """Another item group, of which QuickBooks makes one line."""
    inside = base["item_group_lines"][0]["item_lines"][0]
    made = inside.replace(id="-1", item=Reference("T9", "Foil"), amount=Decimal(amount))
    return line(base, "item_group_lines", item_group=OTHER_KIT, item_lines=(made,))


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (lambda base: line(base, "expense_lines", amount=HALF), []),
        (
            lambda base: line(base, "expense_lines", amount=HALF - Decimal("0.01")),
            [("The total falls from 766.40 to 383.19.", "Expense line 1, Freight In: changed.")],
        ),
        (
            lambda base: line(base, "expense_lines", amount=HALF - Decimal("383.20")),
            [("The total falls from 766.40 to 0.00.", "Expense line 1, Freight In: changed.")],
        ),
        (
            lambda base: {"item_lines": (), "expense_lines": base["expense_lines"][1:]},
            [(
                "The total falls from 766.40 to 318.40.",
                "Expense line 1, Freight In: removed; Item line 1, Box 12 × 9 × 4: removed.",
            )],
        ),
        (
            lambda base: {"item_lines": (*base["item_lines"], base["item_lines"][0].replace(**DISCOUNT))},
            [("The total falls from 766.40 to 66.40.", "New lines: −700.00.")],
        ),
        (
            lambda base: line(base, "expense_lines", amount=Decimal(-10)) | replace_group(base, "5.00"),
            [
                (
                    "Shipping station kit (232.00) is replaced by Packing kit (5.00).",
                    "QuickBooks removes 2 lines (Tape 37.00, Label 195.00) and adds 1 line (Foil 5.00).",
                ),
                (
                    "The total falls from 766.40 to 311.40.",
                    "Expense line 1, Freight In: changed; Item line 1, Tape: removed; Item line 2, Label: removed.",
                ),
            ],
        ),
    ],
)  # fmt: skip
def test_a_total_that_falls_by_more_than_half_is_asked_about_once(larch, change, asked):
    base = bill(larch)
    found = check_bill(base, base.replace(**change(base)), None, [])
    assert [(guard.title, guard.why) for guard in found] == asked


def test_a_total_that_falls_with_another_group_alone_is_asked_about_with_the_group(larch):
    base = bill(larch, expenseLines=[], itemLines=[])
    found = check_bill(base, base.replace(**replace_group(base, "5.00")), None, [])
    assert titles(found) == ["Shipping station kit (232.00) is replaced by Packing kit (5.00)."]


def test_a_group_whose_lines_are_not_known_is_asked_about_and_left_out_of_the_totals(larch):
    base = bill(larch)
    change = line(base, "item_group_lines", item_group=OTHER_KIT) | line(base, "expense_lines", amount=Decimal(-200))
    found = check_bill(base, base.replace(**change), None, [], ["Packing kit"])
    assert [(guard.title, guard.why) for guard in found] == [
        (
            "Shipping station kit (232.00) is replaced by Packing kit.",
            "QuickBooks removes 2 lines (Tape 37.00, Label 195.00) and adds the lines of Packing kit.",
        ),
        (
            "The total falls from 534.40 to 116.40, without Packing kit, which QuickBooks calculates.",
            "Expense line 1, Freight In: changed.",
        ),
    ]


def test_new_lines_count_beside_a_new_group_that_only_quickbooks_calculates(larch):
    base = bill(larch)
    kit = base["item_group_lines"][0].replace(id="-1", item_group=OTHER_KIT, item_lines=(), total_amount=None)
    new = base["expense_lines"][0].replace(id="-1", amount=Decimal("600.00"))
    change = {"expense_lines": (new,), "item_group_lines": (*base["item_group_lines"], kit), "item_lines": ()}
    assert check_bill(base, base.replace(**change), None, [], ["Packing kit"]) == []


@pytest.mark.parametrize("quantity", [Decimal(2), Decimal(1)])
def test_another_quantity_of_the_same_group_is_no_other_group(larch, quantity):
    base = bill(larch)
    assert check_bill(base, base.replace(**line(base, "item_group_lines", quantity=quantity)), None, []) == []


@pytest.mark.parametrize("change", [{"ref_number": "7732"}, OTHER_VENDOR])
def test_a_number_that_another_bill_has_is_asked_about_and_the_other_shown(larch, change):
    base = bill(larch)
    (guard,) = check_bill(base, base.replace(**change), None, [TWIN])
    assert (guard.spots, [(other.text, other.remote_id) for other in guard.others]) == (
        ("ref_number",),
        [("Bill 00-7731 of 28 Oct 2026, 937.60", "B9")],
    )


def test_a_number_that_was_there_before_is_told_but_not_asked_about_again(larch):
    base = bill(larch)
    assert (len(make_notices(base, None, [TWIN])), check_bill(base, base.replace(memo="Late"), None, [TWIN])) == (1, [])


@given(data=st.data())
def test_whatever_is_known_a_form_that_changes_nothing_is_never_stopped(larch, data):
    links = data.draw(st.lists(st.sampled_from([PAYMENT, ORDER, CHECK])))
    base = bill(larch, linkedTransactions=links, isPaid=data.draw(st.booleans()))
    assert check_bill(base, base.replace(), data.draw(st.sampled_from([None, CLOSING, date.max])), [TWIN]) == []


@given(amount=st.decimals("-2000", "2000", places=2), ticked=st.booleans())
def test_a_bill_below_zero_is_never_sent_whatever_is_ticked(larch, amount, ticked):
    base = bill(larch, linkedTransactions=[PAYMENT])
    found = check_bill(base, base.replace(**line(base, "expense_lines", amount=amount)), CLOSING, [])
    asked = AskedChecks(found, {guard.box for guard in found} if ticked else set())
    below = amount + Decimal("548.40") < 0
    assert (asked.stops, bool(asked.refusals)) == (below or (not ticked and bool(found)), below)


def test_a_tick_says_yes_to_the_words_that_were_read_and_to_no_others(larch):
    base = bill(larch, linkedTransactions=[PAYMENT])
    (first,) = check_bill(base, base.replace(**line(base, "expense_lines", amount=Decimal(1))), None, [])
    (second,) = check_bill(base, base.replace(**line(base, "expense_lines", amount=Decimal(2))), None, [])
    assert [AskedChecks([guard], {first.box}).stops for guard in (first, second)] == [False, True]


def wishes(larch: Tenant, home: str | None) -> Content:
    """A company's preferences with this currency as its own."""
    raw = {"id": "preferences", "multiCurrency": {"homeCurrency": named(home, home) if home else None}}
    return decode(registry.get_table(larch, "preferences").shape, raw)


@pytest.mark.parametrize(
    ("currency", "home", "rate", "both"),
    [
        ("EUR", "USD", "1.0935", ("1.00", "1.09")),
        ("EUR", "USD", "1.005", ("1.00", "1.01")),
        ("EUR", "JPY", "163.5", ("1.00", "164.00")),
        ("USD", "USD", "1", None),
        (None, "USD", None, None),
        ("EUR", None, "1.09", None),
        ("EUR", "USD", None, None),
    ],
)
def test_a_total_abroad_is_told_in_both_currencies_or_not_at_all(larch, currency, home, rate, both):
    paper = bill(larch, currency=named(currency, currency) if currency else None)
    found = compute_home_total(paper, Decimal("1.00"), Decimal(rate) if rate else None, wishes(larch, home))
    assert (found and (str(found.total), str(found.home_total))) == both


def test_a_total_abroad_is_not_told_before_the_companys_currency_is_known(larch):
    assert compute_home_total(bill(larch, currency=named("E", "EUR")), Decimal(1), Decimal(2), None) is None
