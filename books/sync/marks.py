"""From when on a refresh asks for changes: marks by the vendor's stamps, none later than the start of its reading.

Every mark is checked against our own clock, because the vendor's stamps come from a PC whose clock may be wrong.
"""

from datetime import datetime, timedelta

from books.models import SyncRun
from books.stamps import drop_ahead, is_older

FULL_EVERY = timedelta(hours=24)
# Between a refresh and the one before: an hour for the end of daylight saving, and one for a clock that was set back.
OVERLAP = timedelta(hours=2)
DELETED_OVERLAP = timedelta(days=2)  # the same for deletions, which are few and come as ids alone
DELETIONS_KEPT = timedelta(days=90)  # docs/vendors/conductor.md, section 5


def find_start(run: SyncRun, behind: timedelta, now: datetime) -> datetime | None:
    """Return the stamp since which a refresh asks for changes; None if it has to read everything.

    `behind` is how far the vendor's clock is known to be behind ours.
    """
    mark = drop_ahead(run.high_water_mark, now)
    return None if mark is None or is_older(run.full_at, FULL_EVERY, now) else mark - OVERLAP - behind


def find_deletions_start(run: SyncRun, behind: timedelta, now: datetime) -> datetime:
    """Return the stamp since which to ask for deletions; as far back as the vendor keeps them if the mark is wrong."""
    mark = drop_ahead(run.high_water_mark, now)
    return now - DELETIONS_KEPT if mark is None else mark - DELETED_OVERLAP - behind


def move_mark(run: SyncRun) -> None:
    """Move the mark of a run that is complete to the latest change that it has read."""
    started = run.started_at
    if started is None:
        return
    marks = [drop_ahead(mark, started) for mark in (run.high_water_mark, run.newest)]
    run.high_water_mark = max(filter(None, marks), default=None)
