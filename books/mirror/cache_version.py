"""Version stamp of a company's mirror, renewed on every write; used as a cache key.

An expensive count is therefore computed once per version stamp by each process that shows it.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar

from django.core.cache import cache
from django.db import connection

from books.models import make_version_stamp
from tenants.models import Tenant

KEPT_SECONDS = 3600

Sums = TypeVar("Sums")


def lock(tenant: Tenant) -> None:
    """Lock the company's mirror until the end of this transaction; call it before reading the rows to change.

    SQLite allows one writer at a time anyway. Elsewhere the Tenant row is locked, because the Watch row may not exist
    yet.
    """
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM tenants_tenant WHERE id = %s FOR NO KEY UPDATE", [tenant.pk])


def renew_version(tenant: Tenant) -> None:
    """Renew the version stamp of the company's mirror; call it in the transaction of the change."""
    with connection.cursor() as cursor:  # composing it in the ORM takes longer than executing it
        cursor.execute("UPDATE books_watch SET edition = %s WHERE tenant_id = %s", [make_version_stamp(), tenant.pk])


def cache_count(tenant: Tenant, edition: str, what: str, count: Callable[[], int]) -> int:
    """Return the number of `what` at one version stamp of the company's mirror; count anew if it is ""."""
    if not edition:
        return count()
    return int(cache.get_or_set(f"counted-{tenant.pk}-{edition}-{what}", count, KEPT_SECONDS) or 0)


def cache_sums(tenant: Tenant, edition: str, what: str, ask: Callable[[], list[Sums]]) -> list[Sums]:
    """Return what records add up to, `what` says which, at one version stamp; add up anew if one of the two is ""."""
    if not (edition and what):
        return ask()
    named = blake2b(what.encode(), digest_size=16).hexdigest()
    return list(cache.get_or_set(f"added-{tenant.pk}-{edition}-{named}", ask, KEPT_SECONDS) or [])
