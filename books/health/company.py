"""The health of one company's connection as its page and `manage.py check_company` tell it. Makes no request."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.utils import timezone

from books.models import SyncRun, UnreadableRecord, find_status
from records.formatting import format_count
from tenants.models import Tenant

from .last_day import LastDay, load_last_day
from .requests import RequestLine, list_recent
from .states import ConnectionState, HealthFinding, KnownHealth, find_states, is_healthy
from .usage import MonthUsage, get_month, load_usage
from .waiting import WaitingChanges, count_waiting

PRINTED = 10  # requests
_BESIDE = (ConnectionState.ASIDE, ConnectionState.ARCHIVED)
INDENT = "  "


@dataclass(frozen=True, slots=True)
class CompanyHealth:
    """What is to be said of a connection, first what is worst; the last day, what waits, and what the month came to."""

    tenant: Tenant
    answered_at: datetime | None
    findings: Sequence[HealthFinding]
    day: LastDay
    waiting: WaitingChanges
    month: MonthUsage
    requests: Sequence[RequestLine]

    @property
    def first(self) -> HealthFinding:
        return self.findings[0]

    @property
    def others(self) -> list[HealthFinding]:
        """What the page of a company says beside the state of the company itself."""
        return [one for one in self.findings if one.of_lists or one.state in _BESIDE]

    @property
    def is_fine(self) -> bool:
        """Whether nobody has to do anything."""
        return is_healthy(self.findings)


def load_known_health(tenant: Tenant) -> KnownHealth:
    """Return what is noted of a company's connection."""
    failing = SyncRun.objects.filter(tenant=tenant, failing_since__isnull=False).defer("seen", "slices")
    aside = UnreadableRecord.objects.filter(tenant=tenant).aggregate(count=Count("pk"), since=Min("first_seen_at"))
    return KnownHealth(find_status(tenant), list(failing), aside["count"], aside["since"])


def load_health(tenant: Tenant, *, has_requests: bool = True) -> CompanyHealth:
    """Return the health of a company's connection, with its last requests and this month's sums if `has_requests`."""
    known = load_known_health(tenant)
    return CompanyHealth(
        tenant,
        known.watch.answered_at if known.watch else None,
        find_states(tenant, known),
        load_last_day(tenant),
        count_waiting(tenant),
        load_usage(get_month(), [tenant]).get(tenant.pk, MonthUsage()) if has_requests else MonthUsage(),
        list_recent(tenant) if has_requests else (),
    )


def write_health(health: CompanyHealth) -> Iterator[str]:
    """Yield the lines in which a terminal shows it."""
    tenant, day, month = health.tenant, health.day, health.month
    yield f"{tenant} ({tenant.slug})"
    for one in health.findings:
        yield from _write_finding(one)
    yield f"Last reply: {_write_moment(health.answered_at)}."
    told = f"{format_count(day.requests, 'request')}, {day.failures:,} failed"
    yield f"Last 24 hours: {told}, {day.average:.1f} s on average."
    yield f"Waiting changes: {_write_waiting(health.waiting)}."
    sizes = f"{month.megabytes_received:.1f} MB received, {month.megabytes_sent:.1f} MB sent"
    yield f"This month: {format_count(month.requests, 'request')}, {sizes}."
    if health.requests:
        yield "Last requests:"
    for line in health.requests[:PRINTED]:
        at = timezone.localtime(line.ended_at)
        yield f"{INDENT}{at:%H:%M:%S} {line.seconds:6.1f} s  {line.asked}: {line.outcome} {line.request_id}".rstrip()


def _write_finding(one: HealthFinding) -> Iterator[str]:
    yield f"{one.title}, since {_write_moment(one.since)}." if one.since else f"{one.title}."
    if one.why:
        yield f"{INDENT}{one.why}"
    yield from (f"{INDENT}- {step}" for step in (() if one.is_fine and not one.why else one.steps))
    if one.request_id:
        yield f"{INDENT}Request {one.request_id}"


def _write_waiting(waiting: WaitingChanges) -> str:
    return f"{waiting.count:,}, the oldest since {_write_moment(waiting.oldest)}" if waiting.count else "none"


def _write_moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d %b %Y %H:%M}" if moment else "never"
