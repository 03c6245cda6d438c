"""A server on a bare socket that handles each connection as a test says: for faults that no HTTP server has."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Listener:
    """A single-threaded server that handles each connection as configured, and keeps what it received.

    It reads a complete request before it answers, or nothing of it if it is `deaf`.
    """

    def __init__(self, answer: Callable[[socket.socket], None], deaf: bool = False) -> None:
        self.answer, self.deaf, self.heard = answer, deaf, list[bytes]()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/v1/x"
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            try:
                taken, _ = self.socket.accept()
            except OSError:
                return
            with taken, suppress(OSError):  # a client may close the connection early
                self.heard.append(b"" if self.deaf else _request(taken))
                self.answer(taken)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)


def _request(taken: socket.socket) -> bytes:
    heard = taken.recv(65536)
    length = re.search(rb"content-length: (\d+)", heard, re.IGNORECASE)
    end = heard.find(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while len(heard) < end and (more := taken.recv(65536)):
        heard += more
    return heard


@contextmanager
def listening(answer: Callable[[socket.socket], None], deaf: bool = False) -> Iterator[Listener]:
    listener = Listener(answer, deaf)
    try:
        yield listener
    finally:
        listener.close()
