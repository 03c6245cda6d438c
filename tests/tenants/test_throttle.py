"""The counters of tries: how many pass, when the next one does, and that all processes count together."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from books.sync.scheduler import clear_old_rows
from tenants import throttle
from tenants.models import Throttle
from tenants.throttle import Limit, TooManyTries, give_back, in_words, take
from tests.support.running import RunningDesk

FIVE, FIFTY = Limit(5, pause=600), Limit(50, pause=36)


def waits(counters: dict[str, Limit]) -> int:
    """Take a try, and return for how many seconds it is refused; 0 when it is not."""
    try:
        take(counters)
    except TooManyTries as refused:
        return refused.seconds
    return 0


@given(
    st.integers(1, 20),
    st.integers(1, 1000),
    st.lists(st.integers(0, 3000), max_size=60),
)
def test_no_time_span_holds_more_tries_than_the_limit_says(tries: int, pause: int, gaps: list[int]) -> None:
    limit, now, used, taken = Limit(tries, pause), 0.0, 0.0, []
    for gap in gaps:
        now += gap
        if not limit.wait(used, now):
            taken.append(now)
            used = max(used, now) + pause
    for i, first in enumerate(taken):
        for count, last in enumerate(taken[i:], start=1):
            assert count <= tries + (last - first) / pause


@given(st.integers(1, 20), st.integers(1, 1000), st.integers(0, 10**6))
def test_after_the_time_that_was_said_one_try_is_free(tries: int, pause: int, used: int) -> None:
    limit = Limit(tries, pause)
    assert limit.wait(used, limit.wait(used, 0)) == 0


def test_the_stored_counter_keeps_the_rule(db: None) -> None:
    found = [waits({"x": FIVE}) for _ in range(7)]
    Throttle.objects.update(used_until=F("used_until") - 600)
    assert (found, [waits({"x": FIVE}) for _ in range(2)]) == ([0, 0, 0, 0, 0, 600, 600], [0, 600])


def test_a_try_that_one_counter_refuses_is_counted_in_none(db: None) -> None:
    for _ in range(5):
        take({"x": FIVE})
    assert waits({"x": FIVE, "y": FIFTY}) == 600
    assert Throttle.objects.count() == 1


def test_a_refused_try_writes_nothing_and_hears_the_rest_of_the_wait(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        take({"x": FIVE})
    Throttle.objects.update(used_until=F("used_until") - 300)
    with django_assert_num_queries(1):
        assert waits({"x": FIVE, "y": FIFTY}) in (299, 300)


def test_of_tries_that_all_looked_before_any_was_counted_no_more_pass(db: None) -> None:
    now = time.time()
    assert [throttle.count("x", FIVE, now) for _ in range(7)] == [True] * 5 + [False] * 2


def test_a_try_that_is_given_back_was_none(db: None) -> None:
    for _ in range(20):
        take({"x": FIVE})
        give_back({"x": FIVE})
    assert [waits({"x": FIVE}) for _ in range(6)] == [0, 0, 0, 0, 0, 600]


def test_the_table_holds_nobodys_address(db: None) -> None:
    take({"sign-in, 203.0.113.1": FIVE})
    assert [re.fullmatch("[0-9a-f]{64}", row.counter) is not None for row in Throttle.objects.all()] == [True]


def test_what_nobody_has_used_for_a_day_is_cleared_away(db: None) -> None:
    take({"old": FIVE})
    Throttle.objects.update(used_until=F("used_until") - 600 - throttle.LONG_AGO)
    take({"new": FIVE})
    clear_old_rows(timezone.now())
    assert Throttle.objects.count() == 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 minute"), (60, "1 minute"), (61, "2 minutes"), (600, "10 minutes")]
)
def test_a_wait_is_said_in_minutes(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


def test_all_processes_of_a_served_desk_count_together(desk: RunningDesk) -> None:
    with httpx.Client(base_url=desk.url, trust_env=False) as browser:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/accounts/login/").text)
        assert token
        typed = {"csrfmiddlewaretoken": token[1], "login": "nobody of this desk", "password": "x"}
        cookies = dict(browser.cookies)

    def guess(number: int) -> int:
        claim = {"X-Forwarded-For": f"1.2.3.{number}"}
        with httpx.Client(
            base_url=desk.url, trust_env=False, verify=False, timeout=60, headers=claim, cookies=cookies
        ) as browser:
            return browser.post("/accounts/login/", data=typed).status_code

    with ThreadPoolExecutor(8) as guessers:
        assert Counter(guessers.map(guess, range(40))) == {422: 5, 429: 35}


@pytest.mark.parametrize(("ahead", "found"), [(24 * 3600, [0] * 5 + [600]), (5 * 600, [600] * 6)])
def test_what_a_clock_ahead_has_counted_refuses_no_try(db: None, ahead: int, found: list[int]) -> None:
    take({"x": FIVE})
    Throttle.objects.update(used_until=time.time() + ahead)
    assert [waits({"x": FIVE}) for _ in range(6)] == found
