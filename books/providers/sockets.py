"""Sockets with a budget per request: seconds until the request must end, and bytes of its answer.

httpx limits each step separately, so a server that sends a byte a second would never time out. Knows no HTTP.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any, cast

import httpcore

# Where clouds tell a machine its own keys. Base URLs are typed by people; any other address may be a server of theirs.
NEVER_ASKED = {
    ipaddress.ip_address(address)
    for address in ("169.254.169.254", "::ffff:169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200")
}


class TooLong(Exception):
    """The answer has more bytes than allowed."""


class Allowance(float):
    """The budget of one request. httpcore passes it, like any timeout, to each step of the request.

    `ends` is the deadline of the whole request on the monotonic clock. `connecting` limits connecting within that,
    `bytes` the whole answer. `sent` says whether anything has been sent.
    """

    ends: float
    connecting: float
    bytes: int
    sent: bool

    def __new__(cls, seconds: float, connecting: float, bytes: int) -> "Allowance":
        one = super().__new__(cls, seconds)
        one.ends, one.connecting, one.bytes, one.sent = time.monotonic() + seconds, connecting, bytes, False
        return one

    def left(self, late: type[Exception]) -> float:
        """Return the seconds left; raise `late` if there are none."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise late("The time for the request has run out.")
        return seconds


class Backend(httpcore.SyncBackend):
    """Connects within the budget, including the name lookup."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        allowance = cast(Allowance, timeout)
        ends = time.monotonic() + min(allowance.connecting, allowance.left(httpcore.ConnectTimeout))
        addresses = _resolve_addresses(host, port, ends)
        if any(ipaddress.ip_address(address) in NEVER_ASKED for address in addresses):
            raise httpcore.ConnectError(f"{host} has the address of a cloud's metadata.")
        for number, address in enumerate(addresses):
            # Each address gets a share: one that does not respond must not use up the time of the next.
            share = (ends - time.monotonic()) / (len(addresses) - number)
            try:
                stream = super().connect_tcp(address, port, max(share, 0.001), local_address, socket_options)
                return Stream(stream, allowance)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number + 1 == len(addresses):
                    raise
        raise httpcore.ConnectError(f"{host} has no address.")


class Stream(httpcore.NetworkStream):
    """A connection on which every step uses the budget of its request."""

    def __init__(self, stream: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._stream, self._allowance = stream, allowance
        self._socket: socket.socket = stream.get_extra_info("socket")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        allowance = self._now(timeout)
        got = self._stream.read(max_bytes, allowance.left(httpcore.ReadTimeout))
        allowance.bytes -= len(got)
        if allowance.bytes < 0:
            raise TooLong
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        allowance = self._now(timeout)
        rest = memoryview(buffer)
        while rest:
            self._socket.settimeout(allowance.left(httpcore.WriteTimeout))
            try:
                rest = rest[self._socket.send(rest) :]
                allowance.sent = True
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowance = self._now(timeout)
        if isinstance(self._socket, ssl.SSLSocket):
            # In a tunnel through a TLS proxy, no single step has a reliable end.
            raise httpcore.UnsupportedProtocol("A proxy has to be named by an http:// address.")
        seconds = min(allowance.connecting, allowance.left(httpcore.ConnectTimeout))
        return Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _now(self, timeout: float | None) -> Allowance:
        if isinstance(timeout, Allowance):
            self._allowance = timeout
        return self._allowance


def _resolve_addresses(host: str, port: int, ends: float) -> list[str]:
    """Return the addresses of a name. The system's lookup has no timeout, so a thread does it."""
    if _is_address(host):
        return [host]
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            found.extend(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(0.0, ends - time.monotonic()))
    if failed:
        raise httpcore.ConnectError(str(failed[0]))
    if thread.is_alive():
        raise httpcore.ConnectTimeout(f"The address of {host} was not found in time.")
    return found


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False
