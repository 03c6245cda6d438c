"""The page of a company's life, for Ledgerdesk administrators. It shows nothing of the company's records."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from books.registry import get_description
from edits.history import export
from tenants.access import ledgerdesk_administrator
from tenants.models import Provider, Tenant
from tenants.redirects import redirect_to
from tenants.security_log import log_export

from . import history, life
from .life_forms import MoveForm, PlainForm, RemoveForm, RenameForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHANGED = "Somebody changed this company meanwhile. Check it below, then do it again. Nothing was done."


def _rename(tenant: Tenant, form: Any, request: HttpRequest) -> str:
    life.rename_company(tenant, form.cleaned_data["name"], form.cleaned_data["slug"], request=request)
    return "Saved."


def _move(tenant: Tenant, form: Any, request: HttpRequest) -> str:
    life.move_company(tenant, form.cleaned_data["end_user_id"], request=request)
    return "Moved. Nothing is read or saved until its company file has answered."


def _rest(tenant: Tenant, form: Any, request: HttpRequest) -> str:
    life.rest_company(tenant, is_resting=True, request=request)
    return "Paused. Nothing is read and nothing is saved."


def _wake(tenant: Tenant, form: Any, request: HttpRequest) -> str:
    life.rest_company(tenant, is_resting=False, request=request)
    return "Reading and saving go on."


def _archive(tenant: Tenant, form: Any, request: HttpRequest) -> str:
    life.archive_company(tenant, request=request)
    return "Archived."


def _bring_back(tenant: Tenant, form: Any, request: HttpRequest) -> str:
    life.bring_back(tenant, request=request)
    return "Back in use."


def _remove(tenant: Tenant, form: Any, request: HttpRequest) -> str:
    life.remove_company(tenant, form.cleaned_data["typed_name"], request=request)
    return "Removed. Its data is being deleted; its history is kept."


# By the name of the button: what is typed for it, and what it does.
ACTS: Mapping[str, tuple[Callable[..., forms.Form], Callable[[Tenant, Any, HttpRequest], str]]] = {
    "rename": (RenameForm, _rename),
    "move": (MoveForm, _move),
    "rest": (PlainForm, _rest),
    "wake": (PlainForm, _wake),
    "archive": (PlainForm, _archive),
    "bring_back": (PlainForm, _bring_back),
    "remove": (RemoveForm, _remove),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company_life(request: HttpRequest, company: str) -> HttpResponse:
    """Show where a company is in its life, and do what a button says.

    409 where somebody else has changed it since the page was drawn, 422 where something typed is wrong.
    """
    ledgerdesk_administrator(request)
    tenant = get_object_or_404(Tenant, slug=company)
    status, drawn = 200, {name: make(tenant) for name, (make, _) in ACTS.items()}
    if request.method == "POST":
        posted = request.POST.get("act", "")
        status, form = _carry_out(request, tenant, posted)
        tenant.refresh_from_db()
        if status == 303:
            return redirect_to(request, reverse("company_life", args=[tenant.slug]))
        drawn |= {posted: form} if form else {}
    context = {"tenant": tenant, "forms": drawn, "state": life.describe_state(tenant)}
    context |= {"mark": life.make_mark(tenant), "provider": get_description(tenant).name}
    context |= {"is_movable": tenant.provider == Provider.CONDUCTOR}
    context |= {"is_stale": status == 409, "changed": CHANGED, "members": tenant.memberships.count()}
    return render(request, "administration/company_life.html", context, status=status)


def _carry_out(request: HttpRequest, tenant: Tenant, posted: str) -> tuple[int, forms.Form | None]:
    """Do what was asked, and return the status of the answer with the form, if there is something wrong with it."""
    if posted not in ACTS:
        return 422, None
    make, act = ACTS[posted]
    form = make(tenant, request.POST)
    try:
        with transaction.atomic():
            own = life.lock_company(tenant)
            if request.POST.get("seen") != life.make_mark(own):
                return 409, None
            if not form.is_valid():
                return 422, form
            messages.success(request, act(own, form, request))
    except ValidationError as error:
        form.add_error(None, error)
        return 422, form
    return 303, None


@never_cache
@require_safe
def removed_history(request: HttpRequest, company: str, suffix: str) -> HttpResponseBase:
    """Download the history of a company that was removed; that of any other one, its members download."""
    ledgerdesk_administrator(request)
    tenant = get_object_or_404(Tenant, slug=company, removed_at__isnull=False)
    if suffix not in ("csv", "xlsx"):
        raise Http404("There is no such file.")
    log_export(request, tenant, f"history.{suffix}", history.count_entries(tenant))
    found, name = history.list_entries(tenant), f"{tenant.slug}-history.{suffix}"
    answer: HttpResponseBase
    if suffix == "csv":
        answer = StreamingHttpResponse(export.stream_rows(tenant, found), content_type="text/csv; charset=utf-8")
    else:
        file = BytesIO()
        for _ in export.write_rows(file, tenant, found):
            pass
        answer = HttpResponse(file.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
