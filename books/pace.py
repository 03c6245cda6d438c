"""When a company may be asked: its pace, quiet hours and ceiling, which hold back background reads alone, and rest.

Rest holds back everything. Knows no provider and no task: it decides by the row of a company and a moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.joined import fetch_rows

from . import stamps
from .models import SyncRun, SyncStatus

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST_WAIT = HOUR  # after a failure; so long a list waits that was refused, and no vendor is waited for longer
NEWEST_SHARE = 0.2  # of the last request in the measured seconds of a request


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds a company's background reads back, in words for a person, and until when; None: till it is ended."""

    words: str
    until: datetime | None = None


def find_hold(watch: SyncStatus | None, now: datetime, books: str = "") -> Hold | None:
    """Return what holds the background reads of a company back now, None if nothing does; `books`: its provider."""
    if watch is None:
        return None
    if watch.resting_since:
        return Hold(describe_rest(books))
    if watch.setting_up_since:
        return Hold("Not connected yet")
    return _find_quiet(watch, now) or _find_ceiling(watch, now) or _find_pause(watch, now)


def describe_rest(books: str) -> str:
    """Return what is said of a company at rest."""
    return f"Paused: nothing is read from {books}"


def describe_hold(watch: SyncStatus | None, now: datetime, books: str) -> str:
    """Return why the copy of a company may be older than others: what holds it back, or the pace of its reading."""
    hold = find_hold(watch, now, books)
    if hold is not None:
        return hold.words
    return "" if watch is None or not watch.pause_seconds else describe_pace(watch.pause_seconds)


def is_put_off(row: SyncRun | SyncStatus, now: datetime) -> bool:
    """Whether a list, or a company as a whole, waits after a failure or for its vendor."""
    return stamps.is_awaited(row.next_try_at, LONGEST_WAIT, now)


def filter_ready(now: datetime) -> Q:
    """Return the condition that they do not."""
    return stamps.filter_reached("next_try_at", LONGEST_WAIT, now)


def count_seconds_left(next_try_at: datetime | None, now: datetime) -> float:
    """Return the seconds until the next try; 0 if nothing waits for it."""
    is_awaited = stamps.is_awaited(next_try_at, LONGEST_WAIT, now)
    return (next_try_at - now).total_seconds() if next_try_at and is_awaited else 0.0


def filter_allowed(runs: QuerySet[SyncRun], watch: SyncStatus | None, now: datetime) -> QuerySet[SyncRun]:
    """Return those of a company's runs that may be read now: where something holds it back, what a person asked for."""
    if watch is not None and watch.is_unread:
        return runs.none()
    return runs if find_hold(watch, now) is None else runs.filter(is_asked=True)


def note_request(tenant_id: int, began: datetime, seconds: float, *, is_background: bool) -> None:
    """Note a request that was made: the seconds that it took, and what it uses of the company's pace and ceiling."""
    if is_background and _note_seconds(tenant_id, seconds):
        return
    watch = next(iter(fetch_rows(SyncStatus, _COUNTED, [tenant_id, is_background])), None)
    if watch is None:
        return
    paced = _find_paced(watch, max(began, timezone.now()))
    facts: dict[str, object] = {"counted_at": began}
    if paced != watch.paced_until:
        facts["paced_until"] = paced
    facts |= {f"requests_this_{span}": count + 1 for span, count in _count_since(watch, began).items()}
    if is_background:
        known = watch.seconds_per_request
        facts["seconds_per_request"] = seconds if known is None else known + NEWEST_SHARE * (seconds - known)
    if is_background and watch.pause_seconds:
        # Each page of a list that is read at once moves it on: a cursor does not wait for the pace.
        facts["paced_until"] = max(began, paced or began) + timedelta(seconds=watch.pause_seconds)
    SyncStatus.objects.filter(pk=watch.pk).update(**facts)


def _note_seconds(tenant_id: int, seconds: float) -> bool:
    """Note the seconds of a background request of a company without a pace or a ceiling; False if it has one."""
    with connection.cursor() as cursor:
        cursor.execute(_AVERAGE, [NEWEST_SHARE, seconds, seconds, tenant_id])
        return bool(cursor.rowcount)


# In SQL, as every page of a list is one: the ORM takes ten times as long.
_AVERAGE = """UPDATE books_watch
SET seconds_per_request = COALESCE(seconds_per_request + %s * (%s - seconds_per_request), %s)
WHERE tenant_id = %s AND pause_seconds = 0 AND requests_per_hour IS NULL AND requests_per_day IS NULL"""
# In SQL, as every background read asks.
_COUNTED = """SELECT * FROM books_watch
WHERE tenant_id = %s AND (%s OR requests_per_hour IS NOT NULL OR requests_per_day IS NOT NULL)"""


def has_ceiling(watch: SyncStatus) -> bool:
    """Whether its requests are counted."""
    return watch.requests_per_hour is not None or watch.requests_per_day is not None


def describe_pace(pause_seconds: float) -> str:
    """Write a pace as people say it: "Reads at most 60 requests an hour"."""
    an_hour = int(HOUR.total_seconds() / pause_seconds)
    if an_hour:
        return f"Reads at most {an_hour:,} {'request' if an_hour == 1 else 'requests'} an hour"
    return f"Reads at most one request every {pause_seconds / HOUR.total_seconds():.1f} hours"


def list_limits(watch: SyncStatus) -> Iterator[str]:
    """Yield what is set for the background reads of a company, one sentence without its full stop each."""
    if watch.pause_seconds:
        yield describe_pace(watch.pause_seconds)
    if watch.quiet_from is not None:
        yield describe_quiet(watch)
    for span in ("hour", "day"):
        if has_ceiling(watch) and (most := getattr(watch, f"requests_per_{span}")) is not None:
            yield _describe_ceiling(most, span)


def _describe_ceiling(most: int, span: str) -> str:
    article, noun = "an" if span == "hour" else "a", "request" if most == 1 else "requests"
    return f"Stops reading at {most:,} {noun} {article} {span}"


def describe_quiet(watch: SyncStatus) -> str:
    """Write the quiet hours of a company, with its time zone if that is not the installation's."""
    if watch.quiet_from is None or watch.quiet_until is None:
        return ""
    zone = f" ({watch.time_zone.replace('_', ' ')} time)" if watch.time_zone not in ("", settings.TIME_ZONE) else ""
    return f"Not read between {watch.quiet_from:%H:%M} and {watch.quiet_until:%H:%M}{zone}"


def is_quiet(start: time, end: time, at: time) -> bool:
    """Whether a time of day lies in quiet hours, which go over midnight if they end before they start."""
    return start <= at < end if start < end else at >= start or at < end


def get_zone(watch: SyncStatus) -> tzinfo:
    """Return the time zone of the company's quiet hours and days."""
    return ZoneInfo(watch.time_zone) if watch.time_zone else timezone.get_default_timezone()


def _find_quiet(watch: SyncStatus, now: datetime) -> Hold | None:
    start, end = watch.quiet_from, watch.quiet_until
    if start is None or end is None:
        return None
    local = now.astimezone(get_zone(watch))
    if not is_quiet(start, end, local.time()):
        return None
    day = local.date() if local.time() < end else local.date() + DAY
    return Hold(describe_quiet(watch), datetime.combine(day, end, local.tzinfo))


def _find_ceiling(watch: SyncStatus, now: datetime) -> Hold | None:
    if not has_ceiling(watch):
        return None
    counts = _count_since(watch, now)
    for span, most in (("day", watch.requests_per_day), ("hour", watch.requests_per_hour)):
        if most is not None and counts[span] >= most:
            until = _start_of(span, now, get_zone(watch)) + (DAY if span == "day" else HOUR)
            return Hold(f"{_describe_ceiling(most, span)}: continues at {until:%H:%M}", until)
    return None


def _find_pause(watch: SyncStatus, now: datetime) -> Hold | None:
    paced = _find_paced(watch, now)
    if not watch.pause_seconds or paced is None or paced <= now:
        return None
    return Hold(describe_pace(watch.pause_seconds), paced)


def _find_paced(watch: SyncStatus, now: datetime) -> datetime | None:
    """Return what the pace leaves to wait for; nothing if a clock that ran ahead has noted the last request.

    How far ahead it may be has no limit: a list whose pages are read at once moves it on with each of them.
    """
    by_wrong_clock = watch.counted_at is not None and watch.counted_at > now + stamps.MAY_DIFFER
    return None if by_wrong_clock else watch.paced_until


def _count_since(watch: SyncStatus, now: datetime) -> dict[str, int]:
    """Return how many requests were counted in the present hour and day."""
    counts = {"hour": watch.requests_this_hour, "day": watch.requests_this_day}
    zone, at = get_zone(watch), watch.counted_at
    return {
        span: count if at is not None and _start_of(span, at, zone) == _start_of(span, now, zone) else 0
        for span, count in counts.items()
    }


def _start_of(span: str, moment: datetime, zone: tzinfo) -> datetime:
    """Return when the hour or the company's day of a moment began."""
    local = moment.astimezone(zone)
    return local.replace(hour=0 if span == "day" else local.hour, minute=0, second=0, microsecond=0)
