"""The origin of a request: behind our own proxies, and never by a forged header."""

import pytest
from allauth.core import context
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tenants.clients import NOWHERE, client_network

from .test_sign_in import GUESSER, guess, sign_in

PROXY = "10.0.0.1"


def network(forwarded: str | None, connected: str = PROXY) -> str:
    """Return the network of a request from this address with this X-Forwarded-For."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=connected)
    with context.request_context(request):
        return client_network(request)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "203.0.113.1", PROXY),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "1.1.1.1, 2.2.2.2, 203.0.113.1", "203.0.113.1"),
        (2, "1.1.1.1, 203.0.113.1, 10.0.0.2", "203.0.113.1"),
        (1, "203.0.113.1:4711", "203.0.113.1"),
        (1, "[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (1, "fe80::1%eth0", "fe80::/64"),
        (1, "::ffff:203.0.113.1", "203.0.113.1"),
        (2, "203.0.113.1", PROXY),
        (1, None, PROXY),
        (1, "", PROXY),
        (1, ",", PROXY),
        (1, "203.0.113.1, unknown", PROXY),
        (1, "' OR 1=1 --", PROXY),
        (1, "999.1.1.1", PROXY),
    ],
)
def test_the_entry_of_our_outermost_proxy_identifies_the_client(
    settings: Settings, proxies: int, forwarded: str | None, found: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert network(forwarded) == found


@given(st.integers(0, 3), st.text(st.characters(codec="latin-1", exclude_characters="\r\n")), st.text(max_size=30))
def test_no_header_causes_an_error(proxies: int, forwarded: str, connected: str) -> None:
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert network(forwarded, connected)


@pytest.mark.parametrize("connected", ["", "@", "/run/desk.sock"])
def test_who_connects_without_an_address_is_counted_as_one(settings: Settings, connected: str) -> None:
    assert network(None, connected) == NOWHERE


def test_forged_entries_before_our_proxys_give_no_more_guesses(db: None, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    found = [sign_in("x", at=PROXY, forwarded=f"1.2.3.{i}, {GUESSER}") for i in range(60)]
    assert (found.count(422), found.count(429)) == (5, 55)


def test_without_a_proxy_the_header_gives_no_more_guesses(db: None) -> None:
    found = [sign_in("x", at=GUESSER, forwarded=f"1.2.3.{i}") for i in range(60)]
    assert (found.count(422), found.count(429)) == (5, 55)


def test_behind_our_proxy_one_client_uses_up_no_others_guesses(db: None, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _ in range(20):
        sign_in("x", at=PROXY, forwarded=GUESSER)
    assert sign_in("x", at=PROXY, forwarded="198.51.100.7") == 422


def test_all_addresses_of_a_64_share_their_guesses(db: None) -> None:
    assert guess(40, at=[f"2001:db8:1:2::{i:x}" for i in range(1, 41)]) == {422: 5, 429: 35}
