"""The pages of Ledgerdesk administrators: all people, one person over all companies, invitations, a test mail."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenants import throttle
from tenants.access import ledgerdesk_administrator
from tenants.models import Invitation, Role, Tenant
from tenants.redirects import redirect_to

from . import figures, invitations, mails, rules
from .actors import Actor, PeopleRefused, make_actor
from .forms import CompanyRoleForm, OfficeInviteForm, RoleForm, TakerForm
from .views import BITS, answer_invited, change_invitation, make_invitation_rows


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def administration_people(request: HttpRequest) -> HttpResponse:
    """List all people, or those with the typed letters; POST invites an address into one of all companies."""
    ledgerdesk_administrator(request)
    companies = _list_companies().filter(archived_at=None)  # into the others nobody can be invited
    form = OfficeInviteForm(companies, request.POST or None, initial={"role": Role.BOOKKEEPER})
    if request.method != "POST":
        return _show_people(request, form)
    if not form.is_valid():
        return _show_people(request, form, status=422)
    try:
        throttle.take({f"invitations of company {form.tenant.pk}": invitations.SENT})
        made = invitations.invite(make_actor(request), form.tenant, form.cleaned_data["email"], form.chosen)
    except throttle.TooManyTries as refused:
        form.add_error(None, f"Too many invitations were sent. {refused}")
        return _show_people(request, form, status=429)
    except PeopleRefused as refused:
        form.add_error("email", str(refused))
        return _show_people(request, form, status=422)
    return answer_invited(request, *made, back=reverse("administration_people"))


@never_cache
@require_POST
def administration_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation into any company again, or withdraw it: one of a new company has nobody else who could."""
    ledgerdesk_administrator(request)
    found = Invitation.objects.select_related("tenant").filter(pk=pk).first() if pk.bit_length() < BITS else None
    if found is None:
        raise Http404("There is no such invitation.")
    return change_invitation(request, found, back=reverse("administration_people"))


@never_cache
@require_POST
def administration_test_mail(request: HttpRequest) -> HttpResponse:
    """Send a test to the administrator's own address, and tell whether it left."""
    person = ledgerdesk_administrator(request)
    why = mails.mail_test(person)
    if why:
        messages.error(request, f"No test mail was sent. {why}")
    else:
        messages.success(request, f"A test mail was sent to {person.email}.")
    return redirect_to(request, reverse("administration_people"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def administration_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: role and last change in each company. POST changes one of it, or turns the account off and on.

    Who gives the office away, or a company to themselves, has given their password just now.
    """
    own = ledgerdesk_administrator(request)
    if pk.bit_length() >= BITS:
        raise Http404("There is no such person.")
    person = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return _show_person(request, person)
    if {"office", "no_office"} & set(request.POST) or ("add" in request.POST and own.pk == person.pk):
        raise_if_reauthentication_required(request, app="administration")  # at an unlocked screen anybody could
    try:
        said = _act(make_actor(request), person, request.POST)
    except PeopleRefused as refused:
        return _show_person(request, person, error=str(refused), status=422)
    if not said:
        return _show_person(request, person, error="Choose a company and a role.", status=422)
    messages.success(request, said)
    has_given_up = not User.objects.filter(pk=own.pk, is_staff=True).exists()
    return redirect_to(request, reverse("company_list") if has_given_up else request.path)


def _act(actor: Actor, person: User, posted: QueryDict) -> str:
    """Do what a button says, and return what was done in a sentence; "" for what cannot be read."""
    tenant = _list_companies().filter(slug=posted.get("set") or posted.get("remove") or "").first()
    if tenant is not None and "set" in posted:
        return _set_role(actor, person, tenant, RoleForm(posted, prefix=tenant.slug))
    if tenant is not None:
        return _remove(actor, person, tenant, TakerForm(tenant, person, posted, prefix=tenant.slug))
    if "add" in posted:
        return _add(actor, person, CompanyRoleForm(_list_companies(), posted))
    if "turn_off" in posted:
        rules.turn_off(actor, person, _read_takers(person, posted))
        return f"The account of {person} is turned off. All of their sessions have ended."
    if "turn_on" in posted:
        rules.turn_on(actor, person)
        return f"The account of {person} is turned on."
    if "office" in posted or "no_office" in posted:
        is_one = "office" in posted
        rules.set_ledgerdesk_administrator(actor, person, is_one=is_one)
        return f"{person} is {'now' if is_one else 'no longer'} a Ledgerdesk administrator."
    if "end_sessions" in posted:
        return f"{person} was signed out everywhere: {rules.sign_out_everywhere(actor, person):,} ended."
    return ""


def _add(actor: Actor, person: User, form: CompanyRoleForm) -> str:
    """Make the person a member of one more company; its administrators see it of who does so with themselves."""
    if not form.is_valid():
        return ""
    if not actor.is_self(person):
        return _set_role(actor, person, form.tenant, form)
    rules.join_company(actor, form.tenant, form.chosen)
    return f"You are now {form.chosen.label} of {form.tenant}. Its administrators see that."


def _set_role(actor: Actor, person: User, tenant: Tenant, form: RoleForm) -> str:
    if not form.is_valid():
        return ""
    rules.set_role(actor, tenant, person, form.chosen)
    return f"{person} is now {form.chosen.label} of {tenant}."


def _remove(actor: Actor, person: User, tenant: Tenant, form: TakerForm) -> str:
    if not form.is_valid():
        return ""
    work = rules.remove_member(actor, tenant, person, form.chosen)
    return f"{person} was removed from {tenant}.{figures.describe_handed_over(work, form.chosen)}"


def _read_takers(person: User, posted: QueryDict) -> dict[int, User]:
    """Return who takes over in which company, by its number; in the others nobody does yet."""
    forms = {tenant.pk: TakerForm(tenant, person, posted, prefix=tenant.slug) for tenant in figures.list_work(person)}
    return {pk: form.chosen for pk, form in forms.items() if form.is_valid() and form.chosen is not None}


def _list_companies() -> QuerySet[Tenant]:
    return Tenant.objects.filter(removed_at=None).order_by("name")


def _show_people(request: HttpRequest, form: OfficeInviteForm, *, status: int = 200) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").split())[:100]
    context: dict[str, Any] = {"people": figures.list_people(words), "q": words, "most": figures.LISTED, "form": form}
    context |= {"invitations": make_invitation_rows(invitations.list_shown()[: figures.LISTED], _find_page)}
    return render(request, "administration/people/administration_people.html", context, status=status)


def _find_page(invitation: Invitation) -> str:
    return reverse("administration_invitation", args=[invitation.pk])


def _show_person(request: HttpRequest, person: User, *, error: str = "", status: int = 200) -> HttpResponse:
    own, work = figures.list_companies(person), figures.list_work(person)
    others = _list_companies().exclude(pk__in=[one.tenant.pk for one in own])
    context: dict[str, Any] = {"person": person, "error": error, "is_self": person.pk == request.user.pk}
    context["companies"] = [
        (
            one,
            RoleForm(prefix=one.tenant.slug, initial={"role": one.role}),
            work.get(one.tenant),
            TakerForm(one.tenant, person, prefix=one.tenant.slug),
        )
        for one in own
    ]
    context |= {"add": CompanyRoleForm(others, initial={"role": Role.VIEWER}), "others": others}
    return render(request, "administration/people/administration_person.html", context, status=status)
