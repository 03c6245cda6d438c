"""The edit page of a customer with the maximum number of ship-to addresses in QuickBooks."""

import gzip
from functools import partial
from statistics import median

from books import registry
from books.models import Record
from books.sync import refresh

from .figures import Figure, limited, milliseconds
from .stage import END_USER, SLUG, Stage

MOST_ADDRESSES = 50
MOST_MS = 100
TIMES = 20


def form_of(record: Record) -> str:
    return f"/t/{SLUG}/customers/{record.remote_id}/edit"


def somebody() -> Record:
    """The customer who gets the addresses."""
    return Record.objects.filter(tenant__slug=SLUG, kind="customers").select_related("tenant").order_by("pk")[0]


def figures(stage: Stage) -> list[Figure]:
    """Server time over loopback, and the size of the page as it is and as a proxy would compress it."""
    record = somebody()
    places = [{"name": f"Yard {n}", "line1": f"{n} Quay Street", "city": "Boise"} for n in range(MOST_ADDRESSES)]
    changes = {"alternateShippingAddresses": places}
    stage.sandbox.change(endUserId=END_USER, resource="customers", id=record.remote_id, changes=changes)
    refresh.read_record(record.tenant, registry.get_table(record.tenant, record.kind), record.remote_id)
    page = stage.ours.get(form_of(record))
    if page.text.count("Yard ") < MOST_ADDRESSES:
        raise RuntimeError("the form does not show the addresses")
    took = median(milliseconds(partial(stage.ours.get, form_of(record))) for _ in range(TIMES))
    return [
        limited(f"edit page, {MOST_ADDRESSES} ship-to addresses: server", took, MOST_MS, "ms"),
        Figure("  HTML, gzip", f"{len(page.content) / 1000:.0f} kB, {len(gzip.compress(page.content)) / 1000:.0f} kB"),
    ]
