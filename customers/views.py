"""The pages of a company's customers and jobs: list, one of them, its form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from books import registry
from books.mirror import freshness, lookup, query
from books.mirror.currencies import (
    find_main,
    get_shown_code,
    map_codes,
    name_currencies,
    show_amounts_in,
    show_amounts_of,
)
from books.pages import row_address
from books.pages.list_address import carry_list, render_list
from books.pages.list_links import TOTALS
from books.pages.list_position import open_position
from books.pages.list_table import describe_searched, render_table
from books.pages.record.record_page import list_key_figures, list_parts
from books.pages.seen import note_seen
from edits.editor import views
from edits.history import search
from edits.lifecycle.form_token import FormToken
from record_forms.filters.bar import FilterBar
from record_forms.registry import KINDS
from tenants.access import DeskRequest, member
from tenants.models import Role

from .rows import CustomerRows
from .table import CELLS, make_rows

JOBS_SHOWN = 50
ENTRIES_SHOWN = 8


@never_cache
@require_safe
def customer_list(request: DeskRequest, slug: str) -> HttpResponse:
    """The customers and jobs of the company, searched, filtered and sorted; for htmx the rows alone."""
    m = member(request, slug)
    if moved := row_address.find_address(request, m, "customers"):
        return redirect(moved)
    listed = CustomerRows(m, request.GET)
    table, asked = listed.table, listed.asked
    age = freshness.get_freshness(m.tenant, table.kind)
    found, totals = listed.find_page(age.edition, waits=bool(request.GET.get(TOTALS)))
    main = find_main(m.tenant, table.kind) if found.rows else ""
    names = [row.currency for row in found.rows] if totals is None else [one["currency"] for one in totals]
    show_amounts_in(m.tenant, main)
    codes = map_codes(m.tenant, [main, *names])
    foot = {"totals": name_currencies(m.tenant, totals or [], codes), "noun": table.noun, "found": found}
    foot["totals_url"] = listed.links.change(**{TOTALS: "1", "page": str(found.page)}) if totals is None else ""
    bar = FilterBar(listed)
    if not request.htmx:
        bar.note_view()
    context = {
        "member": m,
        "form": listed.form,
        "found": found,
        "table": render_table(
            table,
            listed.columns,
            make_rows(
                () if request.htmx and TOTALS in request.GET else found.rows,
                request.path,
                codes,
                under=asked["sort"] == "full_name",
            ),
            cells=CELLS,
            caption=f"Customers{' and jobs' if 'parent_id' in table.columns else ''}, {found.total} found",
            links=listed.links,
            density=listed.density,
            kind=listed.kind,
            may_edit=m.may_edit and not age.is_resting,
            carried=carry_list(listed.form),
            **foot,
        ),
        "asked": asked,
        "here": request.path,
        "totals": foot["totals"],
        "main": get_shown_code(m.tenant, table, main),
        "bar": bar,
        "searched": describe_searched(table),
        "freshness": age,
    }
    return render_list(request, "customers/customer_list.html", context, listed.form, listed.bare)


@require_safe
def customer_page(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """One customer or job with every field, its jobs and its latest edits."""
    m = member(request, slug)
    table = registry.get_visible_table(m, "customers")
    record = lookup.find_shown_record(m.tenant, table, remote_id)
    content = lookup.get_content(record, table)
    show_amounts_of(m.tenant, table, content)
    note_seen(m, record)
    context = {
        "member": m,
        "record": record,
        "position": open_position(request, m, table.kind, remote_id),
        "unreadable": lookup.find_unreadable(record, table),
        "content": content,
        "figures": list_key_figures(table, content, m.tenant),
        "parts": list_parts(table, content, leave_out=table.figures, tenant=m.tenant),
        "jobs": query.list_below(m.tenant, table, remote_id, JOBS_SHOWN),
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
