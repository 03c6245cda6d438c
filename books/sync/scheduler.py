"""Work that starts without a request: first reads, refreshes, recovery of lost reads, and cleanup.

One round is cheap enough for every few seconds; it queues work and makes no remote call.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F, ManyToOneRel, ProtectedError, Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.models import ReadState, Record, SyncRun, SyncStatus, Version, delete_old_walks
from books.providers import processes
from tenants import throttle
from tenants.models import Tenant

from . import marks, reader, refresh, tasks
from .refill import Refill

log = logging.getLogger(__name__)

LOOKED_RECENTLY = timedelta(minutes=15)
WORKER_LAPSES = timedelta(minutes=15)  # if the process cannot be looked up; a page takes at most minutes
PLACE_LAPSES = timedelta(seconds=30)
VERSIONS_KEPT = timedelta(days=90)
TASKS_KEPT = timedelta(hours=6)
STUCK_AFTER = timedelta(hours=2)
PRUNED_AT_ONCE = 1_000

refilling = Refill()  # goes once through all rows after the start, as only another edition of the desk shows others


def run_round() -> None:
    """Make one round over all companies."""
    now = timezone.now()
    revive_readings(now)
    start_new_companies()
    refresh_visited(now)
    read_daily(now)
    wake_due_companies(now)
    for sweep in tasks.SWEEPS:
        sweep()
    refilling.go_on()


def revive_readings(now: datetime) -> None:
    """Queue again the reads of a killed worker, and those that lost their place in the queue."""
    for watch in SyncStatus.objects.filter(state=ReadState.RUNNING):
        lapsed = watch.heartbeat_at is None or now - watch.heartbeat_at > WORKER_LAPSES
        if lapsed or processes.is_process_gone(watch.process):
            log.warning("The worker reading company %s has ended; its read is queued again.", watch.tenant_id)
            tasks.requeue_reading(watch.tenant_id, now)
    waiting = SyncStatus.objects.filter(state=ReadState.QUEUED, queued_at__lt=now - PLACE_LAPSES)
    for tenant_id in waiting.values_list("tenant_id", flat=True):
        tasks.requeue_reading(tenant_id, now)


def start_new_companies() -> None:
    """Start reading the companies of which nothing was read yet."""
    for tenant in Tenant.objects.filter(watch__isnull=True):
        SyncStatus.objects.get_or_create(tenant=tenant)
        refresh.queue_stale(tenant)


def refresh_visited(now: datetime) -> None:
    """Keep the lists fresh of companies that were visited recently."""
    for tenant in Tenant.objects.filter(watch__looked_at__gt=now - LOOKED_RECENTLY):
        refresh.queue_stale(tenant)


def read_daily(now: datetime) -> None:
    """Read everything of a company once a day, whether anybody visits it or not."""
    current = Q(as_of__range=(now - marks.FULL_EVERY, now))  # one in the future was set by a wrong clock
    old = SyncRun.objects.filter(state=ReadState.DONE, as_of__isnull=False).exclude(current)
    for tenant in Tenant.objects.filter(pk__in=old.values("tenant")):
        refresh.queue_stale(tenant)


def wake_due_companies(now: datetime) -> None:
    """Queue the idle companies that have something to read now: a pause has ended, or a queue was lost."""
    ready = Q(watch__next_try_at__isnull=True) | Q(watch__next_try_at__lte=now)
    due = reader.filter_due(SyncRun.objects.all(), now)
    for tenant in Tenant.objects.filter(ready, watch__state=ReadState.DONE, pk__in=due.values("tenant")):
        tasks.queue_reading(tenant)


def clear_old_rows(now: datetime) -> int:
    """Delete old unreferenced versions, rows of finished tasks, unused throttle counters and the order of old lists.

    Returns the number of deleted versions. A version is kept until the history has recorded it, and so is the one that
    it is compared with.
    """
    done = DBTaskResult.objects.finished().filter(finished_at__lt=now - TASKS_KEPT)
    done.delete()
    throttle.clear_away()
    delete_old_walks(now)
    DBTaskResult.objects.running().filter(started_at__lt=now - STUCK_AFTER).update(status="FAILED", finished_at=now)
    old = Version.objects.filter(seen_at__lt=now - VERSIONS_KEPT, replaces_unreported=None).exclude(
        pk=F("record__version")
    )
    ids = list(old.exclude(_filter_referenced()).values_list("pk", flat=True)[:PRUNED_AT_ONCE])
    try:
        return Version.objects.filter(pk__in=ids).delete()[0]
    except ProtectedError:
        log.info("A version came into use while old ones were deleted; the next round retries.")
        return 0


def _filter_referenced() -> Q:
    """Return the versions referenced by more than their record: by edits, drafts, or changes not yet recorded."""
    found = Q(pk__in=[])
    for relation in Version._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model is not Record:
            name = relation.field.name
            found |= Q(pk__in=relation.related_model._base_manager.exclude(**{name: None}).values(name))
    return found
