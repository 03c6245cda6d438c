"""What a bill is linked to in the company's books, as its page lists it: payments first, then orders and others."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bills.checks.payments import describe_link, is_payment, sum_paid
from records.content import Content
from records.formatting import format_or_blank, show_date

LINKED = "linked_transactions"


class LinkedTransaction(NamedTuple):
    """One of them. `amount` of a payment is what it takes off the bill; `name` is what a sentence calls it: check 1."""

    name: str
    type: str
    number: str
    date: date | None
    link: str
    amount: Decimal | None
    is_payment: bool


class LinkedTransactions:
    """All of one bill, payments first; none where the reader may not see them."""

    def __init__(self, bill: Content) -> None:
        found = [_make_linked(one) for one in bill[LINKED] or ()]
        self.rows = sorted(found, key=lambda one: not one.is_payment)
        self.paid = sum_paid(bill) if self.payments else None

    @property
    def payments(self) -> list[LinkedTransaction]:
        return [one for one in self.rows if one.is_payment]

    @property
    def others(self) -> list[LinkedTransaction]:
        return [one for one in self.rows if not one.is_payment]

    @property
    def note(self) -> str:
        """Of the payments: the only one, or how many and when the last."""
        if len(self.payments) == 1:
            return self.payments[0].name
        days = [one.date for one in self.payments if one.date]
        return f"{len(self.payments)} payments" + (f", last {show_date(max(days))}" if days else "")


def _make_linked(one: Content) -> LinkedTransaction:
    pays, amount = is_payment(one), one["amount"]
    return LinkedTransaction(
        name=describe_link(one, dated=False),
        type=_format(one, "transaction_type"),
        number=one["ref_number"],
        date=one["transaction_date"],
        link=_format(one, "link_type"),
        amount=-amount if pays else amount,
        is_payment=pays,
    )


def _format(one: Content, name: str) -> str:
    return format_or_blank(one.shape[name], one[name])
