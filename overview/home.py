"""What the home of a company shows: what is open and due in one currency, what changed, and who owes most.

Reads columns only. Each figure has the address of the list that it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from bills.list.filters import UNPAID
from bills.terms.discounts import EndingDiscount, list_ending
from books.mirror.query import RecordPage, search_records
from books.registry import get_visible_table
from edits.history.entries import HistoryEntry, make_entries
from record_forms.filters.conditions import NO_CURRENCY
from tenants.access import Member

from .figures.changes import filter_changes, link_changes
from .figures.companies import BILLS, CUSTOMERS, DISCOUNT, NOTHING, CurrencyFigures, Figure, load_figures
from .figures.plots import AgeBar, Bar, DayBar, load_days, make_ages, make_bars

DUE_NEXT = 5
OWING = 6
CHANGES = 5
DISCOUNTS = 8
NONE = CurrencyFigures("", "", NO_CURRENCY, {})


@dataclass(frozen=True, slots=True)
class Owing:
    """A customer who owes something, and their bar."""

    remote_id: str
    name: str
    balance: Decimal
    bar: Bar


@dataclass(frozen=True, slots=True)
class Discounts:
    """The bills whose discount ends soon: their number and open amount, what paying them saves, and the first ones."""

    figure: Figure
    saving: Decimal
    first: Sequence[EndingDiscount]


@dataclass(frozen=True, slots=True)
class HomePage:
    """The figures of one currency; `currencies` are all that the company has open bills or balances in.

    None where the provider has no such records, or the member may not see what a figure is made of. `only` and
    `owed_only` are what the address of a list adds so that it leads to this currency alone.
    """

    bills: CurrencyFigures | None
    owed: CurrencyFigures | None
    currencies: Sequence[CurrencyFigures]
    only: str
    owed_only: str
    ages: Sequence[AgeBar]
    days: Sequence[DayBar]
    due_next: RecordPage | None
    discounts: Discounts | None
    owing: Sequence[Owing]
    changes: Sequence[HistoryEntry]
    changed: int
    changed_url: str

    @property
    def currency(self) -> str:
        """The name in an address of the currency that is shown."""
        shown = self.owed if self.bills is None else self.bills
        return shown.name if shown else ""

    @property
    def open(self) -> Figure:
        return self.bills.part("open") if self.bills else NOTHING

    @property
    def overdue(self) -> Figure:
        return self.bills.part("overdue") if self.bills else NOTHING

    @property
    def soon(self) -> Figure:
        return self.bills.part("soon") if self.bills else NOTHING

    @property
    def today(self) -> Figure:
        return self.bills.part("today") if self.bills else NOTHING

    @property
    def owed_sum(self) -> Figure:
        return self.owed.part("owed") if self.owed else NOTHING


def load_home(member: Member, currency: str = "") -> HomePage:
    """Return the home of a company in the currency of that name in an address; without one, that of most open bills."""
    today = timezone.localdate()
    figures = load_figures([member], today)[member.tenant.pk]
    every = list({one.name: one for one in (*(figures.bills or ()), *(figures.owed or ()))}.values())
    asked = next((one for one in every if one.name == currency), every[0] if every else NONE)
    bills, owed = _choose(figures.bills, asked), _choose(figures.owed, asked)
    changes, changed, changed_url = _list_changes(member, today)
    return HomePage(
        bills=bills,
        owed=owed,
        currencies=every,
        only=_name_only(figures.bills, bills),
        owed_only=_name_only(figures.owed, owed),
        ages=make_ages(bills) if bills else (),
        days=load_days(member.tenant, bills.currency, today) if bills else (),
        due_next=_list_due_next(member, bills, today) if bills else None,
        discounts=_find_discounts(member, bills, today) if bills else None,
        owing=_list_owing(member, owed) if owed else (),
        changes=changes,
        changed=changed,
        changed_url=changed_url,
    )


def _choose(found: Sequence[CurrencyFigures] | None, asked: CurrencyFigures) -> CurrencyFigures | None:
    """Return the figures of a currency; empty ones if it has none."""
    if found is None:
        return None
    return next((one for one in found if one.name == asked.name), replace(asked, parts={}))


def _name_only(found: Sequence[CurrencyFigures] | None, chosen: CurrencyFigures | None) -> str:
    """Return what an address adds to name the chosen one of several currencies."""
    is_named = found and chosen and (len(found) > 1 or found[0].name != chosen.name)
    return f"&{urlencode({'currency': chosen.name})}" if chosen and is_named else ""


def _match_currency(one: CurrencyFigures) -> Q:
    return Q(currency=one.currency) if one.currency else Q(currency__isnull=True)


def _list_due_next(member: Member, bills: CurrencyFigures, today: date) -> RecordPage:
    """Return the bills that are due next."""
    filters = UNPAID & _match_currency(bills) & Q(due_date__gte=today)
    table = get_visible_table(member, BILLS)
    return search_records(member.tenant, table, filters=filters, sort="due_date", size=DUE_NEXT)


def _find_discounts(member: Member, bills: CurrencyFigures, today: date) -> Discounts | None:
    hidden = get_visible_table(member, BILLS).hidden_columns
    if not hidden.isdisjoint(DISCOUNT):
        return None
    found = [one for one in list_ending(member.tenant, BILLS, today) if one.currency == bills.currency]
    if "name" in hidden:
        found = [replace(one, name="") for one in found]
    if "vendor_name" in hidden:
        found = [replace(one, vendor_name="") for one in found]
    figure = Figure(len(found), sum((one.open_amount for one in found), Decimal("0.00")))
    return Discounts(figure, sum((one.saving for one in found), Decimal("0.00")), found[:DISCOUNTS])


def _list_owing(member: Member, owed: CurrencyFigures) -> list[Owing]:
    """Return the customers with the largest balances."""
    filters = _match_currency(owed) & Q(balance__gt=0)
    table = get_visible_table(member, CUSTOMERS)
    rows: Any = search_records(member.tenant, table, filters=filters, sort="-balance", size=OWING).rows
    bars = make_bars([row.balance for row in rows])
    return [
        Owing(row.remote_id, row.full_name or row.remote_id, row.balance, bar)
        for row, bar in zip(rows, bars, strict=True)
    ]


def _list_changes(member: Member, today: date) -> tuple[Sequence[HistoryEntry], int, str]:
    """Return the first changes that were seen in the books today, how many there are, and the address of all."""
    seen = filter_changes([member.tenant.pk], today)
    first = list(seen[:CHANGES])
    count = len(first) if len(first) < CHANGES else seen.count()
    return list(make_entries(member, (), first)), count, link_changes(member.tenant, today)
