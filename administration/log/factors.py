"""The pages on which administrators see who has a second factor, ask for one, and reset that of somebody else."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.access import Member, has_second_factor, ledgerdesk_administrator, list_own_people, member
from tenants.models import Role, Tenant
from tenants.security_log import Kind, log_event, log_in_companies
from tenants.sign_in.factors import reset_factors

FIRST = "Set up a second factor for yourself first: you could not open this company any more."
NOT_YOURS = "Only a Ledgerdesk administrator can do this: the person is not in this company alone."
OWN = "Remove your own second factor on its page."
NOTHING = "Choose what to do."


class FactorStep(forms.Form):
    """What a button of the page says: reset a person's factor, or ask all members for one from now on, or no longer."""

    reset = forms.IntegerField(required=False)
    ask = forms.ChoiceField(choices=[("yes", "Require"), ("no", "Make optional")], required=False)

    def clean(self) -> None:
        if not any(self.cleaned_data.values()):
            raise forms.ValidationError(NOTHING)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company_factors(request: HttpRequest, slug: str) -> HttpResponse:
    """Show which members of a company have a second factor; ask for one, or reset one."""
    m = member(request, slug, Role.ADMIN)
    people = User.objects.filter(memberships__tenant=m.tenant, is_active=True)
    own = set(list_own_people(m.tenant).exclude(pk=m.person.pk).values_list("pk", flat=True))
    form = FactorStep(request.POST)
    if request.method != "POST" or not form.is_valid():
        return _show(request, people, own, {"member": m}, status=422 if request.method == "POST" else 200)
    if form.cleaned_data["reset"]:
        person = get_object_or_404(people, pk=form.cleaned_data["reset"])
        return _reset(request, person, own, m.tenant)
    asks = form.cleaned_data["ask"] == "yes"
    if asks and not has_second_factor(m.person):
        messages.error(request, FIRST)
        return _show(request, people, own, {"member": m}, status=422)
    _ask(request, m, asks=asks)
    return redirect(request.path)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def all_factors(request: HttpRequest) -> HttpResponse:
    """Show who has a second factor in the whole installation, and reset one."""
    admin = ledgerdesk_administrator(request)
    people = User.objects.filter(is_active=True)
    others = set(people.exclude(pk=admin.pk).values_list("pk", flat=True))
    form = FactorStep(request.POST)
    if request.method != "POST":
        return _show(request, people, others, {})
    if form.is_valid() and form.cleaned_data["reset"]:
        return _reset(request, get_object_or_404(people, pk=form.cleaned_data["reset"]), others, None)
    return _show(request, people, others, {}, status=422)


def _ask(request: HttpRequest, m: Member, *, asks: bool) -> None:
    changed = Tenant.objects.filter(pk=m.tenant.pk).exclude(requires_second_factor=asks)
    with transaction.atomic():
        if changed.update(requires_second_factor=asks):
            value = "required" if asks else "optional"
            log_event(Kind.SETTING_CHANGED, request=request, tenant=m.tenant, setting="second factor", value=value)
    said = "Members now need a second factor." if asks else "Members no longer need a second factor."
    messages.success(request, said)


def _reset(request: HttpRequest, person: User, allowed: set[int], tenant: Tenant | None) -> HttpResponse:
    """Reset the factor of one of the people of a page, once who does it has given their password just now."""
    if person.pk == request.user.pk:
        raise PermissionDenied(OWN)
    if person.pk not in allowed:
        raise PermissionDenied(NOT_YOURS)
    raise_if_reauthentication_required(request, app="administration")
    with transaction.atomic():
        if reset_factors(person):
            if tenant is None:
                log_in_companies(Kind.SECOND_FACTOR_RESET, person, request=request)
            else:
                log_event(Kind.SECOND_FACTOR_RESET, request=request, tenant=tenant, person=person)
    messages.success(request, f"The second factor of {person.get_username()} is reset. They are signed out.")
    return redirect(request.path)


def _show(
    request: HttpRequest, people: QuerySet[User], allowed: set[int], context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    found = people.annotate(has_factor=Exists(factors)).order_by("has_factor", "username")
    rows = [(person, person.has_factor and person.pk in allowed) for person in found]
    return render(request, "administration/factors.html", {**context, "rows": rows}, status=status)
