"""The only place that changes who may do what: roles, removal, accounts, and who administers this Ledgerdesk.

Pages and commands both come here. Nobody raises themselves, and each company keeps an administrator, as does the whole:
each act locks the company (or the administrators of the whole) first, so that of two at once the second one sees what
the first has done. Every act is in the security log; what gives rights over the whole is mailed to its administrators.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from edits import handing_over
from tenants import sessions
from tenants.access import find_member
from tenants.models import Membership, Role, Tenant
from tenants.security_log import Kind, log_event

from . import invitations, mails
from .actors import Actor, PeopleRefused, lock_company, require_administrator, require_ledgerdesk_administrator

OFFICE = "Ledgerdesk administrator"  # in the log


@transaction.atomic
def set_role(actor: Actor, tenant: Tenant, person: User, role: Role) -> bool:
    """Give a person a role in a company, and return whether that changed anything.

    Only the operator and a Ledgerdesk administrator add somebody like this; others invite. Raises PermissionDenied, and
    PeopleRefused where the company would be left without an administrator.
    """
    lock_company(tenant)
    require_administrator(actor, tenant)
    own = Membership.objects.filter(tenant=tenant, person=person).first()
    before = own.role if own else 0
    if actor.is_self(person) and role > before:
        raise PermissionDenied("Nobody can give themselves a higher role.")
    if before == role:
        return False
    if own is None:
        require_ledgerdesk_administrator(actor)
        Membership.objects.create(tenant=tenant, person=person, role=role)
        _log(actor, Kind.MEMBER_ADDED, tenant, person, role=role.label)
        return True
    if before == Role.ADMIN:
        _require_another_administrator(tenant, person)
    Membership.objects.filter(pk=own.pk).update(role=role)
    invitations.withdraw_sent_by(actor, person)
    _log(actor, Kind.ROLE_CHANGED, tenant, person, before=Role(before).label, role=role.label)
    return True


@transaction.atomic
def remove_member(actor: Actor, tenant: Tenant, person: User, to: User | None = None) -> handing_over.OpenWork:
    """Remove a person from a company and hand what they have left open over to `to`; return how much that was.

    Every session of theirs loses the company at once; who has no company left is signed out everywhere. Raises
    PermissionDenied, and PeopleRefused for the last administrator, or while it is not said who takes the work over.
    """
    lock_company(tenant)
    require_administrator(actor, tenant)
    own = Membership.objects.filter(tenant=tenant, person=person).first()
    if own is None:
        raise PeopleRefused(f"{person} is not a member of {tenant}.")
    if own.role == Role.ADMIN:
        _require_another_administrator(tenant, person)
    work = handing_over.count_work(tenant, person)
    if any(work) and to is None:
        raise PeopleRefused(f"{person} has left open: {work.text}. Choose who takes this over.")
    own.delete()
    invitations.withdraw_sent_by(actor, person)
    details = {"role": Role(own.role).label}
    if to is not None and any(work):
        _give(actor, tenant, person, to)
        details["handed_over_to"] = to.get_username()
    _log(actor, Kind.MEMBER_REMOVED, tenant, person, **details)
    if not person.is_staff and not Membership.objects.filter(person=person).exists():
        sessions.end_sessions(person)
    return work


@transaction.atomic
def hand_over(actor: Actor, tenant: Tenant, person: User, to: User) -> handing_over.OpenWork:
    """Hand over what somebody has left open who can no longer go on with it, and return how much that was.

    Raises PermissionDenied also while they can: what a person has typed is theirs as long as they may save it.
    """
    lock_company(tenant)
    require_administrator(actor, tenant)
    member = find_member(tenant, person)
    if member is not None and member.may_edit:
        raise PermissionDenied(f"{person} can still go on with their own changes.")
    return _give(actor, tenant, person, to)


@transaction.atomic
def turn_off(actor: Actor, person: User, takers: Mapping[int, User] | None = None) -> None:
    """Turn an account off: it cannot sign in, and its sessions end. Memberships stay, for when it is turned on again.

    `takers` are those who take over what is left open, by the number of the company; the rest is shown to the
    administrators of its company. Raises PermissionDenied, and PeopleRefused for the last administrator of anything.
    """
    _lock_office()
    own_ones = Tenant.objects.filter(memberships__person=person).order_by("pk")
    own = list(own_ones.select_for_update(of=("self",), no_key=True))
    require_ledgerdesk_administrator(actor)
    if actor.is_self(person):
        raise PermissionDenied("You cannot turn off your own account.")
    _require_another_of_office(person)
    for tenant in own:
        if Membership.objects.filter(tenant=tenant, person=person, role=Role.ADMIN).exists():
            _require_another_administrator(tenant, person)
    if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        return
    sessions.end_sessions(person)
    invitations.withdraw_sent_by(actor, person)
    for tenant in own:
        if taker := (takers or {}).get(tenant.pk):
            _give(actor, tenant, person, taker)
    _log(actor, Kind.PERSON_TURNED_OFF, None, person)


@transaction.atomic
def turn_on(actor: Actor, person: User) -> None:
    """Let an account sign in again, with the companies and roles that it had. Raises PermissionDenied."""
    _lock_office()
    require_ledgerdesk_administrator(actor)
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        _log(actor, Kind.PERSON_TURNED_ON, None, person)


@transaction.atomic
def set_ledgerdesk_administrator(actor: Actor, person: User, *, is_one: bool) -> None:
    """Let a person administer the whole of this Ledgerdesk, or no longer.

    Raises PermissionDenied, and PeopleRefused for the last one, and for an account that is turned off.
    """
    _lock_office()
    require_ledgerdesk_administrator(actor)
    now = User.objects.get(pk=person.pk)
    if now.is_staff == is_one:
        return
    if is_one and not now.is_active:
        raise PeopleRefused(f"The account of {person} is turned off.")
    if not is_one:
        _require_another_of_office(person)
    User.objects.filter(pk=person.pk).update(is_staff=is_one)
    invitations.withdraw_sent_by(actor, person)
    words = {"role": OFFICE} if is_one else {"before": OFFICE}
    _log(actor, Kind.ROLE_CHANGED, None, person, **words)
    done = f"made {person} a {OFFICE}" if is_one else f"took Ledgerdesk administration away from {person}"
    mails.tell_office(actor, person, f"{done}.")


@transaction.atomic
def join_company(actor: Actor, tenant: Tenant, role: Role) -> None:
    """Make a Ledgerdesk administrator a member of a company, which its administrators see on their page of members.

    Raises PermissionDenied, and PeopleRefused for a member: nobody raises themselves.
    """
    now = lock_company(tenant)
    require_ledgerdesk_administrator(actor)
    assert actor.person is not None, "the operator uses set_role"
    if now.removed_at is not None:
        raise PeopleRefused(f"{tenant} was removed.")
    if Membership.objects.filter(tenant=tenant, person=actor.person).exists():
        raise PeopleRefused(f"You are already a member of {tenant}. Another administrator can change your role.")
    Membership.objects.create(tenant=tenant, person=actor.person, role=role)
    _log(actor, Kind.MEMBER_ADDED, tenant, actor.person, role=role.label)
    mails.tell_office(actor, actor.person, f"became {role.label} of {tenant}, as Ledgerdesk administrators can.")


@transaction.atomic
def sign_out_everywhere(actor: Actor, person: User) -> int:
    """End all sessions of a person, and return how many there were. Raises PermissionDenied."""
    require_ledgerdesk_administrator(actor)
    count = sessions.end_sessions(person)
    _log(actor, Kind.SESSION_ENDED, None, person, sessions=count)
    return count


def _give(actor: Actor, tenant: Tenant, person: User, to: User) -> handing_over.OpenWork:
    taker = find_member(tenant, to)
    if taker is None or not taker.may_edit or to.pk == person.pk:
        raise PeopleRefused(f"{to} cannot take this over: choose a bookkeeper or administrator of {tenant}.")
    work = handing_over.hand_over(tenant, person, to, actor.name)
    if any(work):
        _log(actor, Kind.HANDED_OVER, tenant, person, to=to.get_username(), what=work.text)
    return work


def _require_another_administrator(tenant: Tenant, person: User) -> None:
    others = Membership.objects.filter(tenant=tenant, role=Role.ADMIN, person__is_active=True).exclude(person=person)
    if tenant.removed_at is None and not others.exists():
        raise PeopleRefused(
            f"{person} is the last administrator of {tenant}. Make somebody else an administrator there first."
        )


def _require_another_of_office(person: User) -> None:
    others = User.objects.filter(is_staff=True, is_active=True).exclude(pk=person.pk)
    if User.objects.filter(pk=person.pk, is_staff=True).exists() and not others.exists():
        raise PeopleRefused(f"{person} is the last Ledgerdesk administrator. Make somebody else one first.")


def _lock_office() -> None:
    """Let nobody else change who administers this Ledgerdesk until the caller's transaction ends."""
    list(User.objects.filter(is_staff=True).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _log(actor: Actor, kind: Kind, tenant: Tenant | None, person: User, **details: Any) -> None:
    log_event(kind, request=actor.request, tenant=tenant, actor=actor.person, person=person, **details)
