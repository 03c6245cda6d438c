"""Dates of a bill that are likely to be typed wrong. Pure, as `rules`."""

from datetime import date

from record_forms.checks import Check
from records.content import Content
from records.formatting import format_date

OLDEST, LATEST = 90, 30  # days before and after today within which nobody is asked about a bill date


def check_due_date(base: Content, edited: Content) -> Check | None:
    due, on = edited["due_date"], edited["transaction_date"]
    if not due or not on or due >= on or (due, on) == (base["due_date"], base["transaction_date"]):
        return None
    return Check(
        title=f"The due date ({format_date(due)}) is before the bill date ({format_date(on)}).",
        why="The bill would be overdue from its first day.",
        next_step="Check both dates.",
        spots=("due_date",),
    )


def check_own_closing_date(base: Content, edited: Content, closing: date | None) -> Check | None:
    """A bill in the period that the company has closed in Ledgerdesk, or moved there."""
    was, now = base["transaction_date"], edited["transaction_date"]
    if closing is None or not any(on and on <= closing for on in (was, now)):
        return None
    is_old = bool(was and was <= closing)
    return Check(
        title=f"Your company has closed its bills through {format_date(closing)}.",
        why=f"This bill is dated {format_date(was)}." if is_old else f"The new bill date is {format_date(now)}.",
        next_step="Ask an administrator of this company, or save anyway."
        if is_old
        else f"Use a date after {format_date(closing)}, or save anyway.",
        spots=("transaction_date",),
    )


def check_bill_date(base: Content, edited: Content, today: date) -> Check | None:
    """A bill date far from today, which QuickBooks asks about too: a wrong year is typed easily."""
    on, days = edited["transaction_date"], edited["transaction_date"] and (edited["transaction_date"] - today).days
    if not on or on == base["transaction_date"] or -OLDEST <= days <= LATEST:
        return None
    when = f"more than {OLDEST} days ago" if days < 0 else f"more than {LATEST} days ahead"
    return Check(
        title=f"The bill date ({format_date(on)}) is {when}.",
        why=f"It was {format_date(base['transaction_date'])}." if base["transaction_date"] else "",
        next_step="Check the year and the month.",
        spots=("transaction_date",),
    )
