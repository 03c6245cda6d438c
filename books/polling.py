"""When a page that waits for an answer looks again. The server says it, in the fragment that the page shows meanwhile.

Knows nothing of what is waited for.
"""

from datetime import datetime, timedelta

from django.utils import timezone

SHORTEST_SECONDS = 0.3
LONGEST_SECONDS = 60.0
AWAY_SECONDS = 30.0


def compute_pause(
    asked_at: datetime, expected_seconds: float, *, is_away: bool = False, longest: float = LONGEST_SECONDS
) -> float:
    """Return the seconds until the next look at something asked at `asked_at` that usually takes these seconds.

    First after that time; then after pauses that make the whole wait half as long again each time, up to `longest`. So
    what takes its usual time is looked at three times at most, even if it takes twice as long. `is_away`: the vendor
    does not answer at all, so a look every half minute will do.
    """
    waited = max(timedelta(0), timezone.now() - asked_at).total_seconds()
    pause = expected_seconds - waited if waited < expected_seconds else waited / 2
    shortest = AWAY_SECONDS if is_away else SHORTEST_SECONDS
    return min(max(pause, shortest), max(longest, shortest))


def next_look(
    asked_at: datetime, expected_seconds: float, *, is_away: bool = False, longest: float = LONGEST_SECONDS
) -> str:
    """Return htmx's trigger for that look; if the look itself fails, another one follows in a minute."""
    return write_look(compute_pause(asked_at, expected_seconds, is_away=is_away, longest=longest))


def write_look(pause: float) -> str:
    """Return htmx's trigger for a look after so many seconds."""
    return f"load delay:{1000 * pause:.0f}ms, every {LONGEST_SECONDS:.0f}s"
