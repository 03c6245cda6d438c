"""The only place that decides who may enter a company. Every view of a company calls `member` first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from .joined import drop_joined, fetch_rows, name_columns, take_joined
from .models import Membership, PersonSettings, Role, Tenant

NOTHING_HIDDEN: frozenset[str] = frozenset()
ROLES = frozenset(Role.values)  # which the class lists anew each time

# By the role that a page asks for.
_DENIED = {
    Role.BOOKKEEPER: "You can view but not change this company.",
    Role.ADMIN: "Only an administrator of this company can open this page.",
}


class SecondFactorNeeded(PermissionDenied):
    """The company is open only to those who have set up a second factor, and the person has none."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person inside one company, with the rights that `member` has checked."""

    tenant: Tenant
    person: User
    role: Role
    hidden_columns: tuple[str, ...] = ()
    list_settings: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def name(self) -> str:
        return self.person.get_username()

    @property
    def may_edit(self) -> bool:
        return self.role >= Role.BOOKKEEPER

    @property
    def may_administer(self) -> bool:
        return self.role >= Role.ADMIN


class CompanyArchived(Http404):
    """The company is archived: whoever is its member is told so, and outsiders find nothing."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(f"{tenant.name} is archived.")
        self.tenant = tenant


class CompanyMoved(Http404):
    """The company of the person has another address now, with `slug`."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"This company is at /t/{slug}/ now.")
        self.slug = slug


class DeskRequest(HttpRequest):
    """A request after Ledgerdesk's middleware, for type checkers. Never instantiated."""

    htmx: HtmxDetails
    member: Member


def member(request: HttpRequest, slug: str, role: Role = Role.VIEWER) -> Member:
    """Return the signed-in person as a member of the company `slug` and note it on the request for the page frame.

    Raises Http404 for an outsider (also if the company does not exist, so that slugs cannot be probed), for a member
    one that says why if the company is archived or has another address; PermissionDenied for a member whose role is
    lower than `role`, and its kind SecondFactorNeeded for one who has none where the company asks for it.
    """
    person = request.user
    if not isinstance(person, User):
        raise Http404("Not signed in.")
    own = list_memberships(person)
    found = next((m for m in own if m.tenant.slug == slug), None)
    if found is None and any(m.tenant.slug == slug for m in list_closed(person)):
        raise SecondFactorNeeded
    if found is None:
        raise _explain_absence(person, slug)
    entered = _make_member(found, person)
    cast(DeskRequest, request).member = entered  # the frame of the page shows company and role
    if found.role < role:
        raise PermissionDenied(_DENIED[role])
    return entered


def _explain_absence(person: User, slug: str) -> Http404:
    """Return why a person has no company at an address, as far as it is one of theirs."""
    own = Tenant.objects.filter(memberships__person=person)
    here = own.filter(Q(slug=slug) | Q(former_slugs__slug=slug)).first()
    if here is None:
        return Http404("You have no company at this address.")
    return CompanyArchived(here) if here.slug == slug else CompanyMoved(here.slug)


def ledgerdesk_administrator(request: HttpRequest) -> User:
    """Return the signed-in person as an administrator of this Ledgerdesk, who adds companies and people.

    The right opens no company's records: those an administrator sees as a member alone. Raises Http404 for others.
    """
    person = request.user
    if not (isinstance(person, User) and person.is_staff):
        raise Http404("Only an administrator of this Ledgerdesk has a page here.")
    return person


def list_members(person: User) -> list[Member]:
    """The person as a member of each of their companies; a role that is not known gives no access."""
    return [_make_member(own, person) for own in list_memberships(person) if own.role in ROLES]


def _make_member(own: Membership, person: User) -> Member:
    return Member(own.tenant, person, Role(own.role), tuple(own.hidden_columns), own.list_settings)


def find_member(tenant: Tenant, person: User | None) -> Member | None:
    """A person as a member of a company, for work that goes on without their request; None for an outsider.

    A company that is archived has no members meanwhile.
    """
    if person is None:
        return None
    found = next(iter(fetch_rows(Membership, _FIND_ACTIVE, [tenant.pk, person.pk])), None)
    if found is None:
        return None
    return Member(tenant, person, Role(found.role), tuple(found.hidden_columns), found.list_settings)


# In SQL, as every save asks again before it is sent.
_FIND_ACTIVE = """SELECT membership.* FROM tenants_membership membership
JOIN auth_user person ON person.id = membership.person_id AND person.is_active
JOIN tenants_tenant tenant ON tenant.id = membership.tenant_id AND tenant.archived_at IS NULL
WHERE membership.tenant_id = %s AND membership.person_id = %s"""


def find_person(pk: int) -> User | None:
    """A person with their companies in use, roles and settings, which every page needs; None for nobody in one."""
    own = fetch_rows(Membership, _FIND, [pk])
    if not own:
        return None
    person = cast(User, take_joined(own[0], User, "person"))
    setattr(person, _KEPT, own)
    setattr(person, _FACTOR_KEPT, bool(own[0].__dict__["has_factor"]))
    setattr(person, _SETTINGS_KEPT, take_joined(own[0], PersonSettings, "chosen") or PersonSettings(person=person))
    for found in own:
        del found.__dict__["has_factor"]
        drop_joined(found, User, "person")
        drop_joined(found, PersonSettings, "chosen")
        found.tenant, found.person = cast(Tenant, take_joined(found, Tenant, "tenant")), person
    return person


def get_settings(person: User) -> PersonSettings:
    """The person's settings, as they were fetched with the person of a request, or now."""
    kept: PersonSettings | None = getattr(person, _SETTINGS_KEPT, None)
    if kept is None:
        kept = PersonSettings.objects.filter(person=person).first() or PersonSettings(person=person)
        setattr(person, _SETTINGS_KEPT, kept)
    return kept


def list_memberships(person: User) -> list[Membership]:
    """The person's companies in use and roles, as they were fetched with the person of a request, or now.

    A company is missing that asks for a second factor as long as the person has none (`list_closed`).
    """
    return [own for own in _fetch_memberships(person) if not _is_closed(own, person)]


def list_closed(person: User) -> list[Membership]:
    """The person's companies that open only when they have set up a second factor."""
    return [own for own in _fetch_memberships(person) if _is_closed(own, person)]


def _fetch_memberships(person: User) -> list[Membership]:
    kept: list[Membership] | None = getattr(person, _KEPT, None)
    if kept is not None:
        return kept
    return list(Membership.objects.filter(person=person, tenant__archived_at=None).select_related("tenant"))


def _is_closed(own: Membership, person: User) -> bool:
    return own.tenant.requires_second_factor and not has_second_factor(person)


def has_second_factor(person: User) -> bool:
    """Whether the person's sign-in has a second step, as it was fetched with the person of a request, or now."""
    kept: bool | None = getattr(person, _FACTOR_KEPT, None)
    if kept is None:
        own = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
        kept = own.exists()
        setattr(person, _FACTOR_KEPT, kept)
    return kept


def is_second_factor_due(person: User) -> bool:
    """Whether this installation asks everybody for a second factor, and the person has none."""
    return settings.SECOND_FACTOR_REQUIRED and not has_second_factor(person)


def list_own_people(tenant: Tenant) -> QuerySet[User]:
    """The members of a company who are in no other and do not administer this Ledgerdesk.

    What concerns the safety of their accounts concerns this company alone, so its administrators see to it.
    """
    others = Membership.objects.filter(person=OuterRef("pk")).exclude(tenant=tenant)
    return User.objects.filter(memberships__tenant=tenant, is_staff=False).exclude(Exists(others))


def find_own_company(person: User) -> Tenant | None:
    """The company of a person who is one of its `list_own_people`; None for anybody else."""
    own = [] if person.is_staff else list(Membership.objects.filter(person=person).select_related("tenant")[:2])
    return own[0].tenant if len(own) == 1 else None


# In SQL, as every page begins with it.
_KEPT = "memberships_kept"
_SETTINGS_KEPT = "settings_kept"
_FACTOR_KEPT = "_has_second_factor"
_FIND = f"""SELECT membership.*, {name_columns(Tenant, "tenant")}, {name_columns(User, "person")},
{name_columns(PersonSettings, "chosen")}, EXISTS (SELECT 1 FROM mfa_authenticator factor
WHERE factor.user_id = membership.person_id AND factor.type <> 'recovery_codes') AS has_factor
FROM tenants_membership membership
JOIN tenants_tenant tenant ON tenant.id = membership.tenant_id AND tenant.archived_at IS NULL
JOIN auth_user person ON person.id = membership.person_id
LEFT JOIN tenants_personsettings chosen ON chosen.person_id = person.id WHERE membership.person_id = %s"""  # noqa: S608 - only names of columns are put in, never a value


def hidden_fields(member: Member) -> frozenset[str]:
    """Return the fields of the company's records that the member may not see, by path: `bills.expense_lines.memo`."""
    hidden: Mapping[str, Iterable[str]] = settings.HIDDEN_FIELDS
    return frozenset(hidden.get(member.role.label, ())) if hidden else NOTHING_HIDDEN


def visible(member: Member, field: str) -> bool:
    """Whether the member may see a field of the company's records, `customers.balance` say.

    Each value that is shown, sorted by, searched or exported asks here: lists for each column, all other pages by the
    field table of `books.registry.get_visible_table`, which lacks what is hidden.
    """
    return not is_hidden(hidden_fields(member), field)


def is_hidden(hidden: frozenset[str], field: str) -> bool:
    """Whether a field is one of the `hidden_fields` of a member, or inside one."""
    return any(field == path or field.startswith(f"{path}.") for path in hidden)
