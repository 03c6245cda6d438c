"""A person's own bulk changes that are stopped for now, that were never started, or that left records out.

One that covers several companies is shown in that of its first record. Their conflicts and refusals are changes like
any other (`edits`).
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from edits.models.batch import Batch, BatchItem, BatchState, Step
from overview.inbox.items import OPEN, InboxItem, NextStep, Reader, Source, mark
from records.formatting import format_count
from tenants.joined import Part

RECENT = timedelta(days=7)  # so long after its end, what a bulk change has left out is shown
NOT_SENT = Q(items__step=Step.NOT_SENT)


def _filter_own(reader: Reader, *states: BatchState) -> QuerySet[Batch] | None:
    """Return the person's bulk changes in these states, each with its `company`; None if there are none."""
    if not reader.editing:
        return None
    with connection.cursor() as cursor:
        any_own = f"SELECT 1 FROM edits_batch WHERE person_id = %s AND state IN ({mark(states)}) LIMIT 1"  # noqa: S608 - only %s marks are put in
        cursor.execute(any_own, [reader.person.pk, *states])
        if cursor.fetchone() is None:
            return None  # as for nearly everybody: what follows takes long to compose
    first = BatchItem.objects.filter(batch=OuterRef("pk"), tenant__in=reader.everywhere).order_by("number")
    own = Batch.objects.filter(person=reader.person, state__in=states).order_by("-planned_at", "-pk")
    return own.annotate(company=Subquery(first.values("tenant")[:1])).filter(company__in=reader.editing)


def find_parked(reader: Reader) -> Iterable[InboxItem]:
    """Yield those that are stopped for now."""
    own = _filter_own(reader, BatchState.SUSPENDED)
    if own is None:
        return
    for batch in own.annotate(waiting=Count("items", filter=Q(items__step=Step.WAITING))):
        why = f"{format_count(batch.waiting, 'record')} left. Resume it, or cancel the rest."
        yield _make_item(reader, PARKED.name, batch, "Stopped", why, is_counted=True)


def find_left(reader: Reader) -> Iterable[InboxItem]:
    """Yield those that were never started, and those that ended a short time ago without some of their records."""
    states = (BatchState.PLANNED, BatchState.ENDED)
    found = _filter_own(reader, *states)
    if found is None:
        return
    own = found.annotate(left_out=Count("items", filter=NOT_SENT))
    is_recent = Q(state=BatchState.ENDED, left_out__gt=0, ended_at__gt=timezone.now() - RECENT)
    for batch in own.filter(Q(state=BatchState.PLANNED) | is_recent):
        is_planned = batch.state == BatchState.PLANNED
        left = f"{format_count(batch.left_out, 'record')} {'was' if batch.left_out == 1 else 'were'} not sent."
        why = "Nothing is sent before you confirm it." if is_planned else left
        yield _make_item(reader, LEFT.name, batch, "Not started" if is_planned else "Not sent", why, is_counted=False)


def count_parked(reader: Reader) -> Part:
    """Return the statement that counts what is stopped for now by company, as `_filter_own` finds it."""
    first = f"""SELECT tenant_id FROM edits_batchitem item WHERE item.batch_id = batch.id
        AND item.tenant_id IN ({mark(reader.everywhere)}) ORDER BY number LIMIT 1"""  # noqa: S608 - only %s marks are put in
    own = f"SELECT ({first}) AS company FROM edits_batch batch WHERE person_id = %s AND state = %s"  # noqa: S608 - values are %s
    values = [*reader.everywhere, reader.person.pk, BatchState.SUSPENDED, *reader.editing]
    found = f"({own}) AS found WHERE company IN ({mark(reader.editing)})"
    return f"SELECT company, COUNT(*) FROM {found} GROUP BY company", values  # noqa: S608 - values are %s


def _make_item(reader: Reader, source: str, batch: Batch, word: str, why: str, *, is_counted: bool) -> InboxItem:
    found: Mapping[str, int] = batch.__dict__  # with what the query has added
    tenant, url = reader.members[found["company"]].tenant, batch.get_absolute_url()
    at = batch.ended_at or batch.confirmed_at or batch.planned_at
    steps = (NextStep(OPEN, "Open", "o", url),)
    return InboxItem(source, tenant, batch.pk, ("warn", word), batch.title, why, url, at, steps, is_counted)


PARKED = Source("batches", find_parked, count_parked)
LEFT = Source("plans", find_left)
