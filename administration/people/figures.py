"""What the pages about people show: who is where with which role, what they may do there, and when they last did."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from books import registry
from edits import handing_over
from edits.models.batch import Batch
from edits.models.edit import Edit
from record_forms.registry import KINDS
from tenants.models import Membership, Role, SecurityEvent, Tenant
from tenants.security_log import Kind

TOLD_FOR = timedelta(days=90)  # what a Ledgerdesk administrator has done to get in: as a member, or by an account
OF_ACCOUNTS: Mapping[str, str] = {
    Kind.PASSWORD_RESET: "made a link to choose a new password for",
    Kind.ADDRESS_CHANGED: "changed the email address of",
}
OF_MEMBERS = (Kind.INVITED, Kind.INVITATION_WITHDRAWN, Kind.MEMBER_ADDED, Kind.ROLE_CHANGED, Kind.MEMBER_REMOVED)
LISTED = 200  # people


class MemberRow(NamedTuple):
    """One member of one company, with the last change that they made to its records.

    `signed_in_at` is as the company's log has it: nothing of who is in another company too.
    """

    person: User
    tenant: Tenant
    role: Role
    changed_at: datetime | None
    signed_in_at: datetime | None = None


class MayDo(NamedTuple):
    """Something that people do in a company: whether this one may, and when they last did."""

    what: str
    is_allowed: bool
    last_at: datetime | None


def list_members(tenant: Tenant) -> Sequence[MemberRow]:
    """The members of a company by name, in three queries."""
    changed = _find_last_changes(Edit.objects.filter(tenant=tenant), "person_name")
    own = Membership.objects.filter(tenant=tenant).select_related("person").order_by("person__username")
    seen = find_sign_ins(tenant)
    return [
        MemberRow(one.person, tenant, Role(one.role), changed.get(one.person.username), seen.get(one.person_id))
        for one in own
    ]


def find_sign_ins(tenant: Tenant) -> Mapping[int | None, datetime]:
    """When people last signed in, as far as the log of a company has it, by their numbers."""
    found = SecurityEvent.objects.filter(tenant=tenant, kind=Kind.SIGNED_IN).order_by()
    return {row["person"]: row["last"] for row in found.values("person").annotate(last=Max("at"))}


def list_companies(person: User) -> Sequence[MemberRow]:
    """The companies of a person by name, in two queries; without those that were removed."""
    changed = _find_last_changes(Edit.objects.filter(person_name=person.username), "tenant")
    own = Membership.objects.filter(person=person, tenant__removed_at=None)
    own = own.select_related("tenant").order_by("tenant__name")
    return [MemberRow(person, one.tenant, Role(one.role), changed.get(one.tenant_id)) for one in own]


def _find_last_changes(edits: QuerySet[Edit], by: str) -> Mapping[object, datetime]:
    """When the last of these edits was made, by one of their columns.

    Whose they are goes by the name of who typed them: what was handed over is still the change of who made it.
    """
    found = edits.exclude(fields="").order_by().values(by).annotate(last=Max("sent_at"))
    return {row[by]: row["last"] for row in found}


def list_rights(member: MemberRow) -> Sequence[MayDo]:
    """What this member may do in their company, and when they last did."""
    tenant, person, role = member.tenant, member.person, member.role
    own = Edit.objects.filter(tenant=tenant, person_name=person.username)
    changed = _find_last_changes(own, "kind")
    batches = Batch.objects.filter(person_name=person.username, items__tenant=tenant)
    managed = SecurityEvent.objects.filter(tenant=tenant, actor=person, kind__in=OF_MEMBERS)
    kinds = [kind for kind in registry.get_description(tenant).tables if kind in KINDS]
    may_edit, may_administer = role >= Role.BOOKKEEPER, role >= Role.ADMIN
    return [
        MayDo("Sign in, and look at everything", person.is_active, find_sign_ins(tenant).get(person.pk)),
        *(MayDo(f"Change {kind}", may_edit, changed.get(kind)) for kind in kinds),
        MayDo("Run bulk changes", may_edit, batches.aggregate(last=Max("confirmed_at"))["last"]),
        MayDo("Invite and remove people, set roles", may_administer, managed.aggregate(last=Max("at"))["last"]),
    ]


def list_acts_from_above(tenant: Tenant) -> Sequence[tuple[SecurityEvent, str]]:
    """What Ledgerdesk administrators have done in the last months that lets somebody into the company, newest first.

    Each with what was done to whom, in words; "" for who has become a member by themselves. A member who adds somebody
    is none from above.
    """
    recent = SecurityEvent.objects.filter(tenant=tenant, at__gt=timezone.now() - TOLD_FOR)
    joined = Q(kind=Kind.MEMBER_ADDED, actor_name=F("person_name")) & ~Q(actor_name="")
    is_member = Exists(Membership.objects.filter(tenant=tenant, person=OuterRef("actor")))
    added = Q(kind=Kind.MEMBER_ADDED) & ~Q(actor_name="") & ~is_member
    of_others = Q(kind__in=OF_ACCOUNTS) & ~Q(actor_name=F("person_name"))
    found = recent.filter(joined | added | of_others).order_by("-at")
    return [(one, OF_ACCOUNTS.get(one.kind, "") or _describe_added(one)) for one in found]


def _describe_added(event: SecurityEvent) -> str:
    role = event.details.get("role", "member")
    return "" if event.actor_name == event.person_name else f"added as {role}:"


def list_work(person: User) -> Mapping[Tenant, handing_over.OpenWork]:
    """What a person has left open in each of their companies; without those where that is nothing."""
    own = Tenant.objects.filter(pk__in=Membership.objects.filter(person=person).values("tenant"))
    found = {tenant: handing_over.count_work(tenant, person) for tenant in own}
    return {tenant: work for tenant, work in found.items() if any(work)}


def list_people(words: str) -> Sequence[User]:
    """The people of this Ledgerdesk with these letters in their name or address, each with its number of `companies`.

    At most `LISTED`, by name.
    """
    found = User.objects.annotate(companies=Count("memberships")).order_by("username")
    for word in words.split():
        found = found.filter(Q(username__icontains=word) | Q(email__icontains=word))
    return list(found[:LISTED])


def describe_handed_over(work: handing_over.OpenWork, to: User | None) -> str:
    """Return what became of what somebody had left open, in a sentence; "" for nothing."""
    return f" Handed over to {to}: {work.text}." if to is not None and any(work) else ""
