"""Faults between any vendor and its caller: a dropped connection, half a response, a late write.

Knows nothing of what the request does; each vendor's package supplies its own timeout response.
"""

import json
import threading
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from .altered import alter
from .faults import Fault
from .messages import Answer

_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
_HUGE = 100 * 2**20
_BOMB = 600 * 2**20
_DEEP = 200_000
_GUEST_NETWORK = b"<!doctype html><p>Welcome to the guest network.</p>"


class Mishaps:
    """Applies faults to requests, and keeps the pending late writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._late: list[_Late] = []

    def befall(
        self, fault: Fault, work: Callable[[], Answer], give_up: Callable[[], Answer], land: Callable[[], object]
    ) -> Answer:
        """The response that a caller gets instead of the right one.

        `work` carries out the request, `give_up` returns the vendor's timeout response, `land` does a late write.
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
        if fault.kind == "says" and int(fault.details.get("status", 200)) >= 300:
            return _make_said_answer(fault)
        done = work()
        if fault.kind in _ABSURD:
            return _ABSURD[fault.kind](fault, done)
        if fault.kind == "cut_after":
            return Answer(0, b"", cut="before")
        if fault.kind == "altered":
            wrong = alter(
                done.body, fault.details.get("id"), fault.details.get("changes", {}), fault.details.get("raw")
            )
            return Answer(done.status, wrong, done.headers, done.content_type)
        if fault.kind == "half":
            return Answer(done.status, done.body, done.headers, done.content_type, cut="half")
        return Answer(200, _GUEST_NETWORK, content_type="text/html")

    def forget_late(self) -> None:
        """Cancels pending late writes."""
        for late in self._taken():
            late.called_off = True
            late.now.set()

    def land(self) -> int:
        """Carries out pending late writes now, oldest first; returns how many there were."""
        waiting = [late for late in self._taken() if late.is_alive()]
        for late in waiting:
            late.now.set()
            late.join()
        return len(waiting)

    def _taken(self) -> "list[_Late]":
        with self._lock:
            found, self._late = self._late, []
        return found

    def _later(self, seconds: float, land: Callable[[], object]) -> None:
        late = _Late(seconds, land)
        with self._lock:
            self._late = [one for one in self._late if one.is_alive()] + [late]
        late.start()


def _make_said_answer(fault: Fault) -> Answer:
    """The given `body`, an object as JSON, with the `status` and `headers` given; from 300 on nothing was done."""
    body = fault.details.get("body", "")
    raw = body if isinstance(body, str) else json.dumps(body)
    return Answer(int(fault.details.get("status", 200)), raw.encode(), dict(fault.details.get("headers", {})))


def _answer_with_bomb(fault: Fault, done: Answer) -> Answer:
    """A few hundred kB of gzip that are 600 MB when unpacked."""
    return replace(done, body=_compress_blanks(), headers={**done.headers, "Content-Encoding": "gzip"})


@cache
def _compress_blanks() -> bytes:
    packing = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return b"".join(packing.compress(b" " * 2**20) for _ in range(_BOMB // 2**20)) + packing.flush()


# Responses that no vendor gives on purpose. The request is carried out all the same.
_ABSURD: dict[str, Callable[[Fault, Answer], Answer]] = {
    "says": lambda fault, done: _make_said_answer(fault),
    "drip": lambda fault, done: replace(done, drip=fault.details.get("at", "body"), seconds=fault.seconds or 1.0),
    "huge": lambda fault, done: replace(done, body=b'{"data":["' + b" " * _HUGE),
    "bomb": _answer_with_bomb,
    "deep": lambda fault, done: replace(done, body=b"[" * _DEEP + b"]" * _DEEP),
}


class _Late(threading.Thread):
    """A pending late write, until its time has come or `now` is set."""

    def __init__(self, seconds: float, land: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._seconds, self._land = seconds, land
        self.now = threading.Event()
        self.called_off = False

    def run(self) -> None:
        self.now.wait(self._seconds)
        if not self.called_off:
            self._land()
