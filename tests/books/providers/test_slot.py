"""What the engine hears of a request: when others may go first, when the thread waits, and whether an answer came."""

from contextlib import contextmanager

import pytest

from books.providers import departure, errors, http, slot
from books.providers.lock import RequestPriority, hold_line
from tests.support.database import list_held_lines
from tests.support.listening import listening


class NotedSlot:
    """A slot that notes what it is asked for."""

    def __init__(self, *claims: bool):
        self.said: list[object] = []
        self.claims = list(claims)

    def has_claim(self):
        return self.claims.pop(0) if self.claims else True

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


@pytest.mark.parametrize(("claims", "asked"), [((False,), 0), ((True, False), 1)], ids=["before", "meanwhile"])
def test_a_read_that_another_worker_has_taken_over_ends_before_its_request_or_before_its_answer_is_used(claims, asked):
    own = NotedSlot(*claims)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    with listening(lambda taken: taken.sendall(answer)) as server, slot.use_slot(own), pytest.raises(errors.Busy):
        http.send_read(server.url, headers={}, query={}, seconds=5, once=True)
    assert own.said.count(("answer", True)) == asked


@pytest.mark.parametrize("claims", [(False,), (True, False)], ids=["before it is noted", "while it is noted"])
def test_a_write_that_another_worker_has_taken_over_does_not_leave(claims):
    attempt = departure.Departure(lambda: None)
    own = NotedSlot(*claims)
    with slot.use_slot(own), departure.watch_departure(attempt), pytest.raises(errors.Withdrawn):
        http.send_write("http://127.0.0.1:9", headers={}, body={}, seconds=5)
    assert (own.said, attempt.may_have_left) == ([], False)
