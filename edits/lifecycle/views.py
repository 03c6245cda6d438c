"""A person's edits in progress: their drafts, what is queued, how far a save is, and the outcomes of saves."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import registry
from books.pages.list_position import ListPosition, get_position
from books.polling import next_look
from books.sync import refresh
from edits.models.edit import UNDER_WAY, Edit, State, parse_pk
from edits.models.fetching import fetch_edit
from tenants.access import member
from tenants.models import Role
from tenants.redirects import is_own_page, redirect_to

from . import drafts, failures, notifications, queue


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
    edit = fetch_edit(pk)
    if edit is None or (edit.tenant_id, edit.person_id) != (m.tenant.pk, m.person.pk):
        raise Http404("You have made no such change in this company.")
    position = get_position(request, m, edit.kind, edit.remote_id)
    at = request.GET.get("at", "")
    answer = show_progress(position, edit, at if is_own_page(request, at) else position.form_url)
    return notifications.name_needing(answer, [edit])


def answer_accepted(request: HttpRequest, position: ListPosition, edit: Edit) -> HttpResponse:
    """Answer a save that is queued: beside the form that stays, or without script on the edit's own page."""
    if getattr(request, "htmx", False):
        return beside_form(show_progress(position, edit, request.get_full_path(), status=202))
    page = reverse("edit_page", args=[position.member.tenant.slug, edit.pk])
    return redirect_to(request, f"{page}?saving=1{position.also}")


def beside_form(answer: HttpResponse) -> HttpResponse:
    """Let htmx put the answer to a form into the form's Save bar, so that the form stays."""
    answer["HX-Retarget"] = answer["HX-Reselect"] = "#save-state"
    answer["HX-Reswap"] = "outerHTML"
    return answer


def show_progress(
    position: ListPosition, edit: Edit, form_url: str, *, status: int = 200, **more: object
) -> HttpResponse:
    """Render how far an edit is, with the time to ask again while it is under way. Without the context of a page."""
    is_under_way, tenant = edit.state in UNDER_WAY, position.member.tenant
    refresh.note_visit(tenant)
    context = {"member": position.member, "position": position, "edit": edit, "form_url": form_url, **more}
    context["books"] = registry.get_description(tenant).name
    context["is_under_way"] = is_under_way
    if is_under_way:
        usual = queue.find_usual_seconds(tenant)
        look = next_look(edit.sent_at, queue.compute_look_seconds(usual), is_away=edit.waiting_since is not None)
        context |= {"usual": max(1, round(usual or queue.USUAL_SECONDS)), "next_look": look}
        context["trouble"] = failures.find_trouble(edit)
    elif edit.state == State.SAVED:
        context["leave_url"] = notifications.add_saved_query(position.page_url, edit)
    return HttpResponse(render_to_string("edits/edit_progress.html", context), status=status)


@never_cache
@require_safe
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the outcomes of edits that were in progress when the page was drawn, and when to ask again.

    What was saved takes the place of the page's line of such saves, so that they do not pile up.

    A page that nobody sees is not told: it asks again once it is seen, and meanwhile their author may be away.
    """
    m = member(request, slug)
    desk, is_seen = notifications.get_notifications(m), notifications.is_seen(request)
    news = desk.news
    told = notifications.fetch_told(m.person, [parse_pk(text) for text in request.GET.getlist("told")])
    shown = notifications.mark_notified(desk, told=told) if is_seen else notifications.News((), told)
    found = {"member": m, "news": shown, "mine": desk, "asks_when_seen": news and not is_seen}
    return notifications.name_needing(render(request, "components/news.html", found), news)
