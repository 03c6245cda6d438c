"""Connecting a company again, by its own administrators: the PC was replaced, the file moved, the password changed."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from books.models import Purpose
from books.sync import vendor_reads
from tenants import throttle
from tenants.access import DeskRequest, member
from tenants.models import Provider, Role, Tenant
from tenants.redirects import redirect_to

from . import connect, page
from .forms import LinkMail, LinkWanted

MAILED = throttle.Limit(20, pause=60)  # of one company: each may be a mail to a stranger


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def connection_link(request: DeskRequest, slug: str) -> HttpResponse:
    """Make a link that connects the company's end user again, and show whether somebody has used it."""
    m = member(request, slug, Role.ADMIN)
    if m.tenant.provider != Provider.CONDUCTOR or not m.tenant.end_user_id or m.tenant.archived_at:
        raise Http404("Only a company in QuickBooks is connected by a link.")
    refused = None
    if request.method == "POST":
        act = ACTS.get(request.POST.get("do", ""))
        refused = act(request, m.tenant) if act else LinkWanted(request.POST)
        if act and refused is None:
            return redirect_to(request, request.path)
    context = {**page.make_context(request, m.tenant, refused), "member": m, "is_member": True}
    template = f"administration/companies/connection_link.html{page.find_part(request)}"
    return render(request, template, context, status=422 if refused else 200)


def _make_link(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    form = LinkWanted(request.POST)
    if not tenant.end_user_id or not form.is_valid():
        return form
    connect.make_link(request, tenant, form.cleaned_data)
    return None


def _mail_link(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    form = LinkMail(request.POST)
    if not form.is_valid():
        return form
    try:
        throttle.take({f"connection links of company {tenant.pk}": MAILED})
    except throttle.TooManyTries as refused:
        form.add_error("email", f"Too many links were emailed. {refused}")
        return form
    if not connect.mail_link(request, tenant, form.cleaned_data["email"]):
        form.add_error("email", "There is no valid link to email. Make one first.")
        return form
    messages.success(request, f"The link is on its way to {form.cleaned_data['email']}.")
    return None


def _try_now(request: HttpRequest, tenant: Tenant) -> forms.Form | None:
    vendor_reads.ask(tenant, Purpose.SETUP)
    return None


# By the name of a button; what an administrator of the company may do as well.
ACTS: Mapping[str, Callable[[Any, Tenant], forms.Form | None]] = {
    "link": _make_link,
    "mail": _mail_link,
    "try": _try_now,
}
