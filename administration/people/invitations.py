"""Invitations into a company: bound to one address, for a week, used once, withdrawn or sent again.

Of the link only a hash is stored. Sends no mail; `mails` does.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tenants.models import Invitation, Membership, Role, Tenant
from tenants.security_log import Kind, log_event
from tenants.sign_in.people import people_at
from tenants.throttle import Limit

from .actors import Actor, PeopleRefused, lock_company, may_administer, require_administrator

KEPT_FOR = timedelta(days=7)
SHOWN_FOR = timedelta(days=30)  # after it has expired
# Guesses at a link, by network; an office shares one. Nobody needs two tries.
TRIES = Limit(10, pause=60)
# Of one company: each may be a mail to a stranger.
SENT = Limit(50, pause=60)


class InvitationClosed(Exception):
    """A link that was right once: used, expired or withdrawn; the text says which, and what to do."""


def list_shown(tenant: Tenant | None = None) -> QuerySet[Invitation]:
    """The invitations that are open, and those that have expired a short time ago, newest first.

    Of one company, or of all but those that were removed.
    """
    open_ones = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    own = open_ones.filter(tenant__removed_at=None) if tenant is None else open_ones.filter(tenant=tenant)
    recent = own.filter(expires_at__gt=timezone.now() - SHOWN_FOR)
    return recent.select_related("invited_by", "tenant").order_by("-invited_at")


def is_expired(invitation: Invitation) -> bool:
    """Whether its time has run out."""
    return invitation.expires_at <= timezone.now()


@transaction.atomic
def invite(actor: Actor, tenant: Tenant, email: str, role: Role) -> tuple[Invitation, str]:
    """Invite an address, and return the invitation with the token of its link, which is stored nowhere.

    An open invitation of the same address is sent again instead, with this role. Raises PermissionDenied, and
    PeopleRefused for the actor's own address and for that of a member.
    """
    now = lock_company(tenant)
    require_administrator(actor, tenant)
    _require_open_company(now)
    if actor.person is not None and actor.person.email.lower() == email.lower():
        raise PeopleRefused("This is your own address. Nobody can invite themselves.")
    for person in people_at(email):
        if Membership.objects.filter(tenant=tenant, person=person).exists():
            raise PeopleRefused(f"{person} has this address and is already a member of {tenant}.")
    open_ones = tenant.invitations.filter(accepted_at=None, withdrawn_at=None)
    # In Python, as databases fold more than case.
    earlier = next((one for one in open_ones if one.email.lower() == email.lower()), None)
    return _send(actor, earlier or Invitation(tenant=tenant, email=email), role)


@transaction.atomic
def invite_again(actor: Actor, invitation: Invitation) -> tuple[Invitation, str]:
    """Give an open or expired invitation a new link and another week; its former link no longer works.

    Raises PermissionDenied, and PeopleRefused if it was used or withdrawn meanwhile.
    """
    now = lock_company(invitation.tenant)
    require_administrator(actor, invitation.tenant)
    _require_open_company(now)
    found = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).first()
    if found is None:
        raise PeopleRefused("This invitation was used or withdrawn in the meantime.")
    return _send(actor, found, Role(found.role))


def _send(actor: Actor, invitation: Invitation, role: Role) -> tuple[Invitation, str]:
    token, now = secrets.token_urlsafe(32), timezone.now()
    facts = {"role": role, "token_hash": _hash(token), "invited_by": actor.person, "invited_at": now}
    facts |= {"expires_at": now + KEPT_FOR}
    for name, value in facts.items():
        setattr(invitation, name, value)
    if invitation.pk is None:
        invitation.save(force_insert=True)
    else:
        invitation.save(update_fields=list(facts))
    _log(actor, Kind.INVITED, invitation, role=role.label)
    return invitation, token


@transaction.atomic
def withdraw(actor: Actor, invitation: Invitation) -> bool:
    """Withdraw an invitation, and return whether it was still open. Raises PermissionDenied."""
    lock_company(invitation.tenant)
    require_administrator(actor, invitation.tenant)
    return _withdraw(actor, invitation)


def withdraw_sent_by(actor: Actor, person: User) -> int:
    """Withdraw what a person has sent into companies for which they may not invite any more; return how many.

    Called in the transaction of whatever takes a right from them, after it is gone.
    """
    sent = Invitation.objects.filter(invited_by=person, accepted_at=None, withdrawn_at=None)
    sent = sent.select_related("tenant").order_by("pk")
    return sum(_withdraw(actor, one) for one in sent if not may_administer(Actor(person), one.tenant))


def _withdraw(actor: Actor, invitation: Invitation) -> bool:
    still = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if not still.update(withdrawn_at=timezone.now()):
        return False
    _log(actor, Kind.INVITATION_WITHDRAWN, invitation)
    return True


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation with this token, open or not; None for one that never was, or was sent again since."""
    return Invitation.objects.select_related("tenant", "invited_by").filter(token_hash=_hash(token)).first()


def check_open(invitation: Invitation) -> None:
    """Raise InvitationClosed unless the invitation can still be accepted."""
    if invitation.accepted_at is not None:
        raise InvitationClosed("It was already used. If it was you, sign in.")
    if invitation.withdrawn_at is not None:
        raise InvitationClosed(f"It was withdrawn. Ask an administrator of {invitation.tenant} for a new one.")
    if is_expired(invitation):
        raise InvitationClosed(f"It has expired. Ask an administrator of {invitation.tenant} for a new one.")
    if invitation.tenant.removed_at or invitation.tenant.archived_at:
        raise InvitationClosed(f"{invitation.tenant} is no longer in use.")
    by = invitation.invited_by
    if by is not None and not may_administer(Actor(by), invitation.tenant):  # their right may have ended just then
        said = f"{by} can no longer invite people. Ask an administrator of {invitation.tenant} for a new one."
        raise InvitationClosed(said)


def has_address(person: User, invitation: Invitation) -> bool:
    """Whether the invitation was sent to this person's address."""
    return person.email.lower() == invitation.email.lower()


@transaction.atomic
def accept(actor: Actor, token: str) -> Membership:
    """Make the person whose address was invited a member, and return them as one.

    Raises InvitationClosed, PermissionDenied for anybody with another address, and PeopleRefused for a member: an
    invitation changes no role.
    """
    assert actor.person is not None, "somebody accepts"
    invitation = _lock_open(token)
    person = actor.person
    if not has_address(person, invitation):
        raise PermissionDenied("This invitation was sent to another email address than that of your account.")
    if own := Membership.objects.filter(tenant=invitation.tenant, person=person).first():
        role = Role(own.role).label
        raise PeopleRefused(f"You are already a member of {invitation.tenant}, as {role}.")
    return _join(actor, invitation, person)


@transaction.atomic
def accept_as_new(actor: Actor, token: str, username: str, password: str) -> Membership:
    """Add the account of a new person with the address that was invited, and make them a member.

    Raises InvitationClosed, ValidationError for a name or password that cannot be taken, and PeopleRefused where the
    address has an account already: its owner signs in.
    """
    invitation = _lock_open(token)
    if people_at(invitation.email):
        raise PeopleRefused("There is already an account with this email address. Sign in with it.")
    person = make_person(username, invitation.email)
    validate_password(password, person)
    person.set_password(password)
    store_person(person)
    return _join(Actor(person, actor.request), invitation, person)


def make_person(username: str, email: str) -> User:
    """Return a new person, not stored yet, who has no password. Raises ValidationError, by field.

    A user name that looks like an address has to be their own: whoever signs in with an address, or is named by one,
    must be the person who has it.
    """
    person = User(username=User.normalize_username(username.strip()), email=email.strip())
    person.set_unusable_password()
    person.full_clean()
    if User.objects.filter(username__iexact=person.username).exists():
        raise ValidationError({"username": "A user with that username already exists."})
    if "@" in person.username and person.username.lower() != person.email.lower():
        raise ValidationError({"username": "Choose a username without @, or your own email address."})
    return person


def store_person(person: User) -> None:
    """Store a new person. Raises ValidationError if somebody else has taken the name just then."""
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise ValidationError({"username": "A user with that username already exists."}) from None


def _lock_open(token: str) -> Invitation:
    """Return the open invitation with this token, locked with its company and all others of its address."""
    found = find_invitation(token)
    if found is None:
        raise InvitationClosed("It was sent again: use the newest link.")
    lock_company(found.tenant)
    same = Q(email__iexact=found.email)  # so that nobody becomes two people by accepting two at once
    list(Invitation.objects.filter(same).order_by("pk").select_for_update().values_list("pk"))
    locked = find_invitation(token)
    if locked is None:
        raise InvitationClosed("It was sent again: use the newest link.")
    check_open(locked)
    return locked


def _join(actor: Actor, invitation: Invitation, person: User) -> Membership:
    joined = Membership.objects.create(tenant=invitation.tenant, person=person, role=invitation.role)
    facts = {"accepted_at": timezone.now(), "accepted_by": person}
    Invitation.objects.filter(pk=invitation.pk).update(**facts)
    _log(actor, Kind.INVITATION_ACCEPTED, invitation, role=Role(invitation.role).label)
    return joined


def _require_open_company(tenant: Tenant) -> None:
    if tenant.removed_at is not None or tenant.archived_at is not None:
        raise PeopleRefused(f"{tenant} is no longer in use.")


def _hash(token: str) -> str:
    return salted_hmac("administration.people.invitations", token, algorithm="sha256").hexdigest()


def _log(actor: Actor, kind: Kind, invitation: Invitation, **details: Any) -> None:
    log_event(
        kind,
        request=actor.request,
        tenant=invitation.tenant,
        actor=actor.person,
        person=actor.person if kind == Kind.INVITATION_ACCEPTED else None,
        person_name=invitation.email,
        **details,
    )
