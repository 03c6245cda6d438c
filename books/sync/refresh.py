"""What pages and saves ask of the reading: refresh a company's copy, read one record again, try the connection."""

import logging
from collections.abc import Container
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import Error
from django.utils import timezone

from books.mirror import lookup
from books.models import ReadState, Record, SyncRun, SyncStatus
from books.providers.errors import BooksError, NotFound, NotSent, TooMany, Unreadable, name_books
from books.providers.lock import RequestPriority
from books.registry import get_description, make_client
from records.fields import Table
from records.json_text import NotReadable
from tenants.models import Tenant

from . import outcome, reader, tasks

log = logging.getLogger(__name__)

LOOK_NOTED_EVERY = timedelta(minutes=1)


def request_refresh(tenant: Tenant, priority: str = "sync") -> bool:
    """Queue the reading of what is older than its limit; whether anything was queued. Safe to call on every page.

    With the priority "person" somebody asked for it: then what people look at is read again at once, old or not.
    """
    watch = _note_visit(tenant)
    if priority != "person":
        return queue_stale(tenant)
    often_read = reader.list_often_read(tenant)
    SyncRun.objects.filter(tenant=tenant, kind__in=often_read).update(next_try_at=None)
    SyncStatus.objects.filter(pk=watch.pk).update(next_try_at=None)
    return queue_stale(tenant, always=often_read)


def note_visit(tenant: Tenant) -> None:
    """Note that somebody looks at the company: the timetable then keeps its copy fresh. Cheap enough for any page."""
    if cache.add(f"looked-{tenant.pk}", True, LOOK_NOTED_EVERY.total_seconds()):
        try:
            _note_visit(tenant)
        except Error as error:  # no page stays away because it cannot be noted that somebody looked at it
            log.warning("That somebody looks at company %s is not noted: %s", tenant.pk, error)


def queue_stale(tenant: Tenant, always: Container[str] = ()) -> bool:
    """Queue the runs at rest whose copy is older than its limit, and those of the kinds in `always`."""
    now = timezone.now()
    runs = list(SyncRun.objects.filter(tenant=tenant))
    missing = set(list_kinds(tenant)) - {run.kind for run in runs}
    if missing:
        fresh = [SyncRun(tenant=tenant, kind=kind) for kind in missing]
        SyncRun.objects.bulk_create(fresh, ignore_conflicts=True)
    resting = [run for run in runs if run.state == ReadState.DONE]
    old = [run.pk for run in resting if run.kind in always or _is_stale(tenant, run, now)]
    if old:
        # Whoever comes second finds them no longer at rest.
        SyncRun.objects.filter(pk__in=old, state=ReadState.DONE).update(state=ReadState.QUEUED, slices_done=0)
    return bool(missing or old or len(resting) < len(runs)) and tasks.queue_reading(tenant)


def read_record(tenant: Tenant, table: Table, remote_id: str) -> Record:
    """Read one record as it stands in the books now into the mirror.

    Raises NotFound, having marked it deleted, Unreadable, having kept it aside, or another BooksError.
    """
    try:
        raw = make_client(tenant, RequestPriority.PERSON).read_record(table, remote_id)
    except NotFound:
        lookup.mark_deleted(tenant, table.kind, [remote_id])
        raise
    try:
        return lookup.store_record(tenant, table, raw)
    except NotReadable as error:
        with name_books(get_description(tenant).name):
            raise Unreadable(str(error)) from error


def check_connection(tenant: Tenant) -> int:
    """Milliseconds of a round trip to the open company file. Raises BooksError; either way the outcome is kept."""
    watch = _note_visit(tenant)
    watch.tried_at = timezone.now()
    try:
        took = make_client(tenant, RequestPriority.PERSON).health()
    except BooksError as error:
        if isinstance(error, NotSent | NotFound) and not isinstance(error, TooMany):
            outcome.note_failure(watch, error, outcome.compute_company_pause(watch, error))
        raise
    outcome.note_answer(watch)
    return took


def list_kinds(tenant: Tenant) -> tuple[str, ...]:
    """All that is read of a company: its lists, and what was deleted from them where that is told."""
    found = get_description(tenant)
    return (*found.tables, *((reader.DELETED,) if found.tells_changes else ()))


def _is_stale(tenant: Tenant, run: SyncRun, now: datetime) -> bool:
    return run.as_of is None or now - run.as_of > reader.get_age_limit(tenant, run.kind)


def _note_visit(tenant: Tenant) -> SyncStatus:
    watch, _ = SyncStatus.objects.get_or_create(tenant=tenant)
    now = timezone.now()
    if watch.looked_at is None or now - watch.looked_at > LOOK_NOTED_EVERY:
        SyncStatus.objects.filter(pk=watch.pk).update(looked_at=now)
        watch.looked_at = now
    return watch
