"""The server: threads, keep-alive connections, and connections that can be cut. Dispatches requests by path."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from .bigcapital.organizations import opened_by
from .bigcapital.routes import PREFIX as BIGCAPITAL
from .bigcapital.routes import Bigcapital
from .conductor.auth_sessions import CONNECT
from .conductor.http.routes import PREFIX as CONDUCTOR
from .conductor.http.routes import Conductor
from .control import CONTROL, Control
from .messages import Answer, Journal, Request, json_answer
from .peers import find_command

_HOST = "127.0.0.1"


class SandboxServer(ThreadingHTTPServer):
    """Listens on loopback only."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(
        self,
        port: int,
        conductor: Conductor,
        bigcapital: Bigcapital,
        control: Control,
        journal: Journal,
        *,
        names_peers: bool = False,
    ) -> None:
        self.names_peers = names_peers
        self.conductor, self.bigcapital, self.control, self.journal = conductor, bigcapital, control, journal
        super().__init__((_HOST, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is not an error."""

    def answer(self, request: Request) -> Answer:
        """The response of the API that the path belongs to."""
        if _is_under(CONTROL, request):
            return self.control.answer(request)
        if _is_under(CONNECT, request):
            return self.conductor.auth_sessions.answer(request)
        if _is_under(CONDUCTOR, request):
            entry, room = self.journal.note(request), self.conductor.answer
        elif _is_under(BIGCAPITAL, request):
            organization = opened_by(request.headers.get("authorization"))
            entry = self.journal.note(request, organization.id if organization else None)
            room = self.bigcapital.answer
        else:
            return json_answer(404, {"error": f"Nothing is served at {request.path}."})
        answer = room(request)
        entry["until"] = datetime.now(UTC).isoformat()
        entry["status"] = answer.status or None
        return answer


def _is_under(prefix: str, request: Request) -> bool:
    return request.path == prefix or request.path.startswith(f"{prefix}/")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Responses are sent in one piece; waiting to fill a packet would cost each one 40 ms.
    disable_nagle_algorithm = True
    server: SandboxServer
    peer = ""

    def setup(self) -> None:
        """Looks up the caller's process once for each connection, if asked to: they are kept alive."""
        super().setup()
        if self.server.names_peers:
            self.peer = find_command(self.client_address[:2], self.connection.getsockname()[:2])

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if "transfer-encoding" in headers or not headers.get("content-length", "0").isdecimal():
            self.close_connection = True
            self._send(json_answer(411, {"error": "A body needs its Content-Length."}))
            return
        body = self.rfile.read(int(headers.get("content-length", "0")))
        request = Request(
            self.command, unquote(split.path), split.query, headers, body, self.client_address[0], self.peer
        )
        self._send(self.server.answer(request))

    do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = do_GET

    def _send(self, answer: Answer) -> None:
        if answer.cut == "before":
            self._cut()
            return
        head = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        if "Date" not in answer.headers:  # a fault may name another one
            head.append(f"Date: {self.date_time_string()}")
        if answer.content_type:
            head.append(f"Content-Type: {answer.content_type}")
        head.append(f"Content-Length: {len(answer.body)}")
        if self.close_connection:
            head.append("Connection: close")
        start = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
        if answer.cut == "half":
            self.wfile.write(start + answer.body[: len(answer.body) // 2])
            self._cut()
            return
        if answer.drip == "no":
            self.wfile.write(start if self.command == "HEAD" else start + answer.body)
            return
        self.close_connection = True
        for piece in _dripping(answer, start):
            self.wfile.write(piece)
            time.sleep(answer.seconds)  # the delay of a drip; each caller has its own thread, which ends with it

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the journal keeps the requests."""


def _dripping(answer: Answer, start: bytes) -> Iterator[bytes]:
    """The response in the pieces in which it drips. A chunk's size and the interim responses never end."""
    if answer.drip == "interim":
        while True:
            yield b"HTTP/1.1 100 Continue\r\n\r\n"
    if answer.drip == "chunk":
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        while True:
            yield b"0"
    if answer.drip == "body":
        yield start
    rest = answer.body if answer.drip == "body" else start + answer.body
    yield from (rest[at : at + 1] for at in range(len(rest)))
