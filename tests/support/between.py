"""A proxy between Ledgerdesk and the sandbox: forwards every request, and corrupts the chosen responses.

The vendor has then carried out the write, whatever Ledgerdesk receives.
"""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from .vendor import Sandbox

# Given the connection to Ledgerdesk and the vendor's response, it sends a response instead.
Spoil = Callable[[socket.socket, httpx.Response], None]
HEAD = "HTTP/1.1 {status} Whatever\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"


@dataclass
class Order:
    """Which responses to corrupt: `left` requests of one method whose path contains `path`; None for ever."""

    spoil: Spoil
    method: str
    path: str
    left: int | None


class Between:
    """`url` is the address that Ledgerdesk uses for the vendor; `spoil` corrupts coming responses."""

    def __init__(self, vendor: str) -> None:
        self.http = httpx.Client(base_url=vendor, timeout=30, trust_env=False, verify=False)  # no certificate to check
        self.orders: list[Order] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def spoil(self, how: Spoil, method: str = "POST", path: str = "", times: int | None = 1) -> None:
        self.orders.append(Order(how, method, path, times))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.http.close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in HOP_BY_HOP}
        body = handler.rfile.read(length)
        done = self.http.request(handler.command, handler.path, headers=headers, content=body)
        handler.close_connection = True
        with suppress(OSError):  # Ledgerdesk may have timed out by then
            (self._order(handler) or plain)(handler.connection, done)

    def _order(self, handler: BaseHTTPRequestHandler) -> Spoil | None:
        for order in self.orders:
            if order.method == handler.command and order.path in handler.path:
                if order.left is not None:
                    order.left -= 1
                    if not order.left:
                        self.orders.remove(order)
                return order.spoil
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        between = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Log nothing."""

            def handle_any(self) -> None:
                between.answer(self)

            do_GET = do_POST = do_PUT = handle_any

        return Handler


HOP_BY_HOP = ("host", "connection", "content-length", "accept-encoding")


def answered(body: bytes, status: int = 200, kind: str = "application/json", head: str = "") -> Spoil:
    """Respond with this body; `head` are further header lines."""

    def spoil(line: socket.socket, _: httpx.Response) -> None:
        first = HEAD.format(status=status, kind=kind, length=len(body))
        line.sendall(first.replace("\r\n\r\n", f"\r\n{head}\r\n").encode() + body)

    return spoil


def altered(change: Callable[[Any], Any]) -> Spoil:
    """Respond with the vendor's JSON after `change`."""

    def spoil(line: socket.socket, done: httpx.Response) -> None:
        answered(json.dumps(change(done.json())).encode(), done.status_code)(line, done)

    return spoil


def without(*names: str) -> Spoil:
    """Respond without these members."""
    return altered(lambda body: {name: value for name, value in body.items() if name not in names})


def having(**members: Any) -> Spoil:
    """Respond with other values of these members."""
    return altered(lambda body: {**body, **members})


def after(act: Callable[[], object]) -> Spoil:
    """Do something when the vendor has responded, then forward its response."""

    def spoil(line: socket.socket, done: httpx.Response) -> None:
        act()
        plain(line, done)

    return spoil


def plain(line: socket.socket, done: httpx.Response) -> None:
    """Forward the vendor's response unchanged."""
    names = ("conductor-request-id", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    head = "".join(f"{name}: {done.headers[name]}\r\n" for name in names if name in done.headers)
    kind = done.headers.get("content-type", "application/json")
    answered(done.content, done.status_code, kind, head)(line, done)


@pytest.fixture
def between(sandbox: Sandbox, settings: Settings) -> Iterator[Between]:
    """A proxy in front of the sandbox, which Ledgerdesk uses instead."""
    relay = Between(sandbox.url)
    settings.CONDUCTOR_BASE_URL = f"{relay.url}/v1"
    settings.BIGCAPITAL_BASE_URL = f"{relay.url}/api"
    yield relay
    relay.close()
