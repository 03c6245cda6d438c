"""From a company to its books: which provider, which tables, and a client that speaks for that company alone.

The only place above the providers' folders that tells them apart.
"""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from django.conf import settings

from records.fields import Table
from tenants.models import Provider, Tenant

from .providers import bigcapital, conductor
from .providers.base import Client, Description
from .providers.bigcapital.client import Bigcapital
from .providers.conductor.client import PATIENCE_SECONDS, Conductor
from .providers.errors import KeyRefused, NotMirrored
from .providers.lock import Priority, turn

_DESCRIPTIONS: Mapping[str, Description] = {
    Provider.CONDUCTOR: conductor.DESCRIPTION,
    Provider.BIGCAPITAL: bigcapital.DESCRIPTION,
}
ORDER_SECONDS = 15  # what a lease of the line allows for beside the requests themselves


def description(tenant: Tenant) -> Description:
    """What this company's provider has."""
    return _DESCRIPTIONS[tenant.provider]


def table(tenant: Tenant, kind: str) -> Table:
    """The field table of one kind of record. Raises NotMirrored where the company's provider has none."""
    try:
        return description(tenant).tables[kind]
    except KeyError:
        raise NotMirrored(f"There are no {kind} in {description(tenant).name}.") from None


def client(tenant: Tenant, priority: Priority) -> Client:
    """A client for this company alone; each of its requests waits its turn behind the more urgent ones.

    Raises KeyRefused where the desk has no key for it.
    """
    return _CLIENTS[tenant.provider](tenant, priority)


def write_seconds(tenant: Tenant) -> float:
    """How long after it was sent a write to this company's books may still be carried out."""
    return float(_WRITE_SECONDS[tenant.provider]())


def _conductor(tenant: Tenant, priority: Priority) -> Client:
    longest = max(settings.CONDUCTOR_READ_TIMEOUT, settings.CONDUCTOR_WRITE_TIMEOUT) + PATIENCE_SECONDS
    return Conductor(
        end_user_id=tenant.end_user_id,
        key=settings.CONDUCTOR_SECRET_KEY,
        base_url=settings.CONDUCTOR_BASE_URL,
        turn=partial(turn, tenant, priority, longest + ORDER_SECONDS),
        read_seconds=settings.CONDUCTOR_READ_TIMEOUT,
        write_seconds=settings.CONDUCTOR_WRITE_TIMEOUT,
    )


def _bigcapital(tenant: Tenant, priority: Priority) -> Client:
    longest = 3 * settings.BIGCAPITAL_TIMEOUT  # a save makes three requests
    return Bigcapital(
        base_url=(tenant.base_url or settings.BIGCAPITAL_BASE_URL).rstrip("/"),
        key=_key(tenant),
        turn=partial(turn, tenant, priority, longest + ORDER_SECONDS),
        priority=priority,
        seconds=settings.BIGCAPITAL_TIMEOUT,
    )


def _key(tenant: Tenant) -> str:
    """The key from the company's environment variable, or from the file that the same with _FILE behind it names."""
    name = tenant.key_variable
    key = os.environ.get(name, "") if name else ""
    if not key and (file := os.environ.get(f"{name}_FILE") if name else None):
        try:
            key = Path(file).read_text().strip()
        except OSError as error:
            raise KeyRefused(f"The file that {name}_FILE names cannot be read.", detail=str(error)) from None
    if not key:
        raise KeyRefused(f"The desk has no key for this company: {name or 'its variable'} is not set.")
    if settings.DEMO and key not in settings.BIGCAPITAL_SANDBOX_KEYS:
        raise KeyRefused("A demo lets anybody in and so uses no key but the sandbox's.")
    return key


_CLIENTS: Mapping[str, Callable[[Tenant, Priority], Client]] = {
    Provider.CONDUCTOR: _conductor,
    Provider.BIGCAPITAL: _bigcapital,
}
_WRITE_SECONDS: Mapping[str, Callable[[], float]] = {
    Provider.CONDUCTOR: lambda: settings.CONDUCTOR_WRITE_TIMEOUT,
    Provider.BIGCAPITAL: lambda: settings.BIGCAPITAL_TIMEOUT,
}
