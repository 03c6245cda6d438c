"""The pages of a company's bills: list, one of them, its form, and a new line for that form."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from books import registry
from books.mirror import freshness, lookup
from books.mirror.currencies import (
    find_main,
    find_record_currency,
    get_code,
    get_shown_code,
    map_codes,
    name_currencies,
    show_amounts_in,
    show_amounts_of,
)
from books.pages import row_address
from books.pages.list_address import carry_list, render_list
from books.pages.list_position import open_position
from books.pages.list_table import describe_searched, is_shown, render_table
from books.pages.record.record_page import list_parts
from books.pages.seen import note_seen
from edits.editor import views
from edits.history import search
from edits.lifecycle.form_token import FormToken, check_author
from edits.lifecycle.notifications import get_saved_notice
from record_forms.filters.bar import FilterBar
from record_forms.filters.conditions import name_currency
from record_forms.record_form import RecordForm
from record_forms.registry import KINDS
from records.content import Content
from records.fields import Table
from tenants.access import DeskRequest, Member, member
from tenants.list_settings import hide_columns
from tenants.models import Role

from .forms import BillForm, make_typed_due
from .grid.group_totals import GroupTotals
from .grid.line_queries import HiddenColumns, LineEntry, UnitCostQuery
from .grid.lines import BillLines, describe_refusal
from .grid.pasted import PastedBlock
from .grid.read_only import ReadOnlyLines, link_customers
from .linked import LINKED, LinkedTransactions
from .list.aging import Aging, AgingLinks
from .list.filters import AGING
from .list.query import BillRows
from .list.table import CELLS, make_rows
from .naming import name_bill
from .terms.due_offer import DueDate

ENTRIES_SHOWN = 8
ELSEWHERE = ("lines", LINKED, "amount_due", "open_amount")  # what the page shows outside of its sections


@never_cache
@require_safe
def bill_list(request: DeskRequest, slug: str) -> HttpResponse:
    """The bills of the company, searched, filtered and sorted, with their totals; for htmx the rows alone."""
    m = member(request, slug)
    if moved := row_address.find_address(request, m, "bills"):
        return redirect(moved)
    rows = BillRows(m, request.GET)
    asked, table = rows.asked, rows.table
    age = freshness.get_freshness(m.tenant, table.kind)
    found = rows.find_page(age.edition)
    main = find_main(m.tenant, table.kind) if found.totals else ""
    show_amounts_in(m.tenant, main)
    codes = map_codes(m.tenant, [main, *(total["currency"] for total in found.totals)])
    foot = {"totals": name_currencies(m.tenant, found.totals, codes), "noun": table.noun, "found": found.listing}
    bar = FilterBar(rows)
    if not request.htmx:
        bar.note_view()
    context = {
        "member": m,
        "form": rows.form,
        "asked": asked,
        "found": found.listing,
        "here": request.path,
        "totals": foot["totals"],
        "main": get_shown_code(m.tenant, table, main),
        "table": render_table(
            table,
            rows.columns,
            make_rows(found.listing.rows, request.path, codes, found.flagged),
            cells=CELLS,
            caption=f"Bills, {found.listing.total} found",
            links=rows.links,
            density=rows.density,
            kind=rows.kind,
            may_edit=m.may_edit and not age.is_resting,
            carried=carry_list(rows.form),
            **foot,
        ),
        **_draw_aging(rows, found.aging),
        "shows_aging": all(is_shown(m, table, name) for name in AGING),
        "bar": bar,
        "searched": describe_searched(table),
        "freshness": age,
    }
    return render_list(request, "bills/bill_list.html", context, rows.form, rows.bare)


def _draw_aging(rows: BillRows, aging: Aging) -> dict[str, Any]:
    """The bar by age: its figures with the codes of their currencies, and where each leads."""
    tenant = rows.tenant
    links = AgingLinks(rows.links, bool(aging.elsewhere), name_currency(tenant, aging.currency))
    cells = [(cell, links.age(cell.name)) for cell in aging.cells]
    others = [
        (replace(one, currency=get_code(tenant, one.currency) or "no currency"), links.other(named))
        for one, named in ((one, name_currency(tenant, one.currency)) for one in aging.elsewhere)
    ]
    named = replace(aging, currency=get_code(tenant, aging.currency))
    return {"aging": named, "aging_all": links.all(), "aging_cells": cells, "aging_others": others}


@require_safe
def bill_page(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """One bill with every field, every line and its latest edits."""
    m = member(request, slug)
    table = registry.get_visible_table(m, "bills")
    record = lookup.find_shown_record(m.tenant, table, remote_id)
    content = lookup.get_content(record, table)
    show_amounts_of(m.tenant, table, content)
    note_seen(m, record)
    saved = get_saved_notice(m, request.GET.get("saved", ""))
    context = {
        "member": m,
        "record": record,
        "position": open_position(request, m, table.kind, remote_id),
        "too_long": describe_refusal(m.tenant, content),
        "saved": saved,
        "unreadable": lookup.find_unreadable(record, table),
        "content": content,
        "called": name_bill(content),
        "code": get_code(m.tenant, str(content["currency"] or "")),
        "parts": list_parts(table, content, leave_out=ELSEWHERE, tenant=m.tenant),
        "linked": LinkedTransactions(content),
        "due": DueDate(m.tenant, content, content, content["amount_due"]),
        "sheet": ReadOnlyLines(content, saved.differences if saved else (), link_customers(m, content)),
        "entries": search.list_record_history(m, record, ENTRIES_SHOWN),
        "freshness": freshness.get_freshness(m.tenant, table.kind),
        "sealed": str(FormToken(record, record.revision, m.person.pk)),
    }
    return render(request, "bills/bill_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bill_edit(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """The form of one bill; POST saves it, merges it, arranges its lines or gives it back with what is wrong."""
    m = member(request, slug, Role.BOOKKEEPER)
    check_author(request.POST, m.person.pk)
    if "columns" in request.POST:
        m = hide_columns(m, HiddenColumns(request.POST, m.hidden_columns).hidden)
    kind = replace(KINDS["bills"], form=partial(BillForm, hidden=m.hidden_columns))
    return views.edit_record(request, m, "bills", remote_id, kind)


@never_cache
@require_safe
def line_entry(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """What an entry picked for a line fills in, as JSON for the script of the line grid."""
    m = member(request, slug, Role.BOOKKEEPER)
    table, _ = _get_seen_content(m, remote_id, "")
    form = LineEntry(request.GET, table=table)
    if not form.is_valid():
        raise BadRequest("This form has no such lines.")
    return JsonResponse(form.picked(m.tenant))


@never_cache
@require_safe
def line_unit_cost(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """The cost of a line for another unit, as JSON for the script of the line grid; nothing if it is not known."""
    m = member(request, slug, Role.BOOKKEEPER)
    form = UnitCostQuery(request.GET, table=registry.get_visible_table(m, "bills"))
    if not form.is_valid():
        raise BadRequest("This form has no such lines.")
    found = form.convert(m.tenant)
    return JsonResponse({"cost": found.text, "why": f"{found.why}"} if found else {})


@never_cache
@require_POST
def bill_paste(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """What a block pasted from a sheet means in the lines of a bill, as JSON for the script of the line grid."""
    m = member(request, slug, Role.BOOKKEEPER)
    check_author(request.POST, m.person.pk)
    table, bill = _get_seen_content(m, remote_id, request.GET.get("revision", ""))
    form = PastedBlock(request.POST, bill=bill)
    if not form.is_valid():
        raise BadRequest("This form has no such lines.")
    return JsonResponse(form.read(m.tenant, lambda: find_record_currency(m.tenant, table, bill).code))


@never_cache
@vary_on_headers("HX-Request")
@require_safe
def bill_due(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """What the date, terms and vendor in the form of a bill make of its due date, as the offers of that form."""
    m = member(request, slug, Role.BOOKKEEPER)
    table, bill = _get_seen_content(m, remote_id, request.GET.get("revision", ""))
    due = make_typed_due(RecordForm(m.tenant, table, bill, request.GET), ReadOnlyLines(bill).total)
    return render(request, "bills/due.html", {"due": due}, using="jinja2")


@never_cache
@vary_on_headers("HX-Request")
@require_safe
def bill_groups(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """What the item groups in the form of a bill will come to, as the figures of that form."""
    m = member(request, slug, Role.BOOKKEEPER)
    revision = request.GET.get("revision", "")
    forecast = GroupTotals(BillLines(m.tenant, *_get_seen_content(m, remote_id, revision), request.GET))
    context = {"member": m, "forecast": forecast, "revision": revision, "again": True}
    return render(request, "bills/groups.html", context)


def _get_seen_content(m: Member, remote_id: str, revision: str) -> tuple[Table, Content]:
    """The bill as the person saw it who has its form open, or as last read where that version is not kept."""
    table = registry.get_visible_table(m, "bills")
    record = lookup.find_shown_record(m.tenant, table, remote_id)
    seen = lookup.find_version(record, revision)
    content = lookup.decode_version(table, seen) if seen else lookup.get_content(record, table)
    show_amounts_of(m.tenant, table, content)
    return table, content
