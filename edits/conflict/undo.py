"""Undo: a new edit that reverses a saved one, decided on the conflict page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from books import registry
from books.mirror import lookup
from books.pages.list_position import get_position
from edits.lifecycle import requested
from edits.models.edit import LEFT, Edit, State
from record_forms.registry import KINDS
from records.content import Content
from records.merge.parts import MergePart
from records.merge.revert import revert_changes
from records.merge.three_way import ThreeWayMerge, merge_three_way
from records.visible import list_hidden_changes
from tenants.access import Member

from .case import ConflictCase
from .wording import get_undo_wording

UNDONE = "It was undone already."


@dataclass(frozen=True, slots=True)
class UndoCase:
    """A saved edit with its changes reversed: `stays` are those that cannot be reversed."""

    edit: Edit
    saved: Content
    undone: Content
    stays: tuple[MergePart, ...]

    def merge(self, now: Content) -> ThreeWayMerge:
        """Return the undo merged into the record `now`: a value that was changed since is a clash."""
        return merge_three_way(self.saved, self.undone, now)

    def is_left(self, now: Content) -> bool:
        """Return whether anything is left to undo."""
        return any(part.side not in ("theirs", "both") for part in self.merge(now).parts)


def make_undo(member: Member, edit: Edit) -> UndoCase:
    """Return the undo of a saved edit of which both versions are stored, as far as the member may see its changes."""
    assert edit.result is not None, "what was saved has a version"
    table = registry.get_visible_table(member, edit.kind)
    saved = lookup.decode_version(table, edit.result)
    asked = requested.get_base(edit, table.shape), requested.get_requested(edit, table.shape)
    undone, stays = revert_changes(*asked, saved)
    return UndoCase(edit, saved, undone, tuple(stays))


def make_case(request: HttpRequest, member: Member, edit: Edit, found: UndoCase) -> ConflictCase:
    """Return the undo as a case of the conflict page."""
    position = get_position(request, member, edit.kind, edit.remote_id)
    return ConflictCase(
        request=request,
        member=member,
        record=lookup.find_shown_record(member.tenant, registry.get_visible_table(member, edit.kind), edit.remote_id),
        address=reverse("edit_undo", args=[member.tenant.slug, edit.pk]) + position.query,
        position=position,
        words=get_undo_wording(registry.get_description(member.tenant).name),
        merge=found.merge,
        undoes=edit,
        stays=tuple(part.label for part in found.stays),
    )


def describe_obstacle(member: Member, edit: Edit) -> str:
    """Return why a member cannot undo an edit, in a sentence; "" if they can."""
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
    if _puts_back_hidden(member, edit):
        return "You cannot undo it: a part of it is not shown to you. Ask an administrator of this company."
    return describe_closed(edit)


def _puts_back_hidden(member: Member, edit: Edit) -> bool:
    """Return whether the undo of an edit changes what is hidden from a member: theirs would be a part of it only.

    Whoever may see all of it could not undo the rest after that. A line goes whole, whatever is hidden in it.
    """
    table = registry.get_visible_table(member, edit.kind)
    if not table.hides:
        return False
    return bool(list_hidden_changes(table.shape, requested.get_requested(edit), requested.get_base(edit)))


def describe_closed(edit: Edit) -> str:
    """Return why the record of an edit cannot be edited as it was last read, in a sentence; "" if it can."""
    record = edit.base.record if edit.base is not None else None
    now = lookup.decode_if_readable(record) if record is not None and record.version is not None else None
    return KINDS[edit.kind].refusal(edit.tenant, now) if now is not None and edit.kind in KINDS else ""


def name_failed_undo(member: Member, edit: Edit) -> str:
    """Return the number of the member's undo of this edit that ended unsaved, which a new one continues; "" if none."""
    left = edit.undone_by.filter(person=member.person, state__in=LEFT, resolved_by=None).order_by("-sent_at", "-pk")
    return str(pk) if (pk := left.values_list("pk", flat=True).first()) else ""
