"""Which entries of the security log somebody may read, and each in words. Changes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from tenants.access import list_own_people
from tenants.models import SecurityEvent, Tenant
from tenants.security_log import Kind

HEADS = ("When", "What", "By", "Person", "Company", "Network", "Details")
# What concerns an account, and so every company that its person is in.
OF_ACCOUNTS = (
    *(Kind.SIGNED_IN, Kind.SIGN_IN_FAILED, Kind.LOCKED_OUT, Kind.SIGNED_OUT, Kind.SESSION_ENDED),
    *(Kind.PASSWORD_CHANGED, Kind.SECOND_FACTOR_ADDED, Kind.SECOND_FACTOR_REMOVED, Kind.SECOND_FACTOR_RESET),
)
JOINED = (Kind.MEMBER_ADDED, Kind.INVITATION_ACCEPTED)
NOBODY = "the operator"  # at a command line
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Search criteria; a blank one is not applied. Days are whole days of the reader's time zone."""

    kind: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None


def find_events(asked: LogQuery, tenant: Tenant | None = None) -> QuerySet[SecurityEvent]:
    """Return the entries, newest first: all of them, or those that a company's administrators may read.

    These are the company's own, and what concerns the accounts of its members who are in no other company, since they
    became one: else it would tell one company when they work for another, or worked before.
    """
    found = SecurityEvent.objects.order_by("-at", "-pk")
    if tenant is not None:
        own = Q(tenant__isnull=True, kind__in=OF_ACCOUNTS, person__in=list_own_people(tenant).values("pk"))
        since_then = Q(joined__isnull=True) | Q(at__gte=F("joined"))
        found = found.alias(joined=Subquery(_find_joining(tenant))).filter(Q(tenant=tenant) | own & since_then)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.person:
        found = found.filter(Q(actor_name__icontains=asked.person) | Q(person_name__icontains=asked.person))
    if asked.since:
        found = found.filter(at__gte=_begin(asked.since))
    if asked.until:
        found = found.filter(at__lt=_begin(asked.until + timedelta(days=1)))
    return found


def _find_joining(tenant: Tenant) -> QuerySet[SecurityEvent, datetime]:
    """Return when the person of an entry last became a member; nothing for one from before the log was kept."""
    joined = SecurityEvent.objects.filter(tenant=tenant, kind__in=JOINED, person=OuterRef("person"))
    return joined.order_by("-at").values_list("at", flat=True)[:1]


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def describe_kind(kind: str) -> str:
    """Return a kind in words; one of an older or newer edition as it is stored."""
    return Kind(kind).label if kind in Kind.values else kind


def describe_event(event: SecurityEvent) -> tuple[Any, ...]:
    """Return an entry as the row of a table or of a file, in the order of `HEADS`."""
    details = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in event.details.items())
    by = event.actor_name or (UNKNOWN if event.address else NOBODY)
    person = event.person_name if event.person_name != event.actor_name else ""
    return (
        *(timezone.localtime(event.at), describe_kind(event.kind), by, person),
        *(event.tenant_name, event.address, details),
    )


def make_rows(found: Iterable[SecurityEvent]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a file."""
    return map(describe_event, found)
