"""Requests to the vendors over real sockets: refusals, hangs, dropped connections, half responses, and cookies."""

import socket
import time

import pytest

from books.providers import errors, http
from tests.support.listening import listening

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: who=first; Path=/\r\nConnection: close\r\n\r\n"


def fine(taken: socket.socket) -> None:
    taken.sendall(HEAD + b"{}")


def half(taken: socket.socket) -> None:
    taken.sendall(HEAD + b"{")


def drop(taken: socket.socket) -> None:
    """Do nothing: the connection closes."""


def hang(taken: socket.socket) -> None:
    """Keep reading without a response until the other side closes."""
    while taken.recv(4096):
        continue


def write(url, headers=None, seconds=5.0):
    return http.send_write(url, headers=headers or {}, body={}, seconds=seconds)


def test_a_port_where_nobody_listens_is_not_reached():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    with pytest.raises(errors.NotReached):
        write(url)


def test_a_name_without_an_address_is_not_reached():
    with pytest.raises(errors.NotReached):
        write("http://nowhere.invalid/")


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "100.100.100.200"]
)
def test_the_metadata_of_a_cloud_is_never_asked(host):
    with pytest.raises(errors.NotReached) as caught:
        write(f"http://{host}/latest/api", seconds=1.0)
    assert "metadata" in caught.value.detail


@pytest.mark.parametrize("answer", [drop, half])
def test_a_connection_lost_after_sending_is_no_answer_and_nothing_is_sent_twice(answer):
    with listening(answer) as server, pytest.raises(errors.NoAnswer) as caught:
        write(server.url)
    assert (caught.value.code, len(server.heard)) == ("dropped", 1)


def test_a_hang_ends_at_the_deadline():
    with listening(hang) as server:
        started = time.monotonic()
        with pytest.raises(errors.NoAnswer) as caught:
            write(server.url, seconds=0.2)
        assert time.monotonic() - started < 2
    assert (caught.value.code, len(server.heard)) == ("timeout", 1)


def test_a_broken_read_is_retried_once(monkeypatch):
    monkeypatch.setattr(http, "RETRY_AFTER_SECONDS", 0.0)
    answers = iter([drop, fine])
    with listening(lambda taken: next(answers)(taken)) as server:
        assert http.send_read(server.url, headers={}, query={}, seconds=5).json() == {}
    assert len(server.heard) == 2


def test_a_cursors_page_and_a_timed_out_read_are_not_retried():
    with listening(drop) as server:
        with pytest.raises(errors.NoAnswer):
            http.send_read(server.url, headers={}, query={}, seconds=5, once=True)
        assert len(server.heard) == 1
    with listening(hang) as server:
        with pytest.raises(errors.NoAnswer):
            http.send_read(server.url, headers={}, query={}, seconds=0.1)
        assert len(server.heard) == 1


def test_nothing_of_one_company_reaches_another():
    with listening(fine) as server:
        write(server.url, headers={"Authorization": "Bearer a", "Conductor-End-User-Id": "end_usr_first"})
        write(server.url)
    first, second = (heard.lower() for heard in server.heard)
    assert b"end_usr_first" in first
    assert b"end_usr" not in second
    assert b"authorization" not in second
    assert b"cookie" not in second


def test_a_redirect_is_not_followed():
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with listening(lambda taken: taken.sendall(moved)) as server:
        assert write(server.url).status == 302


def test_the_log_has_the_path_only(caplog):
    with listening(fine) as server, caplog.at_level("INFO", logger="books.providers.http"):
        http.send_read(server.url, headers={"Authorization": "Bearer sk"}, query={"nameContains": "Smith"}, seconds=5)
    assert [message.rsplit(" ", 2)[0] for message in caplog.messages] == ["GET /v1/x 200"]
