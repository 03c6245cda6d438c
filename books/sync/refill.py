"""Refills the rows of the mirror that an earlier projection filled, after the contents of its columns have changed.

Sends no request to a vendor: a row is filled from the version of its record that the mirror keeps.
"""

import logging
import time
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter

from django.db import transaction
from django.db.models import Q

from books import registry
from books.mirror import cache_version
from books.mirror.projection import make_projection
from books.mirror.store import fill_rows
from books.models import Record
from tenants.models import Tenant

log = logging.getLogger(__name__)

AT_ONCE = 200
SECONDS_A_ROUND = 0.5


@dataclass
class Refill:
    """One pass over all rows in order. Rows stored during the pass are filled by the current projection already."""

    after: int = 0
    filled: int = 0
    is_done: bool = False

    def go_on(self, seconds: float = SECONDS_A_ROUND) -> None:
        """Continue for about this many seconds; the next call does the rest."""
        ends = time.monotonic() + seconds
        while not self.is_done and time.monotonic() < ends:
            self.step()

    def step(self) -> None:
        """Fill the next rows, each company's in a transaction of its own."""
        found = list(_find_old(self.after))
        for tenant_id, rows in groupby(found, itemgetter(1)):
            self.filled += _fill_again(Tenant.objects.get(pk=tenant_id), [pk for pk, _ in rows])
        self.is_done = not found
        if found:
            self.after = found[-1][0]
        elif self.filled:
            log.info("Filled %d rows of the mirror again, as their lists show other columns now.", self.filled)


def _find_old(after: int) -> list[tuple[int, int]]:
    """Return id and company of the next rows that no current projection has filled."""
    today = [make_projection(table).version for table in registry.list_tables()]
    is_old = Q(projection__isnull=True) | ~Q(projection__in=today)
    found = Record.objects.filter(is_old, pk__gt=after, version__isnull=False).order_by("pk")
    return list(found.values_list("pk", "tenant_id")[:AT_ONCE])


def _fill_again(tenant: Tenant, ids: list[int]) -> int:
    """Fill rows of one company and return how many were filled."""
    tables, filled = registry.get_description(tenant).tables, 0
    with transaction.atomic():
        cache_version.lock(tenant)
        found = Record.objects.filter(pk__in=ids, kind__in=list(tables)).select_related("version").order_by("kind")
        for kind, records in groupby(found, attrgetter("kind")):
            filled += fill_rows(tables[kind], records)
        if filled:
            cache_version.renew_version(tenant)
    return filled
