"""Spans of days that people ask for by name, such as this week or last quarter. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Span(NamedTuple):
    """From one day to another, both included; None where it is open."""

    since: date | None
    until: date | None


class NamedSpan(NamedTuple):
    """A span by its name in an address, and the words for it. `make` takes today and the first day of its week."""

    name: str
    label: str
    make: Callable[[date, date], Span]


def find_span(name: str, today: date, *, monday: bool = False) -> Span:
    """Return the days of a named span. A week begins on Sunday, as in QuickBooks, or on Monday."""
    week = today - timedelta(days=today.weekday() if monday else today.isoweekday() % 7)
    return BY_NAME[name].make(today, week)


def _make_month(today: date, months: int) -> date:
    """Return the first day of the month that is so many months from today's."""
    count = today.year * 12 + today.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _span_months(today: date, first: int, count: int) -> Span:
    return Span(_make_month(today, first), _make_month(today, first + count) - DAY)


def _find_quarter(today: date) -> int:
    """Return how many months from today's the quarter began."""
    return -((today.month - 1) % 3)


def _next(days: int) -> NamedSpan:
    # Today is included: what is due today is still to be paid.
    return NamedSpan(f"next-{days}", f"Next {days} days", lambda today, _: Span(today, today + timedelta(days=days)))


PAST = (
    NamedSpan("today", "Today", lambda today, _: Span(today, today)),
    NamedSpan("this-week", "This week", lambda _, week: Span(week, week + WEEK - DAY)),
    NamedSpan("last-week", "Last week", lambda _, week: Span(week - WEEK, week - DAY)),
    NamedSpan("this-month", "This month", lambda today, _: _span_months(today, 0, 1)),
    NamedSpan("last-month", "Last month", lambda today, _: _span_months(today, -1, 1)),
    NamedSpan("this-quarter", "This quarter", lambda today, _: _span_months(today, _find_quarter(today), 3)),
    NamedSpan("last-quarter", "Last quarter", lambda today, _: _span_months(today, _find_quarter(today) - 3, 3)),
    NamedSpan("this-year", "This year", lambda today, _: _span_months(today, 1 - today.month, 12)),
    NamedSpan("last-year", "Last year", lambda today, _: _span_months(today, -11 - today.month, 12)),
)
DUE = (
    NamedSpan("overdue", "Before today", lambda today, _: Span(None, today - DAY)),
    NamedSpan("upcoming", "Today or later", lambda today, _: Span(today, None)),
    *map(_next, (7, 14, 30)),
    *PAST,
)
BY_NAME: Mapping[str, NamedSpan] = {span.name: span for span in DUE}
