"""The pages of bulk changes: one's own, and one with its dry run, its progress and its result."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from books.mirror.order import RecordPage
from edits.models.batch import Batch, BatchItem, BatchState
from records.formatting import format_count
from tenants.access import list_memberships
from tenants.security_log import log_export

from . import confirm, export, moves, undo
from .forms import ItemQuery, StartForm, read_numbers
from .page import FoundBatch, describe_start, find_batch, list_results, make_context, make_moving
from .tasks import queue_batch

LISTED = 50  # bulk changes of a person on one page


@never_cache
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """List one's own bulk changes of companies that one can open, newest first."""
    person = cast(User, request.user)
    here = BatchItem.objects.filter(batch=OuterRef("pk"), tenant__in=[m.tenant_id for m in list_memberships(person)])
    own = Batch.objects.filter(Exists(here), person=person).exclude(state=BatchState.DISCARDED)
    total, asked = own.count(), ItemQuery(request.GET).asked["page"] or 1
    page = min(asked, max(1, -(-total // LISTED)))
    listed = RecordPage(list(own[(page - 1) * LISTED : page * LISTED]), total, page, LISTED)
    return render(request, "edits/batches/batch_list.html", {"listed": listed})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a bulk change: its dry run until it is started, then its progress and result; do what its author asks."""
    found = find_batch(request, pk)
    if request.method != "POST":
        return _show(request, found)
    act = request.POST.get("do", "")
    if act == "undo":
        return _undo(request, found)
    if not found.is_author:
        raise PermissionDenied("Only the person who planned a bulk change can start, stop or cancel it.")
    if act == "start":
        return _start(request, found)
    _act(request, found, act)
    return redirect(request.get_full_path())


@never_cache
@require_safe
def batch_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return how far a bulk change is, and the results of the records shown, for its page, which looks by itself."""
    found, shown = find_batch(request, pk), request.GET.get("rows", "")
    moved = make_moving(found, ItemQuery(request.GET).asked)
    moved |= {"rows": list_results(found, read_numbers([shown])), "rows_shown": shown}
    return render(request, "edits/batches/batch_moved.html", moved)


@never_cache
@require_safe
def batch_export(request: HttpRequest, pk: int, suffix: str) -> HttpResponseBase:
    """Download the result as CSV or XLSX."""
    found = find_batch(request, pk)
    counts = found.items.order_by().values_list("tenant").annotate(count=Count("pk"))
    for company, count in counts:
        log_export(request, found.members[company].tenant, f"bulk change {pk}", count)
    return export.make_file(found.batch, found.members, found.items, suffix)


def _act(request: HttpRequest, found: FoundBatch, act: str) -> None:
    """Do what a button of the page says, if it still applies."""
    batch, shown = found.batch, read_numbers(request.POST.getlist("shown"))
    if act == "choose":
        moves.choose(batch, shown, read_numbers(request.POST.getlist("take")))
    elif act in ("leave", "take"):
        moves.choose(batch, shown, shown if act == "take" else ())
    elif act == "discard":
        moves.discard(batch)
    elif act == "suspend":
        moves.suspend(batch)
    elif act == "resume" and moves.resume(batch):
        queue_batch(batch)
    elif act == "cancel":
        count = moves.cancel_rest(batch)
        said = f"Cancelled: {format_count(count, 'record')}. Nothing of it was sent."
        messages.info(request, said if count else "Nothing was left to cancel.")


def _start(request: HttpRequest, found: FoundBatch) -> HttpResponse:
    form, posted = StartForm(request.POST), request.POST
    if not form.is_valid():
        return _show(request, found, form, status=422)
    taken = confirm.TakenItems(read_numbers(posted.getlist("shown")), read_numbers(posted.getlist("take")))
    said: dict[str, Any] = {"reason": form.text, "hours": form.hours}
    if confirm.confirm(found.batch, found.person.pk, taken, agreed=posted, **said):
        return _show(request, found, form, status=422)
    return redirect(found.batch)


def _undo(request: HttpRequest, found: FoundBatch) -> HttpResponse:
    if not found.may_edit:
        raise PermissionDenied("You can view but not change this company.")
    if found.batch.state != BatchState.ENDED:
        raise PermissionDenied("Only a bulk change that is done can be undone.")
    planned = undo.plan_undo(found.person, found.members, found.batch)
    if planned is None:
        messages.info(request, "Nothing of it was saved, so there is nothing to undo.")
    return redirect(planned or found.batch)


def _show(request: HttpRequest, found: FoundBatch, form: StartForm | None = None, *, status: int = 200) -> HttpResponse:
    context = make_context(found, ItemQuery(request.GET).asked)
    if context["is_planned"] and found.is_author:
        context |= describe_start(found) | {"form": form, "ticked": request.POST}
    return render(request, "edits/batches/batch_page.html", context, status=status)
