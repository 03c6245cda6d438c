"""The pages around a forgotten password, and what is mailed."""

import re
from html import unescape

from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import Settings

RESET = "/accounts/password/reset/"


def test_a_desk_without_mail_promises_none(client: Client, db: None) -> None:
    page = client.get(RESET).content.decode()
    assert ("This desk sends no mail." in page, 'name="email"' in page) == (True, False)


def test_the_mailed_link_sets_a_new_password(client: Client, bob: User, settings: Settings) -> None:
    settings.HAS_MAIL = True
    assert 'name="email"' in client.get(RESET).content.decode()
    client.post(RESET, {"email": bob.email})
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Ledgerdesk: Choose a new password", [bob.email])
    (link,) = re.findall(r"http://testserver(\S+)", str(message.body))
    form = client.get(link, follow=True)
    new = "a long word for bob"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    bob.refresh_from_db()
    assert bob.check_password(new)


def test_nobody_is_mailed_who_has_no_account(client: Client, bob: User) -> None:
    client.post(RESET, {"email": "stranger@office.example"})
    assert mail.outbox == []


def test_a_used_up_link_says_so(client: Client, bob: User) -> None:
    page = unescape(client.get(f"{RESET}key/1-abc-def/").content.decode())
    assert "This link is used up" in page
