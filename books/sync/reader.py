"""Reads a company's lists into the mirror, one piece at a time, and notes progress and failures.

A piece is a whole short list or a slice of a long one. When to read is decided in `tasks` and `scheduler`.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from books import pace
from books.mirror import store
from books.mirror.freshness import BALANCES, LIMIT
from books.mirror.projection import find_newest_change
from books.models import ReadState, SyncRun, SyncStatus
from books.providers.base import Filters, Page
from books.providers.errors import BooksError, Busy, NoAnswer, OwnFault, Refused, Resting, TooMany
from books.providers.lock import RequestPriority
from books.registry import get_description, make_client
from records.fields import Table
from records.json_text import Json
from tenants.models import Tenant

from . import absence, balances, clock, marks, outcome
from .differences import Differences

log = logging.getLogger(__name__)

DELETED = "deleted"  # the run that asks for deletions of all kinds
AGAIN_AFTER = timedelta(hours=1)  # when a full run in which records were missing is repeated
REFRESH_AFTER = LIMIT - timedelta(minutes=1)  # what a refresh of a company needs, so that no list gets older than LIMIT
SLOW_LIMIT = timedelta(hours=1)  # the age at which a list behind a picker is read again
PIECE_EVERY = timedelta(minutes=1)  # the pace of requests where each refresh reads a whole list, one a piece
RESTARTS = 3
GIVEN_WAY = timedelta(seconds=2)
GATHERED_ROWS = store.CHUNK
GATHERED_SECONDS = 1.0


def list_often_read(tenant: Tenant) -> list[str]:
    """The lists that people have open and change, what was deleted, and what was paid."""
    found = get_description(tenant)
    return [*(kind for kind, table in found.tables.items() if table.is_editable), *list_unnamed(tenant)]


def list_unnamed(tenant: Tenant) -> list[str]:
    """The runs of a company that read no list of their own into the mirror."""
    found = get_description(tenant)
    return [kind for kind, exists in ((DELETED, found.tells_changes), (BALANCES, found.movements)) if exists]


def get_age_limit(tenant: Tenant, kind: str) -> timedelta:
    """Return the age after which a list is read again."""
    table = get_description(tenant).tables.get(kind)
    return REFRESH_AFTER if table is None or table.is_editable else SLOW_LIMIT


def get_run_age_limit(tenant: Tenant, run: SyncRun) -> timedelta:
    """Return the same for a finished run. A list that is always read whole is read less often the longer it is."""
    limit = get_age_limit(tenant, run.kind)
    return limit if get_description(tenant).tells_changes else max(limit, run.slices_done * PIECE_EVERY)


def filter_due(runs: QuerySet[SyncRun], now: datetime) -> QuerySet[SyncRun]:
    """Return the runs that have something to read now."""
    return runs.exclude(state=ReadState.DONE).filter(pace.filter_ready(now))


def list_due(tenant: Tenant, watch: SyncStatus | None = None) -> QuerySet[SyncRun]:
    """Return the company's runs that have something to read now and may be read: see `books.pace`."""
    now, watch = timezone.now(), watch or SyncStatus.objects.filter(tenant=tenant).first()
    return pace.filter_allowed(filter_due(SyncRun.objects.filter(tenant=tenant), now), watch, now)


def read_next(tenant: Tenant) -> bool:
    """Read the most important piece for a person now; False if there is none. Raises BooksError after noting it."""
    run = min(list_due(tenant), key=_rank_runs(tenant), default=None)
    if run is None:
        return False
    try:
        if run.kind == DELETED:
            _read_deleted(tenant, run)
        elif run.kind == BALANCES:
            balances.read_piece(tenant, run)
        else:
            _read_piece(tenant, get_description(tenant).tables[run.kind], run)
    except (Busy, TooMany, Resting):
        raise
    except BooksError as error:
        SyncRun.objects.filter(pk=run.pk).update(has_gaps=True)
        run.has_gaps = True
        if not outcome.stops_company(error):
            outcome.note_failure(run, error, outcome.compute_list_pause(run, error))
        raise
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # any error in one list must not keep the others from being read
        log.exception("The list %s of company %s cannot be read.", run.kind, tenant.slug)
        fault = OwnFault(detail=repr(error)[:200])
        fault.books = get_description(tenant).name
        outcome.note_failure(run, fault, outcome.compute_list_pause(run, fault))
        raise fault from error
    return True


def _rank_runs(tenant: Tenant) -> Callable[[SyncRun], tuple[int, int, int]]:
    """First a look at what people change, then what pickers need, in the order of the tables, then the rest."""
    tables = get_description(tenant).tables
    often_read = list_often_read(tenant)
    place = {kind: number for number, kind in enumerate(tables)}

    def rank(run: SyncRun) -> tuple[int, int, int]:
        if run.kind in often_read and run.slices_done == 0 and run.kind in tables:
            return 0, 0, place[run.kind]
        if run.kind not in tables:
            return 1, int(run.kind == BALANCES), 0  # what was paid, by customers that are loaded
        if run.kind in tables and not tables[run.kind].paged:
            return 2, 0, place[run.kind]
        return (4 if run.kind in often_read else 3), run.slices_done, place.get(run.kind, 0)

    return rank


def _read_piece(tenant: Tenant, table: Table, run: SyncRun) -> None:
    if not run.slices:
        _begin_run(tenant, run)
    source, filters, pages = make_client(tenant, RequestPriority.SYNC), run.slices[0], 0
    rest: tuple[Filters, ...] = ()
    run.state, run.slice_rows = ReadState.RUNNING, 0
    began = timezone.now()  # rows gathered from several pages were read at different times: the first is safe for all
    try:
        for page in _gather_pages(source.pages(table, **filters)):
            told = page.count + (page.remaining or 0)
            with transaction.atomic():
                differences = Differences(tenant, table, run, page.rows)
                store.store_page(tenant, table, page.rows, began)
                differences.note()
                pieces = source.cut(table, filters, told) if pages == 0 else []
                left = source.rest(table, run.slices[0], page.rows)
                _count_page(run, table, page, told, pieces, left, get_description(tenant).tells_changes)
            if pieces:
                return
            pages, rest = pages + 1, rest + page.rest
    except (Refused, NoAnswer):
        if pages == 0 or run.restarts >= RESTARTS:
            raise
        # The cursor has expired, whatever happened: what is left of the slice starts again (docs/vendors/conductor.md,
        # section 6).
        run.restarts += 1
        outcome.store_progress(run)
        return
    _finish_slice(tenant, table, run, rest)


def _gather_pages(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield the first page, then all rows of each second as one page, because every store has a fixed cost.

    A record that appears again on a later page has changed meanwhile, and is stored again, after the first.
    """
    yield next(pages)
    rows: list[dict[str, Json]] = []
    gathered: set[str] = set()
    since = time.monotonic()
    try:
        for page in pages:
            ids = {str(row.get("id")) for row in page.rows}
            if not ids.isdisjoint(gathered):
                yield Page(rows, page.remaining)
                rows, gathered = [], set()
            rows += page.rows
            gathered |= ids
            if len(rows) >= GATHERED_ROWS or time.monotonic() - since >= GATHERED_SECONDS:
                yield Page(rows, page.remaining)
                rows, gathered, since = [], set(), time.monotonic()
    except BooksError:
        if rows:
            yield Page(rows, page.remaining)  # what came before the list broke off is not asked for again
        raise
    if rows:
        yield Page(rows, 0)


def _begin_run(tenant: Tenant, run: SyncRun) -> None:
    now = timezone.now()
    since = marks.find_start(run, clock.get_lag(tenant), now)
    run.is_full = since is None
    run.slices = list(make_client(tenant, RequestPriority.SYNC).pieces(since))
    run.rows = run.slice_rows = run.slices_done = run.restarts = 0
    run.rows_told, run.newest, run.started_at, run.has_gaps = None, None, now, False


def _count_page(
    run: SyncRun,
    table: Table,
    page: Page,
    told: int,
    pieces: list[dict[str, str]],
    left: Filters,
    overlaps: bool,
) -> None:
    """Note a page. If the slice turned out too long, `pieces` replace it and the page does not count.

    `left` replaces the slice if it need not start again from its beginning. Overlapping pieces do not add up, so the
    first row count is used for all.
    """
    if run.started_at:
        run.newest = max(filter(None, (run.newest, find_newest_change(table, page.rows, run.started_at))), default=None)
    run.heartbeat_at = timezone.now()
    run.rows_told = max(run.rows_told or 0, run.rows + told if not overlaps or not run.rows else 0)
    if pieces:
        run.slices = pieces + run.slices[1:]
    else:
        run.slice_rows += page.count
    if left != run.slices[0] and not pieces:
        run.slices[0], run.restarts = left, 0
        run.rows, run.slice_rows = run.rows + run.slice_rows, 0
    outcome.store_progress(run)
    SyncStatus.objects.filter(tenant=run.tenant_id).update(heartbeat_at=run.heartbeat_at, answered_at=run.heartbeat_at)


def _finish_slice(tenant: Tenant, table: Table, run: SyncRun, rest: tuple[Filters, ...]) -> None:
    run.rows, run.slice_rows, run.restarts = run.rows + run.slice_rows, 0, 0
    run.slices, run.slices_done = [*rest, *run.slices[1:]], run.slices_done + 1
    run.has_gaps = run.has_gaps or (not rest and run.rows != run.rows_told)
    if run.slices:
        outcome.store_progress(run)
    else:
        if run.is_full and run.newest is None and run.rows and "changed_at" in table.columns:
            run.newest = run.started_at  # all of it was stamped by a clock that runs ahead
        is_whole = absence.came_whole(tenant, table, run)
        absence.settle_absent(tenant, table, run, is_whole)
        _finish_run(run)
        if run.is_full and not is_whole:
            run.full_at = timezone.now() - marks.FULL_EVERY + AGAIN_AFTER
        outcome.store_end(run)


def _finish_run(run: SyncRun) -> None:
    run.state, run.as_of, run.is_asked = ReadState.DONE, run.started_at, False
    marks.move_mark(run)
    if run.is_full:
        run.full_at = run.started_at
    outcome.forget_failure(run)


def _read_deleted(tenant: Tenant, run: SyncRun) -> None:
    """Mark what was deleted at the vendor since the last time; the first time there is nothing to mark."""
    run.started_at = timezone.now()
    if run.high_water_mark:
        absence.mark_reported(tenant, marks.find_deletions_start(run, clock.get_lag(tenant), run.started_at))
    run.newest, run.slices_done = run.started_at, run.slices_done + 1
    _finish_run(run)
    outcome.store_end(run)
