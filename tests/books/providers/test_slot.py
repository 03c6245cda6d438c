"""What the engine hears of a request: when others may go first, when the thread waits, and whether an answer came."""

from contextlib import contextmanager

import pytest

from books.providers import errors, http, slot
from books.providers.lock import RequestPriority, hold_line
from tests.support.database import list_held_lines
from tests.support.listening import listening


class NotedSlot:
    """A slot that notes what it is asked for."""

    def __init__(self):
        self.said: list[object] = []

    def give_way(self):
        self.said.append(("way", list_held_lines()))

    @contextmanager
    def lend_out(self):
        self.said.append("lent")
        yield
        self.said.append("back")

    def note_answer(self, came):
        self.said.append(("answer", came))


@pytest.mark.parametrize(
    ("priority", "gives"), [(RequestPriority.SAVE, 0), (RequestPriority.PERSON, 0), (RequestPriority.SYNC, 1)]
)
def test_only_a_background_read_gives_way_and_before_it_holds_the_line(larch, priority, gives):
    own = NotedSlot()
    with slot.use_slot(own), hold_line(larch, priority):
        pass
    assert own.said == [("way", [])] * gives


def ask(answer: bytes) -> list[object]:
    """Ask a server that answers so; return what the engine hears."""
    own = NotedSlot()
    with listening(lambda taken: taken.sendall(answer)) as server, slot.use_slot(own):
        try:
            http.send_read(server.url, headers={}, query={}, seconds=5, once=True)
        except errors.NoAnswer:
            own.said.append("no answer")
    return own.said


def test_a_thread_lends_out_what_it_holds_while_it_waits_for_an_answer():
    said = ask(b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
    assert said == ["lent", "back", ("answer", True)], "a refusal is an answer, too"


def test_a_connection_that_breaks_is_noted_as_no_answer():
    assert ask(b"HTTP/1.1 200 OK\r\n")[-2:] == [("answer", False), "no answer"]
