"""The pages of a company's administrators: its members, an invitation, one member with role, work and removal."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from edits import handing_over
from tenants import throttle
from tenants.access import Member, member
from tenants.models import Invitation, Membership, Role
from tenants.redirects import redirect_to

from . import figures, invitations, mails, rules
from .actors import PeopleRefused, make_actor
from .forms import InviteForm, RoleForm, TakerForm

BITS = 64  # of the database's numbers


class InvitationRow(NamedTuple):
    """An invitation that can still be sent again or withdrawn, and the address to which its buttons post."""

    invitation: Invitation
    role: str
    is_expired: bool
    url: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """List who is in the company; POST invites an address."""
    m = member(request, slug, Role.ADMIN)
    form = InviteForm(request.POST or None, initial={"role": Role.BOOKKEEPER})
    if request.method != "POST":
        return _show_members(request, m, form)
    if not form.is_valid():
        return _show_members(request, m, form, status=422)
    try:
        throttle.take({f"invitations of company {m.tenant.pk}": invitations.SENT})
        made = invitations.invite(make_actor(request), m.tenant, form.cleaned_data["email"], form.chosen)
    except throttle.TooManyTries as refused:
        form.add_error(None, f"Too many invitations were sent. {refused}")
        return _show_members(request, m, form, status=429)
    except PeopleRefused as refused:
        form.add_error("email", str(refused))
        return _show_members(request, m, form, status=422)
    return answer_invited(request, *made, back=reverse("members", args=[slug]))


@never_cache
@require_POST
def invitation_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send an invitation of the company again, or withdraw it."""
    m = member(request, slug, Role.ADMIN)
    found = m.tenant.invitations.filter(pk=pk).first() if pk.bit_length() < BITS else None
    if found is None:
        raise Http404("There is no such invitation in this company.")
    return change_invitation(request, found, back=reverse("members", args=[slug]))


def change_invitation(request: HttpRequest, found: Invitation, *, back: str) -> HttpResponse:
    """Do with an invitation what a button says: send it again, or withdraw it. The caller has checked who asks."""
    actor = make_actor(request)
    if "again" in request.POST:
        try:
            throttle.take({f"invitations of company {found.tenant_id}": invitations.SENT})
            return answer_invited(request, *invitations.invite_again(actor, found), back=back)
        except (throttle.TooManyTries, PeopleRefused) as refused:
            messages.error(request, str(refused))
    elif "withdraw" in request.POST and invitations.withdraw(actor, found):
        messages.success(request, f"The invitation of {found.email} is withdrawn. Its link no longer works.")
    return redirect_to(request, back)


def make_invitation_rows(found: Iterable[Invitation], make_url: Callable[[Invitation], str]) -> list[InvitationRow]:
    """Return invitations as a page lists them; `make_url` is where the buttons of one lead."""
    return [InvitationRow(one, Role(one.role).label, invitations.is_expired(one), make_url(one)) for one in found]


def answer_invited(request: HttpRequest, invitation: Invitation, token: str, *, back: str) -> HttpResponse:
    """Mail an invitation; where that cannot be done, show its link to the inviter, once."""
    page = reverse("invitation", args=[token])
    if why := mails.mail_invitation(invitation, page):
        link = request.build_absolute_uri(page)
        words = {"invitation": invitation, "link": link, "why": why, "back": back, "role": Role(invitation.role).label}
        return render(request, "administration/people/invited.html", words, status=201)
    messages.success(request, f"An invitation was sent to {invitation.email}.")
    return redirect_to(request, back)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One person in the company: what they may do and when they last did. POST sets their role, or removes them."""
    m = member(request, slug, Role.ADMIN)
    person = _find_person(m, pk)
    roles, taker = RoleForm(request.POST or None), TakerForm(m.tenant, person, request.POST or None)
    if request.method != "POST":
        return _show_member(request, m, person)
    try:
        if "set" in request.POST and roles.is_valid():
            return _set_role(request, m, person, roles)
        if "remove" in request.POST and taker.is_valid():
            return _remove(request, m, person, taker.chosen)
        if "hand" in request.POST and taker.is_valid() and taker.chosen is not None:
            return _hand_over(request, m, person, taker.chosen)
    except PeopleRefused as refused:
        return _show_member(request, m, person, error=str(refused), status=422)
    return _show_member(request, m, person, error="Choose a role, or who takes over.", status=422)


def _find_person(m: Member, pk: int) -> User:
    """Return a member of this company, or whoever has left something open there. Raises Http404 for anybody else."""
    if pk.bit_length() >= BITS:
        raise Http404("There is no such person.")
    person = get_object_or_404(User, pk=pk)
    is_member = Membership.objects.filter(tenant=m.tenant, person=person).exists()
    if not is_member and not any(handing_over.count_work(m.tenant, person)):
        raise Http404("There is no such person in this company.")
    return person


def _set_role(request: HttpRequest, m: Member, person: User, form: RoleForm) -> HttpResponse:
    if rules.set_role(make_actor(request), m.tenant, person, form.chosen):
        messages.success(request, f"{person} is now {form.chosen.label} of {m.tenant}.")
    if person == m.person and form.chosen < Role.ADMIN:
        return redirect_to(request, reverse("home", args=[m.tenant.slug]))
    return redirect_to(request, request.path)


def _remove(request: HttpRequest, m: Member, person: User, taker: User | None) -> HttpResponse:
    work = rules.remove_member(make_actor(request), m.tenant, person, taker)
    said = figures.describe_handed_over(work, taker)
    messages.success(request, f"{person} was removed from {m.tenant}.{said}")
    own = reverse("company_list") if person == m.person else reverse("members", args=[m.tenant.slug])
    return redirect_to(request, own)


def _hand_over(request: HttpRequest, m: Member, person: User, taker: User) -> HttpResponse:
    work = rules.hand_over(make_actor(request), m.tenant, person, taker)
    messages.success(request, figures.describe_handed_over(work, taker).strip() or "Nothing was left open.")
    return redirect_to(request, reverse("members", args=[m.tenant.slug]))


def _show_members(request: HttpRequest, m: Member, form: InviteForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"member": m, "form": form, "members": figures.list_members(m.tenant)}
    shown = invitations.list_shown(m.tenant)
    context["invitations"] = make_invitation_rows(
        shown, lambda one: reverse("invitation_change", args=[m.tenant.slug, one.pk])
    )
    context["acts"] = figures.list_acts_from_above(m.tenant)
    context["left_behind"] = handing_over.list_left_behind(m.tenant).items()
    return render(request, "administration/people/members.html", context, status=status)


def _show_member(request: HttpRequest, m: Member, person: User, *, error: str = "", status: int = 200) -> HttpResponse:
    own = Membership.objects.filter(tenant=m.tenant, person=person).first()
    role = Role(own.role) if own else None
    context: dict[str, Any] = {"member": m, "person": person, "role": role, "error": error}
    context["work"] = handing_over.count_work(m.tenant, person)
    context["may_go_on"] = person.is_active and role is not None and role >= Role.BOOKKEEPER
    context |= {"taker": TakerForm(m.tenant, person), "remover": TakerForm(m.tenant, person, auto_id="remove_%s")}
    if role is not None:
        context["rights"] = figures.list_rights(figures.MemberRow(person, m.tenant, role, None))
        context["roles"] = RoleForm(initial={"role": role})
    return render(request, "administration/people/member_page.html", context, status=status)
