"""The security log: who did what from where that concerns the safety of companies and people. Only ever added to."""

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest

from .access import find_own_company
from .clients import client_network
from .models import Membership, SecurityEvent, Tenant


class Kind(models.TextChoices):
    """What the log notes, in the words in which it is read."""

    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    LOCKED_OUT = "locked_out", "Locked out after too many tries"
    SIGNED_OUT = "signed_out", "Signed out"
    SESSION_ENDED = "session_ended", "Session ended"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    PASSWORD_RESET = "password_reset", "Password link made by an administrator"
    ADDRESS_CHANGED = "address_changed", "Email address changed"
    SECOND_FACTOR_ADDED = "second_factor_added", "Second factor added"
    SECOND_FACTOR_REMOVED = "second_factor_removed", "Second factor removed"
    SECOND_FACTOR_RESET = "second_factor_reset", "Second factor reset by an administrator"
    INVITED = "invited", "Invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn", "Invitation withdrawn"
    INVITATION_ACCEPTED = "invitation_accepted", "Invitation accepted"
    MEMBER_ADDED = "member_added", "Became a member"
    ROLE_CHANGED = "role_changed", "Role changed"
    MEMBER_REMOVED = "member_removed", "Removed from the company"
    HANDED_OVER = "handed_over", "Work handed over"
    PERSON_TURNED_OFF = "person_turned_off", "Account turned off"
    PERSON_TURNED_ON = "person_turned_on", "Account turned on"
    COMPANY_ADDED = "company_added", "Company added"
    COMPANY_CHANGED = "company_changed", "Company changed"
    COMPANY_REMOVED = "company_removed", "Company removed"
    KEY_CHANGED = "key_changed", "Key or connection changed"
    SETTING_CHANGED = "setting_changed", "Setting changed"
    EXPORTED = "exported", "Exported"


# What concerns an account. It belongs to the company of a person who is in that one alone then: an entry of somebody
# who is in several would tell each when they work for another.
OF_ACCOUNTS = frozenset(
    (
        *(Kind.SIGNED_IN, Kind.SIGN_IN_FAILED, Kind.LOCKED_OUT, Kind.SIGNED_OUT, Kind.SESSION_ENDED),
        *(Kind.PASSWORD_CHANGED, Kind.SECOND_FACTOR_ADDED, Kind.SECOND_FACTOR_REMOVED, Kind.SECOND_FACTOR_RESET),
    )
)


def log_event(
    kind: Kind,
    *,
    request: HttpRequest | None = None,
    tenant: Tenant | None = None,
    actor: User | None = None,
    person: User | None = None,
    person_name: str = "",
    **details: Any,
) -> None:
    """Add an entry, in the caller's transaction. Without `actor` it is the person of the request, if anybody.

    Without `tenant`, what concerns an account belongs to the only company of its person, if there is just one.

    `person` is whom it concerns, `person_name` what they called themselves where nobody is known by it. Details are
    texts and numbers for a person to read, such as `role="viewer"`: never a secret, nothing from a company's books.
    """
    if actor is None and request is not None and isinstance(request.user, User):
        actor = request.user
    if tenant is None and person is not None and kind in OF_ACCOUNTS:
        tenant = find_own_company(person)
    SecurityEvent.objects.create(
        kind=kind,
        tenant=tenant,
        tenant_name=tenant.name if tenant else "",
        actor=actor,
        actor_name=actor.get_username() if actor else "",
        person=person,
        person_name=person.get_username() if person else person_name[:254],
        address=client_network(request) if request else "",
        details=details,
    )


def log_in_companies(
    kind: Kind, person: User, *, request: HttpRequest | None = None, actor: User | None = None, **details: Any
) -> None:
    """Add an entry about a person's account for each company that they are a member of, whoever else is."""
    own = Membership.objects.filter(person=person).select_related("tenant").order_by("pk")
    companies: list[Tenant | None] = [one.tenant for one in own]
    for tenant in companies or [None]:
        log_event(kind, request=request, tenant=tenant, actor=actor, person=person, **details)


def log_export(request: HttpRequest, tenant: Tenant | None, what: str, rows: int) -> None:
    """Note that somebody takes a file away, of what and of how many rows; not if a browser only asks about it."""
    if request.method == "GET":
        log_event(Kind.EXPORTED, request=request, tenant=tenant, what=what, rows=rows)
