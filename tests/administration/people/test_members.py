"""The pages of a company's administrators about its members, over Django's client."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from administration.people import invitations, rules
from administration.people.invitations import SENT
from edits.models.edit import State
from tenants.models import Invitation, Membership, Role, Tenant
from tests.edits.factories import an_edit
from tests.support.people import signed_in

from .acting import act, log_of, make_office, role_of, words

MEMBERS = "/t/larch/members/"
EMAIL = "erin@example.com"


def page_of(person: User, slug: str = "larch") -> str:
    return f"/t/{slug}/members/{person.pk}/"


def test_the_page_lists_who_is_in_with_role_and_last_change(as_alice: Client, larch: Tenant, bob: User) -> None:
    an_edit(larch, bob, timezone.now() - timedelta(days=400))
    text = re.sub(r"<[^>]+>", " ", words(as_alice.get(MEMBERS)))
    day = (timezone.localtime() - timedelta(days=400)).year
    assert re.search(rf"Bob\s+bob@example.com\s+bookkeeper\s+\S.*?{day}", text)
    assert re.search(r"Carol\s+carol@example.com\s+viewer\s+not logged\s", text)
    assert "Dave" not in text


def test_the_page_makes_as_many_queries_for_few_members_as_for_many(
    as_alice: Client, larch: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_alice.get(MEMBERS)
    people = User.objects.bulk_create(User(username=f"one{n}", email=f"one{n}@example.com") for n in range(20))
    Membership.objects.bulk_create(Membership(tenant=larch, person=one, role=Role.VIEWER) for one in people)
    with django_assert_num_queries(11):
        as_alice.get(MEMBERS)


def test_without_mail_the_link_is_shown_once_to_the_inviter(as_alice: Client, larch: Tenant) -> None:
    answer = as_alice.post(MEMBERS, {"email": EMAIL, "role": Role.VIEWER})
    (link,) = re.findall(r'value="http://testserver(/invitations/[^"]+/)"', answer.content.decode())
    assert (answer.status_code, Client().get(link).status_code) == (201, 200)
    assert (link in as_alice.get(MEMBERS).content.decode(), EMAIL in words(as_alice.get(MEMBERS))) == (False, True)


def test_a_mail_that_does_not_leave_says_why_and_shows_the_link(
    as_alice: Client, larch: Tenant, settings: Settings
) -> None:
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = as_alice.post(MEMBERS, {"email": EMAIL, "role": Role.VIEWER})
    assert (answer.status_code, "Connection refused" in words(answer)) == (201, True)


@pytest.mark.parametrize("form", [{"email": "nowhere", "role": 10}, {"email": EMAIL, "role": 99}, {"email": EMAIL}, {}])
def test_what_cannot_be_read_invites_nobody(as_alice: Client, larch: Tenant, form: dict[str, Any]) -> None:
    assert as_alice.post(MEMBERS, form or {"role": ""}).status_code == 422
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_again(as_alice: Client, larch: Tenant) -> None:
    answer = as_alice.post(MEMBERS, {"email": "bob@example.com", "role": Role.ADMIN})
    assert (answer.status_code, "is already a member of Larch Street Supply" in words(answer)) == (422, True)


def test_very_many_invitations_are_throttled(as_alice: Client, larch: Tenant) -> None:
    forms = ({"email": f"one{n}@example.com", "role": Role.VIEWER} for n in range(SENT.tries + 1))
    assert [as_alice.post(MEMBERS, form).status_code for form in forms] == [201] * SENT.tries + [429]


def test_an_open_invitation_is_withdrawn_and_sent_again_with_its_buttons(
    as_alice: Client, alice: User, larch: Tenant, settings: Settings
) -> None:
    settings.HAS_MAIL = True
    one, token = invitations.invite(act(alice), larch, EMAIL, Role.VIEWER)
    again = as_alice.post(f"{MEMBERS}invitations/{one.pk}/", {"again": "1"})
    assert (again.status_code, len(mail.outbox), Client().get(f"/invitations/{token}/").status_code) == (303, 1, 404)
    as_alice.post(f"{MEMBERS}invitations/{one.pk}/", {"withdraw": "1"})
    assert (EMAIL in words(as_alice.get(MEMBERS)), Invitation.objects.get().withdrawn_at is None) == (True, False)
    assert EMAIL not in words(as_alice.get(MEMBERS)), "only the message of the page before named it"


def test_an_invitation_of_another_company_is_not_found(
    as_alice: Client, alice: User, larch: Tenant, harbor: Tenant
) -> None:
    one, _ = invitations.invite(act(alice), harbor, EMAIL, Role.VIEWER)
    answers = [as_alice.post(f"{MEMBERS}invitations/{pk}/", {"withdraw": "1"}) for pk in (one.pk, 2**70)]
    assert ([answer.status_code for answer in answers], Invitation.objects.get().withdrawn_at) == ([404, 404], None)


def test_a_member_page_says_what_they_may_and_when_they_last_did(
    as_alice: Client, alice: User, larch: Tenant, bob: User
) -> None:
    an_edit(larch, bob, timezone.now() - timedelta(days=400))
    invitations.invite(act(alice), larch, EMAIL, Role.VIEWER)
    shown = {one: re.sub(r"<[^>]+>", " ", words(as_alice.get(page_of(one)))) for one in (alice, bob)}
    assert re.search(rf"Change customers\s+yes\s+\d+ \w+ {(timezone.now() - timedelta(days=400)).year}", shown[bob])
    assert re.search(r"Change bills\s+yes\s+never", shown[bob])
    assert re.search(r"Invite and remove people, set roles\s+no\s+never", shown[bob])
    assert re.search(r"Invite and remove people, set roles\s+yes\s+today", shown[alice])


def test_a_hand_over_is_logged_for_its_company(as_alice: Client, alice: User, bob: User, larch: Tenant) -> None:
    an_edit(larch, bob, timezone.now(), state=State.CONFLICT)
    Membership.objects.filter(person=bob, tenant=larch).update(role=Role.VIEWER)
    as_alice.post(page_of(bob), {"hand": "1", "taker": alice.pk})
    assert log_of("kind", "actor_name", "person_name", "tenant", "details") == [
        ("handed_over", "alice", "bob", larch.pk, {"to": "alice", "what": "1 to decide"})
    ]


def test_a_role_is_set(as_alice: Client, bob: User, larch: Tenant) -> None:
    answer = as_alice.post(page_of(bob), {"set": "1", "role": Role.ADMIN})
    assert (answer.status_code, role_of(bob, larch)) == (303, Role.ADMIN)


@pytest.mark.parametrize("form", [{"set": "1", "role": "99"}, {"set": "1"}, {"hand": "1", "taker": ""}, {"x": "1"}])
def test_what_cannot_be_read_changes_nothing(as_alice: Client, bob: User, larch: Tenant, form: dict[str, str]) -> None:
    assert as_alice.post(page_of(bob), form).status_code == 422
    assert role_of(bob, larch) == Role.BOOKKEEPER


def test_the_last_administrator_is_told_why_nothing_happens(as_alice: Client, alice: User, larch: Tenant) -> None:
    answers = [
        as_alice.post(page_of(alice), {"set": "1", "role": Role.VIEWER}),
        as_alice.post(page_of(alice), {"remove": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("alice is the last administrator of Larch Street Supply." in words(answer) for answer in answers)
    assert role_of(alice, larch) == Role.ADMIN


def test_a_person_of_another_company_is_not_found(as_alice: Client, dave: User, larch: Tenant, harbor: Tenant) -> None:
    Membership.objects.create(tenant=harbor, person=dave, role=Role.VIEWER)
    form = {"set": "1", "role": Role.VIEWER, "remove": "1"}
    answers = [as_alice.get(page_of(dave)), as_alice.post(page_of(dave), form), as_alice.get(f"{MEMBERS}{2**70}/")]
    assert ([answer.status_code for answer in answers], role_of(dave, harbor)) == ([404] * 3, Role.VIEWER)


def test_a_removed_member_is_gone_from_the_page(as_alice: Client, bob: User, larch: Tenant) -> None:
    answer = as_alice.post(page_of(bob), {"remove": "1"})
    assert (answer["Location"], role_of(bob, larch)) == (MEMBERS, None)
    assert "bob was removed from Larch Street Supply." in words(as_alice.get(MEMBERS))


def test_an_administrator_who_leaves_goes_to_their_companies(
    as_alice: Client, alice: User, bob: User, larch: Tenant
) -> None:
    rules.set_role(act(alice), larch, bob, Role.ADMIN)
    assert as_alice.post(page_of(alice), {"remove": "1"})["Location"] == "/"


def test_a_ledgerdesk_administrator_who_joined_is_shown_to_the_companys_administrators(
    as_alice: Client, dave: User, larch: Tenant, harbor: Tenant
) -> None:
    rules.join_company(act(make_office(dave)), larch, Role.VIEWER)
    rules.remove_member(act(dave), larch, dave)
    notice = "<strong>Dave</strong>, a Ledgerdesk administrator, became a member of this company as viewer, today"
    found = [notice in words(as_alice.get(f"/t/{slug}/members/")) for slug in ("larch", "harbor")]
    assert found == [True, False], "also after they have left again"


def test_who_was_added_by_another_is_no_notice(as_alice: Client, dave: User, carol: User, larch: Tenant) -> None:
    Membership.objects.filter(person=carol).delete()
    rules.set_role(act(make_office(dave)), larch, carol, Role.VIEWER)
    assert "a Ledgerdesk administrator" not in words(as_alice.get(MEMBERS))


def test_a_draft_is_no_change_of_theirs(as_alice: Client, larch: Tenant, bob: User) -> None:
    edit = an_edit(larch, bob, timezone.now(), state=State.DRAFT)
    type(edit).objects.filter(pk=edit.pk).update(fields="")
    row = re.sub(r"<[^>]+>", " ", words(as_alice.get(MEMBERS))).partition("Bob")[2].partition("Carol")[0]
    assert row.split() == ["bob@example.com", "bookkeeper", "not", "logged"]


def test_only_an_administrator_has_the_link_in_their_menu(as_alice: Client, as_bob: Client, larch: Tenant) -> None:
    found = [f'href="{MEMBERS}"' in client.get("/t/larch/edits/").content.decode() for client in (as_alice, as_bob)]
    assert found == [True, False]


def test_a_viewer_of_the_page_before_a_removal_reaches_it_no_more(alice: User, bob: User, larch: Tenant) -> None:
    rules.set_role(act(alice), larch, bob, Role.ADMIN)
    client = signed_in(bob)
    before = client.get(MEMBERS).status_code
    rules.set_role(act(alice), larch, bob, Role.VIEWER)
    lowered = client.get(MEMBERS).status_code
    rules.remove_member(act(alice), larch, bob)
    assert (before, lowered, client.get(MEMBERS).status_code) == (200, 403, 404)
