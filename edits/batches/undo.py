"""The undo of a bulk change: another one, which takes back what each record's edit changed, by the rule of an undo.

What was changed since is a clash: the plan shows it, and started, it is a conflict for its author.
"""

from collections.abc import Iterator, Mapping

from django.contrib.auth.models import User

from edits.conflict.case import find_latest_decision
from edits.conflict.undo import describe_obstacle, make_undo
from edits.models.batch import Batch, BatchItem, Step
from edits.models.edit import Edit, State
from tenants.access import Member

from .plan import plan_batch
from .proposals import Proposal

LONGEST = 250  # letters of a title


def plan_undo(person: User, members: Mapping[int, Member], batch: Batch) -> Batch:
    """Plan the undo of what a bulk change has saved in these companies, and return it."""
    title = f"Undo: {batch.title}"[:LONGEST]
    proposals = _make_proposals(members, batch)
    return plan_batch(person, proposals, kind=batch.kind, title=title, source="", undoes=batch)


def _make_proposals(members: Mapping[int, Member], batch: Batch) -> Iterator[Proposal]:
    begun = BatchItem.objects.filter(batch=batch, step=Step.BEGUN, tenant__in=list(members)).order_by("-number")
    beside = ("tenant", "base__record__version", "result")
    for item in begun.select_related("edit", *(f"edit__{name}" for name in beside)):
        assert item.edit is not None, "what was begun has an edit"
        edit = find_latest_decision(item.edit)
        if edit.state == State.SAVED and edit.base is not None:
            yield _make_proposal(members[item.tenant_id], edit)


def _make_proposal(member: Member, edit: Edit) -> Proposal:
    assert edit.base is not None, "its caller has looked"
    record = edit.base.record
    if why := describe_obstacle(edit):
        return Proposal(member, record, edit.result, None, why)
    return Proposal(member, record, edit.result, make_undo(member, edit).undone, undoes=edit)
