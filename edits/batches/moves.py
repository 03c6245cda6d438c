"""The steps of bulk changes and of their items; only this module writes their tables. Each move is one statement.

PLANNED ─┬→ RUNNING ⇄ SUSPENDED      confirmed once; stopped for now and resumed by its author
         │      └──────┴→ ENDED      nothing waits any more, or the rest was cancelled
         └→ DISCARDED                deleted by its author
"""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from edits.models.batch import Batch, BatchItem

AT_ONCE = 500  # rows that one statement writes


@transaction.atomic
def store_plan(batch: Batch, person: User, items: Sequence[BatchItem]) -> Batch:
    """Store a planned bulk change with its items."""
    batch.person, batch.person_name, batch.planned_at = person, person.get_username(), timezone.now()
    batch.save(force_insert=True)
    for item in items:
        item.batch = batch
    BatchItem.objects.bulk_create(items, batch_size=AT_ONCE)
    return batch
