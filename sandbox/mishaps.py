"""What can go wrong between any vendor and its caller: a broken line, half an answer, a write that lands late.

Knows nothing of what the request does; the rooms say how their vendor speaks when it has given up.
"""

import threading
from collections.abc import Callable

from sandbox.exchange import Answer
from sandbox.faults import Fault

_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
_GUEST_NETWORK = b"<!doctype html><p>Welcome to the guest network.</p>"


class Mishaps:
    """Lets faults befall requests, and keeps the writes that have not landed yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._late: list[threading.Timer] = []

    def befall(
        self, fault: Fault, work: Callable[[], Answer], give_up: Callable[[], Answer], land: Callable[[], object]
    ) -> Answer:
        """The answer that a caller gets instead of the right one.

        `work` does what was asked, `give_up` is a timeout in the vendor's words, `land` does a late write.
        """
        if fault.kind == "timeout":
            return give_up()
        if fault.kind == "cut_before":
            return Answer(0, b"", cut="before")
        if fault.kind == "land_late":
            self._later(fault.seconds, land)
            return Answer(0, b"", cut="before") if fault.details.get("cut") else give_up()
        if fault.kind == "garbage" and fault.details.get("status", 200) != 200:
            return Answer(int(fault.details["status"]), _BAD_GATEWAY, content_type="text/html")
        done = work()
        if fault.kind == "cut_after":
            return Answer(0, b"", cut="before")
        if fault.kind == "half":
            return Answer(done.status, done.body, done.headers, done.content_type, cut="half")
        return Answer(200, _GUEST_NETWORK, content_type="text/html")

    def forget_late(self) -> None:
        """Calls off writes that have not landed yet."""
        with self._lock:
            for timer in self._late:
                timer.cancel()
            self._late.clear()

    def _later(self, seconds: float, land: Callable[[], object]) -> None:
        timer = threading.Timer(seconds, land)
        timer.daemon = True
        with self._lock:
            self._late = [late for late in self._late if late.is_alive()] + [timer]
        timer.start()
