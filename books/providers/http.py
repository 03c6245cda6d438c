"""HTTP requests to the vendors' servers: shared pools, a deadline and a size limit per request, no stored identity.

Knows no vendor, no company and no database. The only module that imports httpx.
"""

import logging
import ssl
import time
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import cast
from urllib.parse import urlsplit

import httpx

from records.json_text import Json, dump_json

from . import exchanges, slot
from .departure import check_not_left, departing
from .errors import BadAnswer, Busy, NoAnswer, NotReached
from .http_answer import HttpAnswer
from .serving import check_not_serving
from .sockets import Allowance, Backend, TooLong

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
RETRY_AFTER_SECONDS = 1.0
# A page of 150 bills of 200 lines is about 30 MB; as Python objects an answer takes up to ten times its bytes.
ANSWER_BYTES = 64 * 2**20
# httpcore looks at all connections of a pool whenever a request begins or ends, so one pool of 300 would cost a save
# more than everything else that httpx does.
POOLS = 16
KEPT = 64  # idle connections, of all pools together

Query = Mapping[str, str | Sequence[str]]


def _get_pool(headers: Mapping[str, str]) -> httpx.Client:
    """Return the pool for requests with these headers, which are those of a company."""
    return _make_pool(hash(tuple(headers.values())) % POOLS)


@cache
def _make_pool(number: int) -> httpx.Client:
    # Cookies are refused: a shared cookie jar would send one company's cookie with the next company's request.
    jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    limits = httpx.Limits(max_connections=512, max_keepalive_connections=KEPT // POOLS, keepalive_expiry=30)
    # Only gzip is accepted, because its growth is counted while it is unpacked.
    client = httpx.Client(
        limits=limits,
        cookies=jar,
        follow_redirects=False,
        headers={"Accept-Encoding": "gzip"},
        verify=_load_certificates(),
    )
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = Backend()  # httpx itself has no parameter for httpcore's backend
    return client


@cache
def _load_certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # takes 15 ms and half a megabyte, which all pools share


def send_read(url: str, *, headers: Mapping[str, str], query: Query, seconds: float, once: bool = False) -> HttpAnswer:
    """GET `url`. A failed connection is retried once after a second, unless `once` (a cursor's page).

    Both attempts together end after `seconds`. Raises NotReached if no connection could be made, NoAnswer if one broke
    or the time ran out, BadAnswer for an answer that is too long or badly compressed, Busy if another worker has taken
    the task over before the request or its answer.
    """
    check_not_left()
    ends = time.monotonic() + seconds
    try:
        return _read(url, headers, query, seconds)
    except (NotReached, NoAnswer) as error:
        left = ends - time.monotonic() - RETRY_AFTER_SECONDS
        if once or error.code not in _PASSING or left <= 0:
            raise
        with slot.waiting():
            time.sleep(RETRY_AFTER_SECONDS)  # a dropped connection recovers by itself, and nothing signals when
        return _read(url, headers, query, left)


def _read(url: str, headers: Mapping[str, str], query: Query, seconds: float) -> HttpAnswer:
    _check_claim()
    answer = _send("GET", url, headers, query, None, seconds)
    _check_claim()  # else an old answer would be stored over what the other worker has read
    return answer


def _check_claim() -> None:
    if not slot.has_claim():
        raise Busy(detail="Another worker has taken this task over.")


def send_write(url: str, *, headers: Mapping[str, str], body: Json, seconds: float, method: str = "POST") -> HttpAnswer:
    """Send `body`, unless it is None, to `url` exactly once; end after `seconds`.

    Raises NotReached (nothing was sent), NoAnswer or BadAnswer (outcome unknown).
    """
    text = None if body is None else dump_json(body)
    kind = {} if body is None else {"Content-Type": "application/json"}
    with departing():
        return _send(method, url, {**headers, **kind}, {}, text, seconds)


_PASSING = ("not_reached", "dropped")  # may succeed a second later


def _send(
    method: str, url: str, headers: Mapping[str, str], query: Query, body: str | None, seconds: float
) -> HttpAnswer:
    check_not_serving()
    client, content = _get_pool(headers), body.encode() if body is not None else None
    started, sent = time.monotonic(), len(content or b"")
    allowance = Allowance(seconds, CONNECT_SECONDS, ANSWER_BYTES)
    try:
        answer = _exchange(client, _request(client, method, url, headers, query, content, allowance), started)
    except TooLong as error:
        _note_request(method, url, "too long", started, sent)
        raise BadAnswer(f"The answer was longer than {ANSWER_BYTES // 2**20} MB.", code="too_long") from error
    except zlib.error as error:
        _note_request(method, url, "badly packed", started, sent)
        raise BadAnswer("The answer could not be unpacked.", detail=str(error), code="badly_packed") from error
    except httpx.HTTPError as error:
        slot.note_answer(came=False)
        late = isinstance(error, httpx.TimeoutException)
        _note_request(method, url, "timeout" if late else type(error).__name__, started, sent)
        if not allowance.sent or isinstance(error, _BEFORE_SENDING):
            raise NotReached(detail=str(error), code="not_reached") from error
        error_message = "The time for an answer ran out." if late else "The connection broke before an answer came."
        raise NoAnswer(error_message, detail=str(error), code="timeout" if late else "dropped") from error
    slot.note_answer(came=True)
    _note_request(method, url, str(answer.status), started, sent, answer)
    return answer


# What httpx raises while connecting to the server; a tunnel's own request does not count as sent.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def _request(
    client: httpx.Client,
    method: str,
    url: str,
    headers: Mapping[str, str],
    query: Query,
    content: bytes | None,
    allowance: Allowance,
) -> httpx.Request:
    timeout = {"pool": float(allowance), "connect": allowance, "write": allowance, "read": allowance}
    # Not by the client, which reads the address twice more to join it to one of its own, and keeps cookies.
    headers = {**_list_own_headers(client), **headers}
    try:
        return httpx.Request(
            method, url, headers=headers, params=query or None, content=content, extensions={"timeout": timeout}
        )
    except (httpx.InvalidURL, UnicodeError) as error:
        raise NotReached(
            "The base URL or the key of this company is not valid.",
            detail=str(error),
            code="bad_address",
            next_step="Ask your Ledgerdesk administrator to check the base URL and the key.",
        ) from error


@cache
def _list_own_headers(client: httpx.Client) -> Mapping[str, str]:
    """What every request of a client says of itself."""
    return dict(client.headers)


def _exchange(client: httpx.Client, request: httpx.Request, started: float) -> HttpAnswer:
    with slot.waiting():
        # Not by the client, which looks for cookies, redirects and its own keys around that: a third of its time.
        got = client._transport_for_url(request.url).handle_request(request)
        try:
            packed = b"".join(cast(httpx.SyncByteStream, got.stream))
        finally:
            got.close()
        seconds = time.monotonic() - started
    body = _unpack(packed, got.headers.get("content-encoding", ""))
    return HttpAnswer(got.status_code, got.headers, body, seconds, len(packed))


def _unpack(packed: bytes, encoding: str) -> bytes:
    """Return the uncompressed body. Raises TooLong before it exceeds the limit, zlib.error for invalid gzip."""
    if not packed or encoding.strip().lower() in ("", "identity"):
        return packed
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise zlib.error(f"It is packed as {encoding[:40]!r}, which was not requested.")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = unpacking.decompress(packed, ANSWER_BYTES + 1)
    if len(body) > ANSWER_BYTES:
        raise TooLong
    if not unpacking.eof or unpacking.unused_data:
        raise zlib.error("It ends too early, or something follows its end.")
    return body


def _note_request(
    method: str, url: str, outcome: str, started: float, sent: int, answer: HttpAnswer | None = None
) -> None:
    # The path only: queries contain names, headers contain keys, bodies contain people's data.
    path, seconds = urlsplit(url).path, time.monotonic() - started
    log.info("%s %s %s %.0f ms", method, path, outcome, 1000 * seconds)
    status, received, date = (answer.status, answer.received, answer.headers.get("date", "")) if answer else (0, 0, "")
    exchanges.note(exchanges.Exchange(method, path, time.time(), seconds, status, sent, received, date))
