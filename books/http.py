"""Bytes to the vendors' servers and back: one shared pool, explicit time limits, nobody's identity kept.

Knows no vendor, no company and no database. The only module that imports httpx.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import httpx

from .departure import departing
from .errors import BadAnswer, NoAnswer, NotReached
from .records import Json, NotReadable, dumps, load_list, loads

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
RETRY_AFTER_SECONDS = 1.0

Query = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of a vendor's server. `seconds` is how long it took, for the logs and the figures."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float

    def json(self) -> Json:
        """The body as JSON. Raises BadAnswer."""
        try:
            return loads(self.text)
        except NotReadable as error:
            raise BadAnswer("The answer was not JSON.", detail=self.text[:200]) from error

    def page(self, rows: str = "data") -> dict[str, Json]:
        """The body as a list's envelope, its `rows` with their own text. Raises BadAnswer."""
        try:
            return load_list(self.text, rows)
        except NotReadable as error:
            raise BadAnswer("The answer was not a list in JSON.", detail=self.text[:200]) from error


@cache
def _pool() -> httpx.Client:
    # Cookies are refused: a jar shared by all companies would hand one company's cookie to the next.
    jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    limits = httpx.Limits(max_connections=512, max_keepalive_connections=64, keepalive_expiry=30)
    return httpx.Client(limits=limits, cookies=jar, follow_redirects=False)


def read(url: str, *, headers: Mapping[str, str], query: Query, seconds: float, once: bool = False) -> Answer:
    """GET `url`. A failed connection is tried once more after a second, unless `once` (a cursor's page).

    Raises NotReached when no connection came about, NoAnswer when one broke or the time ran out.
    """
    try:
        return _send("GET", url, headers, query, None, seconds)
    except (NotReached, NoAnswer) as error:
        if once or error.code == "timeout":
            raise
        time.sleep(RETRY_AFTER_SECONDS)  # a dropped line comes back by itself, and nothing tells when
        return _send("GET", url, headers, query, None, seconds)


def write(url: str, *, headers: Mapping[str, str], body: Json, seconds: float, method: str = "POST") -> Answer:
    """Send `body` to `url`, exactly once. Raises NotReached (nothing left) or NoAnswer (its fate is unknown)."""
    text = dumps(body)
    with departing():
        return _send(method, url, {**headers, "Content-Type": "application/json"}, {}, text, seconds)


def _send(method: str, url: str, headers: Mapping[str, str], query: Query, body: str | None, seconds: float) -> Answer:
    limits = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
    content = body.encode() if body is not None else None
    started = time.monotonic()
    try:
        got = _pool().request(method, url, headers=headers, params=query, content=content, timeout=limits)
        text = got.text
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        _note(method, url, type(error).__name__, started)
        raise NotReached(detail=str(error)) from error
    except httpx.TimeoutException as error:
        _note(method, url, "timeout", started)
        raise NoAnswer("The time for an answer ran out.", detail=str(error), code="timeout") from error
    except httpx.HTTPError as error:
        _note(method, url, type(error).__name__, started)
        raise NoAnswer("The line broke before an answer came.", detail=str(error), code="dropped") from error
    answer = Answer(got.status_code, got.headers, text, time.monotonic() - started)
    _note(method, url, str(answer.status), started)
    return answer


def _note(method: str, url: str, outcome: str, started: float) -> None:
    # The path only: queries carry names, headers carry keys, bodies carry people's data.
    log.info("%s %s %s %.0f ms", method, urlsplit(url).path, outcome, 1000 * (time.monotonic() - started))
