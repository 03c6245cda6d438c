"""Pages that combine several kinds of record: the home of a company, and one of its vendors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import registry
from books.mirror import freshness
from books.models import COMPANIES
from books.pages import connection_status
from books.pages.seen import note_opened
from books.sync import refresh
from edits.lifecycle import queue
from tenants.access import member

from .home import load_home
from .inbox.collect import collect
from .inbox.items import make_reader
from .inbox.visits import find_last_visit
from .vendor_page import VENDORS, find_vendor


@never_cache
@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what needs the person, what is open, what is due, and whether the vendor answers."""
    m = member(request, slug)
    refresh.request_refresh(m.tenant)
    note_opened(m, COMPANIES, m.tenant.slug)
    has_bills = "bills" in registry.get_description(m.tenant).tables
    owed_age = freshness.get_freshness(m.tenant, "customers")
    age = freshness.get_freshness(m.tenant, "bills") if has_bills else owed_age
    connection = connection_status.get_connection(m.tenant)
    context = {
        "member": m,
        "home": load_home(m, request.GET.get("currency", "")),
        "freshness": age,
        "owed_age": owed_age,
        "is_owed_older": age.is_newer_than(owed_age),
        "connection": connection,
        "inbox": collect(make_reader(m.person).only(slug), find_last_visit(m.person)),
        "save_seconds": queue.find_usual_seconds(m.tenant),
    }
    return render(request, "overview/home.html", context)


@never_cache
@require_safe
def vendor_page(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """Show what is open of one vendor's bills and how old, its terms and address, and what changed of them lately."""
    m = member(request, slug)
    vendor, age = find_vendor(m, remote_id), freshness.get_freshness(m.tenant, "bills")
    note_opened(m, VENDORS, remote_id)
    context = {"member": m, "vendor": vendor, "freshness": age}
    return render(request, "overview/vendor_page.html", context)
