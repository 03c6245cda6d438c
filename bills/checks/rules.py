"""What speaks against changing a bill, as far as its record and the company's preferences tell. Pure: asks nobody.

What is not known is not claimed: without preferences there is no closing date, and a record does not tell which of its
lines came from a purchase order. Sources: docs/vendors/conductor.md, sections 4, 8 and 9.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from bills.grid.columns import walk_lines
from bills.grid.lines import NONE_LEFT, count_lines, describe_too_many, describe_too_many_new, is_too_long
from record_forms.checks import Check
from record_forms.form_data import ID
from records.changes import changes_any, list_changed_fields
from records.content import Content
from records.formatting import format_date, format_money, join_words

from . import bill_dates, payments
from .changed_lines import ChangedLine, describe_lines, list_changed_lines
from .duplicates import DuplicateBill
from .lower_total import check_lower_total
from .payments import describe_link, sum_lines
from .replaced_groups import check_replaced_groups
from .same_invoice import check_same_number
from .too_large import too_large

RECEIVED = ("item", "item_group", "quantity", "unit_of_measure", "cost", "amount")  # what an order counts as received
BILLED = "has_been_billed"
NUMBERED = ("vendor", "ref_number")  # what another bill with the same number is found by


def make_notices(bill: Content, closing: date | None, twins: Sequence[DuplicateBill], *, books: str) -> list[Check]:
    """What is known of a bill before anybody changes it."""
    found = (
        _check_closing_date(bill, bill, closing, books),
        payments.make_paid_notice(bill),
        _note_billed(bill),
        _note_ordered(bill),
        check_same_number(bill, twins),
    )
    return [guard for guard in found if guard]


def check_bill(
    base: Content,
    edited: Content,
    closing: date | None,
    twins: Sequence[DuplicateBill],
    unknown: Sequence[str] = (),
    *,
    books: str,
) -> list[Check]:
    """What speaks against turning `base` into `edited`; nothing where the two are the same.

    `twins` are the other bills with its number, needed only where one of `NUMBERED` changes. `books` is the name of the
    accounting system, `unknown` names the item groups whose amounts only it can calculate.
    """
    if not list_changed_fields(base, edited):
        return []
    lines = list(list_changed_lines(base, edited))
    found = (
        _check_line_count(base, edited, books),
        too_large(edited, books),
        _check_negative(base, edited, books, unknown),
        _check_linked_account(base, edited, books),
        _check_closing_date(base, edited, closing, books),
        bill_dates.check_due_date(base, edited),
        payments.check_paid_change(base, edited, books, unknown),
        *check_replaced_groups(base, edited, unknown, books),
        check_lower_total(base, edited, lines, unknown, books),
        _check_billed_lines(lines, books),
        _check_billed_by_hand(base, edited),
        _check_ordered_lines(base, lines, books),
        check_same_number(edited, twins) if changes_any(base, edited, *NUMBERED) else None,
    )
    return [guard for guard in found if guard]


def _check_line_count(base: Content, edited: Content, books: str) -> Check | None:
    had, count = count_lines(base), count_lines(edited)
    if is_too_long(had):
        return Check(title=describe_too_many(had, books), why="", next_step="", refuses=True)
    if is_too_long(count):
        return Check(title=describe_too_many_new(count, books), why="", next_step="", refuses=True)
    if had and not count:
        return Check(title=NONE_LEFT, why="", next_step="", refuses=True)
    return None


def _check_negative(base: Content, edited: Content, books: str, unknown: Sequence[str]) -> Check | None:
    now = sum_lines(edited)
    if now >= 0 or now == sum_lines(base):
        return None
    without = f", without {join_words(unknown)}, which {books} calculates" if unknown else ""
    return Check(
        title=f"The total is negative: {format_money(now)}{without}.",
        why=f"{books} does not accept a bill with a negative total. Money that a vendor owes you is a vendor credit.",
        next_step=f"Check the signs of the lines, or enter a vendor credit in {books}.",
        refuses=not unknown,
    )


def _check_linked_account(base: Content, edited: Content, books: str) -> Check | None:
    """Linked transactions share the bill's account. An order has none, so it binds none.

    Source: docs/vendors/conductor.md, section 8.8.
    """
    old, new = base["payables_account"], edited["payables_account"]
    links = [one for one in base["linked_transactions"] if one["transaction_type"] != "purchase_order"]
    if not links or not old or not new or old.id == new.id:
        return None
    return Check(
        title=f"The payables account must stay {old}.",
        why=f"This bill is linked to {join_words([describe_link(one) for one in links])}, which has the same account.",
        next_step=f"Put {old} back. To use {new}, remove the link in {books} first.",
        spots=("payables_account",),
        refuses=True,
    )


def _check_closing_date(base: Content, edited: Content, closing: date | None, books: str) -> Check | None:
    was, now = base["transaction_date"], edited["transaction_date"]
    if closing is None or not any(on and on <= closing for on in (was, now)):
        return None
    is_old = bool(was and was <= closing)
    dated = (
        f"This bill is dated {format_date(was)}"
        if is_old
        else f"The new bill date, {format_date(now)}, is in the closed period"
    )
    there = f"Change the bill in {books}, where you can enter the password."
    way = there if is_old else f"Use a date after {format_date(closing)}."
    return Check(
        title=f"The books are closed through {format_date(closing)}.",
        why=f"{dated}; {books} may ask for the closing password, which cannot be entered here.",
        next_step=way,
        spots=("transaction_date",),
    )


def _note_billed(bill: Content) -> Check | None:
    count = sum(line.get("billing_status") == BILLED for line in _walk_lines(bill))
    if not count:
        return None
    return Check(
        title=f"{count} {'line has' if count == 1 else 'lines have'} been billed to customers.",
        why="Changing or removing a billed line does not change the customer's invoice.",
        next_step="You will be asked to confirm.",
    )


def _check_billed_lines(lines: Sequence[ChangedLine], books: str) -> Check | None:
    found = [line for line in lines if line.was.get("billing_status") == BILLED]
    if not found:
        return None
    customers = dict.fromkeys(str(who) for line in found if (who := line.was.get("customer") or line.was.get("payee")))
    what = "a line" if len(found) == 1 else f"{len(found)} lines"
    return Check(
        title=f"You are changing {what} already billed to a customer.",
        why=f"{describe_lines(found)}. "
        f"The invoice {f'to {join_words(list(customers))} ' if customers else ''}does not change.",
        next_step=f"Correct the invoice in {books} too, or undo the change to the line.",
        spots=tuple(line.key for line in found),
    )


def _check_billed_by_hand(base: Content, edited: Content) -> Check | None:
    """A line that is called billed here, as a copy of a billed one is: no invoice knows of it."""
    before = {line[ID] for line in _walk_lines(base) if line.get("billing_status") == BILLED}
    count = sum(line.get("billing_status") == BILLED and line[ID] not in before for line in _walk_lines(edited))
    if not count:
        return None
    return Check(
        title="This line is marked billed but is on no invoice."
        if count == 1
        else f"{count} lines are marked billed but are on no invoice.",
        why="The customer would never be charged.",
        next_step="Choose Billable or Not billable.",
    )


def _note_ordered(bill: Content) -> Check | None:
    if not (orders := _list_orders(bill)):
        return None
    return Check(
        title=f"This bill is linked to {join_words(orders)}.",
        why="We cannot see which lines came from the order.",
        next_step="You will be asked to confirm changes to items, quantities and amounts.",
    )


def _check_ordered_lines(base: Content, lines: Sequence[ChangedLine], books: str) -> Check | None:
    orders = _list_orders(base)
    found = [line for line in lines if line.section != "expense_lines" and line.changes(RECEIVED)]
    if not orders or not found:
        return None
    return Check(
        title=f"This bill is linked to {join_words(orders)}.",
        why=f"{describe_lines(found)}. "
        f"We cannot see which lines came from the order. If these did, {books} "
        "may refuse the change or count other quantities as received.",
        next_step=f"Compare the order in {books}. Lines that you add do not affect it.",
        spots=tuple(line.key for line in found),
    )


def _walk_lines(bill: Content) -> Iterator[Content]:
    """All its lines, those inside groups included."""
    return (line for f in bill.shape.lists for line in walk_lines(bill[f.name]))


def _list_orders(bill: Content) -> list[str]:
    links = bill["linked_transactions"]
    return [describe_link(one, dated=False) for one in links if one["transaction_type"] == "purchase_order"]
