"""Only sockets that can have changed are looked at; what a thread has changed is noticed."""

import socket
import threading
from collections.abc import Iterator

import pytest
from waitress import wasyncore

from config.processes.open_sockets import OpenSockets


class Counted(wasyncore.dispatcher):  # type: ignore[misc]  # waitress ships no types
    """One end of a connection, which counts how often it is asked what it awaits."""

    def __init__(self, sockets: OpenSockets) -> None:
        own, self.other = socket.socketpair()
        self.looks, self.received, self.has_answer = 0, b"", False
        own.setblocking(False)
        self.other.settimeout(2)
        super().__init__(own, map=sockets)

    def end(self) -> None:
        self.close()
        self.other.close()

    def readable(self) -> bool:
        self.looks += 1
        return True

    def writable(self) -> bool:
        return self.has_answer

    def handle_read(self) -> None:
        self.received += self.recv(100)

    def handle_write(self) -> None:
        self.send(b"answer")
        self.has_answer = False


@pytest.fixture
def sockets() -> Iterator[OpenSockets]:
    opened = OpenSockets()
    yield opened
    for one in list(opened.values()):
        one.end()


@pytest.fixture
def many(sockets: OpenSockets) -> list[Counted]:
    found = [Counted(sockets) for _ in range(50)]
    sockets.wait(0)
    return found


def test_idle_sockets_are_not_looked_at_again(sockets: OpenSockets, many: list[Counted]) -> None:
    looked = [one.looks for one in many]
    many[7].other.send(b"request")
    sockets.wait(1)
    assert [one.looks - before for one, before in zip(many, looked, strict=True)] == [int(n == 7) for n in range(50)]
    assert many[7].received == b"request"


def test_an_answer_that_a_thread_has_written_is_sent(sockets: OpenSockets, many: list[Counted]) -> None:
    def carry_out() -> None:
        with sockets.carrying_out(many[3]):
            many[3].has_answer = True

    thread = threading.Thread(target=carry_out)
    thread.start()
    thread.join()
    sockets.wait(1)
    assert many[3].other.recv(100) == b"answer"


def test_an_answer_is_sent_while_its_thread_writes_more(sockets: OpenSockets, many: list[Counted]) -> None:
    with sockets.carrying_out(many[3]):
        sockets.wait(0)
        many[3].has_answer = True
        sockets.wait(1)
        assert many[3].other.recv(100) == b"answer"


def test_a_closed_socket_and_its_successor_of_the_same_number_are_told_apart(
    sockets: OpenSockets, many: list[Counted]
) -> None:
    number = many[0]._fileno
    many[0].end()
    later = Counted(sockets)
    assert later._fileno == number
    later.other.send(b"request")
    sockets.wait(1)
    assert (many[0].received, later.received) == (b"", b"request")
