"""A remote cache that is unavailable or hangs counts as empty, and hardly anybody waits for it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import environ
import pytest
from django.core.cache import caches
from django.test import override_settings

from config import cache
from config.cache import optional


class Server:
    """A server that accepts every connection and counts them; `answer` is what it sends for what it reads."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken: list[socket.socket] = []
        self.reply: bytes | None = None
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            self.taken.append(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError):  # the client has closed
            while line.recv(10_000):
                if self.reply is not None:
                    line.sendall(self.reply)

    def close(self) -> None:
        for open_socket in (self.socket, *self.taken):
            open_socket.close()


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.close()


@contextmanager
def cached(address: str, tried_again: float = 60.0) -> Iterator[cache.OptionalCache]:
    """The cache for `CACHE_URL=address`, as the settings create it."""
    described = optional(environ.Env.cache_url_config(address))
    cache._breakers[described["LOCATION"]] = cache.Breaker(tried_again)
    with override_settings(CACHES={"default": described}):
        found = caches["default"]
        assert isinstance(found, cache.OptionalCache)
        yield found


def everything(found: cache.OptionalCache) -> dict[str, object]:
    """Return the result of each operation."""
    found.set("a", 1)
    found.set_many({"a": 1})
    found.delete_many(["a"])
    found.clear()
    found.close()
    return {
        "add": found.add("a", 1),
        "get": found.get("a", "nothing"),
        "get_or_set": found.get_or_set("a", lambda: 7),
        "get_many": found.get_many(["a"]),
        "has_key": found.has_key("a"),
        "touch": found.touch("a"),
        "delete": found.delete("a"),
    }


EMPTY = {
    "add": True,
    "get": "nothing",
    "get_or_set": 7,
    "get_many": {},
    "has_key": False,
    "touch": False,
    "delete": False,
}


def test_a_missing_server_counts_as_an_empty_cache():
    with cached("redis://127.0.0.1:9") as found:
        assert everything(found) == EMPTY
        with pytest.raises(ValueError, match="not found"):
            found.incr("a")


@pytest.mark.parametrize("reply", [None, b"nonsense\r\n", b"-LOADING Redis is loading the dataset in memory\r\n"])
def test_a_hanging_or_broken_server_counts_as_empty_and_is_asked_once(server, reply):
    server.reply = reply
    with cached(f"redis://127.0.0.1:{server.port}") as found:
        assert everything(found) == EMPTY
    assert len(server.taken) <= 2  # one in the pool, one that the client opened to retry a broken one


def test_one_of_many_threads_tests_whether_it_still_hangs(server):
    with cached(f"redis://127.0.0.1:{server.port}", tried_again=60.0) as found:
        found.get("a")
        before = len(server.taken)
        cache._breakers[f"redis://127.0.0.1:{server.port}"].try_at = 0.0
        threads = [threading.Thread(target=lambda: caches["default"].get("a")) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.taken) - before == 1


def test_a_server_that_is_back_is_used_again(server):
    with cached(f"redis://127.0.0.1:{server.port}?protocol=2", tried_again=0.0) as found:
        hanging = found.get("a", "nothing")
        server.reply = b"$1\r\n7\r\n"  # the reply to any request
        assert (hanging, found.get("a", "nothing"), found._breaker.try_at) == ("nothing", 7, None)


def test_an_unreadable_value_counts_as_missing(server):
    server.reply = b"$9\r\nno pickle\r\n"
    with cached(f"redis://127.0.0.1:{server.port}?protocol=2") as found:
        assert found.get("a", "nothing") == "nothing"


def test_incrementing_a_missing_key_raises_like_any_cache(server):
    server.reply = b":0\r\n"
    with cached(f"redis://127.0.0.1:{server.port}?protocol=2") as found:
        with pytest.raises(ValueError, match="not found"):
            found.incr("a")
        assert found._breaker.try_at is None


def test_a_cache_in_this_process_is_used_as_it_is():
    described = environ.Env.cache_url_config("locmemcache://")
    assert optional(described) == described


def test_the_operators_settings_override_our_limits():
    with cached("redis://127.0.0.1:9/1?socket_timeout=2") as found:
        options = found._inner._options
    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (2, 0.3)
