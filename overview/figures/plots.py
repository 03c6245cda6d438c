"""Figures as plots have them: what is open by age, and what is due on each of the next days. Knows no page.

The length of a bar goes by its amount. One that would make all others invisible is drawn broken, at full length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from bills.list.filters import AGES, UNPAID
from books.mirror.query import filter_records
from records.numbers import round_amount
from tenants.models import Tenant

from .companies import BILLS, NOTHING, CurrencyFigures, Figure

DAYS = 14  # with today
WEEK = 7
FAR = 6  # times as much as the next amount
BELOW = 75  # percent of the whole, for the longest bar that is not broken


@dataclass(frozen=True, slots=True)
class Bar:
    """The length of a bar in percent, and what is left of the whole; a broken one is longer than it is drawn."""

    share: str
    is_broken: bool = False

    @property
    def rest(self) -> str:
        return f"{100 - float(self.share):.1f}"


@dataclass(frozen=True, slots=True)
class AgeBar:
    """Open bills of one age: its number from cool to hot, its name in an address, and its bar."""

    number: int
    name: str
    label: str
    figure: Figure
    bar: Bar


@dataclass(frozen=True, slots=True)
class DayBar:
    """What is due on a day, and its bar. The first week is `is_near`."""

    day: date
    figure: Figure
    bar: Bar
    is_near: bool

    @property
    def query(self) -> str:
        """What the address of a list adds for this day."""
        return f"due_since={self.day.isoformat()}&due_until={self.day.isoformat()}"

    @property
    def short(self) -> str:
        """The amount in three or four letters: 940, 5.6k, 12k, 1.2m."""
        return shorten(self.figure.sum)


def make_ages(figures: CurrencyFigures) -> list[AgeBar]:
    """Return what is open in one currency by age."""
    found = [figures.part(f"age_{number}") for number in range(1, len(AGES) + 1)]
    bars = make_bars([figure.sum for figure in found])
    return [
        AgeBar(number, age.name, age.label, figure, bar)
        for number, (age, figure, bar) in enumerate(zip(AGES, found, bars, strict=True), 1)
    ]


def load_days(tenant: Tenant, currency: str, today: date) -> list[DayBar]:
    """Return what is due in one currency on each of the next days; one query."""
    own = Q(currency=currency) if currency else Q(currency__isnull=True)
    until = today + timedelta(days=DAYS - 1)
    due = filter_records(tenant, BILLS, filters=UNPAID & own & Q(due_date__gte=today, due_date__lte=until))
    rows = due.order_by().values("due_date").annotate(count=Count("id"), sum=Sum("open_amount"))
    found = {row["due_date"]: Figure(row["count"], round_amount(Decimal(str(row["sum"] or 0)))) for row in rows}
    days = [today + timedelta(days=number) for number in range(DAYS)]
    figures = [found.get(day, NOTHING) for day in days]
    bars = make_bars([figure.sum for figure in figures])
    return [
        DayBar(day, figure, bar, number < WEEK)
        for number, (day, figure, bar) in enumerate(zip(days, figures, bars, strict=True))
    ]


def make_bars(sums: Sequence[Decimal]) -> list[Bar]:
    """Return a bar for each amount; of nothing, or of less, it has no length.

    Where some amounts, half of them at most, are far above all others, they are broken: the longest of the others has
    three quarters of the whole then.
    """
    ordered = sorted((amount for amount in sums if amount > 0), reverse=True)
    breaks = [place for place in range(1, len(ordered) // 2 + 1) if ordered[place - 1] > FAR * ordered[place]]
    if not breaks:
        whole = ordered[0] if ordered else Decimal(1)
        return [Bar(f"{max(amount, Decimal(0)) / whole * 100:.1f}") for amount in sums]
    longest = ordered[breaks[-1]]
    return [
        Bar("100.0", is_broken=True) if amount > longest else Bar(f"{max(amount, Decimal(0)) / longest * BELOW:.1f}")
        for amount in sums
    ]


def shorten(amount: Decimal) -> str:
    """Write an amount as it fits above a bar: 940, 5.6k, 12k, 1.2m."""
    size = abs(amount)
    for unit, name in ((Decimal(10**9), "b"), (Decimal(10**6), "m"), (Decimal(1000), "k")):
        if size >= unit * Decimal("0.9995"):
            scaled = amount / unit
            return f"{scaled:.1f}{name}" if abs(scaled) < 10 else f"{scaled:.0f}{name}"
    return f"{amount:.0f}"
