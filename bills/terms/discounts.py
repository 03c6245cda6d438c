"""Unpaid bills whose discount for paying early ends soon, by their terms. Asks the mirror alone.

Few queries for any number of bills: the lists of terms, and the bills whose terms give a discount.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from books.mirror.currencies import load_currencies
from books.mirror.lookup import decode_if_readable
from books.models import Record
from books.registry import get_description
from records.formatting import format_number
from records.numbers import count_places
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
    return find_ending([tenant], kind, today).get(tenant.pk, [])


def find_ending(tenants: Iterable[Tenant], kind: str, today: date) -> dict[int, list[EndingDiscount]]:
    """Return the same of several companies, by the number of the company. Few queries, however many companies."""
    terms = _load_terms(tenants)
    names: dict[Q, set[str]] = {}
    for (_, name), one in terms.items():
        if dated := _match_dates(one, today):
            names.setdefault(dated, set()).add(name)
    if not names:
        return {}
    asked = Q()
    for dated, named in names.items():
        asked |= Q(terms_name__in=sorted(named)) & dated
    held = Record.objects.filter(tenant__in={pk for pk, _ in terms}, kind=kind, deleted_at__isnull=True)
    found: dict[int, list[EndingDiscount]] = {}
    currencies = load_currencies(tenants)
    unpaid = held.filter(asked, is_paid=False, open_amount__gt=0).values_list("tenant", *COLUMNS)
    for tenant, remote_id, name, vendor, terms_name, issued, amount, currency in unpaid:
        own = terms.get((tenant, terms_name))  # other companies may have terms of the same name
        discount = own.discount(issued) if own else None
        if discount and today <= discount.last <= today + ENDING:
            texts = (remote_id, name or "", vendor or "", currency or "")
            known = currencies[tenant].get(currency or "")
            saving = discount.of(amount, known.places if known else count_places(currency or ""))
            found.setdefault(tenant, []).append(EndingDiscount(*texts, amount, discount, saving))
    for some in found.values():
        some.sort(key=lambda one: (one.discount.last, -one.saving, one.remote_id))
    return found


def _load_terms(tenants: Iterable[Tenant]) -> dict[tuple[int, str], Terms]:
    """Return the terms with a discount that are understood, by the number of the company and their name."""
    kinds = {tenant.pk: (tenant, get_description(tenant).pickers.get(TERMS, ())) for tenant in tenants}
    every = {kind for _, own in kinds.values() for kind in own}
    held = Record.objects.filter(tenant__in=list(kinds), kind__in=every, deleted_at__isnull=True, version__isnull=False)
    found: dict[tuple[int, str], Terms] = {}
    for record in held.select_related("version"):
        record.tenant, own = kinds[record.tenant_id]
        entry = decode_if_readable(record) if record.kind in own else None
        read = read_terms(entry) if entry is not None else None
        if record.full_name and read and read.percentage > 0:
            found[record.tenant_id, record.full_name] = read
    return found


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
