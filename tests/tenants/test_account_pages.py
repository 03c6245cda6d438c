"""The pages of an account, and what each answers to whom. None of allauth's other pages exists."""

from collections.abc import Iterator

import pytest
from allauth.urls import urlpatterns as every_page_of_allauth
from django.contrib.auth.models import User
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.support.people import signed_in

PAGES = {
    "account_login": "login/",
    "account_logout": "logout/",
    "account_change_password": "password/change/",
    "account_reauthenticate": "reauthenticate/",
    "session_list": "sessions/",
    "mfa_index": "2fa/",
    "mfa_authenticate": "2fa/authenticate/",
    "mfa_activate_totp": "2fa/app/",
    "mfa_deactivate_totp": "2fa/app/remove/",
    "mfa_add_webauthn": "2fa/passkeys/add/",
    "mfa_remove_webauthn": "2fa/passkeys/1/remove/",
    "mfa_view_recovery_codes": "2fa/recovery-codes/",
    "mfa_generate_recovery_codes": "2fa/recovery-codes/new/",
    "account_reset_password": "password/reset/",
    "account_reset_password_done": "password/reset/done/",
    "account_reset_password_from_key": "password/reset/key/1-abc-def/",
    "account_reset_password_from_key_done": "password/reset/key/done/",
}
NOT_MOUNTED = {
    "account_inactive": "inactive/",
    "account_signup": "signup/",
    "account_email": "email/",
    "account_email_verification_sent": "confirm-email/",
    "account_confirm_email": "confirm-email/MQ:1abc:def/",
    "account_set_password": "password/set/",
    "account_confirm_login_code": "login/code/confirm/",
    "mfa_reauthenticate": "2fa/reauthenticate/",  # the password is asked for instead
    "mfa_list_webauthn": "2fa/webauthn/",
    "mfa_edit_webauthn": "2fa/webauthn/keys/1/edit/",
    "mfa_reauthenticate_webauthn": "2fa/webauthn/reauthenticate/",
    "mfa_download_recovery_codes": "2fa/recovery-codes/download/",
}
OURS = {"session_list"}
METHODS = ("get", "post", "head", "put")
ANSWERS = {
    # by person: GET, empty POST, HEAD, PUT
    "account_login": {"nobody": (200, 422, 200, 405), "bob": (302, 302, 302, 302)},
    "account_logout": {"nobody": (302, 302, 302, 405), "bob": (200, 302, 302, 405)},
    "account_change_password": {"nobody": (302, 302, 302, 302), "bob": (200, 422, 200, 405)},
    # by who has just signed in without giving the password, as a copied session does
    "account_reauthenticate": {"nobody": (302, 302, 302, 302), "bob": (200, 422, 200, 405)},
    "session_list": {"nobody": (302, 302, 302, 302), "bob": (200, 422, 200, 405)},
    "mfa_index": {"nobody": (302, 302, 302, 302), "bob": (200, 405, 200, 405)},
    "mfa_authenticate": {"nobody": (302, 302, 302, 302), "bob": (302, 302, 302, 302)},
    "mfa_activate_totp": {"nobody": (302, 302, 302, 302), "bob": (302, 302, 302, 302)},
    "mfa_deactivate_totp": {"nobody": (302, 302, 302, 302), "bob": (404, 404, 404, 404)},
    "mfa_add_webauthn": {"nobody": (302, 302, 302, 302), "bob": (302, 302, 302, 302)},
    "mfa_remove_webauthn": {"nobody": (302, 302, 302, 302), "bob": (302, 302, 302, 302)},
    "mfa_view_recovery_codes": {"nobody": (302, 302, 302, 302), "bob": (404, 405, 404, 405)},
    "mfa_generate_recovery_codes": {"nobody": (302, 302, 302, 302), "bob": (302, 302, 302, 302)},
    "account_reset_password": {"nobody": (200, 422, 200, 405), "bob": (200, 422, 200, 405)},
    "account_reset_password_done": {"nobody": (200, 405, 200, 405), "bob": (200, 405, 200, 405)},
    "account_reset_password_from_key": {"nobody": (404, 404, 404, 404), "bob": (404, 404, 404, 404)},
    "account_reset_password_from_key_done": {"nobody": (200, 405, 200, 405), "bob": (200, 405, 200, 405)},
}


def named(entries: list[URLPattern | URLResolver]) -> Iterator[str]:
    """Yield the name of every URL among these and below them."""
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry.name or str(entry.pattern)
        else:
            yield from named(entry.url_patterns)


def test_every_page_of_allauth_is_either_mounted_or_left_out_by_name() -> None:
    assert sorted(named(every_page_of_allauth)) == sorted({*PAGES, *NOT_MOUNTED} - OURS)


def test_no_other_page_is_below_accounts() -> None:
    below = [entry for entry in get_resolver().url_patterns if "accounts" in str(entry.pattern)]
    assert set(named(below)) == set(PAGES)


@pytest.mark.parametrize("path", PAGES.values())
def test_mounted_pages_are_found(path: str) -> None:
    assert resolve(f"/accounts/{path}").url_name in PAGES


def test_unmounted_pages_exist_for_nobody(bob: User) -> None:
    paths = ["", *NOT_MOUNTED.values(), "login/code/", "2fa/webauthn/login/", "social/signup/", "3rdparty/"]
    for path in paths:
        with pytest.raises(Resolver404):
            resolve(f"/accounts/{path}")
    clients = (Client(), signed_in(bob))
    found = {path: [client.get(f"/accounts/{path}").status_code for client in clients] for path in paths}
    assert found == {path: [404, 404] for path in paths}


@pytest.mark.parametrize("who", ["nobody", "bob"])
def test_each_page_answers_each_method_as_it_should(bob: User, who: str) -> None:
    clients = {name: signed_in(bob) if who == "bob" else Client() for name in PAGES}
    found = {
        name: tuple(getattr(client, method)(f"/accounts/{PAGES[name]}").status_code for method in METHODS)
        for name, client in clients.items()
    }
    assert found == {name: ANSWERS[name][who] for name in PAGES}


def test_an_address_cannot_be_added_and_so_takes_no_account_over(as_bob: Client, bob: User) -> None:
    added = as_bob.post("/accounts/email/", {"email": "thief@evil.example", "action_add": ""})
    assert (added.status_code, bob.emailaddress_set.count()) == (404, 0)  # type: ignore[attr-defined]  # allauth's
