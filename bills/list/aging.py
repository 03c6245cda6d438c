"""The aging bar over the list of bills: what is open, by how long it is overdue, as figures ready to be drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from books.pages.list_links import ListLinks

from .filters import AGES

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class AgingCell:
    """One age: how many bills, their open sum in the main currency, and what of the largest age that is."""

    name: str
    label: str
    number: int
    count: int
    sum: Decimal
    share: str
    start: str


@dataclass(frozen=True, slots=True)
class CurrencyFigure:
    """What is open in one currency."""

    currency: str
    count: int
    sum: Decimal


@dataclass(frozen=True, slots=True)
class Aging:
    """All open bills in the company's main currency, the one of most of them.

    `others` counts those in further currencies, which `elsewhere` has one by one.
    """

    currency: str
    count: int
    sum: Decimal
    others: int
    elsewhere: list[CurrencyFigure]
    cells: list[AgingCell]
    stack: list[AgingCell]

    @property
    def all(self) -> int:
        """All open bills, in whatever currency."""
        return self.count + self.others


class AgingLinks:
    """Where the figures of the bar lead: to just the bills that they count.

    The filters of the list stay, as the figures go by them; its search does not.
    """

    def __init__(self, links: ListLinks, has_others: bool, main: str) -> None:
        """`main` is what an address names the currency of the bar by, which a link names if there are others."""
        self._links = links
        self._own = {"currency": main} if has_others else {}

    def all(self) -> str:
        return self._links.change(q="", age="", state="unpaid", **self._own)

    def age(self, name: str) -> str:
        return self._links.change(q="", state="unpaid", age=name, **self._own)

    def other(self, currency: str) -> str:
        return self._links.change(q="", age="", state="unpaid", currency=currency)


def make_aging(sums: list[dict[str, Any]]) -> Aging:
    """The bar from rows of `age`, `currency`, `count` and `open_sum`."""
    counts: dict[str, int] = {}
    for row in sums:
        counts[row["currency"] or ""] = counts.get(row["currency"] or "", 0) + row["count"]
    main = max(counts, key=lambda currency: counts[currency], default="")
    found = {row["age"]: row for row in sums if (row["currency"] or "") == main}
    figures = [(found[a.name]["count"], found[a.name]["open_sum"]) if a.name in found else (0, ZERO) for a in AGES]
    return Aging(
        currency=main,
        count=counts.get(main, 0),
        sum=sum((amount for _, amount in figures), ZERO),
        others=sum(counts.values()) - counts.get(main, 0),
        elsewhere=[
            CurrencyFigure(
                name, counts[name], sum((r["open_sum"] for r in sums if (r["currency"] or "") == name), ZERO)
            )
            for name in sorted(counts)
            if name != main and counts[name]
        ],
        cells=list(_make_cells(figures, max(amount for _, amount in figures))),
        stack=list(_make_cells(figures, sum((max(amount, ZERO) for _, amount in figures), ZERO))),
    )


def _make_cells(figures: list[tuple[int, Decimal]], scale: Decimal) -> Iterator[AgingCell]:
    start = ZERO
    for number, (age, (count, amount)) in enumerate(zip(AGES, figures, strict=True), 1):
        share = max(amount, ZERO) * 100 / scale if scale > 0 else ZERO
        yield AgingCell(age.name, age.label, number, count, amount, f"{share:.1f}", f"{start:.1f}")
        start += share
