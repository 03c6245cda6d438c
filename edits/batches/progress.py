"""How far a bulk change is, and when it will be done: records left × the seconds that each company takes for one.

A company's seconds are measured from one record of this bulk change to the next, so that reads and people's saves in
between count. The slowest company decides. Asks no vendor.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from books import registry
from books.models import SyncStatus
from edits.lifecycle.queue import IN_USE, USUAL_SECONDS, find_usual_seconds
from edits.models.batch import WORTH_RUNNING, Batch, BatchItem, BatchItemQuerySet, BatchState, Step
from edits.models.edit import UNDER_WAY, State
from records.formatting import format_count
from tenants.models import Tenant

from . import hours

MEASURED = 30  # records of a company
LONGEST_GAP = 5  # times the median: what is longer, such as while it was stopped, says nothing of the company
FASTEST_LOOK, SLOWEST_LOOK = 2.0, 30.0  # seconds between two looks of a page
_OPEN = Q(step=Step.WAITING) | Q(step=Step.BEGUN, edit__state__in=UNDER_WAY)
_IN_USE = Q(step=Step.BEGUN, **{f"edit__{name}": value for name, value in IN_USE.items()})
_CANCELLED = Q(step=Step.CANCELLED) | Q(edit__state=State.DISCARDED)


@dataclass(frozen=True, slots=True)
class CompanyProgress:
    """How far one company is: what is neither `left` nor `cancelled` is done.

    `finish` is None while nothing can be sent; then `note` says why.
    """

    tenant: Tenant
    total: int
    left: int
    cancelled: int
    seconds: float
    finish: datetime | None
    note: str = ""

    @property
    def done(self) -> int:
        return self.total - self.left - self.cancelled


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a bulk change is, in the companies of its reader."""

    batch: Batch
    companies: Sequence[CompanyProgress]

    @property
    def total(self) -> int:
        return sum(one.total for one in self.companies)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.companies)

    @property
    def done(self) -> int:
        return sum(one.done for one in self.companies)

    @property
    def finish(self) -> datetime | None:
        """When the last company is done; None if that cannot be said."""
        open_ones = [one.finish for one in self.companies if one.left]
        known = [finish for finish in open_ones if finish is not None]
        return max(known) if known and len(known) == len(open_ones) else None

    @property
    def minutes_left(self) -> int:
        """Until it is done, at least one."""
        return max(1, round((self.finish - timezone.now()).total_seconds() / 60)) if self.finish else 0

    @property
    def notes(self) -> list[str]:
        return [f"{one.tenant.name}: {one.note}" for one in self.companies if one.note]

    @property
    def next_look(self) -> str:
        """When the page looks again, for htmx; "" once it has ended."""
        if self.batch.state not in (BatchState.RUNNING, BatchState.SUSPENDED):
            return ""
        fastest = min((one.seconds for one in self.companies if one.left), default=FASTEST_LOOK)
        waits = self.batch.state == BatchState.SUSPENDED or self.finish is None
        return f"load delay:{SLOWEST_LOOK if waits else min(max(fastest, FASTEST_LOOK), SLOWEST_LOOK):.1f}s"


def measure_progress(batch: Batch, items: BatchItemQuerySet) -> BatchProgress:
    """Return how far these records are. Four queries, and one for each company of which no record is measured yet."""
    worth = items.filter(finding__in=WORTH_RUNNING).exclude(step=Step.LEFT_OUT)
    left, cancelled, in_use = (Count("pk", filter=those) for those in (_OPEN, _CANCELLED, _IN_USE))
    counted = (
        worth.order_by().values("tenant").annotate(total=Count("pk"), left=left, cancelled=cancelled, in_use=in_use)
    )
    rows = list(counted)
    tenants = Tenant.objects.in_bulk([row["tenant"] for row in rows])
    watches = {one.tenant_id: one for one in SyncStatus.objects.filter(tenant__in=tenants)}
    measured = _measure_seconds(worth) if any(row["left"] for row in rows) else {}
    ahead = _count_ahead(batch, [row["tenant"] for row in rows if row["left"]])
    found = [
        _make_company(batch, row, tenants[row["tenant"]], watches.get(row["tenant"]), measured, ahead) for row in rows
    ]
    return BatchProgress(batch, sorted(found, key=lambda one: one.tenant.name))


def _make_company(
    batch: Batch,
    row: Mapping[str, Any],
    tenant: Tenant,
    watch: SyncStatus | None,
    measured: dict[int, float],
    ahead: dict[int, int],
) -> CompanyProgress:
    own = row["total"], row["left"], row["cancelled"]
    if not row["left"]:
        return CompanyProgress(tenant, *own, 0.0, None)
    seconds = measured.get(tenant.pk) or find_usual_seconds(tenant) or USUAL_SECONDS
    now, zone = timezone.now(), hours.get_zone(watch)
    if note := _find_trouble(tenant, watch):
        return CompanyProgress(tenant, *own, seconds, None, note)
    in_use = _describe_in_use(tenant, row["in_use"])
    if row["left"] == row["in_use"]:
        return CompanyProgress(tenant, *own, seconds, None, in_use)
    needed = timedelta(seconds=seconds * (row["left"] - row["in_use"] + ahead.get(tenant.pk, 0)))
    opens = hours.find_opening(batch, zone, now)
    note = f"It continues at {timezone.localtime(opens):%H:%M}." if opens > now else ""
    finish = hours.add_working_time(batch, zone, now, needed)
    return CompanyProgress(tenant, *own, seconds, finish, " ".join(filter(None, (note, in_use))))


def _describe_in_use(tenant: Tenant, count: int) -> str:
    """Say how many records somebody has open in the vendor's program, "" for none."""
    if not count:
        return ""
    said, verb = format_count(count, "record"), "is" if count == 1 else "are"
    return f"{said} {verb} in use in {registry.get_description(tenant).name} and {verb} tried again every minute."


def _find_trouble(tenant: Tenant, watch: SyncStatus | None) -> str:
    """Say why nothing can be sent to a company now; "" if it can, or if its records are parked one after the other."""
    if watch is None or watch.resting_since:
        is_paused = watch is not None and tenant.archived_at is None
        return "This company is paused. It continues when the pause ends." if is_paused else ""
    books = registry.get_description(tenant).name
    if watch.failing_since:
        since = timezone.localtime(watch.failing_since)
        return f"{books} has not answered since {since:%H:%M}. It continues by itself."
    if watch.other_file_since:
        return f"{registry.make_other_error(tenant).title}. It continues when the right one answers again."
    return ""


def _measure_seconds(items: BatchItemQuerySet) -> dict[int, float]:
    """Return the mean seconds from one record to the next, by company, of those with enough records."""
    begun = items.filter(step=Step.BEGUN, edit__batch=F("batch"))  # not what its author has sent again by hand
    back = Window(RowNumber(), partition_by="tenant", order_by="-number")
    moments: defaultdict[int, list[datetime]] = defaultdict(list)
    newest = begun.annotate(back=back).filter(back__lte=MEASURED).order_by()
    for tenant, sent_at in newest.values_list("tenant", "edit__sent_at"):
        moments[tenant].append(sent_at)
    return {tenant: mean for tenant, found in moments.items() if (mean := compute_mean_gap(found))}


def compute_mean_gap(moments: Sequence[datetime]) -> float:
    """Return the mean seconds between moments, none counted as more than some medians; 0 for fewer than three."""
    ordered = sorted(moments)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(ordered)]
    if len(gaps) < 2:
        return 0.0
    most = LONGEST_GAP * median(gaps)
    return sum(min(gap, most) for gap in gaps) / len(gaps)


def _count_ahead(batch: Batch, companies: Sequence[int]) -> dict[int, int]:
    """Return how many records of earlier bulk changes go first, by company."""
    earlier = BatchItem.objects.filter(tenant__in=companies, step=Step.WAITING, batch__lt=batch.pk)
    rows = earlier.filter(batch__state=BatchState.RUNNING).order_by().values("tenant").annotate(count=Count("pk"))
    return {row["tenant"]: row["count"] for row in rows}
