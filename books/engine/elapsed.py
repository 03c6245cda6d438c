"""How long ago something was, also if this process or its machine was suspended since."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Since:
    """A moment. Of two clocks the one that says more counts: a suspended machine stops one, and the other may be set.

    Without arguments it is one that is longer ago than any limit.
    """

    monotonic: float = float("-inf")
    wall: float = float("-inf")

    @classmethod
    def now(cls) -> "Since":
        """Return this moment."""
        return cls(time.monotonic(), time.time())

    def is_within(self, seconds: float) -> bool:
        """Whether certainly no more than this many seconds have passed."""
        return max(time.monotonic() - self.monotonic, abs(time.time() - self.wall)) < seconds
