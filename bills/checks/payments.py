"""What has been paid of a bill, and what a change of it means for that. Pure, as `guards`, which asks it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bills.grid.lines import get_line_amount
from record_forms.checks import Check
from records.content import Content, get_at_path
from records.formatting import format_date, format_money, join_words


def sum_lines(bill: Content) -> Decimal:
    """What its lines add up to."""
    return sum((get_line_amount(line) for f in bill.shape.lists for line in bill[f.name]), Decimal(0))


def sum_paid(bill: Content) -> Decimal:
    """What has been paid of it: its payments and credits, since `open_amount` may be wrong.

    Source: docs/vendors/conductor.md, section 4.
    """
    linked = -sum((one["amount"] for one in _list_payments(bill)), Decimal(0))
    return linked if linked > 0 or not bill["is_paid"] else max(bill["amount_due"] or Decimal(0), Decimal(0))


def make_paid_notice(bill: Content) -> Check | None:
    """That it is paid, as far as it is."""
    paid, due = sum_paid(bill), bill["amount_due"] or Decimal(0)
    if paid <= 0:
        return None
    links = [describe_link(one) for one in _list_payments(bill)]
    part = f"This bill is paid in part: {format_money(paid)} of {format_money(due)}."
    return Check(
        title="This bill is paid." if paid >= due else part,
        why=f"Paid by {join_words(links)}." if links else "",
        next_step="You will be asked to confirm changes to the vendor, account, bill date or amount.",
    )


def check_paid_change(base: Content, edited: Content, books: str, unknown: Sequence[str] = ()) -> Check | None:
    """A warning where a paid bill is changed; `books` and `unknown` as in `rules.check_bill`."""
    fact = make_paid_notice(base)
    said = dict(_list_reasons(base, edited, books, unknown)) if fact else {}
    if fact is None or not said:
        return None
    return Check(
        title=fact.title,
        why=" ".join(said.values()),
        next_step=f"To be sure, delete the payment in {books}, change the bill, and enter the payment again.",
        spots=tuple(filter(None, said)),
    )


def _list_reasons(base: Content, edited: Content, books: str, unknown: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Why each of these changes matters on a paid bill, by the input it is about."""
    old, new = base["vendor"], edited["vendor"]
    if get_at_path(base, "vendor.id") != get_at_path(edited, "vendor.id"):
        yield (
            "vendor",
            f"{books} may not accept {new or 'a bill without a vendor'}: the payment went to {old or 'no vendor'}.",
        )
    if base["transaction_date"] != edited["transaction_date"]:
        yield "transaction_date", "The date of the payment does not change."
    old, new = base["payables_account"], edited["payables_account"]
    if old != new and not base["linked_transactions"]:
        yield "payables_account", f"The payment was posted to {old or 'no account'}."
    if unknown:
        groups = join_words(unknown)
        yield "", f"{books} will calculate the amount of {groups}, so the total may differ from what was paid."
        return
    now, paid = sum_lines(edited), sum_paid(base)
    if now != sum_lines(base):
        short = paid - now
        left = f"leaves {format_money(-short)} to pay" if short < 0 else "is then paid in full"
        more = f"is {format_money(short)} less than was paid: that part of the payment is no longer applied to a bill"
        yield "", f"The new total, {format_money(now)}, {more if short > 0 else left}."


def _list_payments(bill: Content) -> list[Content]:
    return [link for link in bill["linked_transactions"] if is_payment(link)]


def is_payment(link: Content) -> bool:
    """Whether it counts against the bill: an order is linked by quantity, and its amount is no payment.

    Source: docs/vendors/conductor.md, section 4.
    """
    return bool(link["amount"]) and link["link_type"] != "quantity"


def describe_link(one: Content, *, dated: bool = True) -> str:
    """A linked transaction in words: bill payment check 1182 of 1 Oct 2021."""
    kind = one["transaction_type"].replace("_", " ") or "another transaction"
    on = f"of {format_date(one['transaction_date'])}" if dated and one["transaction_date"] else ""
    return " ".join(filter(None, (kind, one["ref_number"], on)))
