"""A person changes their own email address: with their password, confirmed from the new mailbox where mail is sent."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from administration.people import invitations
from administration.people.actors import Actor
from tenants.mailing import OUTGOING
from tenants.models import AccountLink, Membership, Role, SecurityEvent, Tenant
from tenants.sign_in.guessing import IN_A_SESSION
from tenants.sign_in.link_views import CHANGES
from tests.support.people import signed_in

PAGE = "/settings/email/"
NEW = "robert@example.com"


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.HAS_MAIL, settings.SITE_URL = True, "http://testserver"


def change(client: Client, email: str = NEW, password: str = "demo") -> Any:
    answer = client.post(PAGE, {"email": email, "password": password})
    OUTGOING.submit(int).result()
    return answer


def change_at(client: Client, host: str) -> str:
    """Change the address under another host of the same name; return the link that is mailed."""
    client.post(PAGE, {"email": NEW, "password": "demo"}, headers={"Host": host})
    OUTGOING.submit(int).result()
    (found,) = re.findall(r"http\S+", str(mail.outbox[-1].body))
    return str(found)


def confirm_link() -> str:
    (found,) = re.findall(r"http://testserver(/settings/email/\S+/)", str(mail.outbox[-1].body))
    return str(found)


def test_the_link_leads_to_no_port_that_the_browser_names(as_bob: Client, mailing: None) -> None:
    assert change_at(as_bob, "testserver:4444").startswith("http://testserver/settings/email/")


def address_of(person: User) -> str:
    person.refresh_from_db()
    return person.email


def test_with_mail_a_link_to_the_new_address_confirms_it_and_the_old_one_is_told(bob: User, mailing: None) -> None:
    client = signed_in(bob)
    asked = change(client)
    before, link = address_of(bob), confirm_link()
    looked = client.get(link).status_code, address_of(bob)
    done = client.post(link)
    OUTGOING.submit(int).result()
    assert (asked.status_code, before, looked) == (303, "bob@example.com", (200, "bob@example.com"))
    assert (done.status_code, done["Location"], address_of(bob)) == (303, PAGE, NEW)
    assert [message.to for message in mail.outbox] == [[NEW], ["bob@example.com"], [NEW]]


def test_without_mail_it_is_changed_at_once(bob: User) -> None:
    assert (change(signed_in(bob)).status_code, address_of(bob), mail.outbox) == (303, NEW, [])


def test_it_is_in_the_log_of_every_company(bob: User) -> None:
    change(signed_in(bob))
    found = SecurityEvent.objects.filter(kind="address_changed").values_list("actor_name", "person_name", "tenant")
    own = Membership.objects.filter(person=bob).values_list("tenant", flat=True)
    assert sorted(found) == sorted(("bob", "bob", pk) for pk in own)


def test_ones_own_change_is_not_told_at_sign_in(bob: User) -> None:
    change(signed_in(bob))
    client = Client()
    client.post("/accounts/login/", {"login": "bob", "password": "demo"})
    assert "changed the email address" not in client.get("/").content.decode()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_the_password_is_asked_for(bob: User, password: str) -> None:
    assert (change(signed_in(bob), password=password).status_code, address_of(bob)) == (422, "bob@example.com")


def test_wrong_passwords_are_counted(bob: User) -> None:
    client = signed_in(bob)
    found = [change(client, password="wrong").status_code for _ in range(IN_A_SESSION.tries + 1)]
    assert found == [422] * IN_A_SESSION.tries + [429]


def test_so_are_changes(bob: User, mailing: None) -> None:
    client = signed_in(bob)
    found = [change(client, f"robert{n}@example.com").status_code for n in range(CHANGES.tries + 1)]
    assert (found, len(mail.outbox)) == ([303] * CHANGES.tries + [429], CHANGES.tries)


def test_a_link_is_for_its_own_person_alone(bob: User, carol: User, mailing: None) -> None:
    change(signed_in(bob))
    link = confirm_link()
    found = [signed_in(carol).post(link).status_code, Client().post(link).status_code]
    assert (found, address_of(bob), address_of(carol)) == ([403, 303], "bob@example.com", "carol@example.com")


def test_a_link_works_once_and_not_when_expired(bob: User, mailing: None) -> None:
    client = signed_in(bob)
    change(client)
    used = [client.post(confirm_link()).status_code for _ in range(1)]
    used.append(client.post(re.findall(r"(/settings/email/\S+/)", str(mail.outbox[0].body))[0]).status_code)
    change(client, "third@example.com")
    AccountLink.objects.update(expires_at=timezone.now())
    assert (used, client.post(confirm_link()).status_code, address_of(bob)) == ([303, 410], 410, NEW)


def test_a_new_password_voids_what_a_thief_has_asked_for(bob: User, mailing: None) -> None:
    """Who has taken a session over asks for their own address, and the owner sets another password meanwhile."""
    change(signed_in(bob), "thief@evil.example")
    bob.set_password("a long word for bob")
    bob.save()
    assert (signed_in(bob).post(confirm_link()).status_code, address_of(bob)) == (410, "bob@example.com")


def test_with_mail_nobody_learns_whether_somebody_has_the_address(bob: User, carol: User, mailing: None) -> None:
    client = signed_in(bob)
    answers = [change(client, email).status_code for email in (carol.email, "stranger@example.com")]
    assert answers == [303, 303]
    change(client, carol.email)
    assert (client.post(confirm_link()).status_code, address_of(bob)) == (409, "bob@example.com")


@pytest.mark.parametrize("typed", ["carol@example.com", "CAROL@EXAMPLE.COM"])
def test_without_mail_the_address_of_another_is_refused(bob: User, carol: User, typed: str) -> None:
    assert (change(signed_in(bob), typed).status_code, address_of(bob)) == (422, "bob@example.com")


def test_nobody_takes_the_address_by_which_another_is_called(bob: User) -> None:
    User.objects.create_user("erin@example.com", "erin@elsewhere.example")
    assert change(signed_in(bob), "Erin@example.com").status_code == 422


@pytest.mark.parametrize("typed", ["x@y.example\nBcc: all@office.example", "x@y.example\r\nSubject: y", "x", "a@b"])
def test_no_header_is_slipped_in(bob: User, mailing: None, typed: str) -> None:
    assert (change(signed_in(bob), typed).status_code, mail.outbox) == (422, [])


def test_the_link_leads_to_our_own_host_and_back_to_this_page(bob: User, mailing: None) -> None:
    client = signed_in(bob)
    typed = {"email": NEW, "password": "demo", "next": "//evil.example/"}
    poisoned = client.post(PAGE, typed, headers={"Host": "evil.example"})
    answer = client.post(f"{PAGE}?next=//evil.example/", typed)
    assert (poisoned.status_code, answer["Location"]) == (400, PAGE)


def test_an_invitation_stays_bound_to_its_address(bob: User, alice: User, dave: User, mailing: None) -> None:
    """Who had the address may no longer accept it; who has it now, as their mailbox has shown, may."""
    larch = Tenant.objects.get(slug="larch")
    links = {
        email: f"/invitations/{invitations.invite(Actor(alice), larch, email, Role.VIEWER)[1]}/"
        for email in (dave.email, NEW)
    }
    client, old = signed_in(dave), dave.email
    before = client.get(links[NEW]).status_code
    change(client)
    client.post(confirm_link())
    assert (before, client.post(links[old]).status_code, client.post(links[NEW]).status_code) == (403, 403, 303)


def test_an_unproven_address_that_is_invited_is_refused(alice: User, dave: User) -> None:
    invitations.invite(Actor(alice), Tenant.objects.get(slug="larch"), NEW, Role.ADMIN)
    assert (change(signed_in(dave)).status_code, address_of(dave)) == (422, "dave@example.com")


def test_who_was_removed_from_all_companies_still_changes_their_own(dave: User) -> None:
    assert (change(signed_in(dave)).status_code, address_of(dave)) == (303, NEW)
    assert SecurityEvent.objects.get().tenant is None
