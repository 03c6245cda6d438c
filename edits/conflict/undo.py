"""Undo: a saved edit taken back as an edit of its own, on the page on which changes meet."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from books import registry
from books.mirror import lookup
from edits.lifecycle import requested
from edits.models.edit import Edit, State
from records.content import Content
from records.merge.parts import Part
from records.merge.revert import taken_back
from records.merge.three_way import Merge, three_way
from tenants.access import Member

from .views import Case
from .wording import of_undo


@dataclass(frozen=True, slots=True)
class Undoing:
    """A saved edit with its changes taken back: `stays` are those for which there is no way back."""

    edit: Edit
    saved: Content
    undone: Content
    stays: tuple[Part, ...]

    def merge(self, now: Content) -> Merge:
        """The undo over the record as it is `now`: what was changed since is a clash."""
        return three_way(self.saved, self.undone, now)

    def is_left(self, now: Content) -> bool:
        """Whether anything is left to be undone."""
        return any(part.side not in ("theirs", "both") for part in self.merge(now).parts)


def undoing(edit: Edit) -> Undoing:
    """What undoing a saved edit comes to; both its versions are kept."""
    assert edit.result is not None, "what was saved has a version"
    saved = lookup.decoded(registry.table(edit.tenant, edit.kind), edit.result)
    undone, stays = taken_back(requested.base(edit), requested.wanted(edit), saved)
    return Undoing(edit, saved, undone, tuple(stays))


def case_of(request: HttpRequest, member: Member, edit: Edit, found: Undoing) -> Case:
    """The undo as the page on which changes meet shows and settles it."""
    return Case(
        request=request,
        member=member,
        record=lookup.find(member.tenant, edit.kind, edit.remote_id),
        address=reverse("edit_undo", args=[member.tenant.slug, edit.pk]),
        words=of_undo(registry.description(member.tenant).name),
        merge=found.merge,
        undoes=edit,
        stays=tuple(part.label for part in found.stays),
    )


def hindrance(edit: Edit) -> str:
    """Why an edit cannot be undone, in a sentence; "" where it can."""
    books = registry.description(edit.tenant).name
    if edit.state != State.SAVED:
        return "Only a change that was saved can be undone."
    if edit.base is None or edit.result is None:
        return (
            "It cannot be undone from here: the record as it was before, or as it was saved, is no longer kept. "
            "Open the record and change it by hand."
        )
    if edit.base.record.deleted_at is not None:
        return f"It cannot be undone: the record is no longer in {books}."
    return ""


def undo_of(edit: Edit) -> Edit | None:
    """The saved edit that has taken this one back, unless that was itself taken back since."""
    found = edit.undone_by.filter(state=State.SAVED).select_related("tenant")
    return next((undo for undo in found if undo_of(undo) is None), None)
