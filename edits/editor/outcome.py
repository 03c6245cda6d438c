"""How the edit of a form that is still open has ended: in place of the form, or beside it if it was changed since."""

from typing import Any

from django.http import HttpResponse, QueryDict

from books.mirror import lookup
from books.models import Version
from books.providers import errors
from edits import form_edits
from edits.conflict import views
from edits.lifecycle import failures, notifications
from edits.lifecycle.views import answer_accepted, beside_form, show_progress
from edits.models.edit import Edit, State
from record_forms.registry import EditForm

from .context import EditRequest
from .form_drafts import keep_typed_form


def show_outcome(walk: EditRequest, seen: Version, form: EditForm, data: QueryDict, token: str) -> HttpResponse:
    """Show how the edit of a posted form ended in place of the form, unless the form was changed since it was saved."""
    edit = form_edits.find_own_edit(walk.member, walk.record, str(data["outcome"]))
    if edit is None:
        return walk.show(seen, form=form, token=token)
    if edit.state in (State.QUEUED, State.SENDING):
        return answer_accepted(walk.request, walk.position, edit)
    is_changed = not form.is_valid() or edit.posted != form_edits.mark_posted(seen, form.edited)
    if is_changed and "show" not in data:
        keep_typed_form(walk, seen, data, token, form)
        answer = show_progress(walk.position, edit, walk.position.form_url, is_changed=True)
        return beside_form(answer)
    notifications.note_shown(walk.request, edit)
    return _show_edit(walk, seen, form, edit, token)


def _show_edit(walk: EditRequest, seen: Version, form: EditForm, edit: Edit, token: str) -> HttpResponse:
    """How an edit ended: the record's page, the conflict page, or the form with what is wrong."""
    if edit.state == State.SAVED:
        return walk.leave(edit)
    if edit.state == State.CONFLICT:
        return views.show_conflict(walk.request, walk.member, edit, status=409)
    if edit.state == State.DISCARDED:
        return walk.show(seen, form=form, token=token, withdrawn=failures.shorten_withdrawn(edit))
    error = failures.read_error(edit)
    if isinstance(error, errors.Refused) and not isinstance(error, errors.NotFound):
        form.refuse(error.field, error.brief)
    asked = walk.asked(lookup.decode_version(walk.table, seen), form.edited, walk.request.POST)
    return show_error(walk, seen, error, form=form, token=token, asked=asked)


def show_error(walk: EditRequest, seen: Version, error: errors.BooksError, **again: Any) -> HttpResponse:
    """The form with an error; a script that has the form on screen is only told of one that asks nothing of it.

    What was typed is kept as a draft if it cannot be saved before somebody opens the right company file, or ends the
    company's rest.
    """
    if isinstance(error, errors.OtherCompany | errors.Resting):
        keep_typed_form(walk, seen, walk.request.POST, str(again["token"]))
    if getattr(walk.request, "htmx", False) and not isinstance(error, errors.Refused):
        raise error
    status = 409 if isinstance(error, errors.NotFound) else error.status
    return walk.show(seen, error=error, status=status, **again)
