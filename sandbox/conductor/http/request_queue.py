"""QuickBooks' request queue: one request at a time per company, in order of arrival; and its faults."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from sandbox.faults import Fault
from sandbox.faults_io import Mishaps
from sandbox.messages import Answer, encode_json, json_answer

from . import errors

Work = Callable[[], str]
_CLOSED = "QuickBooks Desktop is not running, and no company file was named for it to open."


class Turn:
    """The queue of one company: first come, first served."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @contextmanager
    def taken(self, deadline: float, limit: float) -> Iterator[None]:
        """Waits for the queue and holds it; 504 when the deadline passes first."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            first = self._changed.wait_for(lambda: self._queue[0] is ticket, deadline - time.monotonic())
            if not first:
                self._queue.remove(ticket)
                raise errors.timed_out(limit)
        try:
            yield
        finally:
            with self._changed:
                self._queue.remove(ticket)
                self._changed.notify_all()


class Doors:
    """The queues of all companies, and their faults."""

    def __init__(self, delay: float) -> None:
        self._usual = self.delay = delay
        self._lock = threading.Lock()
        self._turns: dict[str, Turn] = {}
        self._mishaps = Mishaps()

    def perform(self, company: str, work: Work, fault: Fault | None, limit: float, started: float) -> Answer:
        """Does the work when it is the request's turn in the queue, or fails as the fault says."""
        if fault is not None and not fault.details.get("written"):
            _refuse(fault)
        with self._turn(company).taken(started + limit, limit):
            self._wait(fault, limit, started)
            if fault is None or fault.kind == "slow":
                return _answer(work())
            return self._fail(company, work, fault, limit)

    def answer_itself(self, work: Work, fault: Fault | None, limit: float) -> Answer:
        """Does work that needs no QuickBooks, or fails as the fault says."""
        if fault is None:
            return _answer(work())
        _refuse(fault)

        def give_up() -> NoReturn:
            raise errors.timed_out(limit)

        time.sleep(fault.pause)  # the vendor's own pause; each caller has its own thread
        if fault.kind == "slow":
            return _answer(work())
        return self._mishaps.befall(fault, lambda: _answer(work()), give_up, work)

    def reset(self) -> None:
        """Cancels pending late writes, and takes as long for each request as at the start."""
        self._mishaps.forget_late()
        self.delay = self._usual

    def land(self) -> int:
        """Carries out pending late writes now; returns how many there were."""
        return self._mishaps.land()

    def _turn(self, company: str) -> Turn:
        with self._lock:
            return self._turns.setdefault(company, Turn())

    def _wait(self, fault: Fault | None, limit: float, started: float) -> None:
        seconds = self.delay + (fault.pause if fault else 0)
        left = started + limit - time.monotonic()
        # QuickBooks takes some time for every request; one that is not finished in time is cancelled, not written.
        time.sleep(max(0.0, min(seconds, left)))  # simulates the seconds that QuickBooks works on a request
        if seconds > left:
            raise errors.timed_out(limit)

    def _fail(self, company: str, work: Work, fault: Fault, limit: float) -> Answer:
        if fault.details.get("written"):
            # A warning looks like a refusal, but the change was written.
            work()
            _refuse(fault)

        def give_up() -> NoReturn:
            raise errors.timed_out(limit)

        return self._mishaps.befall(fault, lambda: _answer(work()), give_up, lambda: self._land(company, work))

    def _land(self, company: str, work: Work) -> None:
        forever = time.monotonic() + 3_600
        try:
            with self._turn(company).taken(forever, 3_600):
                work()
        except errors.Refusal:
            # Refused late: nobody waits for the response any more.
            return


def _answer(text: str) -> Answer:
    return Answer(200, encode_json(text), {"Conductor-Request-Id": request_id()})


def answer_refusal(refusal: errors.Refusal) -> Answer:
    """The response of an error."""
    number = request_id()
    return json_answer(refusal.status, refusal.body(number), {"Conductor-Request-Id": number, **refusal.headers})


def request_id() -> str:
    """A request id, for use in support requests to the vendor."""
    return f"req_{secrets.token_hex(9)}"


def _refuse(fault: Fault) -> None:
    details = fault.details
    if fault.kind == "refuse":
        code, text = str(details.get("integrationCode", "3180")), details.get("message")
        raise errors.quickbooks(code, text or "There was an error when saving the record.")
    if fault.kind == "closed":
        raise errors.disconnected(details.get("hresult", "0x80040416"), details.get("message", _CLOSED))
    if fault.kind == "rate_limited":
        raise errors.rate_limited(details.get("seconds", 1))
    if fault.kind == "not_active":
        raise errors.not_active(details.get("message"))
    plain = {
        "busy": errors.busy,
        "internal": errors.internal,
        "forbidden": errors.forbidden,
        "not_set_up": errors.not_set_up,
    }
    if fault.kind in plain:
        raise plain[fault.kind]()
