"""The hours of a company's day in which a bulk change runs, if its author has asked for such. Knows no table."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from books import pace
from books.models import SyncStatus, find_status
from edits.models.batch import Batch
from tenants.models import Tenant

DAY = timedelta(days=1)


def find_zone(tenant: Tenant) -> tzinfo:
    """Return the time zone of the company's hours."""
    return get_zone(find_status(tenant))


def get_zone(watch: SyncStatus | None) -> tzinfo:
    """Return the same by the company's row."""
    return pace.get_zone(watch or SyncStatus())


def is_open(batch: Batch, zone: tzinfo, now: datetime) -> bool:
    """Return whether the bulk change may run at this moment."""
    if batch.runs_from is None or batch.runs_until is None:
        return True
    return pace.is_quiet(batch.runs_from, batch.runs_until, now.astimezone(zone).time())


def find_opening(batch: Batch, zone: tzinfo, now: datetime) -> datetime:
    """Return when the bulk change may run next: now, or when its hours begin."""
    if batch.runs_from is None or is_open(batch, zone, now):
        return now
    return _find_next(batch.runs_from, zone, now)


def add_working_time(batch: Batch, zone: tzinfo, now: datetime, needed: timedelta) -> datetime:
    """Return when work of this length is done that goes on in these hours only."""
    at = find_opening(batch, zone, now)
    if batch.runs_from is None or batch.runs_until is None:
        return at + needed
    while at + needed > (closes := _find_next(batch.runs_until, zone, at)):
        needed -= closes - at
        at = find_opening(batch, zone, closes)
    return at + needed


def _find_next(clock: time, zone: tzinfo, now: datetime) -> datetime:
    """Return the next moment after `now` at which the company's clock shows this time, in UTC.

    Between two moments of one zone Python counts by the clock, and not the hour that is skipped or comes twice.
    """
    today = now.astimezone(zone).date()
    found = datetime.combine(today, clock, zone).astimezone(UTC)
    return found if found > now else datetime.combine(today + DAY, clock, zone).astimezone(UTC)
