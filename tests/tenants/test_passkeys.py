"""Passkeys as a second factor, and answers that are none of a browser or of another person's passkey."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client

from tests.support.factors import SECOND_STEP, SIGN_IN, first_step, give_recovery_codes, is_signed_in, options_of
from tests.support.passkeys import SoftPasskey

ADD = "/accounts/2fa/passkeys/add/"
HOST = "localhost"


def browser() -> Client:
    """A browser at the name for which its passkeys are."""
    return Client(SERVER_NAME=HOST)


def add(person: User, passkey: SoftPasskey, name: str = "office PC") -> int:
    """Add a passkey in a new session, and return the status."""
    client = browser()
    client.post(SIGN_IN, {"login": person.username, "password": "demo"})
    options = options_of(client.get(ADD))
    return client.post(ADD, {"name": name, "credential": passkey.create(options)}).status_code


def use(client: Client, passkey: SoftPasskey) -> int:
    """Answer the second step with a passkey, and return the status."""
    options = options_of(client.get(SECOND_STEP))
    return client.post(SECOND_STEP, {"credential": passkey.get(options)}).status_code


@pytest.fixture
def passkey(bob: User) -> SoftPasskey:
    """That of bob."""
    own = SoftPasskey()
    assert add(bob, own) == 302
    return own


def test_a_passkey_signs_in_after_the_password(bob: User, passkey: SoftPasskey) -> None:
    client = first_step(bob, browser())
    assert (use(client, passkey), is_signed_in(client)) == (302, True)


def test_it_has_the_name_that_was_given_to_it(bob: User, passkey: SoftPasskey) -> None:
    client = first_step(bob, browser())
    use(client, passkey)
    assert '<bdi dir="auto">office PC</bdi>' in client.get("/accounts/2fa/").content.decode()


def test_recovery_codes_come_with_it(bob: User, passkey: SoftPasskey) -> None:
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes", "webauthn"]


def test_the_passkey_of_another_person_is_refused(bob: User, alice: User, passkey: SoftPasskey) -> None:
    other = SoftPasskey()
    add(alice, other)
    client = first_step(bob, browser())
    assert (use(client, other), is_signed_in(client)) == (422, False)


def test_an_answer_cannot_be_used_again(bob: User, passkey: SoftPasskey) -> None:
    first = first_step(bob, browser())
    answer = passkey.get(options_of(first.get(SECOND_STEP)))
    other = first_step(bob, browser())
    other.get(SECOND_STEP)
    found = [client.post(SECOND_STEP, {"credential": answer}).status_code for client in (first, other)]
    assert (found, is_signed_in(other)) == ([302, 422], False)


def test_an_answer_for_another_site_is_refused(bob: User, passkey: SoftPasskey) -> None:
    passkey.origin = "http://ledgerdesk.evil.example"
    client = first_step(bob, browser())
    assert (use(client, passkey), is_signed_in(client)) == (422, False)


def test_an_answer_of_another_key_is_refused(bob: User, passkey: SoftPasskey) -> None:
    forged = SoftPasskey()
    forged.credential_id = passkey.credential_id
    client = first_step(bob, browser())
    assert (use(client, forged), is_signed_in(client)) == (422, False)


MALFORMED = ["", "x", "1", "null", "[]", "{}", '"x"', '{"id": 1}', '{"id": "a", "rawId": "b"}', '{"response": []}']


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_answer_of_a_browser_is_refused(bob: User, passkey: SoftPasskey, text: str) -> None:
    client = first_step(bob, browser())
    client.get(SECOND_STEP)
    assert client.post(SECOND_STEP, {"credential": text}).status_code == 422


@pytest.mark.parametrize("text", [*MALFORMED, json.dumps({"id": "a" * 30_000})])
def test_nor_is_a_passkey_added_by_it(bob: User, text: str) -> None:
    client = browser()
    client.post(SIGN_IN, {"login": "bob", "password": "demo"})
    client.get(ADD)
    answer = client.post(ADD, {"name": "x", "credential": text})
    assert (answer.status_code, Authenticator.objects.count()) == (422, 0)


@pytest.mark.parametrize("changed", ["clientDataJSON", "authenticatorData", "signature"])
def test_an_altered_answer_is_refused(bob: User, passkey: SoftPasskey, changed: str) -> None:
    client = first_step(bob, browser())
    answer = json.loads(passkey.get(options_of(client.get(SECOND_STEP))))
    text = answer["response"][changed]
    answer["response"][changed] = ("B" if text[0] == "A" else "A") + text[1:]
    assert client.post(SECOND_STEP, {"credential": json.dumps(answer)}).status_code == 422


def test_wrong_passkeys_are_counted_with_wrong_codes(bob: User, passkey: SoftPasskey) -> None:
    found = [first_step(bob, browser()).post(SECOND_STEP, {"credential": "[1]"}).status_code for _ in range(6)]
    assert found == [422] * 5 + [429]


def test_a_recovery_code_does_in_place_of_a_passkey(bob: User, passkey: SoftPasskey) -> None:
    client = first_step(bob, browser())
    assert client.post(SECOND_STEP, {"code": give_recovery_codes(bob)[0]}).status_code == 302


def test_a_passkey_is_removed(bob: User, passkey: SoftPasskey) -> None:
    client = first_step(bob, browser())
    use(client, passkey)
    pk = Authenticator.objects.get(type="webauthn").pk
    assert client.post(f"/accounts/2fa/passkeys/{pk}/remove/")["Location"] == "/accounts/2fa/"
    assert Authenticator.objects.count() == 0


def test_that_of_another_person_is_not(bob: User, alice: User, passkey: SoftPasskey) -> None:
    client = browser()
    client.post(SIGN_IN, {"login": "alice", "password": "demo"})
    path = f"/accounts/2fa/passkeys/{Authenticator.objects.get(type='webauthn').pk}/remove/"
    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]


@pytest.mark.parametrize(("host", "offers"), [("localhost:8000", True), ("127.0.0.1:8000", False)])
def test_an_address_in_numbers_takes_no_passkeys_and_says_so(bob: User, host: str, offers: bool) -> None:
    client = browser()
    client.post(SIGN_IN, {"login": "bob", "password": "demo"})
    page = client.get("/accounts/2fa/", headers={"Host": host}).content.decode()
    assert (ADD in page, "Browsers allow passkeys only" in page) == (offers, not offers)
