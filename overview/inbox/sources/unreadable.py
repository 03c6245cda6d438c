"""Records that the vendor sent and that cannot be stored or shown."""

from collections.abc import Iterable

from django.db.models import Count, Max
from django.urls import reverse

from books.models import UnreadableRecord
from books.registry import get_description
from overview.inbox.items import OPEN, InboxItem, NextStep, Reader, Source
from records.formatting import format_count


def find_kept_aside(reader: Reader) -> Iterable[InboxItem]:
    """Yield a company each that has such records; the newest says since when."""
    held = UnreadableRecord.objects.filter(tenant__in=reader.companies).order_by()
    for pk, count, newest in held.values_list("tenant").annotate(count=Count("pk"), newest=Max("first_seen_at")):
        tenant = reader.members[pk].tenant
        url = reverse("connection", args=[tenant.slug])
        why = f"{get_description(tenant).name} sent them in a form that cannot be read. Correct them there."
        title = f"{format_count(count, 'record')} kept aside"
        steps = (NextStep(OPEN, "Open", "o", url),)
        yield InboxItem(
            KEPT_ASIDE.name, tenant, pk, ("warn", "Kept aside"), title, why, url, newest, steps, is_counted=False
        )


KEPT_ASIDE = Source("unreadable", find_kept_aside)
