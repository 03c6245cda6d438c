"""The security log: of one company for its administrators, of everything for Ledgerdesk's; as a page and as a file."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books.mirror.query import RecordPage
from books.pages.spreadsheet import MOST_ROWS, write_workbook
from record_forms.filters.export import ROOM, ListFile, refuse, send_list
from tenants.access import ledgerdesk_administrator, member
from tenants.models import Role, Tenant
from tenants.security_log import log_export

from .entries import HEADS, describe_event, find_events, make_rows
from .filters import LogFilter

PER_PAGE = 50
SUFFIXES = ("csv", "xlsx")


@never_cache
@require_safe
def security_log(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what concerns the security of a company, newest first."""
    m = member(request, slug, Role.ADMIN)
    return _show(request, m.tenant, [reverse("security_log_export", args=[slug, suffix]) for suffix in SUFFIXES])


@never_cache
@require_safe
def administration_log(request: HttpRequest) -> HttpResponse:
    """Show what concerns the security of the whole installation, newest first."""
    ledgerdesk_administrator(request)
    return _show(request, None, [reverse("administration_log_export", args=[suffix]) for suffix in SUFFIXES])


@never_cache
@require_safe
def security_log_export(request: HttpRequest, slug: str, suffix: str) -> HttpResponseBase:
    """Download the log of a company, as it is filtered, as CSV or XLSX."""
    m = member(request, slug, Role.ADMIN)
    return _send(request, m.tenant, f"{m.tenant.slug}-security-log", suffix)


@never_cache
@require_safe
def administration_log_export(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """Download the log of the whole installation, as it is filtered, as CSV or XLSX."""
    ledgerdesk_administrator(request)
    return _send(request, None, "security-log", suffix)


def _show(request: HttpRequest, tenant: Tenant | None, files: list[str]) -> HttpResponse:
    form = LogFilter(request.GET)
    pages = Paginator(find_events(form.asked, tenant), PER_PAGE)
    page = pages.get_page(form.number)
    found = RecordPage(list(page.object_list), pages.count, page.number, PER_PAGE)
    context: dict[str, Any] = {"form": form, "found": found, "heads": HEADS, "tenant": tenant, "files": files}
    context["rows"] = [describe_event(event) for event in found.rows]
    return render(request, "administration/security_log.html", context)


def _send(request: HttpRequest, tenant: Tenant | None, name: str, suffix: str) -> HttpResponseBase:
    found = find_events(LogFilter(request.GET).asked, tenant).filter(at__lte=timezone.now())  # without this export
    count = found.count()
    if suffix == "xlsx" and count > MOST_ROWS:
        return refuse(ROOM.format(MOST_ROWS, count))
    log_export(request, tenant, "security log", count)
    rows = make_rows(found.iterator(chunk_size=500))
    name = f"{name}-{timezone.localdate():%Y-%m-%d}.{suffix}"
    file = ListFile(name, HEADS, rows, count, lambda to: write_workbook(to, "Security log", HEADS, rows))
    return send_list(request, file)
