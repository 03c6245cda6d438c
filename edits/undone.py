"""Whether a saved edit was undone: that is done once, from whatever page. Knows no page."""

from collections.abc import Iterable

from books.models import Record
from edits.form_edits import find_own_edit
from edits.models.edit import UNDER_WAY, Edit, State
from records.fields import Field
from tenants.access import Member


def find_undo(edit: Edit, form: str = "") -> Edit | None:
    """Return the edit that has undone this saved one, or is about to, unless it was certainly undone itself since.

    What the form with this token has made does not count: it may be answered otherwise.
    """
    if edit.state != State.SAVED:
        return None
    found = edit.undone_by.filter(state__in=(State.SAVED, *UNDER_WAY)).select_related("tenant")
    if form:
        found = found.exclude(form=form)
    return next((undo for undo in found if not _is_undone(undo)), None)


def _is_undone(edit: Edit) -> bool:
    return any(find_undo(undo) is None for undo in edit.undone_by.filter(state=State.SAVED))


def describe_undone(undo: Edit) -> str:
    """Return why an edit is not undone again that `undo` takes back already, in a sentence."""
    name = undo.person_name.capitalize()
    return f"{name} has already undone this change." if undo.state == State.SAVED else f"{name} is undoing this change."


def find_continued(member: Member, record: Record, follows: str, asked: Iterable[Field]) -> Edit | None:
    """Return the member's undo with the number `follows`, if what is `asked` for goes on with it: it is that undo."""
    earlier = find_own_edit(member, record, follows) if follows else None
    if earlier is None or earlier.undoes_id is None:
        return None
    return earlier if {f.name for f in asked} & {*earlier.fields.split()} else None


def describe_other(continued: Edit | None, form: str) -> str:
    """Return why a form may not go on with an undo, in a sentence; "" if it may, or goes on with none.

    What has taken the place of that undo is not another one: it is merged with what the form asks for.
    """
    undo = find_undo(continued.undoes, form) if continued is not None and continued.undoes is not None else None
    known = set[int]()
    while undo is not None and continued is not None and continued.pk not in known:
        if continued == undo:
            return ""
        known.add(continued.pk)
        continued = continued.resolved_by
    return f"{describe_undone(undo)} Nothing was saved. Open the record again for other changes." if undo else ""
