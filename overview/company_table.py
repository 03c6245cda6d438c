"""The table of companies: a row of figures for each, and what it can be sorted by. Makes no query."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from bills.list.filters import AGES
from records.searching import make_sort_key
from tenants.access import Member

from .figures.companies import CompanyFigures, CurrencyFigures, Figure

OVERDUE_AGES = range(2, len(AGES) + 1)  # the numbers of their parts; the first age is not yet overdue


class CellLine(NamedTuple):
    """A figure in one currency and the address of the list that it counts; `words` say which part it is."""

    code: str
    figure: Figure
    url: str
    words: str = ""


class Cell(NamedTuple):
    """The figures of one column, a line for each currency; `counts` if it shows their number as well."""

    label: str
    lines: Sequence[CellLine]
    counts: bool = False


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company with its figures: how many things wait for the person, and why and since when nothing is read.

    `as_of` is the age of its older list, of bills or of customers. `changed` is how many changes were seen
    in the books today, `save_seconds` and `request_seconds` how long a save and a background read usually take.
    """

    member: Member
    needs: int
    figures: CompanyFigures
    off: str
    off_since: datetime | None
    as_of: datetime | None
    url: str
    changed: int = 0
    changed_url: str = ""
    save_seconds: float | None = None
    request_seconds: float | None = None

    @property
    def overdue(self) -> int:
        return self.figures.count("overdue")

    @property
    def soon(self) -> int:
        return self.figures.count("soon")

    @property
    def cells(self) -> list[Cell]:
        """The figures of bills and balances, in the order of the columns."""
        slug, bills, owed = self.member.tenant.slug, self.figures.bills or (), self.figures.owed or ()
        discounts, ages = self.figures.discounts or (), [_find_largest_age(one) for one in bills]
        listed, customers = reverse("bill_list", args=[slug]), reverse("customer_list", args=[slug])
        shown = [
            ("open", _list_lines(bills, "open", f"{listed}?state=unpaid")),
            ("overdue", _list_lines(bills, "overdue", f"{listed}?state=overdue")),
            ("ages", _list_ages(bills, ages, f"{listed}?state=unpaid&age=")),
            ("soon", _list_lines(bills, "soon", f"{listed}?state=unpaid&due=next-7")),
            ("discounts", _list_lines(discounts, "discount", f"{listed}?state=unpaid&discount=1")),
            ("owed", _list_lines(owed, "owed", f"{customers}?state=all&owes=owed&sort=-balance")),
        ]
        return [Cell(SORTS[name][0], list(lines), name == "discounts") for name, lines in shown]


def _list_lines(found: Sequence[CurrencyFigures], part: str, url: str) -> Iterator[CellLine]:
    """Yield the currencies in which there is something."""
    for one in found:
        if one.part(part).count:
            yield CellLine(one.code, one.part(part), f"{url}{_name_only(found, one)}")


def _list_ages(found: Sequence[CurrencyFigures], ages: Sequence[int], url: str) -> Iterator[CellLine]:
    for one, age in zip(found, ages, strict=True):
        if age:
            own = AGES[age - 1]
            yield CellLine(one.code, one.part(f"age_{age}"), f"{url}{own.name}{_name_only(found, one)}", own.span)


def _name_only(found: Sequence[CurrencyFigures], one: CurrencyFigures) -> str:
    """Return what an address adds to name one of several currencies."""
    return f"&{urlencode({'currency': one.name})}" if len(found) > 1 else ""


def _find_largest_age(one: CurrencyFigures) -> int:
    """Return the number of the age in which most is overdue, the older of two alike; 0 if nothing is."""
    late = [age for age in OVERDUE_AGES if one.part(f"age_{age}").count]
    return max(late, key=lambda age: (one.part(f"age_{age}").sum, age), default=0)


def _by_amount(kind: str, part: str) -> Callable[[CompanyRow], Any]:
    """Amounts are sorted within each currency: the company's main one counts."""

    def get_key(row: CompanyRow) -> tuple[str, Any]:
        found: Sequence[CurrencyFigures] = getattr(row.figures, kind) or ()
        return (found[0].code, found[0].part(part).sum) if found else ("", 0)

    return get_key


def _by_age(row: CompanyRow) -> tuple[str, Any, Any]:
    """The older what is overdue for the most part, the larger."""
    found = row.figures.bills or ()
    age = _find_largest_age(found[0]) if found else 0
    return (found[0].code, age, found[0].part(f"age_{age}").sum) if found else ("", 0, 0)


# By the name of a column in an address: its title, and what it is sorted by. Numbers start with the largest.
SORTS: Mapping[str, tuple[str, Callable[[CompanyRow], Any]]] = {
    "name": ("Company", lambda row: make_sort_key(row.member.tenant.name)),
    "needs": ("Needs you", lambda row: row.needs),
    "open": ("Open bills", _by_amount("bills", "open")),
    "overdue": ("Overdue", _by_amount("bills", "overdue")),
    "ages": ("Most overdue, days", _by_age),
    "soon": ("Due in 7 days", _by_amount("bills", "soon")),
    "discounts": ("Discounts ending", _by_amount("discounts", "discount")),
    "owed": ("Owed by customers", _by_amount("owed", "owed")),
    "changed": ("Changed today", lambda row: row.changed),
    "age": ("Data", lambda row: (row.off_since or row.as_of or timezone.now()).timestamp()),
    "pace": ("Pace", lambda row: row.save_seconds or row.request_seconds or 0),
}
ASCENDING = ("name", "age")  # at the first click
ORDERS = {
    "name": ("A to Z", "Z to A"),
    "age": ("oldest first", "newest first"),
    "pace": ("fastest first", "slowest first"),
}
AMOUNT_ORDER = ("smallest first", "largest first")


@dataclass(frozen=True, slots=True)
class SortLink:
    """The title of a column, what a click on it sorts by, and how it is sorted now: "ascending", "descending" or ""."""

    title: str
    query: str
    now: str
    is_number: bool


def sort_rows(rows: list[CompanyRow], sort: str) -> list[CompanyRow]:
    """Return the rows in the order asked for; without one, as they are."""
    if not sort:
        return rows
    return sorted(rows, key=SORTS[sort.removeprefix("-")][1], reverse=sort.startswith("-"))


def list_columns(sort: str) -> list[SortLink]:
    now = {"-": "descending"}.get(sort[:1], "ascending") if sort else ""
    links = []
    for name, (title, _) in SORTS.items():
        first, other = (name, f"-{name}") if name in ASCENDING else (f"-{name}", name)
        is_now = sort.removeprefix("-") == name
        links.append(SortLink(title, other if sort == first else first, now if is_now else "", name not in ASCENDING))
    return links


def list_orders() -> list[tuple[str, str]]:
    """Return each order and what it is called, as a choice where the columns have no heads."""
    return [
        (f"{sign}{name}", f"{title}, {words}")
        for name, (title, _) in SORTS.items()
        for sign, words in sorted(
            zip(("", "-"), ORDERS.get(name, AMOUNT_ORDER), strict=True), reverse=name not in ASCENDING
        )
    ]
