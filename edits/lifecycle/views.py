"""A person's edits in progress: their drafts, what is queued, how far a save is, and the outcomes of saves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from edits.models.edit import UNDER_WAY, Edit
from tenants.access import Member, member
from tenants.models import Role
from tenants.redirects import is_own_page, redirect_to

from . import drafts, notifications, queue

STOP_ASKING = 286  # htmx stops polling after this status


@never_cache
@require_safe
def draft_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the member's drafts in this company, newest first."""
    m = member(request, slug, Role.BOOKKEEPER)
    return render(request, "edits/drafts.html", {"member": m, "drafts": list(drafts.list_drafts(m))})


@never_cache
@require_safe
def queued_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the member has saved in this company that is not sent yet, each with its Cancel."""
    m = member(request, slug, Role.BOOKKEEPER)
    return render(request, "edits/queued.html", {"member": m, "queued": queue.list_queued_of(m)})


@never_cache
@require_safe
def edit_progress(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Return how far the member's own edit is, for the form that waits for it; once it has ended, the form asks how."""
    m = member(request, slug, Role.BOOKKEEPER)
    edit = get_object_or_404(Edit.objects.select_related("tenant"), tenant=m.tenant, person=m.person, pk=pk)
    form_url = request.GET.get("at", "")
    return show_progress(request, m, edit, form_url if is_own_page(request, form_url) else request.path)


def answer_accepted(request: HttpRequest, m: Member, edit: Edit) -> HttpResponse:
    """Answer a save that is queued: beside the form that stays, or without script on the edit's own page."""
    if getattr(request, "htmx", False):
        answer = show_progress(request, m, edit, request.path, status=202)
        return beside_form(answer)
    return redirect_to(request, reverse("edit_page", args=[m.tenant.slug, edit.pk]))


def beside_form(answer: HttpResponse) -> HttpResponse:
    """Let htmx put the answer to a form into the form's Save bar, so that the form stays."""
    answer["HX-Retarget"] = answer["HX-Reselect"] = "#save-state"
    answer["HX-Reswap"] = "outerHTML"
    return answer


def show_progress(
    request: HttpRequest, m: Member, edit: Edit, form_url: str, *, status: int = 200, **more: object
) -> HttpResponse:
    """Render how far an edit is, with the time to ask again while it is under way."""
    context = {"member": m, "edit": edit, "is_under_way": edit.state in UNDER_WAY, "form_url": form_url, **more}
    if edit.state in UNDER_WAY:
        usual = queue.find_usual_seconds(m.tenant)
        context |= {"usual": max(1, round(usual)), "next_look": round(queue.find_next_look(edit, usual) * 1000)}
    return render(request, "edits/edit_progress.html", context, status=status)


@never_cache
@require_safe
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the outcomes of edits that were in progress when the page was drawn; 286 stops the polling if none is."""
    m = member(request, slug, Role.BOOKKEEPER)
    desk = notifications.get_notifications(m)
    found = {"member": m, "news": notifications.mark_notified(desk)}
    return render(request, "components/news.html", found, status=200 if desk.under_way else STOP_ASKING)
