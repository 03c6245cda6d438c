"""What a moment that our own clock noted says now: one in the future was noted while it ran ahead, and says nothing.

Knows no table.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

MAY_DIFFER = timedelta(minutes=1)  # by which the clocks of two machines do


def drop_ahead(moment: datetime | None, now: datetime) -> datetime | None:
    """Return the moment, or None if it lies after `now`: it was set by a wrong clock and would hide later changes."""
    return moment if moment is not None and moment <= now else None


def is_older(moment: datetime | None, limit: timedelta, now: datetime) -> bool:
    """Whether a moment by our clock is more than `limit` ago, missing, or in the future, where no reading can be."""
    return drop_ahead(moment, now) is None or now - (moment or now) > limit


def is_awaited(moment: datetime | None, longest: timedelta, now: datetime) -> bool:
    """Whether a moment that our clock is to reach is still to come.

    `longest` is how far ahead its rule sets it: one further ahead was set by a wrong clock, and nothing waits for it.
    """
    return moment is not None and now < moment <= now + longest + MAY_DIFFER


def filter_reached(column: str, longest: timedelta, now: datetime) -> Q:
    """Return the condition that a column has no moment that is still to come, by the same rule."""
    missing, latest = Q(**{f"{column}__isnull": True}), now + longest + MAY_DIFFER
    return missing | Q(**{f"{column}__lte": now}) | Q(**{f"{column}__gt": latest})


def filter_since(column: str, moment: datetime) -> Q:
    """Return the condition that a column has a moment from then on until now."""
    return Q(**{f"{column}__range": (moment, timezone.now())})


def filter_before(column: str, moment: datetime) -> Q:
    """Return the condition that a column has no moment from then on until now."""
    return Q(**{f"{column}__lt": moment}) | Q(**{f"{column}__gt": timezone.now()})
