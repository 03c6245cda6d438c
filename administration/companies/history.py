"""The history of a company that was removed, which has no members any more who could read it."""

from collections.abc import Iterator

from django.contrib.auth.models import User

from edits.history import search
from edits.history.entries import HistoryEntry
from tenants.access import Member
from tenants.models import Role, Tenant


def list_entries(tenant: Tenant) -> Iterator[HistoryEntry]:
    """Yield all that was changed in the company, newest first."""
    assert tenant.removed_at is not None, "the history of any other company is for its members"
    return search.list_all(Member(tenant, User(), Role.ADMIN), search.HistoryQuery())
