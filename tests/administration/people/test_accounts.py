"""A forgotten password and a mistyped address: which administrator may help, who is told, what a link does."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from administration.people import accounts, rules
from administration.people.account_views import MADE
from tenants.mailing import OUTGOING
from tenants.models import AccountLink, Invitation, Membership, Role, Tenant
from tenants.secret_links import SecretLinks
from tenants.sign_in.account_links import TRIES
from tests.support.factors import SIGN_IN, code_of, give_app, is_signed_in, second_step
from tests.support.people import signed_in
from tests.tenants.test_commands import run

from .acting import act, log_of, make_office, refusal_of, sign_in, words

NEW = "tall grass by the river"
TYPED = {"password1": NEW, "password2": NEW}
OFFICE = f"PermissionDenied: {accounts.OFFICE}"


@pytest.fixture
def office(dave: User) -> Client:
    """A browser in which dave, who administers the whole, has just given his password."""
    return sign_in(make_office(dave))


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.HAS_MAIL, settings.SITE_URL = True, "http://testserver"


def page_of(person: User) -> str:
    return f"/administration/people/{person.pk}/account/"


def link_of(answer: Any) -> str:
    found = re.search(r"http://testserver(/passwords/[\w-]+/)", answer.content.decode())
    assert found
    return found[1]


def made(dave: User, person: User) -> str:
    return f"/passwords/{accounts.make_password_link(act(make_office(dave)), person)}/"


def mailed() -> list[tuple[list[str], str]]:
    OUTGOING.submit(int).result()
    return [(message.to, message.subject.removeprefix("Ledgerdesk: ")) for message in mail.outbox]


def test_without_mail_the_link_is_shown_once_and_sets_a_password(office: Client, bob: User) -> None:
    answer = office.post(page_of(bob), {"password": "1"})
    link = link_of(answer)
    again = office.get(page_of(bob)).content.decode()
    done = Client().post(link, TYPED)
    bob.refresh_from_db()
    assert (answer.status_code, link in again, done.status_code, done["Location"]) == (201, False, 303, SIGN_IN)
    assert (bob.check_password(NEW), mail.outbox) == (True, [])


def test_with_mail_it_goes_to_the_persons_own_address_and_is_not_shown(
    office: Client, bob: User, mailing: None
) -> None:
    answer = office.post(page_of(bob), {"password": "1", "email": "thief@evil.example"})
    (message,) = mail.outbox
    (link,) = re.findall(r"http://testserver(/passwords/\S+/)", str(message.body))
    assert (answer.status_code, message.to, Client().get(link).status_code) == (303, ["bob@example.com"], 200)
    assert link not in office.get(page_of(bob)).content.decode()


def test_a_mailed_link_leads_to_no_port_that_the_browser_names(office: Client, bob: User, mailing: None) -> None:
    office.post(page_of(bob), {"password": "1"}, headers={"Host": "testserver:4444"})
    (link,) = re.findall(r"http\S+", str(mail.outbox[0].body))
    assert link.startswith("http://testserver/passwords/")


def test_a_mail_that_does_not_leave_says_so_and_shows_no_link(
    office: Client, bob: User, mailing: None, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = office.post(page_of(bob), {"password": "1"})
    page = words(answer)
    assert (answer.status_code, "was not sent to bob@example.com" in page, "/passwords/" in page) == (422, True, False)


def test_who_has_no_address_gets_none_where_links_are_mailed(office: Client, bob: User, mailing: None) -> None:
    User.objects.filter(pk=bob.pk).update(email="")
    answer = office.post(page_of(bob), {"password": "1"})
    assert (answer.status_code, AccountLink.objects.exists()) == (422, False)


def test_it_is_in_the_log_of_every_company_and_shown_to_its_administrators(office: Client, bob: User) -> None:
    office.post(page_of(bob), {"password": "1"})
    own = [one.tenant.name for one in Membership.objects.filter(person=bob).select_related("tenant").order_by("pk")]
    found = [one for one in log_of("kind", "actor_name", "person_name", "tenant_name") if one[0] == "password_reset"]
    assert found == [("password_reset", "dave", "bob", name) for name in own]
    shown = words(signed_in(User.objects.get(username="alice")).get("/t/larch/members/"))
    assert "Dave</strong>, who administers Ledgerdesk, made a link to choose a new password for Bob" in shown


def test_the_person_is_told_at_each_sign_in_who_and_when(office: Client, bob: User) -> None:
    Client().post(link_of(office.post(page_of(bob), {"password": "1"})), TYPED)
    shown = [words(sign_in(bob, NEW).get("/")) for _ in range(2)]
    said = f"Dave made a link to choose a new password for your account, {timezone.localtime():%-d %b %Y}"
    assert [(page.count(said), "You did not ask for it?" in page) for page in shown] == [(1, True)] * 2


def test_the_person_is_told_by_mail_when_the_password_is_set(office: Client, bob: User, mailing: None) -> None:
    office.post(page_of(bob), {"password": "1"})
    (link,) = re.findall(r"http://testserver(/passwords/\S+/)", str(mail.outbox[0].body))
    Client().post(link, TYPED)
    to = ["bob@example.com"]
    assert mailed() == [(to, "Choose a new password"), (to, "Your password was changed")]


def test_sessions_end_when_the_password_is_set_and_not_before(dave: User, bob: User) -> None:
    client, link = signed_in(bob), made(dave, bob)
    before = is_signed_in(client)
    Client().post(link, TYPED)
    assert (before, is_signed_in(client)) == (True, False)


def test_the_second_factor_stays_and_is_asked_for(dave: User, bob: User) -> None:
    give_app(bob)
    browser = Client()
    browser.post(made(dave, bob), TYPED)
    first = is_signed_in(browser)
    browser.post(SIGN_IN, {"login": "bob", "password": NEW})
    second = is_signed_in(browser)
    second_step(browser, code_of())
    assert (first, second, is_signed_in(browser)) == (False, False, True)


def test_a_link_works_once_for_an_hour(dave: User, bob: User) -> None:
    links = [made(dave, bob)]
    used = (Client().post(links[0], TYPED).status_code, Client().post(links[0], TYPED).status_code)
    links.append(made(dave, bob))
    AccountLink.objects.filter(used_at=None).update(expires_at=timezone.now())
    assert (used, Client().get(links[1]).status_code, Client().post(links[1], TYPED).status_code) == (
        (303, 410),
        410,
        410,
    )


def test_a_link_is_valid_for_an_hour(dave: User, bob: User) -> None:
    made(dave, bob)
    one = AccountLink.objects.get()
    assert one.expires_at - one.made_at == timedelta(hours=1)


def test_of_two_links_only_the_newest_works(dave: User, bob: User) -> None:
    links = [made(dave, bob), made(dave, bob)]
    assert [Client().get(link).status_code for link in links] == [404, 200]


@pytest.mark.parametrize("what", ["signs in", "other address", "other password", "off", "raised", "maker", "maker off"])
def test_a_link_is_void_once_the_account_or_its_maker_has_changed(dave: User, bob: User, what: str) -> None:
    link = made(dave, bob)
    if what == "signs in":
        sign_in(bob)
    elif what == "other password":
        bob.set_password("a long word for bob")
        bob.save()
    else:
        changes: dict[str, tuple[User, dict[str, Any]]] = {
            "other address": (bob, {"email": "robert@example.com"}),
            "off": (bob, {"is_active": False}),
            "raised": (bob, {"is_staff": True}),
            "maker": (dave, {"is_staff": False}),
            "maker off": (dave, {"is_active": False}),
        }
        person, columns = changes[what]
        User.objects.filter(pk=person.pk).update(**columns)
    assert (Client().get(link).status_code, Client().post(link, TYPED).status_code) == (410, 410)


def test_a_forged_link_is_refused_and_counted(dave: User, bob: User) -> None:
    link = made(dave, bob)
    forged = ["/passwords/x/", link[:-2] + "/", f"/passwords/{AccountLink.objects.get().token_hash}/"]
    assert [Client().post(one, TYPED).status_code for one in forged] == [404] * 3
    assert {Client().get("/passwords/guess/").status_code for _ in range(TRIES.tries)} == {404, 429}
    bob.refresh_from_db()
    assert bob.check_password("demo")


def test_only_a_hash_of_the_link_is_stored_and_none_is_logged(dave: User, bob: User) -> None:
    token = made(dave, bob).split("/")[2]
    assert token not in repr([list(AccountLink.objects.values()), log_of("details")])


def test_a_link_is_not_for_who_is_signed_in_as_somebody_else(dave: User, bob: User) -> None:
    link = made(dave, bob)
    assert [signed_in(one).post(link, TYPED).status_code for one in (dave, bob)] == [403, 303]


@pytest.mark.parametrize("start", ["/passwords/", "/invitations/", "/settings/email/", "/accounts/password/reset/key/"])
def test_a_refused_link_is_not_in_the_log_of_the_server(start: str) -> None:
    """It still works: a weak password was typed, or somebody else was signed in."""
    record = logging.makeLogRecord({"msg": "%s: %s", "args": ("Forbidden", f"{start}a-secret_1/")})
    SecretLinks().filter(record)
    assert record.getMessage() == f"Forbidden: {start}…/"


def test_a_link_to_confirm_an_address_sets_no_password(dave: User, bob: User, mailing: None) -> None:
    signed_in(bob).post("/settings/email/", {"email": "robert@example.com", "password": "demo"})
    mailed()
    (link,) = re.findall(r"http://testserver/settings/email(/\S+/)", str(mail.outbox[0].body))
    password = made(dave, bob).removeprefix("/passwords")
    assert Client().post(f"/passwords{link}", TYPED).status_code == 404
    assert signed_in(bob).post(f"/settings/email{password}").status_code == 404


@pytest.mark.parametrize("typed", [{"password1": "short", "password2": "short"}, {**TYPED, "password2": "x"}, {}])
def test_a_weak_password_is_refused_and_the_link_still_works(dave: User, bob: User, typed: dict[str, str]) -> None:
    link = made(dave, bob)
    assert (Client().post(link, typed).status_code, Client().post(link, TYPED).status_code) == (422, 303)


def test_nowhere_leads_a_link_but_to_the_sign_in_page(dave: User, bob: User) -> None:
    link = made(dave, bob)
    answer = Client().post(f"{link}?next=//evil.example/", {**TYPED, "next": "//evil.example/"})
    assert answer["Location"] == SIGN_IN


def test_a_poisoned_host_makes_no_link(office: Client, bob: User, mailing: None) -> None:
    answer = office.post(page_of(bob), {"password": "1"}, headers={"Host": "evil.example"})
    assert (answer.status_code, mail.outbox, AccountLink.objects.exists()) == (400, [], False)


@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_nobody_else_may_neither_on_the_page_nor_by_the_rules(everybody: dict[str, User], who: str) -> None:
    """Also not the administrator of each of the person's companies."""
    carol, client = everybody["carol"], sign_in(everybody[who])
    pages = {client.get(page_of(carol)).status_code, client.post(page_of(carol), {"password": "1"}).status_code}
    refused = {
        refusal_of(accounts.make_password_link, act(everybody[who]), carol),
        refusal_of(accounts.correct_address, act(everybody[who]), carol, "x@example.com"),
    }
    assert pages == {404}
    assert refused == {"PermissionDenied: Only a Ledgerdesk administrator can do this."}
    assert not AccountLink.objects.exists()


@pytest.mark.parametrize("whose", ["alice", "dave"])
def test_never_for_the_account_of_a_ledgerdesk_administrator(
    office: Client, everybody: dict[str, User], whose: str
) -> None:
    """Neither for another one, nor for oneself at an unlocked screen."""
    person = make_office(everybody[whose])
    posted = [office.post(page_of(person), form) for form in ({"password": "1"}, {"email": "thief@evil.example"})]
    rules_say = {
        refusal_of(accounts.make_password_link, act(everybody["dave"]), person),
        refusal_of(accounts.correct_address, act(everybody["dave"]), person, "thief@evil.example"),
    }
    assert ([answer.status_code for answer in posted], rules_say) == ([403, 403], {OFFICE})
    assert ("Reset password</button>" in words(office.get(page_of(person))), AccountLink.objects.exists()) == (
        False,
        False,
    )


def test_the_right_is_taken_away_first_and_that_is_logged(dave: User, alice: User) -> None:
    make_office(alice)
    actor = act(make_office(dave))
    rules.set_ledgerdesk_administrator(actor, alice, is_one=False)
    alice.refresh_from_db()
    assert (refusal_of(accounts.make_password_link, actor, alice), log_of("kind")[0]) == ("", ("role_changed",))


def test_the_password_is_given_again_before(dave: User, bob: User) -> None:
    """A session that was left open at an unlocked screen makes no link."""
    client = signed_in(make_office(dave))
    answer = client.post(page_of(bob), {"password": "1"})
    assert (answer["Location"].split("?")[0], AccountLink.objects.exists()) == ("/accounts/reauthenticate/", False)


def test_one_person_is_not_flooded_with_links(office: Client, bob: User) -> None:
    found = [office.post(page_of(bob), {"password": "1"}).status_code for _ in range(MADE.tries + 1)]
    assert found == [201] * MADE.tries + [429]


def test_an_account_that_is_turned_off_gets_none(office: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert (office.post(page_of(bob), {"password": "1"}).status_code, AccountLink.objects.exists()) == (422, False)


def test_there_is_no_account_of_such_a_number(office: Client) -> None:
    found = [f"/administration/people/{pk}/account/" for pk in (10**9, 2**70)]
    assert [office.post(page, {"password": "1"}).status_code for page in found] == [404, 404]


def test_a_mistyped_address_is_corrected_and_both_are_told(office: Client, bob: User, mailing: None) -> None:
    answer = office.post(page_of(bob), {"address": "1", "email": "robert@example.com"})
    bob.refresh_from_db()
    assert (answer.status_code, bob.email) == (303, "robert@example.com")
    subject = "Your email address was changed"
    assert mailed() == [(["bob@example.com"], subject), (["robert@example.com"], subject)]
    logged = [one for one in log_of("kind", "actor_name", "details") if one[0] == "address_changed"]
    assert logged[0] == ("address_changed", "dave", {"was": "bob@example.com", "becomes": "robert@example.com"})
    assert len(logged) == Membership.objects.filter(person=bob).count()


@pytest.mark.parametrize(
    "typed", ["", "x", "carol@example.com", "CAROL@example.com", "a@example.com\nBcc: x@y.example"]
)
def test_an_address_that_cannot_be_is_refused(office: Client, everybody: dict[str, User], typed: str) -> None:
    answer = office.post(page_of(everybody["bob"]), {"address": "1", "email": typed})
    everybody["bob"].refresh_from_db()
    assert (answer.status_code, everybody["bob"].email) == (422, "bob@example.com")


def test_the_address_of_somebody_who_is_invited_is_not_given_away(
    office: Client, alice: User, bob: User, larch: Tenant
) -> None:
    now = timezone.now()
    Invitation.objects.create(
        tenant=larch, email="erin@example.com", role=Role.ADMIN, token_hash="x", expires_at=now + timedelta(1)
    )
    assert office.post(page_of(bob), {"address": "1", "email": "Erin@example.com"}).status_code == 422


def test_the_command_makes_a_link_for_the_last_ledgerdesk_administrator(dave: User) -> None:
    make_office(dave)
    (link,) = re.findall(r"(/passwords/\S+/)", run("reset_password", "dave@example.com"))
    done = Client().post(link, TYPED)
    dave.refresh_from_db()
    assert (done.status_code, dave.check_password(NEW)) == (303, True)
    assert log_of("kind", "actor_name", "person_name", "details")[0] == (
        *("password_reset", "", "dave"),
        {"shown_to": "the operator"},
    )


def test_the_command_sets_an_address(dave: User) -> None:
    said = run("set_email", "dave", "david@example.com")
    dave.refresh_from_db()
    assert (said.strip(), dave.email) == ("The email address of dave is now david@example.com.", "david@example.com")
