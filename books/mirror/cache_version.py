"""Which edition of a company's copy a page is drawn from: another one after every change of what its lists hold.

So a figure that costs much to count is counted once for each edition, by each process that shows it.
"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection

from books.models import make_version_stamp
from tenants.models import Tenant

KEPT_SECONDS = 3600


def lock(tenant: Tenant) -> None:
    """Let nobody else change the company's copy before the end of this transaction; call it before looking what is in.

    SQLite lets one write at a time anyway. The company's own row is locked, as that of its Watch may still be missing.
    """
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM tenants_tenant WHERE id = %s FOR NO KEY UPDATE", [tenant.pk])


def renew_version(tenant: Tenant) -> None:
    """Note that the company's copy has changed; call it in the transaction of the change."""
    with connection.cursor() as cursor:  # every save does it, and it takes Django longer to compose than to carry out
        cursor.execute("UPDATE books_watch SET edition = %s WHERE tenant_id = %s", [make_version_stamp(), tenant.pk])


def cache_count(tenant: Tenant, edition: str, what: str, count: Callable[[], int]) -> int:
    """The number of `what` in an edition of the company's copy; where none is known it is counted every time."""
    if not edition:
        return count()
    return int(cache.get_or_set(f"counted-{tenant.pk}-{edition}-{what}", count, KEPT_SECONDS) or 0)
