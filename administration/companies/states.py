"""The state of each company, in a word or two, for the list of all companies. Knows none of their records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.urls import reverse

from administration.health.usage import load_known
from books.health.states import ConnectionState, KnownHealth, find_states
from books.registry import get_description
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class CompanyState:
    """What a company is in a word or two, the kind of its badge, and since when it is so, if that is known."""

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
    found, known = Tenant.objects.annotate(member_count=Count("memberships")), load_known()
    rows = [
        ListedCompany(one, describe_state(one, known.get(one.pk, KnownHealth(None))), one.member_count)  # type: ignore[attr-defined]  # counted above
        for one in found
    ]
    return sorted(rows, key=lambda row: bool(row.tenant.archived_at or row.tenant.removed_at))


def describe_state(tenant: Tenant, known: KnownHealth) -> CompanyState:
    """Return the state of a company as last noted, in the words of its *Connection* page (`books.health.states`)."""
    if tenant.removed_at:
        return CompanyState("Removed", "", tenant.removed_at)
    found, watch = find_states(tenant, known)[0], known.watch
    badge = _BADGES.get(found.state, "good" if found.is_fine else "warn")
    since = found.since
    if found.state is not ConnectionState.ARCHIVED and found.is_fine and watch is not None:
        since = watch.resting_since or watch.answered_at
    return CompanyState(found.title, badge, since)


_BADGES = {
    ConnectionState.ARCHIVED: "",
    ConnectionState.PAUSED: "warn",
    ConnectionState.NEVER: "yours",
    ConnectionState.DIFFERENT: "bad",
}


def count_states(rows: Iterable[ListedCompany]) -> dict[str, int]:
    """Return how many companies are in each state, in the order in which the states first come."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state.word] = counts.get(row.state.word, 0) + 1
    return counts
