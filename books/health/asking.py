"""Asks a vendor for a command and waits for the answer: queued like what pages ask, as the line is in the worker."""

import time
from collections.abc import Iterable, Sequence

from books.models import Purpose, VendorRead
from books.sync import vendor_reads
from tenants.models import Tenant

LOOK_SECONDS = 0.2


def ask_and_wait(tenants: Iterable[Tenant], purpose: Purpose, seconds: float) -> Sequence[VendorRead]:
    """Ask the vendors of these companies, and return how that ended within so many seconds; some may still wait.

    Raises Resting for a company at rest.
    """
    reads = [vendor_reads.ask(tenant, purpose) for tenant in tenants]
    ends = time.monotonic() + seconds
    while any(read.is_waiting for read in reads) and time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)  # the worker is another process, which sends no signal
        reads = list(VendorRead.objects.filter(pk__in=[read.pk for read in reads]).select_related("tenant"))
    return reads
