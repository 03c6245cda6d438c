"""What a moment that our own clock noted says now: one in the future was noted while it ran ahead, and says nothing.

Knows no table.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone


def drop_ahead(moment: datetime | None, now: datetime) -> datetime | None:
    """Return the moment, or None if it lies after `now`: it was set by a wrong clock and would hide later changes."""
    return moment if moment is not None and moment <= now else None


def is_older(moment: datetime | None, limit: timedelta, now: datetime) -> bool:
    """Whether a moment by our clock is more than `limit` ago, missing, or in the future, where no reading can be."""
    return drop_ahead(moment, now) is None or now - (moment or now) > limit


def filter_since(column: str, moment: datetime) -> Q:
    """Return the condition that a column has a moment from then on until now."""
    return Q(**{f"{column}__range": (moment, timezone.now())})


def filter_before(column: str, moment: datetime) -> Q:
    """Return the condition that a column has no moment from then on until now."""
    return Q(**{f"{column}__lt": moment}) | Q(**{f"{column}__gt": timezone.now()})
