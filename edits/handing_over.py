"""Passes on what somebody has left open in a company to another member: drafts, what waits for them, bulk changes.

Always the act of an administrator who names the new author, and noted beside each change. Knows no page and no role.
"""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from edits.batches import moves
from edits.lifecycle import queue, transitions
from edits.models.batch import Batch, BatchItem
from edits.models.edit import LEFT, UNDER_WAY, Edit, EditQuerySet, State
from edits.models.fetching import fetch_edit
from records.formatting import format_count
from tenants.models import Membership, Role, Tenant

log = logging.getLogger(__name__)

MOST_TRIES = 3  # of one change that moves just then
_TO_DECIDE = Q(state__in=LEFT, resolved_by=None) | Q(differs_open=True)
_OPEN = Q(state=State.DRAFT) | Q(state__in=UNDER_WAY) | _TO_DECIDE


class OpenWork(NamedTuple):
    """What one person has left open in one company, in numbers of changes and bulk changes."""

    drafts: int = 0
    to_decide: int = 0
    under_way: int = 0
    batches: int = 0

    @property
    def text(self) -> str:
        """The same in words, such as "2 drafts, 1 to decide"; "" for nothing."""
        words = (
            format_count(self.drafts, "draft") if self.drafts else "",
            f"{self.to_decide:,} to decide" if self.to_decide else "",
            f"{self.under_way:,} not finished" if self.under_way else "",
            format_count(self.batches, "bulk change") if self.batches else "",
        )
        return ", ".join(filter(None, words))


def count_work(tenant: Tenant, person: User) -> OpenWork:
    """Return what a person has left open in a company."""
    found = _count_edits(_list_open(tenant).filter(person=person)).get(person.pk, OpenWork())
    return found._replace(batches=_list_batches(tenant, person).count())


def list_left_behind(tenant: Tenant) -> Mapping[User, OpenWork]:
    """Return what waits in a company for people who can no longer change it: they have left, or may only look."""
    editors = Membership.objects.filter(tenant=tenant, role__gte=Role.BOOKKEEPER, person__is_active=True)
    authors = _list_open(tenant).exclude(person__in=editors.values("person")).order_by().values("person")
    planned = BatchItem.objects.filter(tenant=tenant, batch__state__in=moves.UNFINISHED)
    planners = planned.exclude(batch__person__in=editors.values("person")).order_by().values("batch__person")
    people = User.objects.filter(Q(pk__in=authors) | Q(pk__in=planners)).order_by("username")
    found = {person: count_work(tenant, person) for person in people}
    return {person: work for person, work in found.items() if any(work)}


@transaction.atomic
def hand_over(tenant: Tenant, person: User, to: User, by: str) -> OpenWork:
    """Make `to` the author of what a person has left open in a company, and return how much that was.

    What was queued is not sent: the new author sends it again. What is being sent goes on, and the new author is told
    how it ends. `by` is the name of who hands it over. The caller has checked that `to` may edit.
    """
    work = count_work(tenant, person)
    for batch in _list_batches(tenant, person).select_related("person"):
        moves.hand_over(batch, to, by)
    for pk in list(_list_open(tenant).filter(person=person).order_by("pk").values_list("pk", flat=True)):
        _hand_over_edit(pk, person, to, by)
    return work


def _hand_over_edit(pk: int, person: User, to: User, by: str) -> None:
    for _ in range(MOST_TRIES):
        edit = fetch_edit(pk)
        if edit is None or edit.person_id != person.pk:
            return
        if edit.state == State.QUEUED:
            edit = queue.end_left(edit)
        if transitions.hand_over_edit(edit, to, by):
            return
    log.warning("edit=%s moved while it was handed over; it is listed as left behind.", pk)


def _list_open(tenant: Tenant) -> EditQuerySet:
    return Edit.objects.filter(_OPEN, tenant=tenant, person__isnull=False)


def _count_edits(edits: EditQuerySet) -> dict[int, OpenWork]:
    drafts, under_way = Count("pk", filter=Q(state=State.DRAFT)), Count("pk", filter=Q(state__in=UNDER_WAY))
    rows = edits.order_by().values("person").annotate(drafts=drafts, under_way=under_way, all=Count("pk"))
    return {
        row["person"]: OpenWork(row["drafts"], row["all"] - row["drafts"] - row["under_way"], row["under_way"])
        for row in rows
    }


def _list_batches(tenant: Tenant, person: User) -> QuerySet[Batch]:
    """The person's bulk changes of this company that have not ended; none that they can go on with elsewhere."""
    elsewhere = Membership.objects.filter(person=person, person__is_active=True, role__gte=Role.BOOKKEEPER)
    items = BatchItem.objects.filter(batch=OuterRef("pk"))
    own = Batch.objects.filter(Exists(items.filter(tenant=tenant)), person=person, state__in=moves.UNFINISHED)
    return own.exclude(Exists(items.filter(tenant__in=elsewhere.exclude(tenant=tenant).values("tenant"))))
