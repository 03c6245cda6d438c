"""What speaks against changing a bill, as far as its record and the company's preferences tell. Pure: asks nobody.

What is not known is not claimed: without preferences there is no closing date, and a record does not tell which of its
lines came from a purchase order. Sources: fact sheet, sections 4, 8 and 9.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from bills.grid.columns import every_line, sections_of
from books.providers.update_body import changed_fields
from record_forms.checks import Guard, Other
from record_forms.form_data import ID
from records.content import Content
from records.formatting import day, money

from . import payments
from .changed_lines import Touched, named, touched
from .duplicates import Twin
from .payments import link, listed, total
from .too_large import too_large

RECEIVED = ("item", "item_group", "quantity", "unit_of_measure", "cost", "amount")  # what an order counts as received
BILLED = "has_been_billed"


def notices(bill: Content, closing: date | None, twins: Sequence[Twin]) -> list[Guard]:
    """What is known of a bill before anybody changes it."""
    found = (_closed(bill, bill, closing), payments.notice(bill), _billed(bill), _ordered(bill), _twin(bill, twins))
    return [guard for guard in found if guard]


def guards(
    base: Content, edited: Content, closing: date | None, twins: Sequence[Twin], unknown: Sequence[str] = ()
) -> list[Guard]:
    """What speaks against turning `base` into `edited`; nothing where the two are the same.

    `unknown` names the item groups of which only QuickBooks knows what they come to.
    """
    if not changed_fields(base, edited):
        return []
    lines = list(touched(base, edited))
    is_renamed = any(base[name] != edited[name] for name in ("vendor", "ref_number"))
    found = (
        too_large(edited),
        _negative(base, edited, unknown),
        _account_of_links(base, edited),
        _closed(base, edited, closing),
        _due_first(base, edited),
        payments.change(base, edited, unknown),
        _billed_change(lines),
        _billed_by_hand(base, edited),
        _ordered_change(base, lines),
        _twin(edited, twins) if is_renamed else None,
    )
    return [guard for guard in found if guard]


def _negative(base: Content, edited: Content, unknown: Sequence[str]) -> Guard | None:
    now = total(edited)
    if now >= 0 or now == total(base):
        return None
    without = f" without {listed(unknown)}, which QuickBooks works out" if unknown else ""
    return Guard(
        title=f"The total is negative: {money(now)}{without}.",
        why="QuickBooks has no bill below zero: what a vendor owes you is a vendor credit.",
        todo="Check the signs of the lines, or enter it as a vendor credit in QuickBooks.",
        refuses=not unknown,
    )


def _account_of_links(base: Content, edited: Content) -> Guard | None:
    """Linked transactions share the bill's account (fact sheet, section 8.8). An order has none, so it binds none."""
    old, new = base["payables_account"], edited["payables_account"]
    links = [one for one in base["linked_transactions"] if one["transaction_type"] != "purchase_order"]
    if not links or not old or not new or old.id == new.id:
        return None
    return Guard(
        title=f"The payables account has to stay {old}.",
        why=f"It is also that of {listed([link(one) for one in links])}, which is linked to this bill.",
        todo=f"Put {old} back. To move the bill to {new}, take the link away in QuickBooks first.",
        spots=("payables_account",),
        refuses=True,
    )


def _closed(base: Content, edited: Content, closing: date | None) -> Guard | None:
    was, now = base["transaction_date"], edited["transaction_date"]
    if closing is None or not any(on and on <= closing for on in (was, now)):
        return None
    is_old = bool(was and was <= closing)
    dated = f"This bill is dated {day(was)}" if is_old else f"The new bill date, {day(now)}, lies in the closed time"
    there = "Change the bill in QuickBooks, where the password can be given."
    way = there if is_old else f"Use a date after {day(closing)}."
    return Guard(
        title=f"The books are closed through {day(closing)}.",
        why=f"{dated}: QuickBooks refuses the change, or asks for the closing password, which this desk cannot give.",
        todo=way,
        spots=("transaction_date",),
    )


def _due_first(base: Content, edited: Content) -> Guard | None:
    due, on = edited["due_date"], edited["transaction_date"]
    if not due or not on or due >= on or (due, on) == (base["due_date"], base["transaction_date"]):
        return None
    return Guard(
        title=f"It would be due on {day(due)}, before the bill date, {day(on)}.",
        why="QuickBooks takes it, and the bill is overdue from its first day.",
        todo="Check both dates.",
        spots=("due_date",),
    )


def _billed(bill: Content) -> Guard | None:
    count = sum(line.get("billing_status") == BILLED for line in _every(bill))
    if not count:
        return None
    return Guard(
        title=f"{count} {'line has' if count == 1 else 'lines have'} been billed to customers.",
        why="The invoices do not follow when such a line is changed or removed here.",
        todo="The desk asks before it saves such a line.",
    )


def _billed_change(lines: Sequence[Touched]) -> Guard | None:
    found = [line for line in lines if line.was.get("billing_status") == BILLED]
    if not found:
        return None
    customers = dict.fromkeys(str(who) for line in found if (who := line.was.get("customer") or line.was.get("payee")))
    return Guard(
        title=f"You change {'a line that has' if len(found) == 1 else f'{len(found)} lines that have'} been billed.",
        why=f"{named(found)}. The invoice {f'to {listed(list(customers))} ' if customers else ''}keeps what it says.",
        todo="Correct the invoice in QuickBooks too, or undo the change of the line.",
        spots=tuple(line.key for line in found),
    )


def _billed_by_hand(base: Content, edited: Content) -> Guard | None:
    """A line that is called billed here, as a copy of a billed one is: no invoice knows of it."""
    before = {line[ID] for line in _every(base) if line.get("billing_status") == BILLED}
    count = sum(line.get("billing_status") == BILLED and line[ID] not in before for line in _every(edited))
    if not count:
        return None
    return Guard(
        title=f"You mark {'a line' if count == 1 else f'{count} lines'} as billed that no invoice has.",
        why="QuickBooks offers a billed line for no invoice any more: its customer would never be charged for it.",
        todo="Make it billable, or not billable.",
    )


def _ordered(bill: Content) -> Guard | None:
    if not (orders := _orders(bill)):
        return None
    return Guard(
        title=f"This bill is linked to {listed(orders)}.",
        why="QuickBooks does not tell the desk which lines came from the order.",
        todo="The desk asks before it saves another item, quantity or amount of a line that was there.",
    )


def _ordered_change(base: Content, lines: Sequence[Touched]) -> Guard | None:
    orders = _orders(base)
    found = [line for line in lines if line.section != "expense_lines" and line.changes(RECEIVED)]
    if not orders or not found:
        return None
    return Guard(
        title=f"This bill is linked to {listed(orders)}.",
        why=f"{named(found)}. QuickBooks does not tell the desk which lines came from the order: where these did, it "
        "may refuse, or count other quantities as received.",
        todo="Compare the order in QuickBooks. Lines that you add do not touch it.",
        spots=tuple(line.key for line in found),
    )


def _twin(bill: Content, twins: Sequence[Twin]) -> Guard | None:
    if not twins:
        return None
    one = len(twins) == 1
    found = "already" if one else "several times"
    return Guard(
        title=f"Number {bill['ref_number']} of {bill['vendor']} is in the books {found}.",
        why="Capitals, spaces, dashes and leading zeros make no difference here; QuickBooks takes both.",
        todo=f"Look whether {'it is' if one else 'one of them is'} the same invoice, entered twice.",
        spots=("ref_number",),
        others=tuple(Other(_called(twin), twin.remote_id) for twin in twins),
    )


def _called(twin: Twin) -> str:
    """Bill 7731 of 28 Oct 2026, 937.60."""
    of = f" of {day(twin.bill_date)}" if twin.bill_date else ""
    return f"Bill {twin.number}{of}{f', {money(twin.amount)}' if twin.amount is not None else ''}"


def _every(bill: Content) -> Iterator[Content]:
    """All its lines, those inside groups included."""
    return (line for f in sections_of(bill.shape) for line in every_line(bill[f.name]))


def _orders(bill: Content) -> list[str]:
    links = bill["linked_transactions"]
    return [link(one, dated=False) for one in links if one["transaction_type"] == "purchase_order"]
