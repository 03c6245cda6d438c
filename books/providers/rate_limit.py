"""Counts calls against a vendor's rate limit, by handler and over all processes, as the vendor counts by IP address.

The vendor's own headers correct the count, as other programs at our address use the same limit. Background reads use
only what saves and those do not need.
"""

import re
import time
from collections.abc import Mapping
from math import ceil

from django.db import transaction

from books.models import Quota
from books.stamps import MAY_DIFFER

from .errors import TooMany
from .lock import RequestPriority

LONGEST_WINDOW = 3600  # seconds that a server may make us wait for its window to end
MARGIN_SECONDS = 1.0  # the vendor counts a call a little later than Ledgerdesk
# Of ten calls of a handler, those that are left for more urgent requests, and for other programs at our address.
LEFT_FOR = {RequestPriority.SAVE: 0, RequestPriority.PERSON: 4, RequestPriority.SYNC: 6}
LEFT_OF_LISTS = 4  # which no save needs
BEGAN_BEFORE = 5.0  # seconds by which the server may have begun its window earlier than its rounded header says


def reserve_calls(server: str, calls: Mapping[str, int], priority: RequestPriority) -> None:
    """Count this many calls of each handler as made, all of them or none.

    Raises TooMany with the seconds to wait. Handlers that saves do not use are passed as "… list".
    """
    now = time.time()
    with transaction.atomic():
        quotas = [_lock_quota(server, handler) for handler in sorted(calls)]  # a fixed lock order prevents deadlocks
        wait = max(_compute_wait(quota, calls[quota.handler], priority, now) for quota in quotas)
        if wait > 0:
            raise make_too_many(wait)
        for quota in quotas:
            quota.calls = [*_list_recent(quota, now), *[now] * calls[quota.handler]]
            quota.save()


def note_limits(server: str, handler: str, headers: Mapping[str, str], *, is_success: bool = True) -> None:
    """Take over a handler's limit from an answer: its size, and how much of it others have used.

    Without such headers a successful answer says that there is none; another one may come from a proxy in between.
    """
    told = [_parse_headers(headers, suffix) for suffix in ("", "-auth") if f"x-ratelimit-limit{suffix}" in headers]
    if None in told or not (told or is_success):
        return  # an unreadable header is no reason to ask without limit
    limit, left, reset = min(filter(None, told), default=(0, 1, 0))
    with transaction.atomic():
        quota = _lock_quota(server, handler)
        before = (quota.limit, quota.seconds, quota.blocked_until, quota.calls)
        quota.limit = limit
        if left == limit - 1:
            quota.seconds = max(1, reset)  # the first call of a window shows its length
        if not left:
            quota.blocked_until = time.time() + reset
        quota.calls = _add_calls_of_others(quota, limit - left, reset)
        if before != (quota.limit, quota.seconds, quota.blocked_until, quota.calls):
            quota.save()


def _add_calls_of_others(quota: Quota, used: int, reset: int) -> list[float]:
    """Return the calls with those that the server counts in its window beside ours, as made when the window began."""
    if not quota.limit:
        return []
    began = (quota.calls[-1] if quota.calls else time.time()) + reset - quota.seconds
    known = sum(at >= began - BEGAN_BEFORE for at in quota.calls)
    return sorted([*quota.calls, *[began - MARGIN_SECONDS] * min(used - known, quota.limit)])


def find_limit(server: str, handler: str) -> tuple[int, float]:
    """Return the calls of a handler that its server has said it takes, and in how many seconds; 0 calls: no limit."""
    found = Quota.objects.filter(server=server, handler=handler).values_list("limit", "seconds").first()
    return found or (0, 60.0)


def note_refusal(server: str, handler: str, seconds: float) -> None:
    """Note that the vendor refused a call of this handler and for how long."""
    with transaction.atomic():
        quota = _lock_quota(server, handler)
        quota.blocked_until = time.time() + seconds
        quota.save()


def make_too_many(wait: float) -> TooMany:
    """Return the error that says how long to wait."""
    error = TooMany(f"The limit of requests per minute is reached. The next can be sent in {ceil(wait)} s.")
    error.wait = wait
    return error


def _lock_quota(server: str, handler: str) -> Quota:
    quota, _ = Quota.objects.select_for_update().get_or_create(server=server, handler=handler)
    now = time.time()
    if quota.blocked_until > now + LONGEST_WINDOW + MAY_DIFFER.total_seconds():
        quota.blocked_until = 0.0  # by our own clock when it ran ahead, as below
    latest = now + quota.seconds  # the clocks of two machines differ by less
    if any(at > latest for at in quota.calls):
        # Our own clock ran ahead then. What was counted says nothing now, nor until when the server refuses.
        quota.calls, quota.blocked_until = [at for at in quota.calls if at <= latest], 0.0
    return quota


def _list_recent(quota: Quota, now: float) -> list[float]:
    return [at for at in quota.calls if at > now - quota.seconds - MARGIN_SECONDS]


def _compute_wait(quota: Quota, calls: int, priority: RequestPriority, now: float) -> float:
    """Return the seconds until this many calls may be made; 0 for at once."""
    blocked = max(0.0, quota.blocked_until - now)
    if not quota.limit:
        return blocked
    most = max(1, quota.limit - ceil(quota.limit * _get_share_left(quota, priority)))
    recent = _list_recent(quota, now)
    over = len(recent) + min(calls, most) - most
    if over <= 0:
        return blocked
    return max(blocked, recent[over - 1] + quota.seconds + MARGIN_SECONDS - now)


def _get_share_left(quota: Quota, priority: RequestPriority) -> float:
    return (LEFT_OF_LISTS if quota.handler.endswith(" list") else LEFT_FOR[priority]) / 10


def _parse_headers(headers: Mapping[str, str], suffix: str) -> tuple[int, int, int] | None:
    """Return limit, calls left and seconds of the window; None if the headers do not hold them."""
    words = ("limit", "remaining", "reset")
    told = [headers.get(f"x-ratelimit-{word}{suffix}", "") for word in words]
    if not all(_COUNT(word) for word in told):
        return None
    limit, left, reset = map(int, told)
    return limit, left, min(reset, LONGEST_WINDOW)


_COUNT = re.compile(r"[0-9]{1,9}").fullmatch
