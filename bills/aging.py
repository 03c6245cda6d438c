"""The aging bar over the list of bills: what is open, by how long it is overdue. One query over an index."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from books.listing import matching
from tenants.models import Tenant

from .filters import AGES, UNPAID

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Cell:
    """One age: how many bills, their open sum in the main currency, and what of the largest age that is."""

    name: str
    label: str
    number: int
    count: int
    sum: Decimal
    share: str
    start: str = "0"


@dataclass(frozen=True, slots=True)
class Aging:
    """All open bills in the company's main currency, the one of most of them; `others` counts those in another."""

    currency: str
    count: int
    sum: Decimal
    others: int
    cells: list[Cell]
    stack: list[Cell]

    @property
    def all(self) -> int:
        """All open bills, in whatever currency."""
        return self.count + self.others


def aging(tenant: Tenant) -> Aging:
    """What of a company's bills is open, by age."""
    today = timezone.localdate()
    sums = {f"sum_{n}": Sum("open_amount", filter=age.due(today)) for n, age in enumerate(AGES)}
    counts = {f"count_{n}": Count("id", filter=age.due(today)) for n, age in enumerate(AGES)}
    found = matching(tenant, "bills", filters=UNPAID).values("currency").annotate(**sums, **counts)
    by_currency: list[dict[str, Any]] = sorted(map(dict, found), key=_count, reverse=True)
    main = by_currency[0] if by_currency else {}
    figures: list[tuple[int, Decimal]] = [
        (main.get(f"count_{n}") or 0, _money(main.get(f"sum_{n}"))) for n in range(len(AGES))
    ]
    return Aging(
        currency=main.get("currency") or "",
        count=sum(count for count, _ in figures),
        sum=sum((amount for _, amount in figures), ZERO),
        others=sum(_count(row) for row in by_currency[1:]),
        cells=list(_cells(figures, max((amount for _, amount in figures), default=ZERO))),
        stack=list(_cells(figures, sum((max(amount, ZERO) for _, amount in figures), ZERO))),
    )


def _cells(figures: list[tuple[int, Decimal]], scale: Decimal) -> Iterator[Cell]:
    start = ZERO
    for number, (age, (count, amount)) in enumerate(zip(AGES, figures, strict=True), 1):
        share = max(amount, ZERO) * 100 / scale if scale else ZERO
        yield Cell(age.name, age.label, number, count, amount, f"{share:.1f}", f"{start:.1f}")
        start += share


def _count(row: dict[str, Any]) -> int:
    return sum(row[f"count_{n}"] for n in range(len(AGES)))


def _money(value: object) -> Decimal:
    return Decimal(str(value or 0)).quantize(ZERO)
