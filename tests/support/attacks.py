"""Hostile clients over real sockets: hundreds of incomplete requests, drips, and clients that never read."""

import resource
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

Connect = Callable[[], socket.socket]
PATH = "/accounts/login/"
HOST = "Host: 127.0.0.1\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
HALF_HEADERS = f"GET {PATH} HTTP/1.1\r\n{HOST}X-Never-Ends: ".encode()
HALF_BODY = f"POST {PATH} HTTP/1.1\r\n{HOST}{FORM}Content-Length: 1000\r\n\r\nlogin=".encode()
HUGE = 600_000_000
HUGE_BODY = f"POST {PATH} HTTP/1.1\r\n{HOST}{FORM}Content-Length: {HUGE}\r\n\r\n".encode()
ENDLESS_BODY = f"POST {PATH} HTTP/1.1\r\n{HOST}{FORM}Transfer-Encoding: chunked\r\n\r\n".encode()
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


def at(port: int) -> Connect:
    """Return how to connect to a server on this machine."""
    return lambda: socket.create_connection(("127.0.0.1", port), timeout=10)


@contextmanager
def half_sent(connect: Connect, count: int, begun: bytes) -> Iterator[list[socket.socket]]:
    """Open this many connections, each with the beginning of a request; closed at the end."""
    allow_files(count + 200)
    with ExitStack() as stack:
        lines = [stack.enter_context(connect()) for _ in range(count)]
        for line in lines:
            line.sendall(begun)
        yield lines


def allow_files(count: int) -> None:
    """Let this process open this many files, if the machine allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count)), hard))


def ended(lines: Sequence[socket.socket], *, within: float, drip: bytes = b"") -> int:
    """Return how many of these the server has closed within a time; each sends `drip` every tenth of a second."""
    left, deadline = list(lines), time.monotonic() + within
    while left and time.monotonic() < deadline:
        left = [line for line in left if not _over(line, drip)]
        time.sleep(0.1)  # the attack is a slow drip
    return len(lines) - len(left)


def _over(line: socket.socket, drip: bytes) -> bool:
    try:
        if drip:
            line.sendall(drip)
        poll = select.poll()  # select.select cannot handle file descriptors from 1,024
        poll.register(line, select.POLLIN)
        return bool(poll.poll(0)) and line.recv(65536) == b""
    except OSError:
        return True


def flooded(connect: Connect, begun: bytes, piece: bytes, *, most: int = HUGE) -> tuple[int, bytes]:
    """Send a body piece by piece until the server answers or closes; return the bytes sent and the status line."""
    with connect() as line:
        line.sendall(begun)
        sent, came = 0, b""
        try:
            while sent < most and not came:
                line.sendall(piece)
                sent += len(piece)
                came = _heard(line)
        except OSError:
            pass  # the server closed; its response may have come before
        return sent, (came + answer(line)).split(b"\r\n")[0]


def _heard(line: socket.socket) -> bytes:
    """Return what the server has sent by now; with TLS some bytes are not for the application."""
    if select.select([line], [], [], 0.002)[0]:
        line.settimeout(0.01)
        try:
            return line.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            return b""
        finally:
            line.settimeout(10)
    return b""


def answer(line: socket.socket) -> bytes:
    """Return everything that the server sends until it closes or the connection's timeout passes."""
    came = b""
    try:
        while piece := line.recv(65536):
            came += piece
    except OSError:
        pass
    return came


def said(connect: Connect, request: bytes) -> bytes:
    """Return the server's response to these bytes, until it closes."""
    with connect() as line:
        line.sendall(request)
        return answer(line)
