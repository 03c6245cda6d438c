"""Signing in while others guess: whose right password is refused, and how many guesses are allowed."""

import time
from collections import Counter
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from tenants import throttle
from tenants.models import Throttle

pytestmark = pytest.mark.starts_first
SIGN_IN = "/accounts/login/"
RIGHT = "tall grass by the river"
GUESSER, HOME, OFFICE = "203.0.113.1", "198.51.100.7", "192.0.2.10"
WAITS = "Too many wrong passwords have been entered. Try again in 10 minutes."


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the counters stands: on a busy machine fifty guesses take longer than the first of them counts."""
    now = float(round(time.time()))
    monkeypatch.setattr(throttle, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def mara(db: None) -> User:
    return User.objects.create_user("mara", "mara@office.example", RIGHT)


def sign_in(
    password: str, name: str = "mara", *, at: str = HOME, client: Client | None = None, forwarded: str | None = None
) -> int:
    """Type a name and a password into a new browser, or into this one, and return the status."""
    headers = None if forwarded is None else {"X-Forwarded-For": forwarded}
    typed = {"login": name, "password": password}
    return (client or Client()).post(SIGN_IN, typed, REMOTE_ADDR=at, headers=headers).status_code


def guess(times: int, name: str = "mara", *, at: Iterable[str] = (GUESSER,)) -> Counter[int]:
    """Guess this often from these networks alternately, and return how often each status was answered."""
    addresses = list(at)
    return Counter(sign_in(f"guess {i}", name, at=addresses[i % len(addresses)]) for i in range(times))


def let_pass(seconds: float) -> None:
    """Set all counters to their state after this time."""
    Throttle.objects.update(used_until=F("used_until") - seconds)


@pytest.mark.sqlite_only("the tests of a few guesses count on both")
def test_130_guesses_at_an_account_never_lock_its_owner_out(mara: User) -> None:
    """More than twice as many as the highest limit, which is 50."""
    known = Client()
    owner = [sign_in(RIGHT, client=known)]
    guessed: Counter[int] = Counter()
    for _ in range(10):
        guessed += guess(13)
        known.post("/accounts/logout/")
        owner += [sign_in(RIGHT, at=GUESSER, client=known), sign_in(RIGHT, at=HOME)]
    assert (guessed, Counter(owner)) == ({422: 5, 429: 125}, {302: 21})


def test_a_guesser_gets_five_guesses_and_then_six_an_hour(mara: User) -> None:
    found = [guess(8)[422]]
    for _ in range(6):
        let_pass(600)
        found.append(guess(4)[422])
    assert found == [5, 1, 1, 1, 1, 1, 1]


def test_even_the_right_password_is_not_checked_during_a_wait(mara: User) -> None:
    guess(5)
    assert sign_in(RIGHT, at=GUESSER) == 429


def test_many_addresses_get_five_guesses_each(mara: User) -> None:
    assert guess(70, at=[f"203.0.113.{i}" for i in range(10)]) == {422: 50, 429: 20}


def test_one_address_gets_fifty_guesses_at_all_accounts_together(db: None) -> None:
    assert Counter(sign_in("x", f"person {i}", at=GUESSER) for i in range(53)) == {422: 50, 429: 3}


def test_people_in_a_known_browser_sign_in_from_a_blocked_network(mara: User) -> None:
    known = Client()
    sign_in(RIGHT, at=OFFICE, client=known)
    for i in range(50):
        sign_in("x", f"person {i}", at=OFFICE)
    assert (sign_in(RIGHT, at=OFFICE), sign_in(RIGHT, at=OFFICE, client=known)) == (429, 302)


def test_an_office_signs_in_at_once(db: None) -> None:
    for i in range(40):
        User.objects.create_user(f"person{i}", password=RIGHT)
    assert Counter(sign_in(RIGHT, f"person{i}", at=OFFICE) for i in range(40)) == {302: 40}


def test_guesses_in_a_known_browser_are_limited_and_counted_there_alone(mara: User) -> None:
    known = Client()
    sign_in(RIGHT, client=known)
    known.post("/accounts/logout/")
    found = Counter(sign_in("x", client=known) for _ in range(15))
    assert (found, sign_in(RIGHT, client=known), sign_in(RIGHT)) == ({422: 10, 429: 5}, 429, 302)


def test_a_browser_is_known_only_for_people_who_signed_in_with_it(mara: User) -> None:
    dave = User.objects.create_user("dave", password=RIGHT)
    daves = Client()
    sign_in(RIGHT, dave.username, client=daves, at=GUESSER)
    daves.post("/accounts/logout/")
    assert Counter(sign_in("x", client=daves, at=GUESSER) for _ in range(10)) == {422: 5, 429: 5}


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "eyJwZW9wbGUiOlsxXX0:1abc:def", "\x00", "é" * 9])
def test_a_forged_cookie_makes_no_browser_known(mara: User, forged: str) -> None:
    client = Client()
    client.cookies["desk_known"] = forged
    assert Counter(sign_in("x", client=client, at=GUESSER) for _ in range(10)) == {422: 5, 429: 5}


def test_name_and_address_of_a_person_share_their_counter(mara: User) -> None:
    names = ("mara", "mara@office.example", "MARA", "Mara@Office.Example")
    assert Counter(sign_in("x", names[i % 4], at=GUESSER) for i in range(12)) == {422: 5, 429: 7}


def test_unknown_people_get_the_same_answer_as_known_ones(mara: User) -> None:
    def answers(name: str) -> list[tuple[int, int, str]]:
        given = [Client().post(SIGN_IN, {"login": name, "password": "x"}, REMOTE_ADDR=GUESSER) for _ in range(7)]
        return [(page.status_code, round(int(page.headers.get("Retry-After", 0)), -1), errors(page)) for page in given]

    assert answers("nobody") == answers("mara")


def errors(page: Any) -> str:
    """Return the errors of the form as a whole."""
    return str(page.context["form"].non_field_errors())


def test_a_refusal_says_how_long_to_wait(mara: User) -> None:
    guess(5)
    page = Client().post(SIGN_IN, {"login": "mara", "password": "x"}, REMOTE_ADDR=GUESSER)
    assert (page.status_code, page["Retry-After"], WAITS in page.content.decode()) == (429, "600", True)


def test_a_wrong_password_is_said_to_be_one(mara: User) -> None:
    page = Client().post(SIGN_IN, {"login": "mara", "password": "x"})
    assert (page.status_code, "That username, email or password is not correct." in errors(page)) == (422, True)


def test_a_disabled_account_says_so_only_to_its_owner(mara: User) -> None:
    User.objects.update(is_active=False)
    said = [errors(Client().post(SIGN_IN, {"login": "mara", "password": word})) for word in (RIGHT, "x")]
    assert ["This account is turned off." in words for words in said] == [True, False]


def test_a_session_ends_when_its_account_is_disabled(mara: User) -> None:
    client = Client()
    sign_in(RIGHT, client=client)
    User.objects.update(is_active=False)
    assert client.get("/")["Location"] == f"{SIGN_IN}?next=/"


@pytest.mark.parametrize("typed", ["mara", "MARA", "mara@office.example", "Mara@OFFICE.example", " mara "])
def test_people_sign_in_with_their_name_or_address_in_any_case(mara: User, typed: str) -> None:
    assert sign_in(RIGHT, typed) == 302


def test_two_people_with_one_address_each_sign_in_with_it(mara: User) -> None:
    User.objects.create_user("twin", "mara@office.example", "another grass by the river")
    typed = (RIGHT, "another grass by the river", "x")
    assert [sign_in(word, "mara@office.example") for word in typed] == [302, 302, 422]


def test_two_names_that_differ_in_case_are_two_people(mara: User) -> None:
    User.objects.create_user("Mara", "other@office.example", "another grass by the river")
    assert [sign_in(RIGHT, name) for name in ("mara", "Mara", "MARA")] == [302, 422, 422]


def test_nobody_signs_in_with_an_address_of_allauths_table(mara: User) -> None:
    mara.emailaddress_set.create(email="thief@evil.example", verified=True, primary=True)  # type: ignore[attr-defined]  # allauth's
    assert sign_in(RIGHT, "thief@evil.example") == 422


def test_anothers_entry_in_allauths_table_locks_nobody_out(mara: User) -> None:
    dave = User.objects.create_user("dave", password="x")
    dave.emailaddress_set.create(email=mara.email, verified=True, primary=True)  # type: ignore[attr-defined]  # allauth's
    assert sign_in(RIGHT, mara.email) == 302


@pytest.mark.parametrize(
    "typed",
    [{"login": "a\x00b", "password": "x"}, {"login": "é" * 300, "password": "x"}, {"login": "mara"}, {}],
)
def test_an_invalid_name_is_refused_and_not_counted(db: None, typed: dict[str, str]) -> None:
    assert (Client().post(SIGN_IN, typed).status_code, Throttle.objects.count()) == (422, 0)


def test_signing_in_starts_a_new_session(mara: User) -> None:
    client = Client()
    client.session.save()
    before = client.session.session_key
    sign_in(RIGHT, client=client)
    assert client.session.session_key != before


@pytest.mark.parametrize(("kept", "age", "stored"), [("", "", 16 * 3600), ("on", 14 * 86400, 14 * 86400)])
def test_a_session_ends_with_the_browser_unless_it_is_kept(mara: User, kept: str, age: object, stored: int) -> None:
    client = Client()
    client.post(SIGN_IN, {"login": "mara", "password": RIGHT, "remember": kept})
    assert (client.cookies["desk_session"]["max-age"], client.session.get_expiry_age()) == (age, stored)


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_sent_only_to_our_host(mara: User, settings: Settings, secure: bool) -> None:
    settings.SESSION_COOKIE_SECURE = secure
    client = Client()
    sign_in(RIGHT, client=client)
    flags = {
        name: (
            bool(client.cookies[name]["httponly"]),
            client.cookies[name]["samesite"],
            bool(client.cookies[name]["secure"]),
        )
        for name in ("desk_session", "desk_known")
    }
    assert flags == dict.fromkeys(("desk_session", "desk_known"), (True, "Lax", secure))


LEADS_TO = [
    ("/t/larch/", "/t/larch/"),
    ("http://testserver/t/larch/", "http://testserver/t/larch/"),
    ("https://evil.example/", "/"),
    ("//evil.example/", "/"),
    ("///evil.example/", "/"),
    ("/\\evil.example/", "/"),
    ("http:///evil.example", "/"),
    ("company_list", "/"),
    ("httpx", "/"),
    ("javascript:alert(1)", "/"),
    ("http://other.example/", "/"),
    ("http://sub.wild.example/", "/"),
]


def test_signing_in_leads_to_a_page_of_this_desk(mara: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example", ".wild.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://other.example"]
    found = []
    for next_page, _ in LEADS_TO:
        answer = Client().post(SIGN_IN, {"login": "mara", "password": RIGHT, "next": next_page})
        out = Client().post("/accounts/logout/", {"next": next_page})
        found.append((next_page, answer["Location"], out["Location"]))
    assert found == [(next_page, leads_to, leads_to) for next_page, leads_to in LEADS_TO]


def test_the_demo_lets_nobody_in_outside_a_demo(everybody: dict[str, User], settings: Settings) -> None:
    settings.DEMO = False
    assert Client().post("/demo/sign-in/", {"person": "alice"}).status_code == 404


@pytest.mark.parametrize("next_page", ["home", "https://evil.example/", "//evil.example", "\\\\evil.example"])
def test_the_demo_redirects_to_no_other_site(everybody: dict[str, User], next_page: str) -> None:
    answer = Client().post("/demo/sign-in/", {"person": "alice", "next": next_page})
    assert (answer.status_code, answer["Location"]) == (302, "/")
