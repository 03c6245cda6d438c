"""When a session ends, which of them a person sees, and that one which was ended opens nothing."""

import importlib
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from tenants.models import PersonSession, Tenant
from tenants.sessions import SEEN_EACH, clear_away, end_sessions, list_sessions
from tenants.sign_in.session_views import describe_browser
from tests.support.factors import SIGN_IN, is_signed_in
from tests.support.people import signed_in

PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def sign_in(person: User, **more: str) -> Client:
    client = Client(headers={"User-Agent": FIREFOX})
    client.post(SIGN_IN, {"login": person.username, "password": "demo", **more}, REMOTE_ADDR="198.51.100.7")
    return client


def let_pass(seconds: float, *, signed_in_too: bool = True) -> None:
    """Set all sessions to their state after this time without a sign of anybody."""
    PersonSession.objects.update(last_seen_at=F("last_seen_at") - seconds)
    if signed_in_too:
        PersonSession.objects.update(signed_in_at=F("signed_in_at") - seconds)


@pytest.mark.parametrize(
    ("kept", "seconds", "is_open"),
    [("", 90 * MINUTE, True), ("", 126 * MINUTE, False), ("on", 20 * HOUR, True), ("on", 97 * HOUR, False)],
)
def test_a_session_ends_without_a_sign_of_its_person(bob: User, kept: str, seconds: float, is_open: bool) -> None:
    client = sign_in(bob, remember=kept)
    let_pass(seconds)
    assert is_signed_in(client) is is_open


@pytest.mark.parametrize(
    ("kept", "seconds", "is_open"),
    [("", 15 * HOUR, True), ("", 17 * HOUR, False), ("on", 13 * DAY, True), ("on", 15 * DAY, False)],
)
def test_a_session_ends_at_last_whoever_uses_it(bob: User, kept: str, seconds: float, is_open: bool) -> None:
    client = sign_in(bob, remember=kept)
    PersonSession.objects.update(signed_in_at=F("signed_in_at") - seconds)
    client.get("/settings/")
    assert is_signed_in(client) is is_open


def test_the_hours_are_settings(bob: User, settings: Settings) -> None:
    client = sign_in(bob)
    settings.SESSION_IDLE_SECONDS = 10 * MINUTE
    let_pass(16 * MINUTE)
    assert not is_signed_in(client)


def test_pages_keep_a_session_open(bob: User) -> None:
    client = sign_in(bob)
    found = []
    for _ in range(6):
        let_pass(100 * MINUTE, signed_in_too=False)
        found.append(is_signed_in(client))
    assert found == [True] * 6


def test_what_a_page_asks_by_itself_does_not(bob: User) -> None:
    client = sign_in(bob)
    for _ in range(3):
        let_pass(50 * MINUTE)
        client.get("/inbox/count/", headers={"HX-Request": "true"})
    assert not is_signed_in(client)


def test_that_somebody_is_there_is_written_every_few_minutes_only(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(bob)
    page = "/accounts/2fa/authenticate/"  # which leads whoever is signed in elsewhere
    with django_assert_num_queries(2) as before:
        client.get(page)
    let_pass(SEEN_EACH + 1)
    with django_assert_num_queries(3) as after:
        client.get(page)
    with django_assert_num_queries(2):
        client.get(page)
    assert [sum("UPDATE" in one["sql"] for one in found) for found in (before, after)] == [0, 1]


def test_reading_a_session_takes_one_query(bob: User, larch: Tenant) -> None:
    client = sign_in(bob)
    with CaptureQueriesContext(connection) as found:
        client.get("/t/larch/bills/")
    assert sum("django_session" in one["sql"] for one in found) == 1


def test_a_session_of_which_nothing_is_known_is_over(bob: User) -> None:
    client = sign_in(bob)
    PersonSession.objects.all().delete()
    assert not is_signed_in(client)


def test_sessions_from_before_the_upgrade_go_on(bob: User) -> None:
    client = sign_in(bob)
    Client().get(SIGN_IN)
    PersonSession.objects.all().delete()
    migration: Any = importlib.import_module("tenants.migrations.0014_access")
    migration.adopt_sessions(apps, None)
    assert (is_signed_in(client), PersonSession.objects.count()) == (True, 1)


def test_a_person_sees_their_own_sessions_alone(bob: User, dave: User) -> None:
    client = sign_in(bob)
    sign_in(dave)
    page = client.get(PAGE).content.decode()
    assert (page.count("Firefox on Linux"), "198.51.100.7" in page, "this one" in page) == (1, True, True)


def test_one_is_ended_and_opens_nothing_from_then_on(bob: User) -> None:
    here, there = sign_in(bob), sign_in(bob)
    (name,) = re.findall(r'name="session" value="(\w{64})"', here.get(PAGE).content.decode())
    assert here.post(PAGE, {"session": name}).status_code == 302
    assert (is_signed_in(here), is_signed_in(there), there.get("/t/larch/bills/").status_code) == (True, False, 302)


def test_all_others_are_ended(bob: User, dave: User) -> None:
    here, *others, other = sign_in(bob), sign_in(bob), sign_in(bob), sign_in(dave)
    here.post(PAGE, {"session": "others"})
    assert [is_signed_in(one) for one in (here, *others, other)] == [True, False, False, True]


def test_that_of_another_person_cannot_be_ended(bob: User, dave: User) -> None:
    here, there = sign_in(bob), sign_in(dave)
    (other,) = list_sessions(dave)
    for name in (other.name, other.key):
        here.post(PAGE, {"session": name})
    assert is_signed_in(there)


def test_the_page_does_not_show_the_key_of_a_session(bob: User) -> None:
    here, there = sign_in(bob), sign_in(bob)
    page = here.get(PAGE).content.decode()
    assert [str(client.session.session_key) in page for client in (here, there)] == [False, False]


@pytest.mark.parametrize("posted", [{}, {"session": ""}, {"session": "x" * 65}])
def test_what_names_no_session_is_refused(bob: User, posted: dict[str, str]) -> None:
    assert sign_in(bob).post(PAGE, posted).status_code == 422


def test_all_of_a_person_are_ended_and_counted(bob: User, dave: User) -> None:
    clients = [sign_in(bob), signed_in(bob), sign_in(dave)]
    assert (end_sessions(bob), [is_signed_in(client) for client in clients]) == (2, [False, False, True])


def test_but_one_if_it_is_named(bob: User) -> None:
    clients = [sign_in(bob), sign_in(bob)]
    found = end_sessions(bob, except_key=clients[0].session.session_key)
    assert (found, [is_signed_in(client) for client in clients]) == (1, [True, False])


def test_a_session_that_is_over_is_neither_listed_nor_counted(bob: User) -> None:
    sign_in(bob)
    let_pass(3 * HOUR)
    assert (list_sessions(bob), end_sessions(bob), Session.objects.count()) == ([], 0, 0)


def test_one_with_an_earlier_password_is_not_listed(bob: User) -> None:
    sign_in(bob)
    bob.set_password("another one altogether")
    bob.save(update_fields=["password"])
    assert list_sessions(bob) == []


def test_a_changed_password_ends_the_others_and_keeps_this_one(bob: User) -> None:
    here, there = sign_in(bob), sign_in(bob)
    new = "a long word for bob"
    here.post("/accounts/password/change/", {"oldpassword": "demo", "password1": new, "password2": new})
    bob.refresh_from_db()
    assert (is_signed_in(here), is_signed_in(there), len(list_sessions(bob))) == (True, False, 1)


def test_behind_an_open_form_an_ended_session_is_a_notice(bob: User) -> None:
    client = sign_in(bob)
    end_sessions(bob)
    answer = client.post("/t/larch/customers/8-1/edit", {"phone": "1"}, headers={"HX-Request": "true"})
    assert (answer.status_code, "Sign in" in answer.content.decode()) == (401, True)


def test_where_somebody_was_is_forgotten_once_the_session_is_gone(bob: User) -> None:
    kept, gone = sign_in(bob), sign_in(bob)
    let_pass(30 * HOUR)
    Session.objects.filter(pk=gone.cookies["desk_session"].value).delete()
    clear_away()
    assert [row.session_key for row in PersonSession.objects.all()] == [kept.cookies["desk_session"].value]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1 Version/18 Safari/605.1", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "Unknown browser"),
        ("<script>", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_words(text: str, said: str) -> None:
    assert describe_browser(text) == said
