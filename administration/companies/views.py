"""Pages of Ledgerdesk administrators about companies: the list of all, adding one, connecting it."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from books.connecting import acts
from books.models import ActKind, Purpose
from books.sync import vendor_reads
from tenants.access import DeskRequest, ledgerdesk_administrator
from tenants.models import Membership, Provider, Tenant
from tenants.redirects import redirect_to

from . import connect, link_page, page
from .forms import BigcapitalAccess, ChosenEndUser, NewCompany, NewEndUser, TypedName
from .states import count_states, list_companies


@never_cache
@require_safe
def administration_companies(request: HttpRequest) -> HttpResponse:
    """List all companies with their state."""
    ledgerdesk_administrator(request)
    rows = list_companies()
    context = {"rows": rows, "counts": count_states(rows)}
    return render(request, "administration/companies/administration_companies.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def administration_company_add(request: HttpRequest) -> HttpResponse:
    """Add a company, to be connected on the page that follows."""
    ledgerdesk_administrator(request)
    form = NewCompany(request.POST or None)
    if form.is_valid():
        try:
            tenant = connect.add_new_company(request, form.cleaned_data)
        except ValidationError as error:
            _take_errors(form, error)
        else:
            return redirect_to(request, reverse("administration_connect", args=[tenant.slug]))
    template = "administration/companies/administration_company_add.html"
    return render(request, template, {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def administration_connect(request: DeskRequest, company: str) -> HttpResponse:
    """Show how far a company is connected, and do what its next step asks for; htmx asks for the parts that move."""
    ledgerdesk_administrator(request)
    tenant = get_object_or_404(Tenant, slug=company)
    refused = None
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("do", ""))
        if act is None or tenant.archived_at or tenant.removed_at:
            raise Http404("There is nothing of this name to do.")
        refused = act(request, tenant)
        if refused is None:
            return redirect_to(request, request.path)
    elif request.GET.get("existing"):
        vendor_reads.ask(tenant, Purpose.END_USERS)
        return redirect_to(request, request.path)  # or each look of a page without script would ask again
    context = page.make_context(request, tenant, refused)
    is_member = Membership.objects.filter(tenant=tenant, person_id=request.user.pk).exists()
    template = f"administration/companies/administration_connect.html{page.find_part(request)}"
    return render(request, template, {**context, "is_member": is_member}, status=422 if refused else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def administration_end_user_delete(request: HttpRequest, company: str) -> HttpResponse:
    """Have the end user of an archived or removed company deleted at Conductor, once its name was typed."""
    ledgerdesk_administrator(request)
    tenant = get_object_or_404(Tenant, slug=company, provider=Provider.CONDUCTOR)
    last = acts.find_latest(tenant, ActKind.DELETE)
    if not (tenant.archived_at or tenant.removed_at) or not (tenant.end_user_id or last):
        raise Http404("Only the end user of an archived or removed company can be deleted.")
    form = TypedName(request.POST or None, tenant=tenant)
    if form.is_valid() and tenant.end_user_id:
        connect.delete_end_user(request, tenant, form.cleaned_data["token"])
        return redirect_to(request, request.path)
    context = {"tenant": tenant, "form": form, "last": last, "error": acts.get_error(last) if last else None}
    template = "administration/companies/administration_end_user_delete.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _create(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    form = NewEndUser(request.POST, tenant=tenant)
    if tenant.provider != Provider.CONDUCTOR or not form.is_valid():
        return form
    connect.create_end_user(request, tenant, form.cleaned_data)
    return None


def _adopt(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    form = ChosenEndUser(request.POST)
    if tenant.provider != Provider.CONDUCTOR or not form.is_valid():
        return form
    if not connect.adopt_end_user(request, tenant, form.cleaned_data["end_user"]):
        form.add_error("end_user", "It is not free any more. Load the list again.")
        return form
    return None


def _store_access(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    form = BigcapitalAccess(request.POST)
    if tenant.provider != Provider.BIGCAPITAL or not form.is_valid():
        return form
    if connect.is_key_of_elsewhere(form.cleaned_data):
        name = form.cleaned_data["key_variable"]
        said = f"The key of this variable is not for this base URL. Type the key, or have {name}_BASE_URL set to it."
        form.add_error("key_variable", said)
        return form
    connect.store_access(request, tenant, form.cleaned_data)
    return None


def _keep_offered(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    connect.keep_offered(request, tenant)
    return None


def _discard_offered(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    connect.discard_offered(request, tenant)
    return None


def _check_again(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    for kind in (ActKind.CREATE, ActKind.LINK):
        if last := acts.find_latest(tenant, kind):
            acts.check_again(last)
    messages.info(request, "Ledgerdesk is asking Conductor what has become of it.")
    return None


_ACTS: Mapping[str, Callable[[Any, Tenant], forms.Form | None]] = {
    "create": _create,
    "adopt": _adopt,
    "access": _store_access,
    "keep": _keep_offered,
    "discard": _discard_offered,
    "check": _check_again,
    **link_page.ACTS,
}


def _take_errors(form: forms.Form, error: ValidationError) -> None:
    """Show the reasons at the fields that they name."""
    for name, reasons in error.message_dict.items() if hasattr(error, "error_dict") else [(None, error.messages)]:
        form.add_error(name if name in form.fields else None, reasons)
