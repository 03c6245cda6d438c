"""The mirror of a company, filled from the sandbox at once, for tests that start with data."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from books import registry
from books.mirror import lookup, store
from books.models import Record
from books.providers.lock import RequestPriority
from tenants.models import Tenant

from .vendor import Sandbox

Copied = Callable[..., None]


@pytest.fixture
def copied(sandbox: Sandbox, db: None) -> Copied:
    """`copied(company)` reads all of a company's records into the mirror; `copied(company, "bills")` only these."""

    def copy(tenant: Tenant, *kinds: str) -> None:
        client = registry.make_client(tenant, RequestPriority.SYNC)
        for table in registry.get_description(tenant).tables.values():
            if not kinds or table.kind in kinds:
                for page in client.pages(table):
                    store.store_page(tenant, table, page.rows, timezone.now())
        sandbox.clear_requests()

    return copy


@pytest.fixture
def job(abc: Tenant, copied: Copied) -> Record:
    """The job of the vendor's own documentation, in the mirror with the lists of its pickers."""
    copied(abc)
    return lookup.find_record(abc, "customers", "80000001-1234567890")
