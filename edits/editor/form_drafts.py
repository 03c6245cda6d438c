"""What an open form keeps on the server while it is typed into, and what it gives up when it is discarded."""

import logging
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from books.models import Version
from edits import form_edits
from edits.lifecycle import drafts, notifications, queue, transitions
from edits.models.edit import Edit
from record_forms.registry import EditForm
from tenants.redirects import redirect_to

from .context import EditRequest

log = logging.getLogger(__name__)


def discard_form(walk: EditRequest, data: QueryDict) -> HttpResponse:
    """Delete the drafts of a form, and cancel what it has queued; say so if that is being sent already.

    Of a form that is not this one, but is named as the one to `drop`, only the drafts: what it has saved goes on.
    """
    if "drop" in data:
        transitions.drop_drafts(walk.member, str(data["drop"]))
        return redirect_to(walk.request, walk.position.form_url)
    form = data.get("token", "")
    transitions.drop_drafts(walk.member, form)
    if edits := queue.cancel_form(walk.member, form):
        for edit in edits:
            transitions.hide_name(edit, walk.table.hidden_columns)
        messages.info(walk.request, _describe_cancelled(edits))
    return redirect_to(walk.request, walk.url())


def _describe_cancelled(edits: Sequence[Edit]) -> str:
    """Return what became of the wish to cancel all that a form had under way, which is listed newest first."""
    stays = [edit for edit in edits if edit.outcome.name != "cancelled"]
    if not stays:
        return notifications.describe_cancelled(edits[0])
    said = notifications.describe_cancelled(stays[0])
    return said if stays == list(edits) else f"{said} What you saved after it was cancelled and is not sent."


def keep_draft(walk: EditRequest, seen: Version, form: EditForm, data: QueryDict, token: str) -> HttpResponse:
    """Keep the typed values as the form's draft, or delete that draft if they are not needed; answer which."""
    is_kept = _keep_changed_form(walk, seen, form, data, token)
    return render(walk.request, "edits/draft_kept.html", {"is_kept": is_kept})


def _keep_changed_form(walk: EditRequest, seen: Version, form: EditForm, data: QueryDict, token: str) -> bool:
    if form.is_valid() and form_edits.is_asked_already(walk.member, token, seen, form.edited, walk.list_over()):
        drafts.drop(walk.member, token)
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
