"""Which company files were asked in a month, what each came to, and how its connection is. As many queries for all.

It holds nothing from a company's books, so a Ledgerdesk administrator may see every company here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Min

from books import registry
from books.health.states import HealthFinding, KnownHealth, find_states
from books.health.usage import MonthUsage, add_usage, load_usage
from books.models import SyncRun, SyncStatus, UnreadableRecord
from tenants.access import list_memberships
from tenants.models import Tenant

HEADS = ("Company", "Address", "Provider", "State", "Requests", "Failed", "Seconds", "MB received", "MB sent")


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One company: how its connection is now, and what the month came to. `is_own`: the administrator is its member."""

    tenant: Tenant
    books: str
    state: HealthFinding
    month: MonthUsage
    is_own: bool


@dataclass(frozen=True, slots=True)
class UsageOfMonth:
    """All companies, those with the most requests first."""

    month: date
    rows: Sequence[UsageRow]

    @property
    def total(self) -> MonthUsage:
        return add_usage([row.month for row in self.rows])

    @property
    def asked(self) -> int:
        """How many companies were asked at all."""
        return sum(row.month.requests > 0 for row in self.rows)


def load_month(person: User, month: date) -> UsageOfMonth:
    """Return the usage of a month."""
    usage, known, own = load_usage(month), load_known(), {one.tenant_id for one in list_memberships(person)}
    rows = [
        UsageRow(
            tenant,
            registry.get_description(tenant).name,
            find_states(tenant, known.get(tenant.pk, KnownHealth(None)))[0],
            usage.get(tenant.pk, MonthUsage()),
            tenant.pk in own,
        )
        for tenant in Tenant.objects.order_by("name", "pk")
    ]
    return UsageOfMonth(month, sorted(rows, key=lambda row: -row.month.requests))


def load_known() -> dict[int, KnownHealth]:
    """Return what is noted of each company's connection."""
    failing: defaultdict[int, list[SyncRun]] = defaultdict(list)
    for run in SyncRun.objects.filter(failing_since__isnull=False).defer("seen", "slices"):
        failing[run.tenant_id].append(run)
    counted = (
        UnreadableRecord.objects.order_by().values("tenant").annotate(count=Count("pk"), since=Min("first_seen_at"))
    )
    aside = {row["tenant"]: (row["count"], row["since"]) for row in counted}
    return {
        watch.tenant_id: KnownHealth(watch, failing[watch.tenant_id], *aside.get(watch.tenant_id, (0, None)))
        for watch in SyncStatus.objects.all()
    }


def list_lines(usage: UsageOfMonth) -> Iterator[Sequence[Any]]:
    """Yield the rows of the file, in the order of HEADS."""
    for row in usage.rows:
        month = row.month
        sizes = f"{month.megabytes_received:.3f}", f"{month.megabytes_sent:.3f}"
        counts = month.requests, month.failures, f"{month.seconds:.1f}", *sizes
        yield (row.tenant.name, f"/t/{row.tenant.slug}/", row.books, row.state.title, *counts)
