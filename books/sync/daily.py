"""The daily cleanup: deletes expired rows in small pieces, so that it can be interrupted and continued.

Apps of higher layers register their own steps in AppConfig.ready.
"""

import logging
from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.utils import timezone

log = logging.getLogger(__name__)

AT_ONCE = 200
PIECES = 20  # per step and call, so that the rest of the timetable is not delayed for long


def clear_sessions(most: int) -> int:
    """Delete expired sessions; return how many."""
    old = Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk", flat=True)
    return Session.objects.filter(pk__in=list(old[:most])).delete()[0]


# By what they delete: each step deletes at most the given number of rows and returns how many it did.
STEPS: dict[str, Callable[[int], int]] = {"expired sessions": clear_sessions}


def clear_away() -> bool:
    """Run each step, up to PIECES times; return False if something is left for the next call."""
    is_done = True
    for name, step in STEPS.items():
        cleared = [AT_ONCE]
        while cleared[-1] == AT_ONCE and len(cleared) <= PIECES:
            cleared.append(step(AT_ONCE))
        is_done = is_done and cleared[-1] < AT_ONCE
        if any(cleared[1:]):
            log.info("Daily round: cleared %d %s.", sum(cleared[1:]), name)
    return is_done
