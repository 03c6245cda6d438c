"""The one confirmation of a bulk change: by its author, with the words of each kind of check agreed to. Sends nothing.

The box of a kind is named by a hash of every warning of it that the page showed, and of how many records have one. So
the author agrees to just those: another one, of a record that is taken in again, asks again.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import time
from hashlib import blake2b

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from edits.models.batch import WORTH_RUNNING, Batch, BatchItem, BatchItemQuerySet, BatchState, Step
from record_forms.checks import BOX
from tenants.access import list_memberships

from . import moves
from .tasks import queue_batch

SHOWN = 3  # different sentences of one kind


@dataclass(slots=True)
class AskedKind:
    """The warnings of one kind that a bulk change asks its author to agree to.

    `sentences` are the different ones, each a title with why that is so.
    """

    next_step: str
    boxes: set[str] = field(default_factory=set)
    sentences: dict[tuple[str, str], None] = field(default_factory=dict)  # in their order
    count: int = 0  # records

    @property
    def box(self) -> str:
        """The name of the input that agrees to just these."""
        words = "\n".join((self.next_step, *sorted(self.boxes), f"{self.count}"))
        return f"{BOX}{blake2b(words.encode(), digest_size=8).hexdigest()}"

    @property
    def first(self) -> list[tuple[str, str]]:
        return list(self.sentences)[:SHOWN]

    @property
    def titles(self) -> list[str]:
        return list(dict.fromkeys(title for title, _ in self.sentences))

    @property
    def more(self) -> int:
        """The number of sentences beyond the first."""
        return max(0, len(self.sentences) - SHOWN)


def list_asked(items: BatchItemQuerySet) -> list[AskedKind]:
    """Return what is asked before a bulk change is started, by kind, of those of these records that are not left out.

    The caller gives those of the companies that the author sees.
    """
    taken = items.filter(step=Step.PLANNED, finding__in=WORTH_RUNNING)
    return group_checks(taken.exclude(checks=[]).order_by("number"))


def group_checks(items: Iterable[BatchItem]) -> list[AskedKind]:
    """Return the warnings of these items by kind."""
    found: dict[str, AskedKind] = {}
    for checks in (item.checks for item in items):
        seen = set()
        for kind, box, title, why, next_step in checks:
            one = found.setdefault(kind, AskedKind(next_step))
            one.boxes.add(box)
            one.sentences.setdefault((title, why))
            one.count += kind not in seen
            seen.add(kind)
    return list(found.values())


def list_unagreed(before: Iterable[AskedKind], now: Iterable[AskedKind], agreed: Container[str]) -> list[AskedKind]:
    """Return the kinds that were not agreed to: neither as they are, nor as the page showed them with more records."""
    shown = [(one.boxes, one.count) for one in before if one.box in agreed]

    def is_agreed(one: AskedKind) -> bool:
        return any(one.boxes <= boxes and one.count <= count for boxes, count in shown)

    return [one for one in now if one.box not in agreed and not is_agreed(one)]


@dataclass(frozen=True, slots=True)
class TakenItems:
    """What a posted page says of its items: the numbers shown and those that were taken."""

    shown: Iterable[int] = ()
    taken: Iterable[int] = ()


@transaction.atomic
def confirm(
    batch: Batch,
    person_pk: int,
    choice: TakenItems,
    *,
    agreed: Container[str],
    reason: str = "",
    hours: tuple[time, time] | None = None,
) -> list[AskedKind]:
    """Start a planned bulk change, once; return the kinds of checks that keep it from that, [] for none.

    Records of companies that its author does not see by now are left out. Confirmed again, it goes on as it was. Raises
    PermissionDenied for anybody but its author.
    """
    if batch.person_id != person_pk:
        raise PermissionDenied("Only the person who planned a bulk change can start it.")
    if not Batch.objects.lock(batch.pk, BatchState.PLANNED):
        batch.refresh_from_db()
        return []
    companies = [one.tenant_id for one in list_memberships(User.objects.get(pk=person_pk))]
    own = batch.items.filter(tenant__in=companies)
    before = list_asked(own)
    moves.choose(batch, choice.shown, choice.taken)
    if open_kinds := list_unagreed(before, list_asked(own), agreed):
        return open_kinds
    moves.leave_out_others(batch, companies)
    if moves.start(batch, reason, hours):
        queue_batch(batch)
        moves.end_done([batch.pk])
        batch.refresh_from_db()
    return []
