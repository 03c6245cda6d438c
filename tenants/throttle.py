"""Counts attempts and says when the next one is allowed, for all processes together. Knows nothing of their purpose.

A counter is one row with one time: until when its attempts are used up. An attempt moves that time on by the limit's
pause; it is refused if that would exceed the pauses of all attempts together. So attempts become free one by one.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from .models import Throttle

LONG_AGO = 24 * 3600  # no limit looks back as far, so that a counter in use is never deleted
CLOCKS_DIFFER = 60.0  # seconds, between two machines


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of attempts at once; each becomes free again after `pause` seconds."""

    tries: int
    pause: float

    @property
    def furthest(self) -> float:
        """For how many seconds all attempts can be used up. A time further ahead was noted by a wrong clock."""
        return self.pause * self.tries + CLOCKS_DIFFER

    def wait(self, used_until: float, now: float) -> float:
        """Return the seconds until the next attempt; 0 if it is allowed at once."""
        if used_until > now + self.furthest:
            return 0.0
        return max(0.0, used_until - now - self.pause * (self.tries - 1))


class TooManyTries(Exception):
    """No further attempt for this many seconds; nothing was counted."""

    def __init__(self, wait: float) -> None:
        self.seconds = ceil(wait)
        super().__init__(f"Try again in {in_words(self.seconds)}.")


def take(counters: Mapping[str, Limit]) -> None:
    """Count an attempt in all of these counters, or in none. Raises TooManyTries if one of them is used up."""
    now = time.time()
    limits = {_key(name): limit for name, limit in counters.items()}
    used = dict(Throttle.objects.filter(counter__in=limits).values_list("counter", "used_until"))
    wait = max((limit.wait(used.get(key, now), now) for key, limit in limits.items()), default=0)
    if wait:  # most of a flood ends here, having written nothing
        raise TooManyTries(wait)
    with transaction.atomic():
        for key, limit in sorted(limits.items(), key=lambda pair: pair[0]):  # a fixed lock order prevents deadlocks
            if not count(key, limit, now):
                raise TooManyTries(limit.pause)


def give_back(counters: Mapping[str, Limit]) -> None:
    """Take a counted attempt back, because the password was right."""
    for name, limit in counters.items():
        Throttle.objects.filter(counter=_key(name)).update(used_until=F("used_until") - limit.pause)


def clear_away() -> None:
    """Delete the counters that have not been used for a day."""
    Throttle.objects.filter(used_until__lt=time.time() - LONG_AGO).delete()


def in_words(seconds: int) -> str:
    """Return the duration in words, rounded up."""
    minutes = ceil(seconds / 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def count(key: str, limit: Limit, now: float) -> bool:
    """Count one attempt; return whether it was allowed. One statement, so concurrent attempts count too."""
    # The ORM's upsert takes no condition.
    statement = """
        INSERT INTO tenants_throttle (counter, used_until) VALUES (%(key)s, %(now)s + %(pause)s)
        ON CONFLICT (counter) DO UPDATE SET used_until = %(pause)s +
            CASE WHEN tenants_throttle.used_until BETWEEN %(now)s AND %(now)s + %(furthest)s
            THEN tenants_throttle.used_until ELSE %(now)s END
        WHERE tenants_throttle.used_until <= %(now)s + %(ahead)s
            OR tenants_throttle.used_until > %(now)s + %(furthest)s
    """
    limits = {"pause": limit.pause, "ahead": limit.pause * (limit.tries - 1), "furthest": limit.furthest}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"key": key, "now": now, **limits})
        return bool(cursor.rowcount == 1)


def _key(name: str) -> str:
    """Return the key of a counter in the table, which must not contain addresses or typed text."""
    return salted_hmac("tenants.throttle", name, algorithm="sha256").hexdigest()
