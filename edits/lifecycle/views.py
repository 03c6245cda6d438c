"""A person's edits in progress: their drafts, the wait of a save, and the outcomes of saves."""

from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import registry
from edits.models.edit import Edit, State
from tenants.access import member
from tenants.models import Role

from . import drafts, notifications

STOP_ASKING = 286  # htmx stops polling after this status


@never_cache
@require_safe
def draft_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the member's drafts in this company, newest first."""
    m = member(request, slug, Role.BOOKKEEPER)
    return render(request, "edits/drafts.html", {"member": m, "drafts": list(drafts.list_drafts(m))})


@never_cache
@require_safe
def edit_wait(request: HttpRequest, slug: str) -> HttpResponse:
    """Return what the edit of a form that is being saved waits for, in plain words; "" if it does not wait."""
    m = member(request, slug, Role.BOOKKEEPER)
    edits = Edit.objects.filter(tenant=m.tenant, person=m.person, form=request.GET.get("token", ""))
    edit = edits.filter(state=State.SENDING, waits_until__gt=timezone.now()).first()
    words = ""
    if edit and edit.waits_until:
        seconds = ceil((edit.waits_until - timezone.now()).total_seconds())
        words = f"{registry.get_description(m.tenant).name} asks us to wait: {seconds} s more"
    return HttpResponse(words, content_type="text/plain")


@never_cache
@require_safe
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the outcomes of edits that were in progress when the page was drawn; 286 stops the polling if none is."""
    m = member(request, slug, Role.BOOKKEEPER)
    desk = notifications.get_notifications(m)
    found = {"member": m, "news": notifications.mark_notified(desk)}
    return render(request, "components/news.html", found, status=200 if desk.under_way else STOP_ASKING)
