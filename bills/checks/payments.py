"""What has been paid of a bill, and what a change of it means for that. Pure, as `guards`, which asks it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bills.grid.columns import sections_of
from bills.grid.lines import amount_of
from record_forms.checks import Guard
from records.content import Content, follow
from records.formatting import day, money


def total(bill: Content) -> Decimal:
    """What its lines add up to."""
    return sum((amount_of(line) for f in sections_of(bill.shape) for line in bill[f.name]), Decimal(0))


def paid(bill: Content) -> Decimal:
    """What has been paid of it: its payments and credits, since `open_amount` may be wrong (fact sheet, section 4)."""
    linked = -sum((one["amount"] for one in _payments(bill)), Decimal(0))
    return linked if linked > 0 or not bill["is_paid"] else max(bill["amount_due"] or Decimal(0), Decimal(0))


def notice(bill: Content) -> Guard | None:
    """That it is paid, as far as it is."""
    sum_paid, due = paid(bill), bill["amount_due"] or Decimal(0)
    if sum_paid <= 0:
        return None
    links = [link(one) for one in _payments(bill)]
    part = f"This bill is paid in part: {money(sum_paid)} of {money(due)}."
    return Guard(
        title="This bill is paid." if sum_paid >= due else part,
        why=f"By {listed(links)}." if links else "",
        todo="The desk asks before it saves another vendor, account, bill date or amount; all else is free to change.",
    )


def change(base: Content, edited: Content, unknown: Sequence[str] = ()) -> Guard | None:
    """What speaks against changing it where it is paid; `unknown` as in `guards`."""
    fact = notice(base)
    said = dict(_reasons(base, edited, unknown)) if fact else {}
    if fact is None or not said:
        return None
    return Guard(
        title=fact.title,
        why=" ".join(said.values()),
        todo="To be sure, delete the payment in QuickBooks, change the bill, and enter the payment again.",
        spots=tuple(filter(None, said)),
    )


def _reasons(base: Content, edited: Content, unknown: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Why each of these changes matters on a paid bill, by the input it is about."""
    old, new = base["vendor"], edited["vendor"]
    if follow(base, "vendor.id") != follow(edited, "vendor.id"):
        yield "vendor", f"QuickBooks may refuse {new or 'no vendor'}: the payment went to {old or 'nobody'}."
    if base["transaction_date"] != edited["transaction_date"]:
        yield "transaction_date", "The payment keeps its own date when the bill moves."
    old, new = base["payables_account"], edited["payables_account"]
    if old != new and not base["linked_transactions"]:
        yield "payables_account", f"The payment, which QuickBooks does not tell, was made from {old or 'no account'}."
    if unknown:
        yield "", f"QuickBooks works out what {listed(unknown)} comes to: the total may differ from what was paid."
        return
    now, sum_paid = total(edited), paid(base)
    if now != total(base):
        short = sum_paid - now
        left = f"leaves {money(-short)} to pay" if short < 0 else "is then paid in full"
        more = f"is {money(short)} less than was paid: that much of the payment is left without a bill"
        yield "", f"The new total, {money(now)}, {more if short > 0 else left}."


def _payments(bill: Content) -> list[Content]:
    """What counts against the bill: an order is linked by quantity, and its amount is no payment (fact sheet, 4)."""
    return [link for link in bill["linked_transactions"] if link["amount"] and link["link_type"] != "quantity"]


def link(one: Content, *, dated: bool = True) -> str:
    """A linked transaction in words: bill payment check 1182 of 1 Oct 2021."""
    kind = one["transaction_type"].replace("_", " ") or "another transaction"
    on = f"of {day(one['transaction_date'])}" if dated and one["transaction_date"] else ""
    return " ".join(filter(None, (kind, one["ref_number"], on)))


def listed(words: Sequence[str]) -> str:
    """This, that and the other."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
