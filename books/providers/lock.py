"""The line of a company: one request at a time, and a background read lets what people wait for go first.

It is in the memory of this process, as only one process at a time sends requests: `books/engine/lease.py`.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from tenants.models import Tenant

from . import slot

_lines: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)


class RequestPriority(IntEnum):
    """Who goes first when several wait: lower is sooner."""

    SAVE = 0
    PERSON = 1
    SYNC = 2


@contextmanager
def hold_line(tenant: Tenant, priority: RequestPriority) -> Iterator[None]:
    """Hold the company's line for one request; then it is free, whatever happens."""
    if priority is RequestPriority.SYNC:
        slot.give_way()
    with _lines[tenant.pk]:
        yield
