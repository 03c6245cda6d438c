"""Work that starts without a request: first reads, refreshes, recovery of lost reads, and cleanup.

One round is cheap enough for every few seconds; it queues work and makes no remote call.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, partial, reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, ManyToOneRel, OuterRef, ProtectedError, Q, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books import pace, request_log, stamps
from books.models import ReadState, Record, SyncRun, SyncStatus, Version, delete_old_walks
from books.providers import processes
from tenants import sessions, throttle
from tenants.joined import Statement, compose, fetch_composed
from tenants.models import Provider, Tenant
from tenants.sign_in import account_links

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
ROWS_AT_ONCE = 200
_SAMPLES = [Tenant(provider=provider) for provider in Provider]  # a company of each provider

refilling = Refill()  # goes once through all rows after the start, as only another edition of the desk shows others


def run_round() -> None:
    """Make one round over all companies."""
    now = timezone.now()
    visited, daily, due = partial(refresh_visited, now), partial(read_daily, now), partial(wake_due_companies, now)
    own = (partial(revive_readings, now), start_new_companies, visited, daily, due)
    tasks.do_each([*own, *tasks.SWEEPS, *tasks.CHORES, refilling.go_on])


def revive_readings(now: datetime) -> None:
    """Queue again the reads of a killed worker, and those that lost their place in the queue."""
    if not _is_any(_READING):
        return
    for watch in SyncStatus.objects.filter(state=ReadState.RUNNING):
        lapsed = watch.heartbeat_at is None or abs(now - watch.heartbeat_at) > WORKER_LAPSES
        if lapsed or processes.is_process_gone(watch.process):
            log.warning("The worker reading company %s has ended; its read is queued again.", watch.tenant_id)
            tasks.requeue_reading(watch.tenant_id, now)
    lately = (now - PLACE_LAPSES, now + PLACE_LAPSES)
    waiting = SyncStatus.objects.filter(state=ReadState.QUEUED, queued_at__isnull=False)
    for tenant_id in waiting.exclude(queued_at__range=lately).values_list("tenant_id", flat=True):
        tasks.requeue_reading(tenant_id, now)


def start_new_companies() -> None:
    """Start reading what companies lack: all of a new company, and any list of which Ledgerdesk knows since an upgrade.

    This and the next three take one statement each, whatever the number of companies that have nothing to read.
    """
    lacking = [row.id for row in fetch_composed(_compose_lacking())]
    for tenant in Tenant.objects.filter(pk__in=lacking) if lacking else ():
        SyncStatus.objects.get_or_create(tenant=tenant)
        refresh.queue_stale(tenant)


@cache
def _compose_lacking() -> Statement | None:
    """Compose which companies these are once, as that takes Django ten times as long as to ask."""
    lacking = reduce(or_, (Q(provider=one.provider, known__lt=len(refresh.list_kinds(one))) for one in _SAMPLES))
    kinds = {kind for one in _SAMPLES for kind in refresh.list_kinds(one)}
    counted = Tenant.objects.connected().annotate(known=Count("runs", filter=Q(runs__kind__in=kinds)))
    answering = counted.exclude(watch__resting_since__isnull=False).exclude(watch__setting_up_since__isnull=False)
    return compose(answering.filter(lacking).order_by("pk").values_list("pk"), ["id"])


def refresh_visited(now: datetime) -> None:
    """Let the lists begin again that are too old, of companies that were visited recently."""
    often_read = sorted({kind for one in _SAMPLES for kind in reader.list_often_read(one)})
    is_old = _IS_OLD.format(", ".join(["%s"] * len(often_read)))
    values = [now - LOOKED_RECENTLY, now - reader.SLOW_LIMIT, now, *often_read, now - reader.REFRESH_AFTER, now]
    if not _is_any(is_old, values):
        return
    visited = SyncRun.objects.filter(tenant__watch__looked_at__gt=now - LOOKED_RECENTLY)
    often = (Q(tenant__provider=one.provider, kind__in=reader.list_often_read(one)) for one in _SAMPLES)
    slow = ~reduce(or_, often) & Q(as_of__range=(now - reader.SLOW_LIMIT, now))
    _queue_stale(visited.exclude(as_of__range=(now - reader.REFRESH_AFTER, now)).exclude(slow), now)


def read_daily(now: datetime) -> None:
    """Let everything begin again that was read a day ago, whether anybody visits its company or not."""
    if not _is_any(_IS_OF_YESTERDAY, [now - marks.FULL_EVERY, now]):
        return
    current = Q(as_of__range=(now - marks.FULL_EVERY, now))  # one in the future was set by a wrong clock
    _queue_stale(SyncRun.objects.filter(as_of__isnull=False).exclude(current), now)


def _queue_stale(runs: QuerySet[SyncRun], now: datetime) -> None:
    """Queue those that are stale, of companies whose background reads nothing holds back."""
    watched = {"tenant__watch__resting_since__isnull": True, "tenant__watch__setting_up_since__isnull": True}
    idle = runs.filter(state=ReadState.DONE, **watched).defer("seen", "slices")
    refresh.queue_runs(
        run
        for run in idle.select_related("tenant__watch").iterator(chunk_size=ROWS_AT_ONCE)  # thousands, after a night
        if refresh.is_stale(run.tenant, run, now) and not pace.find_hold(run.tenant.watch, now)
    )


def wake_due_companies(now: datetime) -> None:
    """Queue the idle companies that have something to read now: a list is too old, a pause has ended, or a queue was
    lost.
    """
    if not _is_any(_IS_WAITING, [now, now + pace.LONGEST_WAIT + stamps.MAY_DIFFER]):
        return
    ready = pace.filter_ready(now)
    due = reader.filter_due(SyncRun.objects.all(), now)
    asked = Exists(due.filter(tenant=OuterRef("tenant"), is_asked=True))
    idle = SyncStatus.objects.filter(ready, state=ReadState.DONE, resting_since__isnull=True, setting_up_since=None)
    for watch in idle.filter(tenant__in=due.values("tenant")).annotate(is_asked=asked).select_related("tenant"):
        if watch.is_asked or not pace.find_hold(watch, now):
            tasks.queue_reading(watch.tenant, watch)


def _is_any(statement: str, values: Sequence[object] = ()) -> bool:
    """Whether there is anything to look at: nearly always there is not, and Django composes the rest for milliseconds.

    Each statement finds what the one that it stands for finds, or more.
    """
    adapt = connection.ops.adapt_datetimefield_value
    adapted: list[Any] = [adapt(one) if isinstance(one, datetime) else one for one in values]
    with connection.cursor() as cursor:
        cursor.execute(statement, adapted)
        return cursor.fetchone() is not None


_READING = f"SELECT 1 FROM books_watch WHERE state IN ('{ReadState.RUNNING}', '{ReadState.QUEUED}') LIMIT 1"  # noqa: S608 - states are no input
_DONE = f"SELECT 1 FROM books_syncrun run {{}} WHERE run.state = '{ReadState.DONE}' AND {{}} LIMIT 1"  # noqa: S608 - a state is no input
_IS_OF_YESTERDAY = _DONE.format("", "as_of IS NOT NULL AND NOT as_of BETWEEN %s AND %s")
_IS_OLD = _DONE.format(
    "JOIN books_watch watch ON watch.tenant_id = run.tenant_id AND watch.looked_at > %s",
    """(as_of IS NULL OR NOT as_of BETWEEN %s AND %s
    OR (run.kind IN ({}) AND NOT as_of BETWEEN %s AND %s))""",
)
_IS_WAITING = f"""SELECT 1 FROM books_syncrun
WHERE state <> '{ReadState.DONE}' AND (next_try_at IS NULL OR next_try_at <= %s OR next_try_at > %s) LIMIT 1"""  # noqa: S608 - a state is no input


def clear_old_rows(now: datetime) -> int:
    """Delete old unreferenced versions, rows of finished tasks, unused throttle counters, the order of old lists, and
    requests of before yesterday.

    Returns the number of deleted versions. A version is kept until the history has recorded it, and so is the one that
    it is compared with; and for as long as a form that was opened over it may be open, however old it was by then.
    """
    done = DBTaskResult.objects.finished().filter(finished_at__lt=now - TASKS_KEPT)
    done.delete()
    throttle.clear_away()
    sessions.clear_away()
    account_links.clear_away()
    delete_old_walks(now)
    request_log.clear_old(now)
    DBTaskResult.objects.running().filter(started_at__lt=now - STUCK_AFTER).update(status="FAILED", finished_at=now)
    are_old = Version.objects.filter(seen_at__lt=now - VERSIONS_KEPT)
    newer = are_old.filter(record=OuterRef("record"), seen_at__gte=OuterRef("seen_at")).exclude(pk=OuterRef("pk"))
    old = are_old.filter(Exists(newer), replaces_unreported=None).exclude(pk=F("record__version"))
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
