"""Whether a saved edit was undone: that is done once, from whatever page. Knows no page."""

from edits.models.edit import UNDER_WAY, Edit, State


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
