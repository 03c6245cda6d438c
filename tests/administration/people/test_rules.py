"""Who may change who may do what: nobody raises themselves, and of every company one administrator stays."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from administration.people import rules
from administration.people.actors import Actor
from tenants.access import find_member
from tenants.models import Membership, Role, SecurityEvent, Tenant
from tests.support.people import signed_in

from .acting import act, fill_without_office, log_of, make_office, refusal_of, role_of

LAST = "PeopleRefused: alice is the last administrator of Larch Street Supply."
NOT_YOURS = "PermissionDenied: Only an administrator of this company can do this."
OFFICE_ONLY = "PermissionDenied: Only a Ledgerdesk administrator can do this."


def test_an_administrator_sets_a_role_and_the_log_says_so(alice: User, bob: User, larch: Tenant) -> None:
    assert rules.set_role(act(alice), larch, bob, Role.VIEWER)
    assert role_of(bob, larch) == Role.VIEWER
    entry = ("role_changed", "alice", "bob", "Larch Street Supply", {"before": "bookkeeper", "role": "viewer"})
    assert log_of("kind", "actor_name", "person_name", "tenant_name", "details") == [entry]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BOOKKEEPER])
def test_the_last_administrator_is_not_lowered(alice: User, larch: Tenant, role: Role) -> None:
    for actor in (act(alice), Actor()):
        assert refusal_of(rules.set_role, actor, larch, alice, role).startswith(LAST)
    assert role_of(alice, larch) == Role.ADMIN


def test_the_last_administrator_is_not_removed(alice: User, larch: Tenant) -> None:
    for actor in (act(alice), Actor()):
        assert refusal_of(rules.remove_member, actor, larch, alice).startswith(LAST)
    assert role_of(alice, larch) == Role.ADMIN


def test_an_administrator_who_is_turned_off_does_not_count(alice: User, bob: User, larch: Tenant) -> None:
    rules.set_role(act(alice), larch, bob, Role.ADMIN)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert refusal_of(rules.set_role, act(alice), larch, alice, Role.VIEWER).startswith(LAST)


def test_the_account_of_the_last_administrator_is_not_turned_off(alice: User, dave: User, larch: Tenant) -> None:
    refused = refusal_of(rules.turn_off, act(make_office(dave)), alice)
    alice.refresh_from_db()
    assert ("is the last administrator of" in refused, alice.is_active) == (True, True)


def test_a_company_that_was_removed_needs_no_administrator(alice: User, dave: User, larch: Tenant) -> None:
    Membership.objects.filter(person=alice).exclude(tenant=larch).delete()
    Tenant.objects.filter(pk=larch.pk).update(removed_at=timezone.now())
    rules.turn_off(act(make_office(dave)), alice)
    alice.refresh_from_db()
    assert not alice.is_active


@pytest.mark.parametrize("who", ["bob", "carol", "dave"])
def test_nobody_else_changes_a_role(everybody: dict[str, User], larch: Tenant, who: str) -> None:
    for role in Role:
        assert refusal_of(rules.set_role, act(everybody[who]), larch, everybody["carol"], role) == NOT_YOURS
    assert refusal_of(rules.remove_member, act(everybody[who]), larch, everybody["carol"]) == NOT_YOURS
    assert role_of(everybody["carol"], larch) == Role.VIEWER


def test_an_administrator_of_one_company_touches_no_other(
    alice: User, bob: User, larch: Tenant, harbor: Tenant
) -> None:
    Membership.objects.filter(tenant=harbor, person=alice).update(role=Role.BOOKKEEPER)
    assert refusal_of(rules.set_role, act(alice), harbor, bob, Role.VIEWER) == NOT_YOURS
    assert refusal_of(rules.remove_member, act(alice), harbor, bob) == NOT_YOURS
    assert role_of(bob, harbor) == Role.BOOKKEEPER


def test_an_administrator_adds_nobody_without_an_invitation(alice: User, dave: User, larch: Tenant) -> None:
    assert refusal_of(rules.set_role, act(alice), larch, dave, Role.VIEWER) == OFFICE_ONLY
    assert role_of(dave, larch) is None


def test_a_ledgerdesk_administrator_does_not_raise_themselves(bob: User, larch: Tenant) -> None:
    refused = refusal_of(rules.set_role, act(make_office(bob)), larch, bob, Role.ADMIN)
    assert refused == "PermissionDenied: Nobody can give themselves a higher role."
    assert refusal_of(rules.join_company, act(bob), larch, Role.ADMIN).startswith("PeopleRefused: You are already")
    assert role_of(bob, larch) == Role.BOOKKEEPER


def test_a_ledgerdesk_administrator_joins_a_company_and_it_is_logged(dave: User, larch: Tenant) -> None:
    rules.join_company(act(make_office(dave)), larch, Role.VIEWER)
    assert role_of(dave, larch) == Role.VIEWER
    assert log_of("kind", "actor_name", "person_name", "tenant_name") == [
        ("member_added", "dave", "dave", "Larch Street Supply")
    ]


@pytest.mark.parametrize("who", ["alice", "bob", "dave"])
def test_only_a_ledgerdesk_administrator_changes_accounts(everybody: dict[str, User], larch: Tenant, who: str) -> None:
    actor, bob = act(everybody[who]), everybody["bob"]
    refused = {
        refusal_of(rules.turn_off, actor, bob),
        refusal_of(rules.turn_on, actor, bob),
        refusal_of(rules.sign_out_everywhere, actor, bob),
        refusal_of(rules.join_company, actor, larch, Role.ADMIN),
        refusal_of(rules.set_ledgerdesk_administrator, actor, everybody[who], is_one=True),
    }
    assert (refused, User.objects.filter(is_staff=True).exists()) == ({OFFICE_ONLY}, False)


def test_the_last_ledgerdesk_administrator_stays(alice: User, dave: User) -> None:
    make_office(dave)
    refused = refusal_of(rules.set_ledgerdesk_administrator, act(dave), dave, is_one=False)
    assert refused.startswith("PeopleRefused: dave is the last Ledgerdesk administrator.")
    rules.set_ledgerdesk_administrator(act(dave), alice, is_one=True)
    rules.set_ledgerdesk_administrator(act(alice), dave, is_one=False)
    assert list(User.objects.filter(is_staff=True)) == [alice]


def test_nobody_turns_off_their_own_account(dave: User, alice: User) -> None:
    make_office(alice)
    assert refusal_of(rules.turn_off, act(make_office(dave)), dave) == (
        "PermissionDenied: You cannot turn off your own account."
    )


def test_who_is_no_administrator_any_more_acts_no_more(alice: User, bob: User, carol: User, larch: Tenant) -> None:
    """The page was opened before: the rule asks again."""
    rules.set_role(act(alice), larch, bob, Role.ADMIN)
    rules.remove_member(act(bob), larch, alice)
    assert refusal_of(rules.remove_member, act(alice), larch, bob) == NOT_YOURS
    assert role_of(bob, larch) == Role.ADMIN


def test_a_session_loses_the_company_at_once(alice: User, bob: User, larch: Tenant) -> None:
    client = signed_in(bob)
    before = client.get("/t/larch/edits/").status_code
    rules.remove_member(act(alice), larch, bob)
    assert (before, client.get("/t/larch/edits/").status_code, client.get("/").status_code) == (200, 404, 200)


def test_who_has_no_company_left_is_signed_out_everywhere(alice: User, bob: User, larch: Tenant) -> None:
    Membership.objects.filter(person=bob).exclude(tenant=larch).delete()
    browsers = [signed_in(bob), signed_in(bob)]
    rules.remove_member(act(alice), larch, bob)
    found = [client.get("/").headers.get("Location") for client in browsers]
    assert (found, Session.objects.count()) == (["/accounts/login/?next=/"] * 2, 0)


def test_an_account_that_is_turned_off_is_signed_out_and_stays_so_when_turned_on(dave: User, bob: User) -> None:
    client, office = signed_in(bob), act(make_office(dave))
    rules.turn_off(office, bob)
    off = client.get("/").status_code
    rules.turn_on(office, bob)
    bob.refresh_from_db()
    assert (off, client.get("/").status_code, bob.is_active) == (302, 302, True)
    assert log_of("kind", "actor_name", "person_name") == [
        ("person_turned_off", "dave", "bob"),
        ("person_turned_on", "dave", "bob"),
    ]


def test_only_the_sessions_of_that_person_end(dave: User, bob: User, carol: User) -> None:
    clients = [signed_in(bob), signed_in(carol)]
    assert rules.sign_out_everywhere(act(make_office(dave)), bob) == 1
    assert [client.get("/").status_code for client in clients] == [302, 200]


def test_a_removed_person_is_no_member_for_work_in_the_background(alice: User, bob: User, larch: Tenant) -> None:
    rules.remove_member(act(alice), larch, bob)
    assert find_member(larch, bob) is None


PEOPLE = ("alice", "bob", "carol", "dave")
ACTS = st.tuples(
    st.sampled_from(["role", "remove", "off", "on", "office", "no_office", "join"]),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.sampled_from(["larch", "harbor"]),
    st.sampled_from(list(Role)),
)


class AnyOrderOfActs(TestCase):
    """Whatever people ask for in whatever order, what must hold afterwards holds."""

    @settings(max_examples=60)
    @given(st.lists(ACTS, max_size=12))
    def test_each_company_and_the_office_keep_an_administrator(
        self, acts: list[tuple[str, str, str, str, Role]]
    ) -> None:
        fill_without_office()
        User.objects.filter(username="dave").update(is_staff=True)
        for what, who, whom, slug, role in acts:
            people = {person.username: person for person in User.objects.all()}
            tenant, actor = Tenant.objects.get(slug=slug), act(people[who])
            before = _read_rights()
            events = SecurityEvent.objects.count()
            refused = _ask(what, actor, tenant, people[whom], role)
            after = _read_rights()
            if refused:
                assert (after, SecurityEvent.objects.count()) == (before, events)
            _check_raise(what, who, slug, before, after)
            _check_administrators()


def _ask(what: str, actor: Actor, tenant: Tenant, person: User, role: Role) -> str:
    match what:
        case "role":
            return refusal_of(rules.set_role, actor, tenant, person, role)
        case "remove":
            return refusal_of(rules.remove_member, actor, tenant, person)
        case "off":
            return refusal_of(rules.turn_off, actor, person)
        case "on":
            return refusal_of(rules.turn_on, actor, person)
        case "join":
            return refusal_of(rules.join_company, actor, tenant, role)
    return refusal_of(rules.set_ledgerdesk_administrator, actor, person, is_one=what == "office")


def _read_rights() -> dict[str, object]:
    """Every right that there is: accounts, and roles by company and person."""
    found: dict[str, object] = {
        person.username: (person.is_active, person.is_staff) for person in User.objects.order_by("pk")
    }
    for own in Membership.objects.select_related("tenant", "person"):
        found[f"{own.tenant.slug} {own.person.username}"] = own.role
    return found


def _check_raise(what: str, who: str, slug: str, before: dict[str, object], after: dict[str, object]) -> None:
    """Nobody has given themselves more than they had, but for joining, and changed nothing of another company."""
    was, now = before.get(f"{slug} {who}", 0), after.get(f"{slug} {who}", 0)
    assert what == "join" or now <= was  # type: ignore[operator]  # both are roles
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    if before[who] != (True, True):
        assert all(name.startswith(f"{slug} ") for name in changed)
        assert not changed or was == Role.ADMIN


def _check_administrators() -> None:
    active = Membership.objects.filter(role=Role.ADMIN, person__is_active=True)
    assert set(active.values_list("tenant__slug", flat=True)) >= {"larch", "harbor"}
    assert User.objects.filter(is_staff=True, is_active=True).exists()
