"""Waitress with deadlines for receiving a request and sending its response, and a memory limit for all clients.

Serves any WSGI application and knows neither Django nor the other processes. Waitress reads requests and writes
responses in one loop, so a slow client takes no thread; a thread runs the application once a request is complete.
"""

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask

from .open_sockets import OpenSockets
from .request_queue import RequestQueue

log = logging.getLogger(__name__)
SWEEP_SECONDS = 0.5
AT_ONCE = 16  # connections accepted per loop pass: not all, as other processes serve too
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The limits of one process; `body_bytes` is for one request, `held_bytes` for all bodies together."""

    body_bytes: int
    header_seconds: float = 10
    body_seconds: float = 60
    answer_seconds: float = 300
    idle_seconds: float = 15
    header_bytes: int = 64 * 1024
    held_bytes: int = 128 * MEGABYTE
    connections: int = 2000
    threads: int = 8
    stop_seconds: float = 4


class Request(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    """A request that records when it began, and is refused if two servers could disagree about its end."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def received(self, data: bytes) -> int:
        consumed = int(super().received(data))
        if self.error:
            self.expect_continue = False  # else waitress would ask for the body of a request that it refuses
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        both = self.chunked and "CONTENT_LENGTH" in self.headers
        if both or "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("The length of the body is stated in two ways")

    @property
    def held(self) -> int:
        """The number of bytes of its body in memory."""
        return int(self.body_bytes_received)


class Task(WSGITask):  # type: ignore[misc]  # waitress ships no types
    """Sends no body in response to HEAD, even if the application has written one; ends connections once it stops."""

    def start(self) -> None:
        super().start()
        if self.channel.server.ends:
            self.set_close_on_finish()

    def finish(self) -> None:
        """Count the time until the next request from here, where the connection still counts as busy with this one."""
        super().finish()
        self.channel.waiting_since = time.monotonic()

    def write(self, data: bytes) -> None:
        super().write(b"" if self.request.command == "HEAD" else data)


TOO_LARGE = "A form or a file can have up to {} MB. Nothing was saved. Go back and shorten it."


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """The error response to a request that never reaches the application."""

    def execute(self) -> None:
        error = self.request.error
        most = self.channel.server.limits.body_bytes // MEGABYTE
        said = TOO_LARGE.format(most) if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else error.body
        words = f"{error.reason}. {said}".encode()
        self.status, self.content_length = f"{error.code} {error.reason}", len(words)
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.write(words)


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """One connection. It is overdue when its client has used up the time limit."""

    parser_class, task_class, error_task_class = Request, Task, Refusal

    def __init__(self, server: "Server", *arguments: Any, **named: Any) -> None:
        super().__init__(server, *arguments, **named)
        self.waiting_since = time.monotonic()
        self.unread_since: float | None = None

    def service(self) -> None:
        with self.server.sockets.carrying_out(self):
            super().service()

    def received(self, data: bytes) -> bool:
        self.server.received_bytes += len(data)
        return bool(super().received(data))

    @property
    def busy(self) -> bool:
        """Whether a request is being processed, or its response is being sent."""
        return bool(self.requests or self.total_outbufs_len)

    def overdue(self, now: float, limits: Limits) -> bool:
        """Whether the client has used up its time. A request in the application has no deadline here."""
        self.unread_since = (self.unread_since or now) if self.total_outbufs_len else None
        if self.unread_since:
            return now - self.unread_since > limits.answer_seconds
        if self.requests:
            return False
        if self.request is None:
            return now - self.waiting_since > limits.idle_seconds
        if self.request.headers_finished:
            return bool(now - self.request.began > limits.body_seconds)
        # A request may start repeatedly with blank lines: its time counts from the first.
        waited = now - self.waiting_since > limits.idle_seconds + limits.header_seconds
        return waited or bool(now - self.request.began > limits.header_seconds)

    def held(self) -> int:
        """The number of bytes of bodies that this connection holds."""
        if not self.requests and self.request is None:
            return 0
        with self.requests_lock:
            return sum(request.held for request in [*self.requests, self.request] if request)


def call_with_room(function: Callable[..., object], *arguments: object) -> object:
    """Call a function below a frame of half a megabyte.

    Python maps memory for frames in pieces of 16 kB, and unmaps one as soon as the last call in it returns, which may
    be hundreds of times in a page. A piece is made for its first frame; what is left of it serves the calls below.
    """
    return function(*arguments)


call_with_room.__code__ = call_with_room.__code__.replace(co_stacksize=66_000)  # of 8 bytes, in a piece of a megabyte


class Threads(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress ships no types
    """Starts a thread when there is work and none is idle, because each thread keeps a database connection."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.queue = RequestQueue()
        self.most = most
        self.queue_logger = logging.getLogger(f"{__name__}.queue")
        self.queue_logger.setLevel(logging.ERROR)  # waitress would warn whenever a thread is being started

    def add_task(self, task: Channel) -> None:
        with self.lock:
            free = len(self.threads) - self.stop_count - self.active_count
            short = len(self.queue) >= free and len(self.threads) < self.most
        if short:
            self.set_thread_count(len(self.threads) + 1)
        super().add_task(task)

    def handler_thread(self, thread_no: int) -> None:
        call_with_room(super().handler_thread, thread_no)


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress ships no types
    """Serves an application on a listening socket until asked to stop."""

    channel_class = Channel

    def __init__(self, application: Callable[..., Any], listener: socket.socket, limits: Limits) -> None:
        self.limits = limits
        self.ends: float | None = None
        self.waits_for_clients = False
        self.received_bytes = 0
        self.sockets = OpenSockets()
        super().__init__(
            application,
            self.sockets,
            _sock=listener,
            dispatcher=Threads(limits.threads),
            adj=_adjustments(limits),
            bind_socket=False,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        )
        self.sockets.watched.append(self)  # stops accepting when asked by a signal

    def serve(self, sign: Callable[[], object] = lambda: None) -> None:
        """Serve until stopped, then until all responses are sent or time is up; `sign` shows that the loop runs."""
        swept = 0.0
        while not self.ends or (time.monotonic() < self.ends and self._busy()):
            self.sockets.wait(SWEEP_SECONDS)
            now = time.monotonic()
            if now - swept > SWEEP_SECONDS or self.received_bytes > self.limits.held_bytes / 4:
                swept, self.received_bytes = now, 0
                self._sweep(now)
                sign()

    def stop(self) -> None:
        """Stop accepting clients and let `serve` return. A signal handler may call it."""
        self.accepting = False
        self.ends = time.monotonic() + self.limits.stop_seconds
        self.pull_trigger()

    def retire(self) -> None:
        """The same, but first answer what still comes on open connections, while another server accepts new ones."""
        self.waits_for_clients = True
        self.stop()
        self.ends = time.monotonic() + self.limits.idle_seconds + self.limits.stop_seconds

    def handle_accept(self) -> None:
        """Accept clients; if there are too many, close those that have kept us waiting longest."""
        for _ in range(AT_ONCE):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                break
        surplus = len(self.active_channels) - self.limits.connections
        if surplus > 0:
            waiting = [channel for channel in self._channels() if not channel.busy]
            for channel in sorted(waiting, key=lambda channel: channel.waiting_since)[:surplus]:
                channel.handle_close()

    def maintenance(self, now: float) -> None:
        """Nothing: waitress would check each connection while the loop iterates over them."""

    def _channels(self) -> list[Channel]:
        return list(self.active_channels.values())

    def _busy(self) -> bool:
        return any(channel.busy or self.waits_for_clients for channel in self._channels())

    def _sweep(self, now: float) -> None:
        """Close overdue connections, then the largest incomplete bodies while all bodies together are too large."""
        for channel in self._channels():
            if channel.overdue(now, self.limits):
                channel.handle_close()
        held = {channel: size for channel in self._channels() if (size := channel.held())}
        half_sent = sorted((channel for channel in held if not channel.busy), key=lambda channel: held[channel])
        while half_sent and sum(held.values()) > self.limits.held_bytes:
            log.warning("All bodies together are too large: the largest incomplete one is dropped")
            largest = half_sent.pop()
            held.pop(largest)
            largest.handle_close()


def _adjustments(limits: Limits) -> Adjustments:
    """Return waitress's own settings; those that our limits replace are set so that they never apply."""
    return Adjustments(
        ident=None,
        max_request_header_size=limits.header_bytes,
        max_request_body_size=limits.body_bytes + 1,
        inbuf_overflow=2 * limits.body_bytes,  # no body is written to disk
        backlog=2048,
        connection_limit=2**31,
        # Django reads them if a proxy is configured.
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
    )
