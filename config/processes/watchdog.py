"""Restarts processes that end or show no sign of life, with growing pauses, and reports it once.

One process's failure does not end another. Knows nothing of what the processes do.
"""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .children import Child

Report = Callable[[str], None]
# The sign of life of a process: a value that changes each time, None before the first.
Sign = Callable[[], object]

PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 60.0  # a process that has run this long counts as recovered
KEEPS_FAILING = 3  # the last of this many ends in a row is reported, then none until it has recovered
STEP_SECONDS = 1.0  # the longest time that one check counts for: the watchdog itself may have been suspended
STARTING_SECONDS = 60.0  # until the first sign of life


@dataclass
class Guard:
    """Watches one process."""

    child: Child
    report: Report
    sign: Sign | None = None
    hung_seconds: float = 30.0
    ends: int = 0
    started: float = 0.0
    start_at: float | None = None
    seen: object = None
    silent: float = 0.0
    looked: float = 0.0
    has_given_sign: bool = False

    def look(self, now: float) -> None:
        """Check the process and restart or kill it if needed; called about twice a second."""
        if not self.child.running:
            self._restart(now)
        elif self._is_hung(now):
            self._note_end(f"{self.child.name} does not respond", now)
            self.child.kill()
        elif self.ends and now - self.started > STEADY_SECONDS:
            if self.ends >= KEEPS_FAILING:
                self.report(f"{self.child.name} runs again.")
            self.ends = 0
        self.looked = now

    def _restart(self, now: float) -> None:
        if self.start_at is None:
            self._note_end(f"{self.child.name} died", now, f": {self.child.last_line()}")
        if self.start_at is not None and now >= self.start_at:
            self.start(now)

    def start(self, now: float) -> None:
        """Start the process, and give it the time of a new one; if it cannot be started, try again later."""
        self.start_at = None
        try:
            self.child.start()
        except OSError as error:
            self._note_end(f"{self.child.name} could not be started", now, f": {error}")
        self.started, self.silent, self.seen = now, 0.0, self.sign() if self.sign else None
        self.has_given_sign = False

    def _note_end(self, what: str, now: float, why: str = ".") -> None:
        self.start_at = now + PAUSES[min(self.ends, len(PAUSES) - 1)]
        self.ends += 1
        if self.ends < KEEPS_FAILING:
            self.report(f"{what} and is started again{why}")
        elif self.ends == KEEPS_FAILING:
            self.report(f"{what} again and again and is tried every {PAUSES[-1]:.0f} seconds{why} ({self.child.log})")

    def _is_hung(self, now: float) -> bool:
        if self.sign is None:
            return False
        sign = self.sign()
        if sign == self.seen:
            self.silent += min(now - self.looked, STEP_SECONDS)
        else:
            self.seen, self.silent, self.has_given_sign = sign, 0.0, True
        return self.silent > (self.hung_seconds if self.has_given_sign else STARTING_SECONDS)


def time_of(file: Path) -> Sign:
    """Return a function that reads a sign of life from a file."""

    def sign() -> object:
        try:
            return file.stat().st_mtime_ns
        except OSError:
            return None

    return sign


class Probe:
    """Polls a web server in its own thread, so that nobody waits for a server that hangs.

    It polls often enough that within `hung_seconds` three answers in a row have to be missing.
    """

    def __init__(self, host: str, port: int, path: str, hung_seconds: float, runs: Callable[[], bool]) -> None:
        self.host, self.port, self.path, self.runs = host, port, path, runs
        self.patience, self.pause = hung_seconds / 3, hung_seconds / 15
        self.answers = 0

    def start(self) -> None:
        """Poll from now on, as long as this process lives."""
        threading.Thread(target=self._ask_on, daemon=True).start()

    def sign(self) -> object:
        """Return the number of answers so far."""
        return self.answers

    def _ask_on(self) -> None:
        while True:
            if ask(self.host, self.port, self.path, self.patience) and self.runs():
                self.answers += 1
            time.sleep(self.pause)  # a server that hangs gives no event to wait for, so it is asked again


def ask(host: str, port: int, path: str, seconds: float) -> bool:
    """Whether a web server answers at this URL with anything but a failure of its own."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
