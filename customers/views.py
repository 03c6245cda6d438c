"""The pages of a company's customers and jobs: list, one of them, its form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from books import registry
from books.mirror import lookup
from books.pages.record_page import key_figures, parts
from edits.editor import views
from edits.history import search
from edits.lifecycle.form_token import Seal
from record_forms.registry import KINDS
from tenants.access import DeskRequest, member
from tenants.models import Role

from .filters import SIZES, STATES, CustomerFilter
from .table import COLUMNS, rows

JOBS_SHOWN = 50
ENTRIES_SHOWN = 8


@never_cache
@require_safe
def customer_list(request: DeskRequest, slug: str) -> HttpResponse:
    """The customers and jobs of the company, searched, filtered and sorted; for htmx the rows alone."""
    m = member(request, slug)
    table = registry.table(m.tenant, "customers")
    form = CustomerFilter(request.GET)
    asked = form.asked(table)
    freshness = lookup.freshness(m.tenant, table.kind)
    found = lookup.search(m.tenant, table, **asked, columns=COLUMNS, edition=freshness.edition)
    context = {
        "member": m,
        "form": form,
        "found": found,
        "shows": table.columns,
        "rows": rows(m, found.rows, request.path, table.columns, under=asked["sort"] == "full_name"),
        "asked": asked,
        "here": request.path,
        "state": form.cleaned_data.get("state", "active"),
        "states": STATES,
        "sizes": SIZES,
        "freshness": freshness,
    }
    template = "customers/list.html#rows" if request.htmx else "customers/list.html"
    answer = render(request, template, context)
    answer["Vary"] = "HX-Request"
    return answer


@require_safe
def customer_page(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """One customer or job with every field, its jobs and its latest edits."""
    m = member(request, slug)
    table = registry.table(m.tenant, "customers")
    record = lookup.find(m.tenant, "customers", remote_id)
    content = lookup.content(record)
    context = {
        "member": m,
        "record": record,
        "unreadable": lookup.aside(record),
        "content": content,
        "figures": key_figures(table, content),
        "parts": parts(table, content),
        "jobs": lookup.search(m.tenant, table, filters={"parent_id": remote_id}, size=JOBS_SHOWN),
        "entries": search.of(record, ENTRIES_SHOWN),
        "freshness": lookup.freshness(m.tenant, "customers"),
        "sealed": str(Seal(record, record.revision, m.person.pk)),
    }
    return render(request, "customers/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_edit(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """The form of one customer; POST saves it, merges it or gives it back with what is wrong."""
    m = member(request, slug, Role.BOOKKEEPER)
    return views.edit(request, m, "customers", remote_id, KINDS["customers"])
