"""Who may ask others for a second factor, and reset that of whom."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tenants.mailing import OUTGOING
from tenants.models import Membership, Role, SecurityEvent, Tenant
from tenants.security_log import Kind
from tenants.sign_in.factors import list_factors
from tests.support.factors import SIGN_IN, code_of, give_app, give_recovery_codes, is_signed_in, second_step
from tests.support.people import signed_in

OWN, ALL = "/t/larch/log/second-factor/", "/administration/log/second-factor/"


@pytest.fixture
def lone(larch: Tenant) -> User:
    """Somebody with an app who is in larch alone."""
    person = User.objects.create_user("lone", "lone@example.com", "demo")
    Membership.objects.create(tenant=larch, person=person, role=Role.VIEWER)
    give_app(person)
    give_recovery_codes(person)
    return person


@pytest.fixture
def admin(dave: User) -> User:
    User.objects.filter(pk=dave.pk).update(is_staff=True)
    dave.refresh_from_db()
    return dave


def sign_in(person: User) -> Client:
    """Sign in just now, so that the password is not asked for again."""
    client = Client()
    client.post(SIGN_IN, {"login": person.username, "password": "demo"})
    return client


def left(person: User) -> int:
    return len(list_factors(person))


def test_an_administrator_resets_the_factor_of_who_is_in_this_company_alone(alice: User, lone: User) -> None:
    there = signed_in(lone)
    answer = sign_in(alice).post(OWN, {"reset": lone.pk})
    assert (answer.status_code, left(lone), is_signed_in(there), is_signed_in(sign_in(lone))) == (302, 0, False, True)


@pytest.mark.parametrize("has_mail", [True, False])
def test_the_page_promises_an_email_only_where_one_is_sent(alice: User, settings: Settings, has_mail: bool) -> None:
    settings.HAS_MAIL = has_mail
    page = sign_in(alice).get(OWN).content.decode()
    assert ("told by email" in page, "tell them yourself" in page) == (has_mail, not has_mail)


def test_that_is_logged_for_the_company(alice: User, lone: User, larch: Tenant) -> None:
    sign_in(alice).post(OWN, {"reset": lone.pk})
    event = SecurityEvent.objects.get(kind=Kind.SECOND_FACTOR_RESET)
    assert (event.actor, event.person, event.tenant) == (alice, lone, larch)


def test_what_cannot_be_logged_is_not_done(
    alice: User,
    lone: User,
    larch: Tenant,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.HAS_MAIL = True
    give_app(alice)
    client = sign_in(alice)
    second_step(client, code_of())
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {SecurityEvent._meta.db_table} RENAME TO out_of_reach")
    with django_capture_on_commit_callbacks(execute=True):
        answers = [client.post(OWN, form).status_code for form in ({"reset": lone.pk}, {"ask": "yes"})]
    OUTGOING.submit(int).result()
    larch.refresh_from_db()
    assert (answers, left(lone), larch.requires_second_factor, mail.outbox) == ([503, 503], 2, False, [])


def test_and_told_to_the_person(
    alice: User,
    lone: User,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.HAS_MAIL = True
    client = sign_in(alice)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(OWN, {"reset": lone.pk})
    OUTGOING.submit(int).result()
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Ledgerdesk: Your second factor was reset", ["lone@example.com"])
    assert "http://127.0.0.1:8000/accounts/2fa/" in message.body


def in_another_company(person: User) -> None:
    Membership.objects.create(tenant=Tenant.objects.get(slug="harbor"), person=person, role=Role.VIEWER)


def of_ledgerdesk(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_staff=True)


@pytest.mark.parametrize("becomes", [in_another_company, of_ledgerdesk])
def test_not_of_somebody_who_is_more_than_a_member_here(alice: User, lone: User, becomes: Any) -> None:
    becomes(lone)
    assert (sign_in(alice).post(OWN, {"reset": lone.pk}).status_code, left(lone)) == (403, 2)


def test_not_of_somebody_of_another_company(alice: User, lone: User, larch: Tenant, harbor: Tenant) -> None:
    Membership.objects.filter(person=lone).update(tenant=harbor)
    assert (sign_in(alice).post(OWN, {"reset": lone.pk}).status_code, left(lone)) == (404, 2)


def test_not_ones_own(alice: User, larch: Tenant) -> None:
    Membership.objects.filter(person=alice).exclude(tenant=larch).delete()
    give_app(alice)
    client = sign_in(alice)
    second_step(client, code_of())
    answer = client.post(OWN, {"reset": alice.pk})
    assert (answer.status_code, "your own second factor" in answer.content.decode(), left(alice)) == (403, True, 1)


@pytest.mark.parametrize("name", ["bob", "carol", "dave"])
def test_not_without_the_role(everybody: dict[str, User], lone: User, name: str) -> None:
    answers = [sign_in(everybody[name]).post(path, {"reset": lone.pk}).status_code for path in (OWN, ALL)]
    assert (answers, left(lone)) == ([404 if name == "dave" else 403, 404], 2)


def test_not_at_a_screen_left_unlocked(as_alice: Client, lone: User) -> None:
    answer = as_alice.post(OWN, {"reset": lone.pk})
    assert (answer["Location"].split("?")[0], left(lone)) == ("/accounts/reauthenticate/", 2)


def test_with_the_password_given_it_is_done(as_alice: Client, lone: User) -> None:
    as_alice.post(OWN, {"reset": lone.pk})
    answer = as_alice.post("/accounts/reauthenticate/", {"password": "demo", "next": OWN})
    assert (answer.status_code, answer["Location"], left(lone)) == (302, OWN, 0)


def test_a_ledgerdesk_administrator_resets_that_of_everybody(admin: User, alice: User) -> None:
    give_app(alice)
    assert (sign_in(admin).post(ALL, {"reset": alice.pk}).status_code, left(alice)) == (302, 0)
    found = SecurityEvent.objects.filter(kind=Kind.SECOND_FACTOR_RESET).values_list("tenant", flat=True)
    assert sorted(found) == sorted(Membership.objects.filter(person=alice).values_list("tenant", flat=True))


def test_but_not_their_own(admin: User) -> None:
    give_app(admin)
    client = sign_in(admin)
    second_step(client, code_of())
    answer = client.post(ALL, {"reset": admin.pk})
    assert (answer.status_code, "your own second factor" in answer.content.decode(), left(admin)) == (403, True, 1)


def test_the_page_says_who_has_one_and_offers_what_is_allowed(alice: User, lone: User, bob: User) -> None:
    give_app(bob)
    page = signed_in(alice).get(OWN).content.decode()
    offered = [f'name="reset" value="{person.pk}"' in page for person in (lone, bob, alice)]
    assert (offered, page.count("<td>set up</td>")) == ([True, False, False], 2)


def test_a_company_asks_its_members_for_one(alice: User, larch: Tenant) -> None:
    give_app(alice)
    client = signed_in(alice)
    found = []
    for asks in ("yes", "no"):
        client.post(OWN, {"ask": asks})
        larch.refresh_from_db()
        found.append(larch.requires_second_factor)
    said = [event.details for event in SecurityEvent.objects.filter(kind=Kind.SETTING_CHANGED).order_by("pk")]
    assert (found, said) == (
        [True, False],
        [{"setting": "second factor", "value": "required"}, {"setting": "second factor", "value": "optional"}],
    )


def test_asking_twice_is_logged_once(alice: User, larch: Tenant) -> None:
    give_app(alice)
    client = signed_in(alice)
    for _ in range(2):
        client.post(OWN, {"ask": "yes"})
    assert SecurityEvent.objects.filter(kind=Kind.SETTING_CHANGED).count() == 1


def test_who_has_none_does_not_shut_themselves_out(as_alice: Client, larch: Tenant) -> None:
    answer = as_alice.post(OWN, {"ask": "yes"})
    larch.refresh_from_db()
    assert (answer.status_code, larch.requires_second_factor) == (422, False)


@pytest.mark.parametrize("posted", [{}, {"ask": "maybe"}, {"reset": "x"}, {"reset": ""}])
def test_what_makes_no_sense_changes_nothing(as_alice: Client, larch: Tenant, posted: dict[str, str]) -> None:
    Tenant.objects.filter(pk=larch.pk).update(requires_second_factor=False)
    answer = as_alice.post(OWN, posted)
    assert (answer.status_code, SecurityEvent.objects.count()) == (422, 0)
