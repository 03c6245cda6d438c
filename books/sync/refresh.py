"""Reads on demand, for pages and saves: refresh a company's lists, read one record again, test the connection."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone

from books import pace, stamps
from books.mirror import lookup
from books.models import ReadState, Record, SyncRun, SyncStatus, fetch_runs, fetch_status
from books.providers.errors import BooksError, NotFound, NotSent, Resting, TooMany, Unreadable, name_books
from books.providers.lock import RequestPriority
from books.registry import get_description, make_client
from records.fields import Table
from records.json_text import NotReadable
from tenants.models import Tenant

from . import balances, company_file, outcome, reader, tasks

log = logging.getLogger(__name__)

LOOK_NOTED_EVERY = timedelta(minutes=1)
AT_ONCE = 5_000  # ids in one statement


def request_refresh(tenant: Tenant, priority: str = "sync") -> bool:
    """Queue reads of lists older than their limit; return whether anything was queued. Cheap enough for every page.

    Priority "person" means that somebody asked for it: then the most used lists are read at once, whatever their age
    and whatever holds back the company's background reads (`books.pace`), unless it is at rest.
    """
    watch = _note_visit(tenant)
    if priority != "person":
        return queue_stale(tenant, watch)
    often_read = reader.list_often_read(tenant)
    SyncRun.objects.filter(tenant=tenant, kind__in=often_read).update(next_try_at=None)
    SyncStatus.objects.filter(pk=watch.pk).update(next_try_at=None)
    return queue_stale(tenant, watch, asked=often_read)


def refresh_records(tenant: Tenant, kind: str, ids: Iterable[str]) -> bool:
    """Refresh for a person who looks at these records: they are read again too, if they are records of ours."""
    ours = Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=list(ids))
    balances.want(tenant, kind, ours.values_list("remote_id", flat=True))
    return request_refresh(tenant, "person")


def note_visit(tenant: Tenant) -> None:
    """Note that somebody visits the company: the timetable then keeps its lists fresh. Cheap enough for every page."""
    if cache.add(f"looked-{tenant.pk}", True, LOOK_NOTED_EVERY.total_seconds()):
        try:
            _note_visit(tenant)
        except Error as error:  # a page must not fail because the visit cannot be noted
            log.warning("A visit of company %s is not noted: %s", tenant.pk, error)


def queue_stale(tenant: Tenant, watch: SyncStatus | None = None, asked: Collection[str] = ()) -> bool:
    """Queue the idle runs whose list is older than its limit, and those of the kinds that a person has `asked` for."""
    now = timezone.now()
    watch, runs = watch or fetch_status(tenant), fetch_runs(tenant)
    if watch is not None and watch.is_unread:
        return False
    missing = _create_missing_runs(tenant, runs)
    if asked:
        SyncRun.objects.filter(tenant=tenant, kind__in=asked).update(is_asked=True)
    is_held = pace.find_hold(watch, now) is not None
    idle = [run for run in runs if run.state == ReadState.DONE]
    old = [run for run in idle if run.kind in asked or (not is_held and is_stale(tenant, run, now))]
    queue_runs(old)
    return (missing or bool(old) or len(idle) < len(runs)) and tasks.queue_reading(tenant, watch)


def queue_runs(runs: Iterable[SyncRun]) -> None:
    """Let these runs begin again; the second of two callers finds them no longer idle."""
    old = [run.pk for run in runs]
    for start in range(0, len(old), AT_ONCE):
        idle = SyncRun.objects.filter(pk__in=old[start : start + AT_ONCE], state=ReadState.DONE)
        idle.update(state=ReadState.QUEUED, slices_done=0)


def is_stale(tenant: Tenant, run: SyncRun, now: datetime) -> bool:
    """Whether a finished run is so old that its list is read again."""
    return stamps.is_older(run.as_of, reader.get_run_age_limit(tenant, run), now)


def list_never_loaded() -> list[Tenant]:
    """The companies with a list that was never read completely, without those that do not answer."""
    answering = Tenant.objects.connected().exclude(watch__failing_since__isnull=False)
    return list(answering.filter(Q(runs__isnull=True) | Q(runs__as_of=None)).distinct())


def load_company(tenant: Tenant) -> None:
    """Read in this process what is due of a company. Raises BooksError after noting it."""
    SyncStatus.objects.get_or_create(tenant=tenant)
    _create_missing_runs(tenant, SyncRun.objects.filter(tenant=tenant))
    tasks.read_at_once(tenant)


def _create_missing_runs(tenant: Tenant, runs: Iterable[SyncRun]) -> bool:
    """Create the runs that a company lacks beside `runs`, ready to be read; return whether there were any."""
    missing = set(list_kinds(tenant)) - {run.kind for run in runs}
    fresh = [SyncRun(tenant=tenant, kind=kind) for kind in missing]
    SyncRun.objects.bulk_create(fresh, ignore_conflicts=True)
    return bool(missing)


def read_record(tenant: Tenant, table: Table, remote_id: str) -> Record:
    """Read one record's current state from the vendor into the mirror.

    Raises NotFound after marking it deleted, Unreadable after keeping it aside, or another BooksError.
    """
    began = timezone.now()
    try:
        raw = make_client(tenant, RequestPriority.PERSON).read_record(table, remote_id)
    except NotFound:
        if company_file.answers_own(tenant):
            lookup.mark_deleted(tenant, table.kind, [remote_id])
        raise
    try:
        return lookup.store_record(tenant, table, raw, began)
    except NotReadable as error:
        with name_books(get_description(tenant).name):
            raise Unreadable(str(error)) from error


def check_connection(tenant: Tenant) -> int:
    """Return the milliseconds of a round trip to the open company file; note the outcome. Raises BooksError."""
    watch = _note_visit(tenant)
    watch.tried_at = timezone.now()
    try:
        took = make_client(tenant, RequestPriority.PERSON, any_file=True).health()
    except BooksError as error:
        if isinstance(error, NotSent | NotFound) and not isinstance(error, TooMany | Resting):
            outcome.note_failure(watch, error, outcome.compute_company_pause(watch, error))
        raise
    outcome.note_answer(watch)
    company_file.ask_soon(tenant)
    return took


def note_setting_up(tenant: Tenant) -> None:
    """Note that a company is being connected: none of its records is read and none is saved before it answers.

    One that has answered before keeps its records. Its file has to be the same, and is asked for before anything else.
    """
    SyncStatus.objects.get_or_create(tenant=tenant)
    if SyncStatus.objects.filter(tenant=tenant, answered_at__isnull=False).exists():
        with transaction.atomic():
            company_file.ask_before_anything(tenant)
    waiting = SyncStatus.objects.filter(tenant=tenant, answered_at=None, setting_up_since=None)
    waiting.update(setting_up_since=timezone.now())


def note_connected(tenant: Tenant) -> bool:
    """Note that a company has answered while it was being connected, and begin to read its records.

    Return False if it has another key or address by now than the one that was asked.
    """
    asked = {name: getattr(tenant, name) for name in ("end_user_id", "base_url", "key_variable", "sealed_key")}
    if not Tenant.objects.filter(pk=tenant.pk, **asked).exists():
        return False
    watch = _note_visit(tenant)
    watch.tried_at = timezone.now()
    outcome.note_answer(watch)
    SyncStatus.objects.filter(pk=watch.pk).update(setting_up_since=None)
    company_file.ask_soon(tenant)
    request_refresh(tenant, "person")
    return True


def list_kinds(tenant: Tenant) -> tuple[str, ...]:
    """Return all runs of a company: its lists and, if the provider tells of them, their deletions and balances."""
    return (*get_description(tenant).tables, *reader.list_unnamed(tenant))


def _note_visit(tenant: Tenant) -> SyncStatus:
    watch = fetch_status(tenant) or SyncStatus.objects.get_or_create(tenant=tenant)[0]
    now = timezone.now()
    if watch.looked_at is None or now - watch.looked_at > LOOK_NOTED_EVERY:
        SyncStatus.objects.filter(pk=watch.pk).update(looked_at=now)
        watch.looked_at = now
    return watch
