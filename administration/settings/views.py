"""The page of a company's settings, for its administrators."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from edits.lifecycle import queue
from records.formatting import join_words, lower_first
from tenants.access import Member, member
from tenants.models import Role
from tenants.redirects import redirect_to

from .company_settings import change_settings, lock_company
from .forms import CompanySettingsForm, draw_again


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is set for the company and who changed it, and store what was typed.

    409 where somebody else has changed the same setting meanwhile, 422 where something cannot be read.
    """
    m = member(request, slug, Role.ADMIN)
    form, status = CompanySettingsForm(m.tenant), 200
    if request.method == "POST":
        form, status = _store(request, m)
        if status == 303:
            queue.end_resting()
            return redirect_to(request, reverse("company_settings", args=[slug]))
    context = {"member": m, "form": form, "zones": sorted(available_timezones())}
    return render(request, "administration/company_settings.html", context, status=status)


@transaction.atomic
def _store(request: HttpRequest, m: Member) -> tuple[CompanySettingsForm, int]:
    """Return the posted form and the status of its answer; 303 for one that is stored."""
    tenant = lock_company(m.tenant)
    form = CompanySettingsForm(tenant, request.POST)
    if form.is_valid() and form.list_clashes():
        return draw_again(tenant, form), 409
    if not form.is_valid():
        return form, 422
    changed = [lower_first(label) for label in change_settings(tenant, form.read_changes(), request=request)]
    messages.success(request, f"Saved: {join_words(changed)}." if changed else "Nothing was changed.")
    return form, 303
