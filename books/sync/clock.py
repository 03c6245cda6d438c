"""How far the clock that stamps a company's records is off ours, by the records that changed between two readings.

Only such a record proves anything: an old one may have been stamped by a clock that has been put right since.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce
from django.utils import timezone

from books.mirror.projection import read_moment
from books.models import SyncStatus
from books.providers.base import Row
from records.fields import Table
from tenants.models import Tenant

TOLERATED = timedelta(minutes=30)
# Refreshes reach back no further; what a slower clock stamps is found by the daily reading.
LONGEST_LAG = timedelta(days=7)


def get_lag(tenant: Tenant) -> timedelta:
    """Return how far the vendor's clock is behind ours as far as refreshes allow for it; zero if it is right."""
    off = SyncStatus.objects.filter(tenant=tenant).values_list("clock_off", flat=True).first() or 0
    return min(LONGEST_LAG, timedelta(seconds=max(0, -off)))


def note_stamps(tenant: Tenant, table: Table, changed: Iterable[Row], between: tuple[datetime, datetime]) -> None:
    """Note what the newest stamp of records that changed between these moments, by our clock, says of the vendor's."""
    f = table.shape.get(table.columns.get("changed_at", ""))
    newest = max(filter(None, (read_moment(f, row) for row in changed)), default=None) if f else None
    if newest is None:
        return
    first, last = between
    off = newest - last if newest - last > TOLERATED else newest - first if first - newest > TOLERATED else timedelta(0)
    seconds = int(off.total_seconds())
    since = Coalesce("clock_off_since", timezone.now()) if seconds else None
    moved = SyncStatus.objects.filter(tenant=tenant).exclude(clock_off=seconds)
    moved.update(clock_off=seconds, clock_off_since=since)
