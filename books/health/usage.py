"""Which companies were asked in a month, and what that came to in requests and megabytes: sums of noted requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils import timezone

from books.models import VendorUsage
from tenants.models import Tenant

MEGABYTE = 1_000_000
_SUMMED = ("requests", "failures", "seconds", "sent", "received")


@dataclass(frozen=True, slots=True)
class MonthUsage:
    """What the requests of one company, or of all, came to in one month."""

    requests: int = 0
    failures: int = 0
    seconds: float = 0.0
    sent: int = 0  # bytes
    received: int = 0  # bytes

    @property
    def megabytes_sent(self) -> float:
        return self.sent / MEGABYTE

    @property
    def megabytes_received(self) -> float:
        return self.received / MEGABYTE

    @property
    def average(self) -> float:
        """Seconds of a request."""
        return self.seconds / self.requests if self.requests else 0.0


def get_month(day: date | None = None) -> date:
    """Return the first day of a month, that of today if none is given."""
    return (day or timezone.localdate(timezone=timezone.get_default_timezone())).replace(day=1)


def get_next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def load_usage(month: date, tenants: Sequence[Tenant] | None = None) -> dict[int, MonthUsage]:
    """Return the usage of each company, or of each of these, that was asked in a month, by its number; one query."""
    rows = VendorUsage.objects.filter(day__gte=month, day__lt=get_next_month(month))
    if tenants is not None:
        rows = rows.filter(tenant__in=tenants)
    sums = rows.order_by().values("tenant").annotate(**{f"all_{name}": Sum(name) for name in _SUMMED})
    found = sums.values_list("tenant", *(f"all_{name}" for name in _SUMMED))
    return {tenant: MonthUsage(*own) for tenant, *own in found}


def add_usage(found: Sequence[MonthUsage]) -> MonthUsage:
    """Return what several came to together."""
    return MonthUsage(*(sum(getattr(one, name) for one in found) for name in _SUMMED))
