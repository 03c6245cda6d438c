"""Who acts on people and companies, and whether they may. Asked again inside each act's transaction."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from tenants.models import Membership, Role, Tenant


class PeopleRefused(Exception):
    """What was asked for about people cannot be done; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with their request, or the operator at a command line, who has neither and may do everything."""

    person: User | None = None
    request: HttpRequest | None = None

    @property
    def name(self) -> str:
        """Their user name; "" for the operator."""
        return self.person.get_username() if self.person else ""

    @property
    def is_operator(self) -> bool:
        return self.person is None

    def is_self(self, person: User) -> bool:
        return self.person is not None and self.person.pk == person.pk


def make_actor(request: HttpRequest) -> Actor:
    """Return the signed-in person of a request."""
    assert isinstance(request.user, User), "the view has asked who it is"
    return Actor(request.user, request)


def is_ledgerdesk_administrator(actor: Actor) -> bool:
    """Whether the actor administers the whole of this Ledgerdesk now; the operator does."""
    if actor.person is None:
        return True
    return User.objects.filter(pk=actor.person.pk, is_active=True, is_staff=True).exists()


def require_ledgerdesk_administrator(actor: Actor) -> None:
    """Raise PermissionDenied for anybody who does not administer the whole of this Ledgerdesk now."""
    if not is_ledgerdesk_administrator(actor):
        raise PermissionDenied("Only a Ledgerdesk administrator can do this.")


def may_administer(actor: Actor, tenant: Tenant) -> bool:
    """Whether the actor administers this company or the whole of this Ledgerdesk now."""
    own = Membership.objects.filter(tenant=tenant, person=actor.person, person__is_active=True, role=Role.ADMIN)
    return is_ledgerdesk_administrator(actor) or own.exists()


def require_administrator(actor: Actor, tenant: Tenant) -> None:
    """Raise PermissionDenied for anybody who administers neither this company nor the whole of this Ledgerdesk now."""
    if not may_administer(actor, tenant):
        raise PermissionDenied("Only an administrator of this company can do this.")


def lock_company(tenant: Tenant) -> Tenant:
    """Let nobody else change who is in this company until the caller's transaction ends; return it as it is now.

    Rows that name the company can still be added meanwhile, or two acts that log each other's people would deadlock.
    """
    return Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
