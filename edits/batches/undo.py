"""The undo of a bulk change: another one, which takes back what each record's edit changed, by the rule of an undo.

What was changed since is a clash: the plan shows it, and started, it is a conflict for its author.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q

from books import registry
from edits.conflict.case import find_latest_decision
from edits.conflict.undo import UNDONE, UndoCase, describe_obstacle, make_undo
from edits.models.batch import GOES_ON, Batch, BatchItem, BatchItemQuerySet, BatchState, Step
from edits.models.edit import Edit, State
from edits.undone import find_undo as find_single_undo
from records.changes import list_changed_fields
from tenants.access import Member

from .plan import AT_ONCE, plan_batch
from .proposals import Proposal

LONGEST = 250  # letters of a title
BY_HAND = "What was changed with it in the form stays."


def plan_undo(person: User, members: Mapping[int, Member], batch: Batch) -> Batch | None:
    """Plan the undo of what a bulk change has saved in these companies, and return it; None if that is nothing."""
    title = f"Undo: {batch.title}"[:LONGEST]
    proposals = _make_proposals(members, batch)
    first = next(proposals, None)
    if first is None:
        return None
    return plan_batch(person, chain([first], proposals), kind=batch.kind, title=title, source="", undoes=batch)


def find_undo(batch: Batch) -> Batch | None:
    """Return the bulk change that undoes this one: it runs, or has saved something and was not undone itself."""
    saved = BatchItem.objects.filter(batch=OuterRef("pk"), edit__state=State.SAVED)
    found = batch.undone_by.filter(Q(state__in=GOES_ON) | Q(Exists(saved), state=BatchState.ENDED))
    return next((one for one in found if find_undo(one) is None), None)


def is_left(items: BatchItemQuerySet) -> bool:
    """Return whether any of these records was saved and is not undone, by a bulk change or alone."""
    undos = Edit.objects.filter(state=State.SAVED)
    stays = ~Exists(undos.filter(undoes=OuterRef("pk")))  # it was not undone itself
    undone = undos.filter(stays, undoes=OuterRef("edit"))
    return items.filter(~Exists(undone), edit__state=State.SAVED).exists()


def _make_proposals(members: Mapping[int, Member], batch: Batch) -> Iterator[Proposal]:
    begun = BatchItem.objects.filter(batch=batch, step=Step.BEGUN, tenant__in=list(members)).order_by("-number")
    beside = ("tenant", "base__record__version", "result")
    found = begun.select_related("edit", *(f"edit__{name}" for name in beside))
    for item in found.iterator(chunk_size=AT_ONCE):
        assert item.edit is not None, "what was begun has an edit"
        edit = find_latest_decision(item.edit)
        if edit.state == State.SAVED and edit.base is not None:
            yield _make_proposal(members[item.tenant_id], edit, item)


def _make_proposal(member: Member, edit: Edit, item: BatchItem) -> Proposal:
    assert edit.base is not None, "its caller has looked"
    record = edit.base.record
    if why := describe_obstacle(member, edit):
        return Proposal(member, record, edit.result, None, why)
    found = make_undo(member, edit)
    later = find_single_undo(edit)
    if later is not None and later.state == State.SAVED:
        return Proposal(member, record, edit.result, found.saved, undoes=edit, remark=UNDONE)
    books = registry.get_description(member.tenant).name
    stays = [f"{part.label} stays: it cannot be cleared in {books} once it is set." for part in found.stays]
    by_hand = _list_by_hand(edit, item, found)
    if by_hand:
        stays.append(BY_HAND)
    undone = found.undone.replace(**{name: found.saved[name] for name in by_hand})
    return Proposal(member, record, edit.result, undone, undoes=edit, remark=" ".join(stays))


def _list_by_hand(edit: Edit, item: BatchItem, found: UndoCase) -> list[str]:
    """Return the fields that an edit changed though the bulk change did not: its conflict was continued in the form."""
    if edit.batch_id is not None:
        return []
    asked = item.fields.split()
    return [f.name for f in list_changed_fields(found.saved, found.undone) if f.name not in asked]
