"""The edits of a company: their list, one of them with its conflict, and the live look behind an open form."""

from math import ceil

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import connections, errors, mirror, sync
from books.shown import day
from tenants.access import Member, member
from tenants.models import Role

from . import conflicting, settling
from .describing import described
from .models import UNDER_WAY, Edit, State
from .seal import NoBase, unseal
from .typed_day import TypedDay

FRESH_SECONDS = 60  # a record read this recently is not read again behind a page
PER_PAGE = 50


@require_safe
def edit_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All edits of the company, newest first, with what became of each."""
    m = member(request, slug)
    edits = Edit.objects.sent().filter(tenant=m.tenant).select_related("base", "result", "tenant")
    page = Paginator(edits, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "edits/list.html", {"member": m, "page": page})


def edit_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One edit: its conflict to decide, or what was changed and what became of it. POST decides or looks again."""
    m = member(request, slug)
    edit = get_object_or_404(Edit.objects.select_related("tenant", "base__record", "result"), tenant=m.tenant, pk=pk)
    if request.method == "POST":
        return _act(request, m, edit)
    if edit.state == State.CONFLICT and edit.needs_author and _is_author(m, edit):
        return conflicting.page(request, m, edit)
    context = {"member": m, "edit": edit, "changes": described(edit), "is_author": _is_author(m, edit)}
    context |= {"page_url": conflicting.page_url(m, edit), "form_url": conflicting.edit_url(m, edit)}
    return render(request, "edits/page.html", context)


def _act(request: HttpRequest, m: Member, edit: Edit) -> HttpResponse:
    member(request, m.tenant.slug, Role.BOOKKEEPER)
    if "check" in request.POST and edit.state in UNDER_WAY:
        if edit.state == State.UNKNOWN or settling.is_abandoned(edit):
            edit = settling.settle(edit)
        words = (
            "Still unknown: the books do not tell yet." if edit.state in UNDER_WAY else f"{edit.get_state_display()}."
        )
        messages.info(request, words)
        return conflicting.go(request, request.path)
    if not _is_author(m, edit):
        raise PermissionDenied(f"Only {edit.person_name} decides what becomes of this change.")
    if not edit.needs_author:
        messages.info(request, "This change has been dealt with already.")
        return conflicting.go(request, conflicting.page_url(m, edit))
    return conflicting.decide(request, m, edit)


def _is_author(m: Member, edit: Edit) -> bool:
    return bool(edit.person_id == m.person.pk)


@never_cache
@require_safe
def edit_wait(request: HttpRequest, slug: str) -> HttpResponse:
    """While a form is being saved: what its edit waits for, in plain words; nothing where it waits for nothing."""
    m = member(request, slug, Role.BOOKKEEPER)
    edits = Edit.objects.filter(tenant=m.tenant, person=m.person, form=request.GET.get("token", ""))
    edit = edits.filter(state=State.SENDING, waits_until__gt=timezone.now()).first()
    words = ""
    if edit and edit.waits_until:
        seconds = ceil((edit.waits_until - timezone.now()).total_seconds())
        words = f"{connections.description(m.tenant).name} asks us to wait: {seconds} s more"
    return HttpResponse(words, content_type="text/plain")


@never_cache
@require_safe
def typed_day(request: HttpRequest, slug: str) -> HttpResponse:
    """The day that somebody types, in full as its input shows it: 10/1 as 1 Oct 2026; 422 with why it is none."""
    m = member(request, slug)
    form = TypedDay(request.GET, day_first=m.tenant.day_first)
    if form.is_valid():
        return HttpResponse(day(form.cleaned_data["text"]), content_type="text/plain; charset=utf-8")
    said = " ".join(str(one) for one in form.errors["text"])
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=422)


@never_cache
@require_safe
def live_look(request: HttpRequest, slug: str, kind: str, remote_id: str) -> HttpResponse:
    """Behind an open page: read the record once, unless it was read just now, and say whether it has moved."""
    m = member(request, slug)
    table = connections.table(m.tenant, kind)
    record = mirror.find(m.tenant, kind, remote_id)
    try:
        seen = unseal(request.GET.get("base", ""), record).revision
    except NoBase:
        seen = record.revision
    trouble = None
    if (timezone.now() - record.read_at).total_seconds() > FRESH_SECONDS:
        try:
            record = sync.read_again(m.tenant, table, remote_id)
        except errors.BooksError as error:
            trouble = error
    context = {"record": record, "moved": record.revision != seen, "trouble": trouble, "table": table}
    return render(request, "edits/live.html", {**context, "may_rebase": request.GET.get("form") == "1"})
