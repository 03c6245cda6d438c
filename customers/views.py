"""The pages of a company's customers and jobs: list, one of them, its form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from books import registry
from books.mirror import freshness, lookup, query
from books.pages.list_table import ListLinks, choose_columns, describe_searched, is_shown, list_sorts, render_table
from books.pages.record_page import list_key_figures, list_parts
from edits.editor import views
from edits.history import search
from edits.lifecycle.form_token import FormToken
from record_forms.registry import KINDS
from records.visible import list_searched
from tenants.access import DeskRequest, member
from tenants.models import Role

from .filters import SIZES, STATES, CustomerFilter
from .table import CELLS, COLUMNS, list_read, make_rows

JOBS_SHOWN = 50
ENTRIES_SHOWN = 8


@never_cache
@require_safe
def customer_list(request: DeskRequest, slug: str) -> HttpResponse:
    """The customers and jobs of the company, searched, filtered and sorted; for htmx the rows alone."""
    m = member(request, slug)
    table = registry.get_visible_table(m, "customers")
    columns = choose_columns(m, table, COLUMNS)
    form = CustomerFilter(request.GET, list_sorts(columns))
    asked = form.asked(table)
    age = freshness.get_freshness(m.tenant, table.kind)
    asked |= {"columns": list_read(columns), "lines": list_searched(table), "edition": age.edition}
    found = query.search_records(m.tenant, table, **asked)
    rows = make_rows(m.tenant, found.rows, request.path, under=asked["sort"] == "full_name")
    words = f"Customers{' and jobs' if 'parent_id' in table.columns else ''}, {found.total} found"
    links = ListLinks(request.GET, asked["sort"])
    context = {
        "member": m,
        "form": form,
        "found": found,
        "table": render_table(table, columns, rows, cells=CELLS, caption=words, links=links, may_edit=m.may_edit),
        "asked": asked,
        "here": request.path,
        "state": form.cleaned_data.get("state", "active"),
        "states": STATES if is_shown(m, table, "is_active") else (),
        "sizes": SIZES,
        "searched": describe_searched(table),
        "freshness": age,
    }
    template = "customers/customer_list.html#rows" if request.htmx else "customers/customer_list.html"
    answer = render(request, template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_safe
def customer_page(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """One customer or job with every field, its jobs and its latest edits."""
    m = member(request, slug)
    table = registry.get_visible_table(m, "customers")
    record = lookup.find_shown_record(m.tenant, table, remote_id)
    content = lookup.get_content(record, table)
    context = {
        "member": m,
        "record": record,
        "unreadable": lookup.find_unreadable(record, table),
        "content": content,
        "figures": list_key_figures(table, content),
        "parts": list_parts(table, content),
        "jobs": query.search_records(m.tenant, table, filters={"parent_id": remote_id}, size=JOBS_SHOWN),
        "entries": search.list_record_history(m, record, ENTRIES_SHOWN),
        "freshness": freshness.get_freshness(m.tenant, "customers"),
        "sealed": str(FormToken(record, record.revision, m.person.pk)),
    }
    return render(request, "customers/customer_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_edit(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """The form of one customer; POST saves it, merges it or gives it back with what is wrong."""
    m = member(request, slug, Role.BOOKKEEPER)
    return views.edit_record(request, m, "customers", remote_id, KINDS["customers"])
