"""What waits to be sent to a company, as the floor above counts it: `books` knows no edit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class WaitingChanges:
    """How many changes wait, and since when the oldest does."""

    count: int = 0
    oldest: datetime | None = None


# Apps of higher layers register theirs in AppConfig.ready.
COUNTERS: list[Callable[[Tenant], WaitingChanges]] = []


def count_waiting(tenant: Tenant) -> WaitingChanges:
    """Return what waits to be sent to a company, whoever has saved it."""
    found = [count(tenant) for count in COUNTERS]
    oldest = min((one.oldest for one in found if one.oldest), default=None)
    return WaitingChanges(sum(one.count for one in found), oldest)
