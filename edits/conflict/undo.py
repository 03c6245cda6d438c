"""Undo: a saved edit taken back as an edit of its own, on the page on which changes meet."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from books import registry
from books.mirror import lookup
from edits.lifecycle import requested
from edits.models.edit import Edit, State
from records.content import Content
from records.merge.parts import MergePart
from records.merge.revert import revert_changes
from records.merge.three_way import ThreeWayMerge, merge_three_way
from tenants.access import Member

from .views import ConflictCase
from .wording import get_undo_wording


@dataclass(frozen=True, slots=True)
class UndoCase:
    """A saved edit with its changes taken back: `stays` are those for which there is no way back."""

    edit: Edit
    saved: Content
    undone: Content
    stays: tuple[MergePart, ...]

    def merge(self, now: Content) -> ThreeWayMerge:
        """The undo over the record as it is `now`: what was changed since is a clash."""
        return merge_three_way(self.saved, self.undone, now)

    def is_left(self, now: Content) -> bool:
        """Whether anything is left to be undone."""
        return any(part.side not in ("theirs", "both") for part in self.merge(now).parts)


def make_undo(edit: Edit) -> UndoCase:
    """What undoing a saved edit comes to; both its versions are kept."""
    assert edit.result is not None, "what was saved has a version"
    saved = lookup.decode_version(registry.get_table(edit.tenant, edit.kind), edit.result)
    undone, stays = revert_changes(requested.get_base(edit), requested.get_requested(edit), saved)
    return UndoCase(edit, saved, undone, tuple(stays))


def make_case(request: HttpRequest, member: Member, edit: Edit, found: UndoCase) -> ConflictCase:
    """The undo as the page on which changes meet shows and settles it."""
    return ConflictCase(
        request=request,
        member=member,
        record=lookup.find_record(member.tenant, edit.kind, edit.remote_id),
        address=reverse("edit_undo", args=[member.tenant.slug, edit.pk]),
        words=get_undo_wording(registry.get_description(member.tenant).name),
        merge=found.merge,
        undoes=edit,
        stays=tuple(part.label for part in found.stays),
    )


def describe_obstacle(edit: Edit) -> str:
    """Why an edit cannot be undone, in a sentence; "" where it can."""
    books = registry.get_description(edit.tenant).name
    if edit.state != State.SAVED:
        return "Only a change that was saved can be undone."
    if edit.base is None or edit.result is None:
        return (
            "It cannot be undone here: the values before or after it are no longer kept. "
            "Open the record and change it by hand."
        )
    if edit.base.record.deleted_at is not None:
        return f"It cannot be undone: the record is no longer in {books}."
    return ""


def find_undo(edit: Edit) -> Edit | None:
    """The saved edit that has taken this one back, unless that was itself taken back since."""
    found = edit.undone_by.filter(state=State.SAVED).select_related("tenant")
    return next((undo for undo in found if find_undo(undo) is None), None)
