"""When a page looks again: after the usual time, then ever more rarely, at most three times for what is as usual."""

from datetime import timedelta

import pytest
from django.utils import timezone

from books.polling import AWAY_SECONDS, LONGEST_SECONDS, next_look


def seconds_of(trigger: str) -> float:
    """The pause before the next look, rounded: time passes while a test asks."""
    return round(int(trigger.split("delay:")[1].split("ms")[0]) / 1000, 1)


def list_looks(expected: float, takes: float) -> list[float]:
    """The seconds after the question at which a page looks, until it finds the answer that takes `takes` seconds."""
    looks = [0.0]
    while looks[-1] < takes:
        asked_at = timezone.now() - timedelta(seconds=looks[-1])
        looks.append(round(looks[-1] + seconds_of(next_look(asked_at, expected)), 1))
    return looks[1:]


def test_the_first_look_comes_after_the_usual_time_and_then_each_wait_is_half_as_long_again():
    assert list_looks(4, takes=13) == [4, 6, 9, 13.5]


@pytest.mark.parametrize("expected", [0.6, 1, 4, 6, 20])
@pytest.mark.parametrize("part", [0.1, 0.5, 1, 1.5, 2, 2.25])
def test_what_takes_its_usual_time_is_looked_at_three_times_at_most(expected, part):
    assert len(list_looks(expected, takes=expected * part)) <= 3


@pytest.mark.parametrize(("waited", "pause"), [(100, 50), (120, LONGEST_SECONDS), (90_000, LONGEST_SECONDS)])
def test_pauses_grow_up_to_a_minute(waited, pause):
    assert seconds_of(next_look(timezone.now() - timedelta(seconds=waited), 4)) == pause


@pytest.mark.parametrize("waited", [0, 4, 20])
def test_a_company_that_is_off_is_looked_at_rarely(waited):
    assert seconds_of(next_look(timezone.now() - timedelta(seconds=waited), 4, is_away=True)) == AWAY_SECONDS


def test_a_question_from_the_future_waits_the_usual_time():
    assert seconds_of(next_look(timezone.now() + timedelta(days=1), 4)) == 4


def test_a_look_that_fails_is_followed_by_another_one():
    assert next_look(timezone.now(), 4).endswith(", every 60s")
