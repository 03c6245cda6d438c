"""The pages of a company's connection and of the age of its lists, and the options of its pickers.

None waits for the vendor: what they ask of it is queued, and the page looks again.
"""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from books import polling, registry
from books.health.company import load_health
from books.mirror import freshness, pickers
from books.models import Purpose
from books.sync import company_file, refresh, vendor_reads
from tenants.access import DeskRequest, member
from tenants.models import Role
from tenants.redirects import is_own_page, redirect_to

from . import connection_status
from .forms import OptionsAsked, RefreshAsked, SameCompany

KNOWN_FOR = timedelta(seconds=60)  # what the connection service knows is not asked again before
ACCOUNT_SECONDS = 1.0  # it answers itself, without the PC


@never_cache
@vary_on_headers("HX-Request")
@require_safe
def connection(request: DeskRequest, slug: str) -> HttpResponse:
    """Show whether the vendor answers, how old each list is, and what to do; for htmx only the part that changes."""
    m = member(request, slug)
    refresh.request_refresh(m.tenant)
    context = {
        "member": m,
        "connection": connection_status.get_connection(m.tenant),
        "lists": connection_status.list_statuses(m),
        "health": load_health(m.tenant, has_requests=m.may_administer),
    }
    template = "books/connection.html#standing" if request.htmx else "books/connection.html"
    return render(request, template, context)


@never_cache
@require_safe
def connection_vendor(request: DeskRequest, slug: str) -> HttpResponse:
    """Show what the connection service itself knows about this company, as soon as the worker has asked it."""
    m = member(request, slug, Role.ADMIN)
    read = vendor_reads.find(m.tenant, Purpose.ACCOUNT)
    if read is None or read.is_waiting or not read.ended_since(timezone.now() - KNOWN_FOR):
        read = vendor_reads.ask(m.tenant, Purpose.ACCOUNT)
    context = {
        "member": m,
        "about": vendor_reads.list_known(read),
        "error": vendor_reads.read_error(read) if read.has_failed else None,
        "next_look": polling.next_look(read.asked_at, ACCOUNT_SECONDS) if read.is_waiting else "",
        "account": registry.get_description(m.tenant).account,
    }
    return render(request, "books/vendor.html#known" if request.htmx else "books/vendor.html", context)


@require_POST
def connection_try(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a round trip made to the open company file; the connection page shows how it ends."""
    m = member(request, slug, Role.BOOKKEEPER)
    vendor_reads.ask(m.tenant, Purpose.CONNECTION)
    return redirect_to(request, reverse("connection", args=[slug]))


@require_POST
def connection_same_company(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the company file that answers now for the company's own, renamed, if it is still the one that was shown."""
    m = member(request, slug, Role.ADMIN)
    form, file = SameCompany(request.POST), registry.get_description(m.tenant).other.FILE
    found = company_file.confirm(m.tenant, m.name, form.cleaned_data["mark"], request) if form.is_valid() else ""
    if found:
        refresh.request_refresh(m.tenant, "person")
        messages.success(request, f"{m.tenant} now belongs to the {file} {found}. Reading and saving go on.")
    else:
        messages.warning(request, f"The {file} has changed since this page was loaded. Nothing was confirmed.")
    return redirect_to(request, reverse("connection", args=[slug]))


@require_POST
def connection_refresh(request: HttpRequest, slug: str) -> HttpResponse:
    """Queue a refresh of the most used lists, whatever their age, and of the records on the page that requested it."""
    m = member(request, slug)
    registry.check_may_ask(m.tenant, any_file=True)
    form = RefreshAsked(request.POST)
    form.is_valid()
    asked = form.cleaned_data
    refresh.refresh_records(m.tenant, asked.get("kind", ""), asked.get("ids", []))
    page = asked.get("page", "")
    return redirect_to(request, page if is_own_page(request, page) else reverse("connection", args=[slug]))


@never_cache
@require_safe
def progress(request: HttpRequest, slug: str, listed: str) -> HttpResponse:
    """Show the age of a list, as a fragment that a page requests while the age changes."""
    m = member(request, slug)
    if listed not in registry.get_description(m.tenant).tables:
        raise Http404(f"There is no list of {listed}.")
    return render(request, "books/progress.html", {"member": m, "freshness": freshness.get_freshness(m.tenant, listed)})


@never_cache
@require_safe
def reference_options(request: HttpRequest, slug: str, picker: str) -> HttpResponse:
    """Show the options of a picker for the typed text."""
    m = member(request, slug)
    form = OptionsAsked(request.GET)
    form.is_valid()
    asked = {name: form.cleaned_data.get(name, "") for name in ("q", "was")}
    if picker not in registry.get_description(m.tenant).pickers:
        raise Http404(f"There is no list of {picker}.")
    under = form.cleaned_data.get("under", "")
    found = pickers.find_options(m.tenant, picker, **asked, under=under, member=m)
    context = {"options": found.options, "total": found.total, "shown": found.shown, "unread": found.unread, **asked}
    return render(request, "books/options.html", context)
