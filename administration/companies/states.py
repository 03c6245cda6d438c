"""The state of each company, in a word, for the list of all companies. Knows none of their records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.urls import reverse

from books.models import SyncStatus
from books.registry import get_description
from tenants.models import Provider, Tenant


@dataclass(frozen=True, slots=True)
class CompanyState:
    """One word for what a company is, the kind of its badge, and since when it is so, if that is known."""

    word: str
    badge: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedCompany:
    """A row of the list: the company, its state, and how many people are in it."""

    tenant: Tenant
    state: CompanyState
    people: int

    @property
    def books(self) -> str:
        return get_description(self.tenant).name

    @property
    def url(self) -> str:
        return reverse("administration_connect", args=[self.tenant.slug])


def list_companies() -> list[ListedCompany]:
    """Return all companies by name; those that are archived or removed stand last."""
    found = Tenant.objects.select_related("watch").annotate(member_count=Count("memberships"))
    rows = [
        ListedCompany(one, describe_state(one, getattr(one, "watch", None)), one.member_count)  # type: ignore[attr-defined]  # counted above
        for one in found
    ]
    return sorted(rows, key=lambda row: row.state.word in ("archived", "removed"))


def describe_state(tenant: Tenant, watch: SyncStatus | None) -> CompanyState:
    """Return the state of a company as last noted; of several the one that says most about what is done with it."""
    if tenant.removed_at:
        return CompanyState("removed", "", tenant.removed_at)
    if tenant.archived_at:
        return CompanyState("archived", "", tenant.archived_at)
    if watch is not None and watch.resting_since:
        return CompanyState("paused", "warn", watch.resting_since)
    if watch is None or watch.setting_up_since or not watch.answered_at or is_without_account(tenant):
        return CompanyState("being set up", "yours", watch.setting_up_since if watch else None)
    if watch.other_file_since:
        return CompanyState("different file", "bad", watch.other_file_since)
    if watch.failing_since:
        return CompanyState("not answering", "warn", watch.failing_since)
    return CompanyState("connected", "good", watch.answered_at)


def is_without_account(tenant: Tenant) -> bool:
    """Whether nothing leads to its books yet: no end user, or no key."""
    if tenant.provider == Provider.CONDUCTOR:
        return not tenant.end_user_id
    return not (tenant.key_variable or tenant.sealed_key)


def count_states(rows: Iterable[ListedCompany]) -> dict[str, int]:
    """Return how many companies are in each state, in the order in which the states first come."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state.word] = counts.get(row.state.word, 0) + 1
    return counts
