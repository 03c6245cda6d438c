"""The pages of a company's customers and jobs: list, one of them, its form."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from books import connections, mirror
from books.currencies import codes
from books.models import Record
from books.sheet import parts
from edits import editing
from edits.forms import RecordForm, as_typed
from edits.models import Edit
from edits.seal import Seal
from tenants.access import member
from tenants.models import Role, Tenant

from .forms import SIZES, STATES, CustomerFilter

KIND = editing.Kind(form=RecordForm, template="customers/edit.html", page="customer_page", as_typed=as_typed)
JOBS_SHOWN = 50
EDITS_SHOWN = 8


@never_cache
@require_GET
def customer_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The customers and jobs of the company, searched, filtered and sorted; for htmx the rows alone."""
    m = member(request, slug)
    table = connections.table(m.tenant, "customers")
    form = CustomerFilter(request.GET)
    asked = form.asked(table)
    found = mirror.search(m.tenant, table, **asked)
    context = {
        "member": m,
        "form": form,
        "found": found,
        "rows": list(_indented(found.rows, _codes(m.tenant, found.rows), under=asked["sort"] == "full_name")),
        "asked": asked,
        "state": form.cleaned_data.get("state", "active"),
        "states": STATES,
        "sizes": SIZES,
        "freshness": mirror.freshness(m.tenant, table.kind),
    }
    template = "customers/list.html#rows" if request.htmx else "customers/list.html"  # type: ignore[attr-defined]
    answer = render(request, template, context)
    answer["Vary"] = "HX-Request"
    return answer


def _codes(tenant: Tenant, rows: list[Record]) -> dict[str, str]:
    """What stands before the amounts of the currencies that few of these rows have."""
    return codes(tenant, [name for name, _ in Counter(row.currency for row in rows).most_common()])


def _indented(rows: list[Record], before: Mapping[str, str], *, under: bool) -> Iterator[tuple[Record, int, str, str]]:
    """Each row with its depth under the customer above it in this list, the name to show and its currency's code."""
    above: list[str] = []
    for row in rows:
        name = row.full_name or ""
        while above and not (under and name.startswith(above[-1] + ":")):
            above.pop()
        shown = name[len(above[-1]) + 1 :] if above else name
        yield row, len(above), shown, before.get(row.currency or "", "")
        above.append(name)


@require_GET
def customer_page(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """One customer or job with every field, its jobs and its latest edits."""
    m = member(request, slug)
    table = connections.table(m.tenant, "customers")
    record = mirror.find(m.tenant, "customers", remote_id)
    context = {
        "member": m,
        "record": record,
        "content": mirror.content(record),
        "parts": parts(table, mirror.content(record)),
        "jobs": mirror.search(m.tenant, table, filters={"parent_id": remote_id}, size=JOBS_SHOWN),
        "edits": Edit.objects.filter(tenant=m.tenant, kind="customers", remote_id=remote_id)[:EDITS_SHOWN],
        "freshness": mirror.freshness(m.tenant, "customers"),
        "sealed": str(Seal(record, record.revision)),
    }
    return render(request, "customers/page.html", context)


@require_http_methods(["GET", "POST"])
def customer_edit(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """The form of one customer; POST saves it, merges it or gives it back with what is wrong."""
    m = member(request, slug, Role.BOOKKEEPER)
    return editing.edit(request, m, "customers", remote_id, KIND)
