"""One deadline per request, whatever drips, and one size limit for its answer, before and after decompression."""

import gzip
import itertools
import socket
import time
import zlib
from functools import cache

import pytest

from books.providers import errors, http
from tests.support.listening import listening

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
SECONDS, EVERY = 0.2, 0.02  # a byte arrives well within any time limit of a single step
PATIENT = 5.0  # tolerance for a slow test machine


def dripping(start, endless):
    """Send `start`, then one of `endless` every few hundredths of a second, for many times a request's time limit."""

    def answer(taken: socket.socket) -> None:
        taken.sendall(start)
        for piece in itertools.islice(itertools.cycle(endless), 20 * round(SECONDS / EVERY)):
            taken.sendall(piece)
            time.sleep(EVERY)  # the fault under test: a server that sends a byte at a time

    return answer


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DRIPS = {
    "status line": dripping(b"HTTP/1.1 200 ", [b"O"]),
    "header line": dripping(b"HTTP/1.1 200 OK\r\nX-Pad: ", [b"a"]),
    "headers": dripping(b"HTTP/1.1 200 OK\r\n", [b"X: 1\r\n"]),
    "interim answers": dripping(b"", [b"HTTP/1.1 100 Continue\r\n\r\n"]),
    "body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", [b" "]),
    "body to the end of the line": dripping(b"HTTP/1.0 200 OK\r\n\r\n{", [b" "]),
    "size of a chunk": dripping(CHUNKED, [b"0"]),
    "chunks": dripping(CHUNKED, [b"1\r\n \r\n"]),
    "trailers": dripping(CHUNKED + b"2\r\n{}\r\n0\r\n", [b"X: 1\r\n"]),
}


def write(url, body=None, seconds=SECONDS):
    return http.send_write(url, headers={}, body=body or {}, seconds=seconds)


def read(url, seconds=SECONDS, **more):
    return http.send_read(url, headers={}, query={}, seconds=seconds, **more)


@pytest.mark.parametrize("send", [write, read])
@pytest.mark.parametrize("drip", DRIPS)
def test_whatever_drips_the_request_ends_at_its_deadline_with_an_unknown_outcome(send, drip):
    started = time.monotonic()
    with listening(DRIPS[drip]) as server, pytest.raises(errors.NoAnswer) as caught:
        send(server.url)
    assert (type(caught.value), caught.value.code, len(server.heard)) == (errors.NoAnswer, "timeout", 1)
    assert time.monotonic() - started < SECONDS + PATIENT


def sip(taken: socket.socket) -> None:
    """Receive the request in parts, for longer than its time limit: each part is sent well within the limit."""
    for _ in range(40 * round(SECONDS / EVERY)):
        if not taken.recv(2**19):
            return
        time.sleep(EVERY)  # the fault under test: a server that reads slowly


def test_a_body_received_slowly_ends_at_the_deadline_with_an_unknown_outcome():
    with listening(sip, deaf=True) as server:
        started = time.monotonic()
        with pytest.raises(errors.NoAnswer) as caught:
            write(server.url, body={"memo": "x" * 40_000_000})
        took = time.monotonic() - started
    assert (caught.value.code, took < SECONDS + PATIENT) == ("timeout", True)


def test_a_handshake_that_drips_ends_at_the_deadline_with_nothing_sent():
    started = time.monotonic()
    with listening(dripping(b"\x16\x03\x03\x40\x00", [b"\x02"]), deaf=True) as server:
        with pytest.raises(errors.NotReached):
            write(server.url.replace("http:", "https:"))
        assert time.monotonic() - started < SECONDS + PATIENT


def look_up_late(*asked, **more):
    time.sleep(3)  # the fault under test: a name lookup that outlasts the deadline
    return []


def test_a_hanging_name_lookup_ends_as_not_reached_in_time(monkeypatch):
    # The system's resolver is the only part here that a test cannot delay over a socket of its own.
    monkeypatch.setattr(socket, "getaddrinfo", look_up_late)
    started = time.monotonic()
    with pytest.raises(errors.NotReached):
        write("http://books.example/", seconds=0.2)
    assert time.monotonic() - started < 2


@pytest.fixture
def fresh_pool():
    """Create new connection pools in the test, as they read the environment, and none of it afterwards."""

    def drop():
        for number in range(http.POOLS):
            http._make_pool(number).close()
        http._make_pool.cache_clear()

    drop()
    yield
    drop()


@pytest.mark.usefixtures("fresh_pool")
def test_a_proxy_has_the_same_deadline(monkeypatch):
    with listening(DRIPS["header line"]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1/x"))
        with pytest.raises(errors.NoAnswer) as caught:
            write("http://books.example/v1/x", seconds=1)  # a new pool takes a while
    assert (caught.value.code, proxy.heard[0].startswith(b"POST http://books.example/v1/x ")) == ("timeout", True)


@pytest.mark.usefixtures("fresh_pool")
def test_a_proxy_that_opens_no_tunnel_leaves_nothing_sent(monkeypatch):
    refused = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with listening(lambda taken: taken.sendall(refused)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.removesuffix("/v1/x"))
        with pytest.raises(errors.NotReached):
            write("https://books.example/v1/x", seconds=5)


def test_a_kept_connection_has_a_deadline_for_each_request():
    """The second request on a connection has its own budget, not the rest of the first one's."""
    kept = FINE.replace(b"Connection: close\r\n", b"")

    def answer(taken: socket.socket) -> None:
        taken.sendall(kept)
        taken.recv(65536)
        DRIPS["headers"](taken)

    with listening(answer) as server:
        assert read(server.url, seconds=30).status == 200
        with pytest.raises(errors.NoAnswer) as caught:
            read(server.url)
    assert (caught.value.code, len(server.heard)) == ("timeout", 1)


def test_both_attempts_of_a_read_share_its_deadline(monkeypatch):
    monkeypatch.setattr(http, "RETRY_AFTER_SECONDS", 0.1)
    answers = iter([lambda taken: time.sleep(0.3), DRIPS["body"]])  # the first connection breaks late
    started = time.monotonic()
    with listening(lambda taken: next(answers)(taken)) as server, pytest.raises(errors.NoAnswer):
        read(server.url, seconds=0.6)
    assert (len(server.heard), time.monotonic() - started < 0.6 + PATIENT) == (2, True)


def dawdle(taken: socket.socket) -> None:
    time.sleep(0.2)  # the fault under test: a server that uses up the time in which a retry would be allowed


def test_a_read_that_broke_near_its_deadline_is_not_retried():
    with listening(dawdle) as server, pytest.raises(errors.NoAnswer) as caught:
        read(server.url, seconds=0.9)
    assert (caught.value.code, len(server.heard)) == ("dropped", 1)


def packed(body: bytes, encoding: str = "gzip", status: bytes = b"200 OK"):
    head = b"HTTP/1.1 %s\r\nContent-Encoding: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return lambda taken: taken.sendall(head % (status, encoding.encode(), len(body)) + body)


def test_gzip_is_unpacked():
    with listening(packed(gzip.compress(b'{"id": "1"}'))) as server:
        assert read(server.url, seconds=5).json() == {"id": "1"}


@cache
def bomb(megabytes: int) -> bytes:
    packing = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return b"".join(packing.compress(b" " * 2**20) for _ in range(megabytes)) + packing.flush()


# Made when they are asked for: every process that collects the tests would wait for the large ones.
BOMBS = {
    "gzip": (lambda: bomb(100), "gzip", "too_long"),
    "twice gzip": (lambda: gzip.compress(bomb(100)), "gzip, gzip", "badly_packed"),
    "deflate": (lambda: zlib.compress(b" " * 1000), "deflate", "badly_packed"),
    "brotli": (lambda: b"\x0b\x02\x80{}\x03", "br", "badly_packed"),
    "zstandard": (lambda: b"\x28\xb5\x2f\xfd\x20\x02\x11\x00\x00{}", "zstd", "badly_packed"),
    "no gzip": (lambda: b"{}", "gzip", "badly_packed"),
    "half of gzip": (lambda: gzip.compress(b"{}")[:-5], "gzip", "badly_packed"),
    "more than gzip": (lambda: gzip.compress(b"{}") * 2, "gzip", "badly_packed"),
}


@pytest.mark.parametrize("send", [write, read])
@pytest.mark.parametrize("name", BOMBS)
def test_oversized_or_broken_gzip_cannot_be_read_and_is_requested_once(send, name):
    make, encoding, code = BOMBS[name]
    with listening(packed(make(), encoding)) as server, pytest.raises(errors.BadAnswer) as caught:
        send(server.url, seconds=30)
    assert (caught.value.code, len(server.heard)) == (code, 1)


def flood(start: bytes):
    def answer(taken: socket.socket) -> None:
        taken.sendall(start)
        while True:
            taken.sendall(b" " * 2**20)

    return answer


@pytest.mark.parametrize(
    "start", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"]
)
def test_an_endless_answer_is_abandoned_at_the_size_limit(start, monkeypatch):
    monkeypatch.setattr(http, "ANSWER_BYTES", 2**22)
    with listening(flood(start)) as server, pytest.raises(errors.BadAnswer) as caught:
        write(server.url, seconds=30)
    assert caught.value.code == "too_long"


def test_a_page_of_150_bills_of_200_lines_fits(monkeypatch):
    line = ",".join(f'"member{n}":{{"id":"80000001-1234567890","fullName":"Cost of goods"}}' for n in range(12))
    bill = f'{{"id":"1","expenseLines":[{",".join(["{" + line + "}"] * 200)}]}}'
    body = f'{{"data":[{",".join([bill] * 150)}]}}'.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
    with listening(lambda taken: taken.sendall(head + body)) as server:
        answer = read(server.url, seconds=30)
    assert (len(answer.body) > 20 * 2**20, len(answer.page()["data"])) == (True, 150)
