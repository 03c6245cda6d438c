"""Unpaid bills whose discount for paying early ends soon, by their terms. Asks the mirror alone.

Few queries for any number of bills: the lists of terms, and the bills whose terms give a discount.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from books.mirror.lookup import decode_if_readable
from books.mirror.query import filter_records
from books.registry import get_description
from records.formatting import format_number
from tenants.models import Tenant

from .due_dates import DateDrivenTerms, Discount, StandardTerms, Terms, read_terms

TERMS = "terms"  # the picker of the lists that hold them
ENDING = timedelta(days=7)  # from today on
LONGEST = timedelta(days=70)  # of date-driven terms, between a bill and its due date
COLUMNS = ("remote_id", "name", "vendor_name", "terms_name", "bill_date", "open_amount", "currency")


@dataclass(frozen=True, slots=True)
class EndingDiscount:
    """An unpaid bill and its discount, which ends within a week; `saving` is what paying by then saves."""

    remote_id: str
    name: str
    vendor_name: str
    currency: str
    open_amount: Decimal
    discount: Discount
    saving: Decimal

    @property
    def percentage(self) -> str:
        return f"{format_number(self.discount.percentage)}%"


def list_ending(tenant: Tenant, kind: str, today: date) -> list[EndingDiscount]:
    """Return the unpaid bills whose discount ends within a week, those that end first at the top."""
    terms = {name: one for name, one in _list_terms(tenant) if one.percentage > 0}
    asked = Q()
    for name, one in terms.items():
        if dated := _match_dates(one, today):
            asked |= Q(terms_name=name) & dated
    if not asked:
        return []
    unpaid = filter_records(tenant, kind, filters=asked & Q(is_paid=False, open_amount__gt=0))
    found = []
    for remote_id, name, vendor, terms_name, issued, amount, currency in unpaid.values_list(*COLUMNS):
        discount = terms[terms_name].discount(issued)
        if discount and today <= discount.last <= today + ENDING:
            own = (remote_id, name or "", vendor or "", currency or "")
            found.append(EndingDiscount(*own, amount, discount, discount.of(amount)))
    return sorted(found, key=lambda one: (one.discount.last, -one.saving, one.remote_id))


def _list_terms(tenant: Tenant) -> Iterator[tuple[str, Terms]]:
    """Yield the terms of a company that are understood, with their names."""
    kinds = get_description(tenant).pickers.get(TERMS, ())
    for record in filter_records(tenant, kinds, filters=Q(version__isnull=False)).select_related("version"):
        record.tenant = tenant
        entry = decode_if_readable(record)
        if record.full_name and entry is not None and (found := read_terms(entry)):
            yield record.full_name, found


def _match_dates(terms: Terms, today: date) -> Q | None:
    """Return which bill dates such a discount may have; None if it never has one."""
    match terms:
        case StandardTerms(discount_days=days):
            if days is None:
                return None
            first = today - timedelta(days=min(days, today.toordinal() - 1))
            return Q(bill_date__gte=first, bill_date__lte=first + ENDING)
        case DateDrivenTerms():
            return Q(bill_date__gte=today - LONGEST, bill_date__lte=today + ENDING)
