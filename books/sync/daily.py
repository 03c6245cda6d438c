"""The daily round: clears away what nobody needs any more, in small pieces, so it can be ended anywhere and goes on.

An app of a floor above adds its own steps when it is ready.
"""

import logging
from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.utils import timezone

log = logging.getLogger(__name__)

AT_ONCE = 200
PIECES = 20  # of each step in one call, so that the rest of the timetable waits a moment only


def clear_sessions(most: int) -> int:
    """Delete expired sessions; how many went."""
    old = Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk", flat=True)
    return Session.objects.filter(pk__in=list(old[:most])).delete()[0]


# By what they clear: each clears at most so many rows and returns how many it did.
STEPS: dict[str, Callable[[int], int]] = {"expired sessions": clear_sessions}


def clear_away() -> bool:
    """Take each step, to its end where that is near; False where something is left for the next call."""
    is_done = True
    for name, step in STEPS.items():
        cleared = [AT_ONCE]
        while cleared[-1] == AT_ONCE and len(cleared) <= PIECES:
            cleared.append(step(AT_ONCE))
        is_done = is_done and cleared[-1] < AT_ONCE
        if any(cleared[1:]):
            log.info("Daily round: cleared %d %s.", sum(cleared[1:]), name)
    return is_done
