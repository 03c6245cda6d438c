"""Deletes what is kept of a company that was removed, all but its history: a piece in each round of the timetable.

Each piece is deleted for good, and what is left is found again by its rows, so it may be interrupted anywhere.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import ManyToOneRel, Model
from django.utils import timezone

from books import purge
from books.models import Record, SyncStatus, VendorUsage
from edits.batches import moves
from edits.lifecycle import settle, transitions
from edits.models import BatchItem, Edit, ExternalChange
from edits.models.edit import State
from tenants.models import SecurityEvent, Tenant

log = logging.getLogger(__name__)

AT_ONCE = 500  # rows that one piece deletes
ROUND_SECONDS = 2.0  # of a round of the timetable, which has other things to do
PAGES_END = timedelta(minutes=1)  # after that no request is under way that began while it still had members
# The history, the log, the row that keeps it at rest, and what it cost: a month's sum must not shrink afterwards. All
# else that belongs to a company is deleted.
KEPT = (Edit, ExternalChange, SecurityEvent, SyncStatus, VendorUsage)
OWN_WAY = (Record, BatchItem)


def purge_removed() -> None:
    """Go on with the companies that were removed, the first first, for one round; the timetable calls this."""
    ends = time.monotonic() + ROUND_SECONDS
    for tenant in Tenant.objects.filter(removed_at__isnull=False, purged_at=None).order_by("removed_at", "pk"):
        purge_company(tenant, ends - time.monotonic())
        if time.monotonic() > ends:
            return


def purge_company(tenant: Tenant, seconds: float = ROUND_SECONDS) -> bool:
    """Delete for so long, and return whether nothing is left but the history."""
    assert tenant.removed_at is not None, "only what was removed is deleted"
    ends = time.monotonic() + seconds
    _give_up_unanswered(tenant)
    for step in _list_steps():
        while step(tenant, AT_ONCE):
            if time.monotonic() > ends:
                return False
    is_used = _is_sending(tenant) or purge.is_being_read(tenant)
    if is_used or timezone.now() - tenant.removed_at < PAGES_END:
        return False  # what is still stored then is deleted in a later round
    purge.forget_status(tenant)
    Tenant.objects.filter(pk=tenant.pk).update(purged_at=timezone.now())
    log.info("Of company %s nothing is left but its history.", tenant.pk)
    return True


def list_tables() -> dict[type[Model], str]:
    """Return the tables whose rows belong to a company, each with its column that names the company."""
    relations = [one for one in Tenant._meta.get_fields(include_hidden=True) if isinstance(one, ManyToOneRel)]
    return {relation.related_model: relation.field.name for relation in relations}


def _list_steps() -> Iterator[Callable[[Tenant, int], int]]:
    yield transitions.forget_drafts
    yield moves.forget_company
    for table, column in list_tables().items():
        if table not in (*KEPT, *OWN_WAY):
            yield _make_step(table, column)
    yield purge.forget_records


def _make_step(table: Any, column: str) -> Callable[[Tenant, int], int]:
    def forget(tenant: Tenant, most: int) -> int:
        own = table._base_manager.filter(**{column: tenant})
        pks = list(own.order_by().values_list("pk", flat=True)[:most])
        return int(table._base_manager.filter(pk__in=pks).delete()[0])

    return forget


def _is_sending(tenant: Tenant) -> bool:
    return Edit.objects.filter(tenant=tenant, state=State.SENDING).exists()


def _give_up_unanswered(tenant: Tenant) -> None:
    """Note of a save whose process has ended that nobody knows how it ended: it can be read no more."""
    for edit in Edit.objects.filter(tenant=tenant, state=State.SENDING).select_related("tenant"):
        if settle.is_abandoned(edit):
            settle.mark_unknown(edit)
