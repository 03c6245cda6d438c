"""The page of what each company was asked in a month, for Ledgerdesk administrators, and its file."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books.health.usage import get_month, get_next_month
from books.pages.spreadsheet import stream_lines
from tenants.access import ledgerdesk_administrator
from tenants.security_log import Kind, log_event

from .forms import MonthAsked
from .usage import HEADS, list_lines, load_month


@never_cache
@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """Show which company files were asked in a month, what each came to, and how each connection is now."""
    person = ledgerdesk_administrator(request)
    month = MonthAsked(request.GET).asked
    context = {
        "usage": load_month(person, month),
        "before": get_month(month - timedelta(days=1)),
        "after": get_next_month(month) if month < get_month() else None,
    }
    return render(request, "administration/usage.html", context)


@never_cache
@require_safe
def usage_export(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a CSV file."""
    person = ledgerdesk_administrator(request)
    month = MonthAsked(request.GET).asked
    if request.method == "GET":
        log_event(Kind.EXPORTED, request=request, what="usage", month=f"{month:%Y-%m}")
    lines = stream_lines(HEADS, list_lines(load_month(person, month)))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="usage-{month:%Y-%m}.csv"'
    return answer
