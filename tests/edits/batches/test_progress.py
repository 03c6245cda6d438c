"""When a bulk change will be done: by measured seconds for each record, in the hours in which it may run."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from edits.batches import hours, progress
from edits.models.batch import Batch

NIGHT = Batch(runs_from=time(20), runs_until=time(6))
ALWAYS = Batch()
BOSTON = ZoneInfo("America/New_York")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def make_moments(*gaps: float) -> list[datetime]:
    moments = [at(1, 12)]
    for gap in gaps:
        moments.append(moments[-1] + timedelta(seconds=gap))
    return moments


@pytest.mark.parametrize(
    ("gaps", "mean"),
    [((), 0.0), ((4.0,), 0.0), ((4.0, 4.0), 4.0), ((4.0, 4.0, 4.0, 12.0), 6.0), ((4.0, 4.0, 3600.0), 28 / 3)],
)
def test_the_seconds_of_a_record_are_measured_but_for_a_long_stop(gaps: tuple[float, ...], mean: float) -> None:
    assert progress.compute_mean_gap(make_moments(*gaps)[::-1]) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("batch", "now", "needed", "done"),
    [
        (ALWAYS, at(1, 12), 3, at(1, 15)),
        (NIGHT, at(1, 12), 3, at(1, 23)),  # waits for the evening
        (NIGHT, at(1, 22), 3, at(2, 1)),
        (NIGHT, at(1, 22), 10, at(2, 22)),  # eight hours in this night, two in the next
        (NIGHT, at(2, 5, 59), 0.5, at(2, 20, 29)),
    ],
)
def test_work_goes_on_in_its_hours_only(batch: Batch, now: datetime, needed: float, done: datetime) -> None:
    assert hours.add_working_time(batch, UTC, now, timedelta(hours=needed)) == done


def test_the_night_in_which_clocks_are_set_back_has_an_hour_more() -> None:
    opens, closes = datetime(2026, 11, 1, 0, tzinfo=UTC), datetime(2026, 11, 1, 11, tzinfo=UTC)  # 20:00 and 06:00
    before = opens - timedelta(hours=8)
    assert hours.add_working_time(NIGHT, BOSTON, before, timedelta(hours=11)) == closes


def test_its_hours_are_those_of_the_company() -> None:
    assert hours.find_opening(NIGHT, BOSTON, at(1, 22)) == at(2, 1)  # 17:00 and 20:00 in Boston
    assert hours.is_open(NIGHT, BOSTON, at(2, 1))
