"""Which entries of the security log somebody may read, and each in words. Changes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.models import SecurityEvent, Tenant
from tenants.security_log import Kind

HEADS = ("When", "What", "By", "Person", "Company", "Network", "Details")
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

    These are the company's own, among them what concerns the account of somebody who was in no other company then
    (`tenants.security_log.OF_ACCOUNTS`); it stays when they leave.
    """
    found = SecurityEvent.objects.order_by("-at", "-pk")
    if tenant is not None:
        found = found.filter(tenant=tenant)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.person:
        found = found.filter(Q(actor_name__icontains=asked.person) | Q(person_name__icontains=asked.person))
    if asked.since:
        found = found.filter(at__gte=_begin(asked.since))
    if asked.until:
        found = found.filter(at__lt=_begin(asked.until + timedelta(days=1)))
    return found


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
