"""A save as a tutorial would write it: the view waits for the vendor. No sign-in, no check, no queue."""

import http.client
import json
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template import Context, Engine
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from books.models import Record

SHOWN = 100
PATIENCE_SECONDS = 90
LIST = Engine().from_string(
    "<table>{% for one in rows %}<tr><td>{{ one.full_name }}<td>{{ one.company_name }}<td>{{ one.phone }}"
    "<td>{{ one.email }}<td>{{ one.balance }}{% endfor %}</table>"
)
FORM = Engine().from_string(
    '<form id="record-form" method="post"><input type="hidden" name="revision" value="{{ record.revision }}">'
    '<input name="phone" value="{{ record.phone }}"><button>Save</button></form>'
)


@require_safe
def list_customers(request: HttpRequest, slug: str) -> HttpResponse:
    """The first customers of a company, by name."""
    rows = Record.objects.filter(tenant__slug=slug, kind="customers", deleted_at__isnull=True)
    return HttpResponse(LIST.render(Context({"rows": rows.order_by("full_name_key")[:SHOWN]})))


@csrf_exempt
def edit_customer(request: HttpRequest, slug: str, remote_id: str) -> HttpResponse:
    """The form of a phone number, and its save."""
    of_company = Record.objects.filter(tenant__slug=slug, kind="customers").select_related("tenant")
    record = get_object_or_404(of_company, remote_id=remote_id)
    if request.method != "POST":
        return HttpResponse(FORM.render(Context({"record": record})))
    raw = send(record, request.POST["revision"], request.POST["phone"])
    Record.objects.filter(pk=record.pk).update(
        phone=raw["phone"], revision=raw["revisionNumber"], read_at=timezone.now()
    )
    return HttpResponseRedirect(f"/plain/{slug}/", status=303)


def send(record: Record, revision: str, phone: str) -> dict[str, str]:
    """Write the number and return the record as saved. Raises RuntimeError if the vendor refuses."""
    base = urlsplit(settings.CONDUCTOR_BASE_URL)
    line = http.client.HTTPConnection(base.netloc, timeout=PATIENCE_SECONDS)
    headers = {"Authorization": f"Bearer {settings.CONDUCTOR_SECRET_KEY}", "Content-Type": "application/json"}
    headers["Conductor-End-User-Id"] = record.tenant.end_user_id
    body = json.dumps({"revisionNumber": revision, "phone": phone})
    line.request("POST", f"{base.path}/quickbooks-desktop/customers/{record.remote_id}", body, headers)
    answer = line.getresponse()
    raw: dict[str, str] = json.loads(answer.read())
    line.close()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(raw)
    return raw
