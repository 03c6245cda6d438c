"""The mirror of a company, filled from the sandbox in one go, for tests that start from a copy.

What the sandbox answers at first is asked for and stored once in a test process; a later test gets the same rows.
"""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from books import registry
from books.mirror import cache_version, lookup, store
from books.models import Record, UnreadableRecord, Version
from books.providers.base import Row
from books.providers.lock import RequestPriority
from records.fields import Table
from tenants.models import Tenant

from . import replay
from .vendor import Sandbox

Copied = Callable[..., None]
TABLES = (Record, Version, UnreadableRecord)
_first_copies: dict[tuple[int, str, tuple[str, ...]], list[replay.Rows]] = {}  # by company and kinds
_first_lists: dict[tuple[str, str], list[list[Row]]] = {}  # pages by company and kind, as after a reset


@pytest.fixture
def copied(sandbox: Sandbox, db: None) -> Copied:
    """`copied(company)` reads all of a company's records into the mirror; `copied(company, "bills")` only these."""

    def copy(tenant: Tenant, *kinds: str) -> None:
        is_at_first = settings.CONDUCTOR_BASE_URL.startswith(sandbox.url) and sandbox.is_as_at_first()
        if is_at_first and replay.are_empty(*TABLES):
            copy_again(tenant, kinds)
        else:
            store_lists(tenant, kinds, remember_list if is_at_first else read_list)
        (sandbox.forget_reads if is_at_first else sandbox.clear_requests)()

    return copy


def copy_again(tenant: Tenant, kinds: tuple[str, ...]) -> None:
    """Fill an empty mirror with what a sandbox holds at first, read now."""
    place = (tenant.pk, tenant.slug, kinds)
    if place not in _first_copies:
        store_lists(tenant, kinds, remember_list)
        _first_copies[place] = replay.read_rows(*TABLES)
        return
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    replay.write_rows(_first_copies[place], read_at=now, seen_at=now, first_seen_at=now, last_seen_at=now)
    cache_version.renew_version(tenant)


def store_lists(tenant: Tenant, kinds: tuple[str, ...], read: Callable[[Tenant, Table], list[list[Row]]]) -> None:
    for table in registry.get_description(tenant).tables.values():
        if not kinds or table.kind in kinds:
            for rows in read(tenant, table):
                store.store_page(tenant, table, rows, timezone.now())


def read_list(tenant: Tenant, table: Table) -> list[list[Row]]:
    """The pages of a list as the vendor answers them now."""
    client = registry.make_client(tenant, RequestPriority.SYNC)
    return [list(page.rows) for page in client.pages(table)]


def remember_list(tenant: Tenant, table: Table) -> list[list[Row]]:
    """The pages of a list of a sandbox that holds what it held at first."""
    place = (tenant.slug, table.kind)
    if place not in _first_lists:
        _first_lists[place] = read_list(tenant, table)
    return _first_lists[place]


@pytest.fixture
def job(abc: Tenant, copied: Copied) -> Record:
    """The job of the vendor's own documentation, in the mirror with the lists of its pickers."""
    copied(abc)
    return lookup.find_record(abc, "customers", "80000001-1234567890")
