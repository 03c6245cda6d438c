"""The mirror of a company, filled from the sandbox in one go, for tests that start from a copy."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from books import connections, mirror
from books.models import Record
from books.turns import Priority
from tenants.models import Tenant
from tests.rig.vendor import Sandbox

Copied = Callable[..., None]


@pytest.fixture
def copied(sandbox: Sandbox, db: None) -> Copied:
    """`copied(company)` reads all of a company's records into the mirror; `copied(company, "bills")` only these."""

    def copy(tenant: Tenant, *kinds: str) -> None:
        client = connections.client(tenant, Priority.SYNC)
        for table in connections.description(tenant).tables.values():
            if not kinds or table.kind in kinds:
                for page in client.pages(table):
                    mirror.store_page(tenant, table, page.rows, timezone.now())
        sandbox.clear_requests()

    return copy


@pytest.fixture
def job(abc: Tenant, copied: Copied) -> Record:
    """The job of the vendor's own documentation, in the mirror with all that its pickers need."""
    copied(abc)
    return mirror.find(abc, "customers", "80000001-1234567890")
