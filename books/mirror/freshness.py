"""Age of a list in the mirror, whether it is being read, and since when reading fails; for display."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone

from books import pace, polling
from books.models import ReadState, SyncRun, SyncStatus
from books.registry import get_description
from tenants.joined import fetch_rows, name_columns, take_joined
from tenants.models import Tenant

LIMIT = timedelta(minutes=5)
SAME_MOMENT = timedelta(minutes=1)  # as people read ages
BALANCES = "balances"  # the run that refreshes them (books.sync.balances)
PROGRESS_SECONDS, LONGEST_PROGRESS = 2.0, 10.0  # between two looks at a reading: the first, and when it takes long
LONG = ("seen", "slices")  # of a run: what only its worker needs


@dataclass(frozen=True, slots=True)
class Progress:
    """A read in progress: rows read, rows left (None if the vendor does not say), and rows per second."""

    rows: int
    to_come: int | None
    rate: float

    @property
    def total(self) -> int | None:
        return None if self.to_come is None else self.rows + self.to_come


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of one list. `as_of` is None if it was never read completely; `why` is the message for a failure.

    `edition` is the version stamp of the company's mirror, "" if unknown; `pause` says what a read is waiting for, or
    why an old copy is as old as it is. `is_held`: pace, quiet hours, ceiling or rest hold its background reads back,
    for longer than a page would wait.
    `balances_as_of` is the age of its balances where they are read apart from the list, and `full_at` that of what only
    a reading of the whole list is sure to show, such as payments deleted or moved to another customer.
    """

    kind: str
    as_of: datetime | None = None
    running: Progress | None = None
    waiting: bool = False
    failing_since: datetime | None = None
    why: str = ""
    next_step: str = ""
    request_id: str = ""
    edition: str = ""
    pause: str = ""
    balances_as_of: datetime | None = None
    full_at: datetime | None = None
    began_at: datetime | None = None  # of the reading under way, or when it was queued
    is_held: bool = False
    is_resting: bool = False  # nothing is asked of the vendor, so that nothing can be saved either

    @property
    def next_look(self) -> str:
        """When the page looks again while the list is read or waits for that; "" if it does neither."""
        if self.is_held or not (self.running or self.waiting or self.first_time):
            return ""
        return describe_next_look(self.began_at, self.failing_since)

    @property
    def first_time(self) -> bool:
        """Whether the list has never been read completely."""
        return self.as_of is None

    @property
    def deletions_as_of(self) -> datetime | None:
        """As of when deleted and moved payments are known of; None if that is the same moment as `balances_as_of`."""
        if self.full_at is None or self.balances_as_of is None or self.balances_as_of - self.full_at < SAME_MOMENT:
            return None
        return self.full_at

    def is_newer_than(self, other: "Freshness") -> bool:
        """Whether both lists were read, the other one so much earlier that a page of both has to say so."""
        return bool(self.as_of and other.as_of and self.as_of - other.as_of > LIMIT)

    @property
    def stale(self) -> bool:
        """Whether the list is older than its age limit."""
        return _is_stale(self.as_of, timezone.now())


def get_freshness(tenant: Tenant, kind: str) -> Freshness:
    """How old the copy of one list is; one query. The frame of the page finds the row on `tenant.watch`."""
    run = next(iter(fetch_rows(SyncRun, _FIND, [BALANCES, tenant.pk, kind])), None)
    if run is None:
        found = next(iter(SyncStatus.objects.filter(tenant=tenant)), None)
    else:
        found = take_joined(run, SyncStatus, "status")
    if found:
        tenant.watch = found
    if run:
        run.tenant = tenant
    moved = None if run is None else take_joined(run, SyncRun, "balances", LONG)
    return make_freshness(run or SyncRun(tenant=tenant, kind=kind), found, moved)


# In SQL, as every page begins with it.
_FIND = f"""SELECT run.*, {name_columns(SyncStatus, "status")}, {name_columns(SyncRun, "balances", LONG)}
FROM books_syncrun run LEFT JOIN books_watch status ON status.tenant_id = run.tenant_id
LEFT JOIN books_syncrun balances ON balances.tenant_id = run.tenant_id AND balances.kind = %s
WHERE run.tenant_id = %s AND run.kind = %s"""  # noqa: S608 - only names of columns are put in, never a value


def make_freshness(run: SyncRun, watch: SyncStatus | None, balances: SyncRun | None = None) -> Freshness:
    """Return the same from rows at hand. A failure of the whole company takes precedence over one list's own."""
    failing, now = watch if watch and watch.failing_since else run, timezone.now()
    is_resting = watch is not None and watch.resting_since is not None
    hold = None if run.is_asked and not is_resting else pace.find_hold(watch, now)
    is_held = hold is not None and (hold.until is None or hold.until - now > LIMIT)  # what ends soon is waited for
    return Freshness(
        kind=run.kind,
        as_of=run.as_of,
        running=_make_progress(run) if run.state == ReadState.RUNNING and run.pk and not is_held else None,
        waiting=run.state == ReadState.QUEUED and bool(run.pk) and not is_held,
        failing_since=None if is_resting else failing.failing_since,
        why=failing.why,
        next_step=failing.next_step,
        request_id=failing.request_id,
        edition=watch.edition if watch else "",
        pause=describe_pause(watch) or _explain_age(run, watch, now),
        is_held=is_held,
        is_resting=is_resting,
        balances_as_of=_get_balances_age(run, balances),
        full_at=run.full_at,
        began_at=run.started_at if run.state == ReadState.RUNNING else (watch.queued_at if watch else None),
    )


def describe_next_look(began_at: datetime | None, failing_since: datetime | None) -> str:
    """Return when a page looks again at a reading that began then; rarely while the vendor does not answer."""
    began_at = began_at or timezone.now()
    return polling.next_look(began_at, PROGRESS_SECONDS, is_away=failing_since is not None, longest=LONGEST_PROGRESS)


def _get_balances_age(run: SyncRun, balances: SyncRun | None) -> datetime | None:
    """Return as of when the balances of a list are; None where its own refresh tells of them, or it has none."""
    movements = get_description(run.tenant).movements if balances else None
    if balances is None or movements is None or run.kind not in movements.owners:
        return None
    return max(filter(None, (balances.as_of, run.full_at)), default=None)


def list_never_read(tenant: Tenant, kinds: Sequence[str]) -> list[str]:
    """Return those of the lists, in their order, that were never read completely."""
    unread = SyncRun.objects.filter(tenant=tenant, kind__in=kinds, as_of__isnull=True)
    found = set(unread.values_list("kind", flat=True))
    return [kind for kind in kinds if kind in found]


def describe_pause(watch: SyncStatus | None) -> str:
    """Describe what a read that has not failed is waiting for, with the seconds left."""
    if watch is None or not watch.pause_why:
        return ""
    seconds = pace.count_seconds_left(watch.next_try_at, timezone.now())
    return f"{watch.pause_why}, continues in {ceil(seconds)} s" if seconds else ""


def _explain_age(run: SyncRun, watch: SyncStatus | None, now: datetime) -> str:
    """Return why a list is older than usual, if its company's pace, quiet hours, ceiling or rest can be the cause."""
    if watch is None or not (watch.resting_since or _is_stale(run.as_of, now)):
        return ""
    return pace.describe_hold(watch, now, get_description(run.tenant).name)


def _is_stale(as_of: datetime | None, now: datetime) -> bool:
    return as_of is None or now - as_of > LIMIT


def _make_progress(run: SyncRun) -> Progress:
    seconds = (run.heartbeat_at - run.started_at).total_seconds() if run.heartbeat_at and run.started_at else 0
    return Progress(run.so_far, run.to_come, run.so_far / seconds if seconds > 0 else 0.0)
