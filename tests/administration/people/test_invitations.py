"""The link of an invitation: for one address, used once, for a week, and never a way into another account."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db.models import F
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import Settings

from administration.people import invitations, rules
from administration.people.invitations import TRIES
from tenants.models import Invitation, Membership, Role, Tenant, Throttle
from tests.support.people import signed_in

from .acting import act, fill_without_office, log_of, make_office, refusal_of, role_of, words

EMAIL, PASSWORD = "erin@example.com", "tall grass by the river"
NEW = {"username": "erin", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.HAS_MAIL, settings.SITE_URL = True, "http://testserver"


def invited(by: User, tenant: Tenant, email: str = EMAIL, role: Role = Role.BOOKKEEPER) -> str:
    """Invite an address, and return the path of the link."""
    return f"/invitations/{invitations.invite(act(by), tenant, email, role)[1]}/"


def accept(link: str, client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post(link, {**NEW, **more})


def test_a_new_person_chooses_name_and_password_and_is_in(alice: User, larch: Tenant, sandbox: object) -> None:
    link, client = invited(alice, larch), Client()
    page = client.get(link)
    answer = accept(link, client)
    erin = User.objects.get(username="erin")
    assert (page.status_code, answer.status_code, answer["Location"]) == (200, 303, "/t/larch/")
    assert (erin.email, erin.check_password(PASSWORD), role_of(erin, larch)) == (EMAIL, True, Role.BOOKKEEPER)
    assert (client.get("/t/larch/edits/").status_code, client.get("/t/harbor/edits/").status_code) == (200, 404)
    assert log_of("kind", "actor_name", "person_name", "tenant_name")[:2] == [
        ("invited", "alice", EMAIL, "Larch Street Supply"),
        ("invitation_accepted", "erin", "erin", "Larch Street Supply"),
    ]


def test_who_has_just_chosen_a_password_sets_up_a_second_factor_without_giving_it_again(
    alice: User, larch: Tenant
) -> None:
    client = Client()
    accept(invited(alice, larch), client)
    assert client.get("/accounts/2fa/app/").status_code == 200


def test_the_address_cannot_be_chosen(alice: User, larch: Tenant) -> None:
    accept(invited(alice, larch), email="thief@evil.example")
    assert User.objects.get(username="erin").email == EMAIL


def test_a_link_works_once(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    accept(link)
    again = [Client().get(link), accept(link, username="other")]
    assert [answer.status_code for answer in again] == [410, 410]
    assert ("It was already used." in words(again[0]), User.objects.count()) == (True, 5)


def test_a_link_expires(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answers = [Client().get(link), accept(link)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert ("It has expired." in words(answers[0]), User.objects.count()) == (True, 4)


def test_a_link_is_kept_for_a_week(alice: User, larch: Tenant) -> None:
    invited(alice, larch)
    one = Invitation.objects.get()
    assert round((one.expires_at - one.invited_at) / timedelta(days=7), 5) == 1


def test_a_withdrawn_link_is_refused(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    assert invitations.withdraw(act(alice), Invitation.objects.get())
    answers = [Client().get(link), accept(link)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert ("It was withdrawn." in words(answers[0]), User.objects.count()) == (True, 4)


def test_a_link_lasts_no_longer_than_its_inviters_right(dave: User, larch: Tenant) -> None:
    link = invited(make_office(dave), larch)
    User.objects.filter(pk=dave.pk).update(is_staff=False)
    answers = [Client().get(link), accept(link)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert ("can no longer invite" in words(answers[0]), User.objects.count()) == (True, 4)


def test_a_forged_link_is_refused(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    forged = [
        "/invitations/x/",
        link[:-2] + "/",
        link[:-1] + "x/",
        f"/invitations/{Invitation.objects.get().token_hash}/",
    ]
    found = [(Client().get(one).status_code, accept(one).status_code) for one in forged]
    assert (found, User.objects.count()) == ([(404, 404)] * 4, 4)


def test_sent_again_only_the_newest_link_works(alice: User, larch: Tenant) -> None:
    former = invited(alice, larch)
    _, token = invitations.invite_again(act(alice), Invitation.objects.get())
    assert [Client().get(link).status_code for link in (former, f"/invitations/{token}/")] == [404, 200]


def test_inviting_an_address_twice_keeps_one_invitation_with_the_newer_role(alice: User, larch: Tenant) -> None:
    links = [invited(alice, larch), invited(alice, larch, EMAIL.upper(), Role.VIEWER)]
    assert [Client().get(link).status_code for link in links] == [404, 200]
    assert Invitation.objects.get().role == Role.VIEWER


def test_wrong_links_are_counted_and_throttled_by_network(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    answers = [Client().get("/invitations/guess/") for _ in range(TRIES.tries + 2)]
    assert [answer.status_code for answer in answers] == [404] * TRIES.tries + [429] * 2
    assert (int(answers[-1]["Retry-After"]) > 0, Client().get(link).status_code) == (True, 429)
    elsewhere = Client().get(link, REMOTE_ADDR="198.51.100.7").status_code
    Throttle.objects.update(used_until=F("used_until") - TRIES.pause)
    assert (elsewhere, Client().get(link).status_code) == (200, 200)


def test_the_right_link_is_never_counted(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    assert {Client().get(link).status_code for _ in range(2 * TRIES.tries)} == {200}


def test_used_expired_and_withdrawn_links_count_as_tries(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    invitations.withdraw(act(alice), Invitation.objects.get())
    assert [Client().get(link).status_code for _ in range(TRIES.tries + 1)] == [410] * TRIES.tries + [429]


def test_who_has_an_account_signs_in_and_joins_with_it(alice: User, dave: User, as_dave: Client, larch: Tenant) -> None:
    link = invited(alice, larch, dave.email.upper())
    signed_out = Client().get(link)
    assert f'href="/accounts/login/?next={link}"' in signed_out.content.decode()
    assert as_dave.post(link)["Location"] == "/t/larch/"
    assert (role_of(dave, larch), User.objects.count()) == (Role.BOOKKEEPER, 4)


def test_an_existing_address_makes_no_second_account(alice: User, dave: User, larch: Tenant) -> None:
    answer = accept(invited(alice, larch, dave.email))
    assert (answer.status_code, User.objects.count(), role_of(dave, larch)) == (409, 4, None)


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_nobody_joins_with_another_address(everybody: dict[str, User], larch: Tenant, dave: User, who: str) -> None:
    link, client = invited(everybody["alice"], larch, dave.email), signed_in(everybody[who])
    answers = [client.get(link), client.post(link), client.post(link, NEW)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert ("Sign out, then open the link again" in words(answers[0]), dave.email in words(answers[0])) == (True, False)
    assert (User.objects.count(), Invitation.objects.get().accepted_at) == (4, None)


def test_an_account_that_is_turned_off_is_no_way_in(alice: User, dave: User, larch: Tenant) -> None:
    User.objects.filter(pk=dave.pk).update(is_active=False)
    link = invited(alice, larch, dave.email)
    assert ("is turned off" in words(Client().get(link)), accept(link).status_code) == (True, 409)


def test_an_invitation_changes_no_role(alice: User, dave: User, larch: Tenant) -> None:
    """Who was added meanwhile as a viewer does not become an administrator by an older link."""
    link = invited(alice, larch, dave.email, Role.ADMIN)
    Membership.objects.create(tenant=larch, person=dave, role=Role.VIEWER)
    answer = signed_in(dave).post(link)
    assert (answer.status_code, role_of(dave, larch)) == (409, Role.VIEWER)


def test_what_a_removed_administrator_has_sent_is_withdrawn(alice: User, bob: User, larch: Tenant) -> None:
    rules.set_role(act(alice), larch, bob, Role.ADMIN)
    link = invited(bob, larch, "bobs.other.name@example.com", Role.ADMIN)
    rules.remove_member(act(alice), larch, bob)
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("lose", ["role", "account"])
def test_so_is_that_of_one_who_was_lowered_or_turned_off(
    alice: User, bob: User, dave: User, larch: Tenant, lose: str
) -> None:
    rules.set_role(act(alice), larch, bob, Role.ADMIN)
    link = invited(bob, larch)
    if lose == "role":
        rules.set_role(act(alice), larch, bob, Role.BOOKKEEPER)
    else:
        rules.turn_off(act(make_office(dave)), bob)
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("lose", ["right", "account"])
def test_so_is_that_of_a_ledgerdesk_administrator_who_is_one_no_longer(
    alice: User, bob: User, dave: User, larch: Tenant, harbor: Tenant, lose: str
) -> None:
    """Also into companies of which they never were a member; but not where they may still invite."""
    rules.set_role(act(alice), larch, bob, Role.ADMIN)
    Membership.objects.filter(tenant=harbor, person=bob).delete()
    links = [invited(make_office(bob), one, "bobs.other.name@example.com", Role.ADMIN) for one in (larch, harbor)]
    office = act(make_office(dave))
    if lose == "right":
        rules.set_ledgerdesk_administrator(office, bob, is_one=False)
    else:
        rules.turn_off(office, bob)
    assert [Client().get(link).status_code for link in links] == [200 if lose == "right" else 410, 410]


def test_an_invitation_into_a_company_that_is_no_longer_used_is_closed(alice: User, larch: Tenant) -> None:
    link = invited(alice, larch)
    Tenant.objects.filter(pk=larch.pk).update(archived_at=timezone.now())
    assert (Client().get(link).status_code, accept(link).status_code) == (410, 410)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"username": "BOB"}, "A user with that username already exists."),
        ({"username": "bob"}, "A user with that username already exists."),
        ({"username": "\uff22OB"}, "A user with that username already exists."),
        ({"username": "\ufdfa" * 40}, "Ensure this value has at most 150 characters"),
        ({"username": "alice@example.com"}, "Choose a username without @, or your own email address."),
        ({"username": "no blanks"}, "Enter a valid username."),
        ({"password1": "short", "password2": "short"}, "This password is too short."),
        ({"password2": "another long password"}, "These are two different passwords."),
    ],
)
def test_a_name_or_password_that_cannot_be_taken_is_refused(
    alice: User, larch: Tenant, form: dict[str, str], why: str
) -> None:
    link = invited(alice, larch)
    answer = Client().post(link, NEW | form)
    assert (answer.status_code, why in words(answer), User.objects.count()) == (422, True, 4)
    assert accept(link).status_code == 303


def test_only_a_hash_of_the_link_is_stored(alice: User, larch: Tenant) -> None:
    token = invited(alice, larch).split("/")[2]
    assert token not in repr(list(Invitation.objects.values()))


@pytest.mark.parametrize("email", ["alice@example.com", "BOB@example.com"])
def test_neither_oneself_nor_a_member_is_invited(alice: User, bob: User, larch: Tenant, email: str) -> None:
    assert refusal_of(invitations.invite, act(alice), larch, email, Role.ADMIN).startswith("PeopleRefused: ")
    assert not Invitation.objects.exists()


def test_a_ledgerdesk_administrator_does_not_invite_themselves(dave: User, larch: Tenant) -> None:
    refused = refusal_of(invitations.invite, act(make_office(dave)), larch, dave.email, Role.ADMIN)
    assert refused == "PeopleRefused: This is your own address. Nobody can invite themselves."


@pytest.mark.parametrize("who", ["bob", "carol", "dave"])
def test_only_an_administrator_invites_and_withdraws(everybody: dict[str, User], larch: Tenant, who: str) -> None:
    actor, open_one = act(everybody[who]), invitations.invite(act(everybody["alice"]), larch, EMAIL, Role.VIEWER)[0]
    refused = {
        refusal_of(invitations.invite, actor, larch, "x@example.com", Role.VIEWER),
        refusal_of(invitations.invite_again, actor, open_one),
        refusal_of(invitations.withdraw, actor, open_one),
    }
    assert refused == {"PermissionDenied: Only an administrator of this company can do this."}


def test_the_mail_has_the_link_and_names_no_company_in_its_subject(
    as_alice: Client, larch: Tenant, mailing: None
) -> None:
    answer = as_alice.post("/t/larch/members/", {"email": EMAIL, "role": Role.VIEWER})
    (message,) = mail.outbox
    assert (answer.status_code, message.to, message.subject) == (303, [EMAIL], "Ledgerdesk: alice invites you")
    (link,) = re.findall(r"http://testserver(/invitations/\S+/)", str(message.body))
    assert ("Larch Street Supply" in message.body, Client().get(link).status_code) == (True, 200)
    assert link not in as_alice.get("/t/larch/members/").content.decode()


def test_a_mailed_link_leads_to_no_port_that_the_browser_names(as_alice: Client, larch: Tenant, mailing: None) -> None:
    host = {"Host": "testserver:4444"}
    as_alice.post("/t/larch/members/", {"email": EMAIL, "role": Role.VIEWER}, headers=host)
    (link,) = re.findall(r"http\S+", str(mail.outbox[0].body))
    assert link.startswith("http://testserver/invitations/")


class AnyFate(TestCase):
    """Of whatever happens to a link, it lets in at most once, and never after it was closed."""

    @settings(max_examples=40)
    @given(st.lists(st.sampled_from(["accept", "withdraw", "again", "expire", "remove"]), max_size=8))
    def test_a_link_lets_in_while_it_is_open_and_once(self, fates: list[str]) -> None:
        fill_without_office()
        larch, alice = Tenant.objects.get(slug="larch"), User.objects.get(username="alice")
        one, token = invitations.invite(act(alice), larch, EMAIL, Role.VIEWER)
        is_open, count = True, 0
        for fate in fates:
            if fate == "accept":
                count += is_open
                assert _is_let_in(token, f"erin{count}") == is_open
                is_open = False
            elif fate == "remove":
                Membership.objects.filter(person__email=EMAIL).delete()
            elif fate == "withdraw":
                is_open = is_open and not invitations.withdraw(act(alice), one)
            elif fate == "expire":
                Invitation.objects.update(expires_at=timezone.now())
                is_open = False
            elif not refusal_of(invitations.invite_again, act(alice), one):
                assert not _is_let_in(token, "former")  # the former link
                return
        assert User.objects.filter(email=EMAIL).count() == count


def _is_let_in(token: str, name: str) -> bool:
    try:
        invitations.accept_as_new(act(None), token, name, PASSWORD)
    except invitations.InvitationClosed:
        return False
    return True
