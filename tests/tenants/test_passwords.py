"""The pages for a forgotten or changed password: what is mailed to whom, and how often a link works."""

import re
from collections import Counter
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from administration.management.commands.add_person import link as link_for
from tenants.mailing import OUTGOING
from tenants.sign_in.forms import KeyUsed, NewPasswordForm
from tenants.sign_in.guessing import RESETS_FOR_A_MAILBOX, RESETS_FROM_AN_ADDRESS
from tests.support.people import signed_in

RESET = "/accounts/password/reset/"
CHANGE = "/accounts/password/change/"
NEW = "a long word for bob"


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.HAS_MAIL, settings.SITE_URL = True, "http://testserver"


def ask(address: str, at: str = "198.51.100.7", host: str = "testserver") -> tuple[int, str]:
    """Request a link in a new browser; return the status and the redirect, once all mail is sent."""
    answer = Client().post(RESET, {"email": address}, REMOTE_ADDR=at, headers={"Host": host})
    OUTGOING.submit(int).result()
    return answer.status_code, answer.headers.get("Location", "")


def mailed(address: str) -> list[EmailMessage]:
    """Return the mail that is sent when somebody requests a link to this address."""
    ask(address)
    return list(mail.outbox)


def choose(client: Client, link: str, password: str = NEW) -> int:
    """Open a link and set this password with it; return the final status."""
    form = client.get(link, follow=True)
    if form.status_code != 200:
        return form.status_code
    return client.post(form.redirect_chain[-1][0], {"password1": password, "password2": password}).status_code


def test_its_fields_are_named_in_sentence_case_and_once(bob):
    page = signed_in(bob).get(CHANGE).content.decode()
    labels = re.findall(r'<label for="id_[a-z0-9]+">([^<]+)</label>', page)
    assert (labels, "placeholder" in page) == (["Current password", "New password", "New password (again)"], False)


def test_a_desk_without_mail_promises_none(client: Client, db: None) -> None:
    answers = [client.get(RESET), client.post(RESET, {"email": "bob@example.com"})]
    found = [("Ledgerdesk cannot send email here." in page.content.decode(), page.status_code) for page in answers]
    assert (found, 'name="email"' in answers[0].content.decode()) == ([(True, 200), (True, 422)], False)


def test_the_mailed_link_sets_a_new_password_once(client: Client, bob: User, mailing: None) -> None:
    (message,) = mailed(bob.email)
    assert (message.subject, message.to) == ("Ledgerdesk: Choose a new password", [bob.email])
    (link,) = re.findall(r"http://testserver(\S+)", str(message.body))
    assert (choose(client, link), choose(Client(), link, "another long word")) == (302, 404)
    bob.refresh_from_db()
    assert bob.check_password(NEW)


def test_nobody_is_mailed_who_has_no_account(db: None, mailing: None) -> None:
    assert mailed("stranger@office.example") == []


def test_an_address_that_is_not_the_operators_gets_no_link(bob: User, mailing: None) -> None:
    bob.emailaddress_set.create(email="thief@evil.example", verified=True, primary=True)  # type: ignore[attr-defined]  # allauth's
    assert mailed("thief@evil.example") == []


def test_an_entry_in_allauths_address_table_blocks_no_link(bob: User, dave: User, mailing: None) -> None:
    dave.emailaddress_set.create(email=bob.email, verified=True, primary=True)  # type: ignore[attr-defined]  # allauth's
    assert [message.to for message in mailed(bob.email)] == [[bob.email]]


def test_the_link_goes_to_the_address_as_the_operator_wrote_it(bob: User, mailing: None) -> None:
    User.objects.filter(pk=bob.pk).update(email="Bob@Example.com")
    assert [message.to for message in mailed("BOB@example.com")] == [["Bob@Example.com"]]


@pytest.mark.parametrize("typed", ["bob@exampIe.com", "bοb@example.com", "bob@ｅxample.com", ""])
def test_an_address_that_only_looks_alike_gets_no_link(bob: User, mailing: None, typed: str) -> None:
    assert mailed(typed) == []


def test_two_people_with_one_address_are_mailed_a_link_each(bob: User, mailing: None) -> None:
    User.objects.create_user("twin", bob.email)
    assert [message.to for message in mailed(bob.email)] == [[bob.email], [bob.email]]


def test_who_has_no_address_or_is_turned_off_is_mailed_nothing(bob: User, dave: User, mailing: None) -> None:
    User.objects.filter(pk=dave.pk).update(email="")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert mailed(bob.email) == []


def test_a_request_never_reveals_whether_the_address_exists(bob: User, mailing: None, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # unreachable: sending fails
    assert [ask(bob.email), ask("stranger@office.example")] == [(302, f"{RESET}done/")] * 2


def test_a_mail_that_cannot_be_sent_is_logged_and_the_next_one_goes_out(
    bob: User, mailing: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    ask(bob.email)
    settings.EMAIL_BACKEND = usual
    assert (len(mailed(bob.email)), [record.message for record in caplog.records]) == (1, ["A mail could not be sent."])


def test_a_mailbox_is_not_flooded_without_a_message(bob: User, mailing: None) -> None:
    found = Counter(ask(bob.email, at=f"203.0.113.{i}") for i in range(8))
    assert (found, len(mail.outbox)) == ({(302, f"{RESET}done/"): 8}, RESETS_FOR_A_MAILBOX.tries)


def test_one_client_requests_ten_links_and_then_waits(db: None, mailing: None) -> None:
    found = Counter(ask(f"person{i}@office.example")[0] for i in range(13))
    assert found == {302: RESETS_FROM_AN_ADDRESS.tries, 429: 3}


def test_the_link_always_leads_to_our_own_host(bob: User, mailing: None) -> None:
    assert (ask(bob.email, host="evil.example")[0], mail.outbox) == (400, [])


def test_the_link_leads_to_no_port_that_the_browser_names(bob: User, mailing: None) -> None:
    ask(bob.email, host="testserver:4444")
    (link,) = re.findall(r"http\S+", str(mail.outbox[0].body))
    assert link.startswith("http://testserver/accounts/password/reset/key/")


@pytest.mark.parametrize("key", ["1-abc-def", "zzzzzzzzzzzzz-abc-def", f"{'z' * 40}-x", "1-a/b", "1-set-password"])
def test_an_invalid_link_says_so(client: Client, bob: User, key: str) -> None:
    answer = client.get(f"{RESET}key/{key}/")
    assert (answer.status_code, "This link is no longer valid" in unescape(answer.content.decode())) == (404, True)


def test_a_link_ends_after_three_days(client: Client, bob: User, settings: Settings) -> None:
    link = link_for(bob)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert choose(client, link) == 404


def test_a_link_is_invalid_for_a_disabled_account(client: Client, bob: User) -> None:
    link = link_for(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert choose(client, link) == 404


def test_of_two_concurrent_uses_of_a_link_only_the_first_sets_a_password(bob: User) -> None:
    forms = [
        NewPasswordForm({"password1": word, "password2": word}, user=User.objects.get(pk=bob.pk))
        for word in (NEW, "another long word")
    ]
    assert [form.is_valid() for form in forms] == [True, True]
    forms[0].save()
    with pytest.raises(KeyUsed):
        forms[1].save()
    bob.refresh_from_db()
    assert bob.check_password(NEW)


@pytest.mark.parametrize(("first", "second"), [("short", "short"), (NEW, "another long word"), ("", "")])
def test_a_weak_password_is_refused(client: Client, bob: User, first: str, second: str) -> None:
    form = client.get(link_for(bob), follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": first, "password2": second}).status_code == 422


def test_a_new_password_ends_every_session_of_its_person(bob: User, dave: User) -> None:
    of_bob, of_dave = signed_in(bob), signed_in(dave)
    choose(Client(), link_for(bob))
    assert [client.get("/").status_code for client in (of_bob, of_dave)] == [302, 200]


def test_a_changed_password_ends_every_other_session_of_its_person(bob: User) -> None:
    here, elsewhere = signed_in(bob), signed_in(bob)
    typed = {"oldpassword": "demo", "password1": NEW, "password2": NEW}
    assert here.post(CHANGE, typed).status_code == 302
    assert [client.get(CHANGE).status_code for client in (here, elsewhere)] == [200, 302]


def test_a_password_is_not_changed_without_the_old_one(as_bob: Client, bob: User) -> None:
    typed = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    found = Counter(as_bob.post(CHANGE, typed).status_code for _ in range(8))
    bob.refresh_from_db()
    assert (found, bob.check_password("demo")) == ({422: 5, 429: 3}, True)


def test_guesses_at_the_old_password_in_one_session_delay_no_other(as_bob: Client, bob: User) -> None:
    for _ in range(8):
        as_bob.post(CHANGE, {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    typed = {"oldpassword": "demo", "password1": NEW, "password2": NEW}
    assert signed_in(bob).post(CHANGE, typed).status_code == 302


def test_who_has_no_password_yet_is_shown_how_to_get_one(dave: User) -> None:
    dave.set_unusable_password()
    dave.save()
    answer = signed_in(dave).get(CHANGE)
    assert (answer.status_code, answer["Location"]) == (302, RESET)


def test_a_browser_that_set_a_password_is_known_from_then_on(client: Client, bob: User) -> None:
    choose(client, link_for(bob))
    typed = {"login": "bob", "password": "wrong"}
    found = Counter(client.post("/accounts/login/", typed).status_code for _ in range(12))
    assert found == {422: 10, 429: 2}
