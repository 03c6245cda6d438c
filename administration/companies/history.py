"""The history of a company that was removed, which has no members any more who could read it."""

from collections.abc import Iterator
from dataclasses import replace

from django.contrib.auth.models import User
from django.db.models import Q

from edits.history import search
from edits.history.entries import HistoryEntry
from edits.models.edit import UNANSWERED, Outcome
from tenants.access import Member
from tenants.models import Role, Tenant

# Its books are asked no more.
NEVER_KNOWN = Outcome("unknown", "Not known", "", Q(pk__in=()))


def count_entries(tenant: Tenant) -> int:
    """Return how many changes that are."""
    return search.count_all(_make_reader(tenant), search.HistoryQuery())


def list_entries(tenant: Tenant) -> Iterator[HistoryEntry]:
    """Yield all that was changed in the company, newest first."""
    assert tenant.removed_at is not None, "the history of any other company is for its members"
    for entry in search.list_all(_make_reader(tenant), search.HistoryQuery()):
        yield replace(entry, outcome=NEVER_KNOWN) if entry.outcome.name in UNANSWERED else entry


def _make_reader(tenant: Tenant) -> Member:
    return Member(tenant, User(), Role.ADMIN)
