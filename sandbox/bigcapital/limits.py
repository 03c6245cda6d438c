"""The two rate limiters of Bigcapital's server: 100 and 10 calls a minute per handler and client address."""

import math
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .answers import Refusal, throttled

# The larger one has no suffix in its headers, so only it sends a plain `Retry-After` (docs/vendors/bigcapital.md,
# section 3).
_SUFFIXES = {"default": "", "auth": "-auth"}


@dataclass(frozen=True)
class Limit:
    """A number of calls per number of seconds; no calls means no limit."""

    calls: int | None
    seconds: float = 60.0


@dataclass
class _Count:
    hits: int = 0
    ends: float = 0.0
    blocked_until: float = 0.0

    def hit(self, limit: Limit, most: int, now: float) -> float:
        """Counts one call; returns the seconds that it is still blocked, usually 0."""
        if now < self.blocked_until:
            return self.blocked_until - now
        if now >= self.ends:
            self.hits, self.ends = 0, now + limit.seconds
        self.hits += 1
        if self.hits <= most:
            return 0.0
        # Calls made while blocked do not count, so the block ends with a new window.
        self.blocked_until, self.ends = now + limit.seconds, 0.0
        return limit.seconds


@dataclass
class Limits:
    """Counts calls. All organizations of a client share its quota; each handler has its own."""

    default: Limit = field(default_factory=lambda: Limit(100))
    auth: Limit = field(default_factory=lambda: Limit(10))

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._original = {"default": self.default, "auth": self.auth}
        self._counts: dict[tuple[str, str, str], _Count] = {}

    def hit(self, handler: str, client: str) -> dict[str, str]:
        """The headers with the remaining calls. Raises Refusal 429 when a limit is exceeded."""
        headers: dict[str, str] = {}
        with self._lock:
            for name, suffix in _SUFFIXES.items():
                headers.update(self._count(name, suffix, handler, client, headers))
        return headers

    def spend(self, handler: str, client: str, calls: int) -> int:
        """Makes calls as another program at the client's address would; returns how many of them were refused."""
        refused = 0
        for _ in range(calls):
            try:
                self.hit(handler, client)
            except Refusal:
                refused += 1
        return refused

    def _count(self, name: str, suffix: str, handler: str, client: str, so_far: dict[str, str]) -> dict[str, str]:
        limit: Limit = getattr(self, name)
        if limit.calls is None:
            return {}
        count, now = self._counts.setdefault((name, handler, client), _Count()), time.monotonic()
        if wait := count.hit(limit, limit.calls, now):
            raise throttled({**so_far, f"Retry-After{suffix}": str(math.ceil(wait))})
        told = {"Limit": limit.calls, "Remaining": limit.calls - count.hits, "Reset": math.ceil(count.ends - now)}
        return {f"X-RateLimit-{word}{suffix}": str(number) for word, number in told.items()}

    def reset(self) -> None:
        """Restores the initial limits and clears the counts."""
        self.change(self._original)

    def change(self, wanted: dict[str, Limit]) -> None:
        """Sets these limits and clears the counts."""
        with self._lock:
            for name, limit in wanted.items():
                setattr(self, name, limit)
            self._counts.clear()

    def shown(self) -> dict[str, Any]:
        """Both limits in readable form."""
        limits: dict[str, Limit] = {name: getattr(self, name) for name in _SUFFIXES}
        return {name: {"calls": limit.calls, "seconds": limit.seconds} for name, limit in limits.items()}


def parse_limits(wanted: dict[str, Any]) -> dict[str, Limit]:
    """The limits of a control call: `{"auth": {"calls": 3, "seconds": 2}}`; null removes a limit.

    Raises ValueError with the reason if they are invalid.
    """
    unknown = sorted(set(wanted) - set(_SUFFIXES))
    if unknown:
        raise ValueError(f'Unknown limits: {", ".join(unknown)}. There are "default" and "auth".')
    return {name: Limit(None) if value is None else _parse(name, value) for name, value in wanted.items()}


def _parse(name: str, value: Any) -> Limit:
    if not isinstance(value, dict) or set(value) - {"calls", "seconds"}:
        raise ValueError(f'"{name}" must be null or an object of "calls" and "seconds".')
    calls, seconds = value.get("calls"), value.get("seconds", 60.0)
    if calls is not None and (not isinstance(calls, int) or isinstance(calls, bool) or calls < 1):
        raise ValueError(f'"calls" of "{name}" must be a whole number from 1, or null.')
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        raise ValueError(f'"seconds" of "{name}" must be a number above 0.')
    return Limit(calls, float(seconds))
