"""What an open form keeps on the server while it is typed into, and what it gives up when it is discarded."""

import logging

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from books.mirror import lookup
from books.models import Version
from edits import form_edits
from edits.lifecycle import drafts, notifications, queue, transitions
from record_forms.registry import EditForm
from records.changes import list_changed_fields
from tenants.redirects import redirect_to

from .context import EditRequest

log = logging.getLogger(__name__)


def discard_form(walk: EditRequest, data: QueryDict) -> HttpResponse:
    """Delete the drafts of a form, and cancel what it has queued; say so if that is being sent already."""
    form = data.get("drop", data.get("token", ""))
    transitions.drop_drafts(walk.member, form)
    edit = queue.cancel_form(walk.member, form)
    if edit is not None:
        messages.info(walk.request, notifications.describe_cancelled(edit))
    return redirect_to(walk.request, walk.position.form_url if "drop" in data else walk.url())


def keep_draft(walk: EditRequest, seen: Version | None, form: EditForm, data: QueryDict, token: str) -> HttpResponse:
    """Keep the typed values as the form's draft, or delete that draft if nothing is changed; answer which."""
    is_kept = seen is not None and _keep_changed_form(walk, seen, form, data, token)
    return render(walk.request, "edits/draft_kept.html", {"is_kept": is_kept})


def _keep_changed_form(walk: EditRequest, seen: Version, form: EditForm, data: QueryDict, token: str) -> bool:
    if form.is_valid() and not list_changed_fields(lookup.decode_version(walk.table, seen), form.edited):
        drafts.drop(walk.member, token)
        return False
    if form.is_valid() and form_edits.is_saved_already(walk.member, token, form_edits.mark_posted(seen, form.edited)):
        return False
    return drafts.keep_draft(walk.member, walk.seal or walk.sealed(seen), seen, data, token)


def keep_typed_form(
    walk: EditRequest, seen: Version, data: QueryDict, token: str, form: EditForm | None = None
) -> None:
    """Keep the typed values of a form that is shown again. On failure the form still has them and reports no draft."""
    try:
        if form is not None:
            _keep_changed_form(walk, seen, form, data, token)
        else:
            drafts.keep_draft(walk.member, walk.seal or walk.sealed(seen), seen, data, token)
    except drafts.NotKept as error:
        log.warning("The draft of a form that is shown again could not be stored: %s", error)
