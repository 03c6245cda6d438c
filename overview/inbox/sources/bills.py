"""Bills of a company that are due today, and those that may be the same invoice."""

from collections.abc import Iterable
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone

from overview.figures.companies import CompanyFigures, load_figures
from overview.inbox.items import OPEN, InboxItem, NextStep, Reader, Source
from records.formatting import format_count, format_money
from tenants.models import Tenant


def find_bills(reader: Reader) -> Iterable[InboxItem]:
    """Yield a company each with such bills; its list names them."""
    today = timezone.localdate()
    for pk, figures in load_figures(reader.members.values(), today).items():
        tenant = reader.members[pk].tenant
        bills = f"{reverse('bill_list', args=[tenant.slug])}?state=unpaid"
        if count := figures.count("today"):
            title, since = f"{format_count(count, 'bill')} due today", datetime.combine(today, time.min)
            step = NextStep(OPEN, "Open", "o", f"{bills}&due=today")
            yield _make_item(tenant, "Due today", title, _list_sums(figures), step, timezone.make_aware(since))
        if figures.duplicates:
            title = f"{format_count(figures.duplicates, 'unpaid bill')} with the number of another"
            step = NextStep(OPEN, "Compare", "o", f"{bills}&same_number=1")
            yield _make_item(tenant, "Duplicate?", title, "Check that they are not the same invoice.", step, None)


def _list_sums(figures: CompanyFigures) -> str:
    """Write what is due today in each currency."""
    due = [one for one in figures.bills or () if one.part("today").count]
    return " · ".join(f"{format_money(one.part('today').sum, one.code)} {one.code}".rstrip() for one in due)


def _make_item(tenant: Tenant, word: str, title: str, why: str, step: NextStep, since: datetime | None) -> InboxItem:
    return InboxItem(
        BILLS.name, tenant, tenant.pk, ("warn", word), title, why, step.url, since, [step],
        is_counted=False, is_of_day=True,
    )  # fmt: skip


BILLS = Source("bills", find_bills)
