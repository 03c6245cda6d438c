"""Counts tries and says when the next one may be made, for all processes together. Knows not what is being tried.

A counter is one row with one moment: until when its tries are used up. A try moves that moment on by the limit's pause;
it is refused where that would lead further ahead than all tries of the limit together. So tries come back one by one.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from .models import Throttle

LONG_AGO = 24 * 3600  # no limit looks back as far, so that a counter which is still in use is never cleared away


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries at once; each comes back after so many seconds."""

    tries: int
    pause: float

    def wait(self, used_until: float, now: float) -> float:
        """Return the seconds until the next try; 0 when it may be made at once."""
        return max(0.0, used_until - now - self.pause * (self.tries - 1))


class TooManyTries(Exception):
    """No further try for so many seconds; nothing was counted."""

    def __init__(self, wait: float) -> None:
        self.seconds = ceil(wait)
        super().__init__(f"Try again in {in_words(self.seconds)}.")


def take(counters: Mapping[str, Limit]) -> None:
    """Count a try in every one of these counters, or in none. Raises TooManyTries where one of them is used up."""
    now = time.time()
    limits = {_key(name): limit for name, limit in counters.items()}
    used = dict(Throttle.objects.filter(counter__in=limits).values_list("counter", "used_until"))
    wait = max((limit.wait(used.get(key, now), now) for key, limit in limits.items()), default=0)
    if wait:  # most of a flood ends here, having written nothing
        raise TooManyTries(wait)
    with transaction.atomic():
        for key, limit in sorted(limits.items(), key=lambda pair: pair[0]):  # one order for all: no deadlock
            if not count(key, limit, now):
                raise TooManyTries(limit.pause)


def give_back(counters: Mapping[str, Limit]) -> None:
    """Take a counted try back: it was none, since it was right."""
    for name, limit in counters.items():
        Throttle.objects.filter(counter=_key(name)).update(used_until=F("used_until") - limit.pause)


def clear_away() -> None:
    """Drop the counters that nobody has used for a day."""
    Throttle.objects.filter(used_until__lt=time.time() - LONG_AGO).delete()


def in_words(seconds: int) -> str:
    """Return how long that is, as people say it, rounded up."""
    minutes = ceil(seconds / 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def count(key: str, limit: Limit, now: float) -> bool:
    """Count one try and tell whether it was free: one statement, so that of many at once no more pass than may."""
    # The ORM's upsert takes no condition.
    statement = """
        INSERT INTO tenants_throttle (counter, used_until) VALUES (%(key)s, %(now)s + %(pause)s)
        ON CONFLICT (counter) DO UPDATE SET used_until = %(pause)s +
            CASE WHEN tenants_throttle.used_until > %(now)s THEN tenants_throttle.used_until ELSE %(now)s END
        WHERE tenants_throttle.used_until <= %(now)s + %(ahead)s
    """
    ahead = limit.pause * (limit.tries - 1)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"key": key, "now": now, "pause": limit.pause, "ahead": ahead})
        return bool(cursor.rowcount == 1)


def _key(name: str) -> str:
    """Return what stands for a counter in the table, which is to hold nobody's address or typing."""
    return salted_hmac("tenants.throttle", name, algorithm="sha256").hexdigest()
