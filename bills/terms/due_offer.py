"""What a bill's date, terms and vendor come to, for its page and form: due date, discount, what the form offers.

Offers and never fills in: a due date that was typed by hand, here or in QuickBooks, stays until somebody takes another.
It names the fields that the terms are about, and asks the mirror alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from bills.address_offer import AddressOffer, find_address_offer
from bills.checks.payments import sum_paid
from bills.checks.vendor_change import check_currency
from books.mirror import pickers
from books.mirror.currencies import find_currency, list_codes
from books.mirror.lookup import get_preferences
from books.registry import get_description
from record_forms.checks import Check
from record_forms.suggestions import TAKE
from record_forms.typed.dates import LAST
from records.content import Content, Reference, Value
from records.formatting import format_date, show_date
from tenants.models import Tenant

from .due_dates import Discount, StandardTerms, Terms, read_terms


@dataclass(frozen=True, slots=True)
class DueOffer:
    """What can be put into an input with one press: the input's name, the text for it, and why it is offered."""

    name: str
    text: str
    why: str
    button: str = TAKE

    @property
    def value(self) -> str:
        """What its button sends: see `record_forms.suggestions`."""
        return f"{self.name}={self.text}"


class DueDate:
    """The due date and the discount of one bill: `base` as it was opened, `values` as typed so far.

    A value that could not be read is not among `values`; what depends on it is then not worked out.
    """

    def __init__(self, tenant: Tenant, base: Content, values: Mapping[str, Value], total: Decimal | None) -> None:
        self.tenant, self.base, self.values, self.total = tenant, base, values, total

    @property
    def issued(self) -> date | None:
        return self.values.get("transaction_date")

    @cached_property
    def terms(self) -> Terms | None:
        """The bill's own, or without any the company's number of days; None where they are not known."""
        if "terms" not in self.values:
            return None
        if chosen := self.values["terms"]:
            entry = pickers.find_entry(self.tenant, "terms", chosen)
            return read_terms(entry) if entry is not None else None
        company = get_preferences(self.tenant)
        days = company["purchases_and_vendors"]["days_bills_are_due"] if company is not None else None
        return None if days is None else StandardTerms(max(0, int(days)))

    @cached_property
    def date(self) -> date | None:
        """The due date by the terms."""
        found = self.terms.due(self.issued) if self.terms and self.issued else None
        return found if found and found <= LAST else None

    @property
    def reckoned(self) -> str:
        """How that is reckoned: Net 30 from 28 Oct 2026."""
        if chosen := self.values.get("terms"):
            return f"{chosen} from {format_date(self.issued)}"
        days = self.terms.due_days if isinstance(self.terms, StandardTerms) else 0
        return (
            f"{days} {'day' if days == 1 else 'days'} from {format_date(self.issued)}, as for every bill without terms"
        )

    @property
    def discount(self) -> Discount | None:
        """What paying early saves; nothing of a bill that is paid."""
        if self.terms is None or self.issued is None or self.base.get("is_paid"):
            return None
        return self.terms.discount(self.issued)

    @cached_property
    def paid(self) -> Decimal:
        """What has been paid of it already, which no discount is taken from."""
        return sum_paid(self.base)

    @property
    def saving(self) -> Decimal | None:
        """What the discount comes to."""
        if self.discount is None or self.total is None:
            return None
        places = find_currency(self.tenant, str(self.base["currency"] or "")).places
        return self.discount.of(self.total - self.paid, places)

    @property
    def is_over(self) -> bool:
        """Whether the discount's last day has passed."""
        return self.discount is not None and self.discount.last < timezone.localdate()

    @property
    def differs(self) -> bool:
        return self.date is not None and self.values.get("due_date") != self.date

    @property
    def offer(self) -> DueOffer | None:
        """The due date that the terms make, once bill date or terms are others than they were."""
        moved = any(self.values.get(name) != self.base.get(name) for name in ("transaction_date", "terms"))
        if not self.differs or not (moved or self.values.get("due_date") is None):
            return None
        return DueOffer("due_date", format_date(self.date), f"{self.reckoned}.")

    @property
    def note(self) -> str:
        """That the due date was set by hand; nothing of a bill without terms, where that is usual."""
        if not self.differs or not self.values.get("terms"):
            return ""
        return f"{self.values['terms']} gives {show_date(self.date)}."

    @cached_property
    def address_offer(self) -> AddressOffer | None:
        """The address of another vendor than the bill's."""
        return find_address_offer(self.tenant, self.base, self.values)

    @cached_property
    def vendor_problem(self) -> Check | None:
        """Why another vendor cannot be taken."""
        vendor = self.values.get("vendor")
        if not isinstance(vendor, Reference) or vendor == self.base.get("vendor"):
            return None
        entry = pickers.find_entry(self.tenant, "vendors", vendor)
        return check_currency(self.base, vendor, entry, get_description(self.tenant).name, list_codes(self.tenant))

    @cached_property
    def terms_offer(self) -> DueOffer | None:
        """The vendor's usual terms, for a bill that has none or was given another vendor."""
        vendor, chosen = self.values.get("vendor"), self.values.get("terms")
        if not isinstance(vendor, Reference) or "terms" not in self.values:
            return None
        if chosen and vendor == self.base.get("vendor"):
            return None
        entry = pickers.find_entry(self.tenant, "vendors", vendor)
        usual = entry["terms"] if entry is not None else None
        if usual is None or (chosen and usual.id == chosen.id):
            return None
        return DueOffer("terms", usual.name, f"Usual for {vendor}.")
