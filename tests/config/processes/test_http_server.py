"""The server's deadlines and limits, over real sockets: a small application, limits of a third of a second."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from waitress import wasyncore

from config.processes.http_server import MEGABYTE, Limits, Server
from tests.support.attacks import (
    CHUNK,
    ENDLESS_BODY,
    HALF_BODY,
    HALF_HEADERS,
    HUGE_BODY,
    Connect,
    at,
    ended,
    flooded,
    half_sent,
    said,
)
from tests.support.running import wait_until

LIMITS = Limits(
    body_bytes=MEGABYTE,
    header_seconds=0.3,
    body_seconds=0.3,
    answer_seconds=0.3,
    idle_seconds=0.3,
    held_bytes=4 * MEGABYTE,
    connections=300,
    threads=4,
    stop_seconds=1,
)
LARGE = 64 * MEGABYTE
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


class Application:
    """Answers with the length of the body it got; a large response; one that waits until the test releases it."""

    def __init__(self) -> None:
        self.go, self.at_work = threading.Event(), threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        text = [f"{len(body)} bytes".encode()]
        if environ["PATH_INFO"] == "/slow":
            self.at_work.release()
            self.go.wait(10)
        if environ["PATH_INFO"] == "/large":
            text = [b"x" * MEGABYTE] * (LARGE // MEGABYTE)
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(sum(map(len, text))))])
        return text


class Running:
    """A server in a thread, and how to connect to it."""

    def __init__(self, limits: Limits) -> None:
        self.application = Application()
        listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.connect: Connect = at(listener.getsockname()[1])
        self.server = Server(self.application, listener, limits)
        self.thread = threading.Thread(target=self.server.serve)
        self.thread.start()

    def threads(self) -> int:
        """Return how many threads are working on requests."""
        return int(self.server.task_dispatcher.active_count)


@contextmanager
def serving(limits: Limits) -> Iterator[Running]:
    running = Running(limits)
    try:
        yield running
    finally:
        running.application.go.set()
        running.server.stop()
        running.thread.join()
        running.server.task_dispatcher.shutdown()
        wasyncore.close_all(running.server._map)


@pytest.fixture
def running() -> Iterator[Running]:
    with serving(LIMITS) as running:
        yield running


def statuses(came: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d+)", came)]


def first(line: socket.socket) -> bytes:
    """Return the first small response on a connection that stays open."""
    came = b""
    while not came.endswith(b" bytes") and (piece := line.recv(4096)):
        came += piece
    return came


@pytest.mark.parametrize("begun", [b"", HALF_HEADERS, HALF_BODY], ids=["idle", "headers", "body"])
def test_a_silent_client_is_disconnected(running, begun):
    with half_sent(running.connect, 20, begun) as lines:
        assert ended(lines, within=5) == 20


@pytest.mark.parametrize("begun", [HALF_HEADERS, HALF_BODY], ids=["headers", "body"])
def test_a_dripping_client_is_disconnected_at_the_deadline(running, begun):
    with half_sent(running.connect, 5, begun) as lines:
        assert ended(lines, within=5, drip=b"x") == 5


def test_headers_have_a_deadline_of_their_own():
    with serving(replace(LIMITS, idle_seconds=30)) as patient, half_sent(patient.connect, 5, HALF_HEADERS) as lines:
        assert ended(lines, within=5, drip=b"x") == 5


def test_blank_lines_before_a_request_do_not_extend_its_deadline(running):
    # Each piece ends an invalid request and begins another one.
    with half_sent(running.connect, 5, b"") as lines:
        assert ended(lines, within=5, drip=b"\r\n\r\n\r") == 5


def test_a_connection_in_use_stays_open():
    with serving(replace(LIMITS, idle_seconds=1)) as patient, patient.connect() as line:
        for _ in range(2):
            line.sendall(GET)
            assert statuses(first(line)) == [200]
            assert ended([line], within=0.7) == 0


def test_a_connection_is_not_idle_at_the_moment_when_a_long_request_ends(running):
    server, wakes = running.server, running.server.pull_trigger

    def look_for_idle_ones_now() -> None:
        server._sweep(time.monotonic())
        wakes()

    with running.connect() as line:
        line.sendall(GET.replace(b"/ ", b"/slow ", 1))
        running.application.at_work.acquire()
        wait_until(lambda: time.monotonic() - server._channels()[0].waiting_since > LIMITS.idle_seconds)
        server.pull_trigger = look_for_idle_ones_now  # what a thread calls when its request is done
        running.application.go.set()
        assert statuses(first(line)) == [200]
        line.sendall(GET)
        assert statuses(first(line)) == [200]


def test_incomplete_requests_take_no_thread(running):
    with half_sent(running.connect, 200, HALF_BODY):
        assert statuses(said(running.connect, LAST)) == [200]
        wait_until(lambda: running.threads() == 0)


def test_a_client_that_reads_nothing_keeps_its_thread_until_the_deadline(running):
    with half_sent(running.connect, 4, GET.replace(b"/", b"/large", 1)):
        wait_until(lambda: running.threads() == 4)
        wait_until(lambda: running.threads() == 0)
        assert statuses(said(running.connect, LAST)) == [200]


def test_a_request_being_processed_has_no_deadline(running):
    with half_sent(running.connect, 1, LAST.replace(b"/", b"/slow", 1)) as (line,):
        assert ended([line], within=1.5) == 0
        running.application.go.set()
        assert statuses(first(line)) == [200]


def test_a_body_declared_as_too_large_is_refused_before_it_arrives(running):
    sent, first = flooded(running.connect, HUGE_BODY, b"x" * 65536)
    assert (first, sent < MEGABYTE) == (b"HTTP/1.1 413 Request Entity Too Large", True)


def test_a_body_without_end_is_refused_at_the_limit(running):
    sent, first = flooded(running.connect, ENDLESS_BODY, CHUNK)
    assert (first, sent < 8 * MEGABYTE) == (b"HTTP/1.1 413 Request Entity Too Large", True)


def test_a_too_large_body_gets_no_100_continue(running):
    came = said(running.connect, HUGE_BODY.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
    assert statuses(came) == [413]
    assert came.endswith(b"A form or a file can have up to 1 MB. Nothing was saved. Go back and shorten it.")


def test_headers_without_end_are_refused(running):
    assert statuses(said(running.connect, HALF_HEADERS + b"x" * LIMITS.header_bytes)) == [431]


def test_incomplete_bodies_are_dropped_while_all_together_are_too_large(running):
    begun = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 900_000
    with serving(replace(LIMITS, body_seconds=30)) as roomy, half_sent(roomy.connect, 12, begun) as lines:
        wait_until(lambda: ended(lines, within=0.1) >= 8)
        assert statuses(said(roomy.connect, LAST)) == [200]


def test_the_longest_waiting_client_is_closed_when_there_are_too_many(running):
    limits = replace(LIMITS, idle_seconds=30, header_seconds=30)
    with serving(limits) as roomy, half_sent(roomy.connect, limits.connections + 20, HALF_HEADERS) as lines:
        assert statuses(said(roomy.connect, LAST)) == [200]
        assert ended(lines[:21], within=5) == 21
        assert ended(lines[21:], within=0.1) == 0


DOUBTFUL = {
    "both": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "old": b"POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n",
    "odd": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, odd\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("begun", DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_request_with_an_ambiguous_end_is_refused_with_what_follows_it(running, begun):
    ((status,), follows) = statuses(said(running.connect, begun + GET)), 1
    assert (status in (400, 501), follows) == (True, 1)


def test_pipelined_requests_are_answered_in_order(running):
    posts = [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (n, b"x" * n) for n in (1, 2, 3)]
    assert re.findall(rb"\d bytes", said(running.connect, b"".join(posts) + LAST)) == [
        b"1 bytes",
        b"2 bytes",
        b"3 bytes",
        b"0 bytes",
    ]


def test_head_is_answered_without_a_body_and_without_the_servers_name(running):
    head, body = said(running.connect, LAST.replace(b"GET", b"HEAD")).split(b"\r\n\r\n")
    assert (b"Content-Length: 7" in head, b"Server" in head, body) == (True, False, b"")


def test_requests_in_progress_are_answered_before_the_server_stops(running):
    with half_sent(running.connect, 1, LAST.replace(b"/", b"/slow", 1)) as (line,):
        assert running.application.at_work.acquire(timeout=5)
        running.server.stop()
        running.thread.join(0.2)
        assert running.thread.is_alive()
        running.application.go.set()
        assert statuses(first(line)) == [200]
        running.thread.join(5)
        assert not running.thread.is_alive()


def test_the_server_stops_in_time_although_a_response_does_not_end(running):
    with half_sent(running.connect, 1, LAST.replace(b"/", b"/slow", 1)):
        assert running.application.at_work.acquire(timeout=5)
        running.server.stop()
        running.thread.join(5)
        assert not running.thread.is_alive()
