"""Requests, responses, and the journal of both, as the server and the vendors' packages exchange them."""

import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Cut = Literal["no", "before", "half"]
# Where a response starts to drip a byte at a time: its headers, its body, the size of a chunk, or before it, as interim
# 1xx responses.
Drip = Literal["no", "head", "body", "chunk", "interim"]
_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair


@dataclass(frozen=True)
class Request:
    """One received request; header names are in lower case, `client` is the caller's address.

    `peer` is the command line of the caller's process, "" if the sandbox was not asked to look it up.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    client: str = ""
    peer: str = ""
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Answer:
    """One response. `cut` says whether the connection breaks before it, or in the middle of its body.

    An empty body may have no content type. `drip` says from where on a byte is sent every `seconds`.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: Cut = "no"
    drip: Drip = "no"
    seconds: float = 0.0


def json_answer(status: int, value: Any, headers: dict[str, str] | None = None) -> Answer:
    """A response with a JSON value."""
    return Answer(status, encode_json(json.dumps(value, ensure_ascii=False)), headers or {})


def encode_json(text: str) -> bytes:
    """JSON as it is sent; half of a surrogate pair, which UTF-8 cannot express, is written as an escape."""
    return _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def mend_halves(text: str) -> str:
    """A text as a database stores it: half of a surrogate pair becomes the replacement character."""
    return _HALF.sub("\ufffd", text)


def read_number(text: str) -> int | float:
    """A whole number of JSON as JavaScript reads it: beyond what it counts exactly, one in floating point."""
    return int(text) if len(text) < 16 else float(text)


class Journal:
    """The last requests in order of arrival."""

    def __init__(self, most: int = 5_000) -> None:
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=most)
        self._number = 0

    def clear(self) -> None:
        """Clears the requests; their numbers continue."""
        with self._lock:
            self._entries.clear()

    def note(self, request: Request, organization: str | None = None) -> dict[str, Any]:
        """Records a request, with the organization of its key, if any; status and end are added when they are known."""
        headers = dict(request.headers)
        if "authorization" in headers:
            headers["authorization"] = headers["authorization"][-4:]
        entry: dict[str, Any] = {
            "n": 0,
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "endUserId": headers.get("conductor-end-user-id"),
            "organizationId": organization,
            "headers": headers,
            "body": _parsed(request.body),
            "status": None,
            "peer": request.peer,
            "at": datetime.now(UTC).isoformat(),
            "until": None,
        }
        with self._lock:
            self._number += 1
            entry["n"] = self._number
            self._entries.append(entry)
        return entry

    def since(self, number: int, company: str | None) -> list[dict[str, Any]]:
        """The requests after a number, of one end user or organization or of all."""
        with self._lock:
            entries = list(self._entries)
        return [dict(e) for e in entries if e["n"] > number and company in (None, e["endUserId"], e["organizationId"])]


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
