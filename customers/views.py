"""The pages of a company's customers and jobs: list, one of them, its form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from books import registry
from books.mirror import freshness, lookup, query
from books.pages.record_page import list_key_figures, list_parts
from edits.editor import views
from edits.history import search
from edits.lifecycle.form_token import FormToken
from record_forms.registry import KINDS
from tenants.access import DeskRequest, member
from tenants.models import Role

from .filters import SIZES, STATES, CustomerFilter
from .table import COLUMNS, render_rows

JOBS_SHOWN = 50
ENTRIES_SHOWN = 8


@never_cache
@require_safe
def customer_list(request: DeskRequest, slug: str) -> HttpResponse:
    """The customers and jobs of the company, searched, filtered and sorted; for htmx the rows alone."""
    m = member(request, slug)
    table = registry.get_table(m.tenant, "customers")
    form = CustomerFilter(request.GET)
    asked = form.asked(table)
    age = freshness.get_freshness(m.tenant, table.kind)
    found = query.search_records(m.tenant, table, **asked, columns=COLUMNS, edition=age.edition)
    context = {
        "member": m,
        "form": form,
        "found": found,
        "shows": table.columns,
        "rows": render_rows(m, found.rows, request.path, table.columns, under=asked["sort"] == "full_name"),
        "asked": asked,
        "here": request.path,
        "state": form.cleaned_data.get("state", "active"),
        "states": STATES,
        "sizes": SIZES,
        "freshness": age,
    }
    template = "customers/list.html#rows" if request.htmx else "customers/list.html"
    answer = render(request, template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_safe
def customer_page(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """One customer or job with every field, its jobs and its latest edits."""
    m = member(request, slug)
    table = registry.get_table(m.tenant, "customers")
    record = lookup.find_record(m.tenant, "customers", remote_id)
    content = lookup.get_content(record)
    context = {
        "member": m,
        "record": record,
        "unreadable": lookup.find_unreadable(record),
        "content": content,
        "figures": list_key_figures(table, content),
        "parts": list_parts(table, content),
        "jobs": query.search_records(m.tenant, table, filters={"parent_id": remote_id}, size=JOBS_SHOWN),
        "entries": search.list_record_history(record, ENTRIES_SHOWN),
        "freshness": freshness.get_freshness(m.tenant, "customers"),
        "sealed": str(FormToken(record, record.revision, m.person.pk)),
    }
    return render(request, "customers/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_edit(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """The form of one customer; POST saves it, merges it or gives it back with what is wrong."""
    m = member(request, slug, Role.BOOKKEEPER)
    return views.edit_record(request, m, "customers", remote_id, KINDS["customers"])
