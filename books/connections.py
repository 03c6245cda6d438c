"""From a company to its books: which provider, which tables, and a client that speaks for that company alone.

The only place above the providers' folders that tells them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from tenants.models import Provider, Tenant

from .conductor import bills, customers, references
from .conductor.client import PATIENCE_SECONDS, Conductor
from .fields import Table
from .turns import Priority, turn


@dataclass(frozen=True, slots=True)
class Description:
    """What a provider has: its tables by kind, what each picker searches, and which fields an entry must hold."""

    name: str
    tables: Mapping[str, Table]
    pickers: Mapping[str, tuple[str, ...]]
    only: Mapping[str, Mapping[str, str]]


_CONDUCTOR = Description(
    name="QuickBooks",
    tables={t.kind: t for t in (customers.CUSTOMERS, bills.BILLS, *references.LISTS)},
    pickers=references.PICKERS,
    only=references.ONLY,
)
_DESCRIPTIONS: Mapping[str, Description] = {Provider.CONDUCTOR: _CONDUCTOR}


def description(tenant: Tenant) -> Description:
    """What this company's provider has."""
    return _DESCRIPTIONS[tenant.provider]


def table(tenant: Tenant, kind: str) -> Table:
    """The field table of one kind of record. Raises KeyError where the provider has none."""
    return description(tenant).tables[kind]


def client(tenant: Tenant, priority: Priority) -> Conductor:
    """A client for this company alone; each of its requests waits its turn behind the more urgent ones."""
    longest = 2 * (max(settings.CONDUCTOR_READ_TIMEOUT, settings.CONDUCTOR_WRITE_TIMEOUT) + PATIENCE_SECONDS) + 15
    return Conductor(
        end_user_id=tenant.end_user_id,
        key=settings.CONDUCTOR_SECRET_KEY,
        base_url=settings.CONDUCTOR_BASE_URL,
        turn=partial(turn, tenant, priority, longest),
        read_seconds=settings.CONDUCTOR_READ_TIMEOUT,
        write_seconds=settings.CONDUCTOR_WRITE_TIMEOUT,
    )
