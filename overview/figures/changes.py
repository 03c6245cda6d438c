"""How many changes were seen in the books today, by company, and the address of the history that lists them."""

from collections.abc import Iterable
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from edits.history.entries import SEEN
from edits.models.external_change import ExternalChange
from tenants.models import Tenant


def filter_changes(companies: Iterable[int], today: date) -> QuerySet[ExternalChange]:
    """Return what was seen to change in these companies today, newest first."""
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    return ExternalChange.objects.filter(tenant__in=list(companies), seen_at__gte=midnight)


def count_changes(companies: Iterable[int], today: date) -> dict[int, int]:
    """Return how many there are by the number of the company; one without any is missing. One query."""
    seen = filter_changes(companies, today).order_by().values("tenant")
    return dict(seen.annotate(count=Count("pk")).values_list("tenant", "count"))


def link_changes(tenant: Tenant, today: date) -> str:
    """Return the address of a company's history with the changes in the books of one day alone."""
    day = today.isoformat()
    query = urlencode({"outcome": SEEN.name, "since": day, "until": day})
    return f"{reverse('edit_list', args=[tenant.slug])}?{query}"
