"""The due date of a new bill: by its terms of either kind, else by the company's default number of days."""

from calendar import monthrange
from datetime import date, timedelta

from sandbox.conductor.http.errors import unreadable

from .books import Books
from .records import Record


def due_date(books: Books, record: Record) -> str:
    """The due date of this bill; refused if the calendar ends before it."""
    try:
        return _find_due_date(books, record)
    except OverflowError:
        raise unreadable("date value", record["transactionDate"], "TxnDate") from None


def _find_due_date(books: Books, record: Record) -> str:
    issued = date.fromisoformat(record["transactionDate"])
    key = record["terms"]["id"] if record["terms"] else ""
    if driven := books.get("date-driven-terms", key):
        return _on_day(issued, driven["dueDayOfMonth"], driven["gracePeriodDays"] or 0).isoformat()
    standard = books.get("standard-terms", key)
    days = standard["dueDays"] if standard else books.preferences["purchasesAndVendors"]["daysBillsAreDue"]
    return (issued + timedelta(days=days or 0)).isoformat()


def _on_day(issued: date, day: int, grace: int) -> date:
    """Counts day by day from the bill date to the due day, or to the next one if the first is too near."""
    due = issued
    while not _is_due(due, day):
        due += timedelta(days=1)
    if grace and (due - issued).days <= grace:
        due += timedelta(days=1)
        while not _is_due(due, day):
            due += timedelta(days=1)
    return due


def _is_due(one: date, day: int) -> bool:
    last = monthrange(one.year, one.month)[1]
    return one.day == day or (day > last and one.day == last)
