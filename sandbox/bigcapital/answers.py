"""Bigcapital's responses: JSON, its three error formats, and the bare 500 of an unhandled exception.

The letters of the formats are those of docs/vendors/bigcapital.md, section 4.
"""

import base64
import hashlib
import json
import math
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

from sandbox.faults import Fault
from sandbox.messages import Answer, Request, encode_json

_JSON = "application/json; charset=utf-8"
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_TIMED_OUT = b"<html><head><title>504 Gateway Time-out</title></head><body>504 Gateway Time-out</body></html>"


class Refusal(Exception):
    """An error response: HTTP status, body, headers in addition to the usual ones."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, headers or {}


def reply(status: int, value: Any, headers: dict[str, str] | None = None) -> Answer:
    """A JSON response, as compact as the server's."""
    try:
        text = _encode(value)
    except ValueError:  # a number beyond all, which JavaScript writes as null
        text = _encode(_without_infinity(value))
    return Answer(status, encode_json(text), headers or {}, _JSON)


def _without_infinity(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_infinity(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_infinity(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def nothing(status: int = 200) -> Answer:
    """A success without content."""
    return Answer(status, b"", content_type="")


def refused(refusal: Refusal) -> Answer:
    """The response for an error."""
    return reply(refusal.status, refusal.body, refusal.headers)


def said(work: Callable[[], Answer]) -> Answer:
    """The response of the work, which may be an error."""
    try:
        return work()
    except Refusal as refusal:
        return refused(refusal)
    except Exception:  # the server answers so too, whatever went wrong (docs/vendors/bigcapital.md, section 4)
        traceback.print_exc()
        return refused(unhandled())


def tagged(answer: Answer, request: Request) -> Answer:
    """A JSON response with its weak ETag; 304 for a successful read if the caller has this version already."""
    if answer.content_type != _JSON or answer.cut != "no":
        return answer
    digest = base64.b64encode(hashlib.sha1(answer.body, usedforsecurity=False).digest()).decode()[:27]
    headers = {"ETag": f'W/"{len(answer.body):x}-{digest}"', **answer.headers}
    known = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    if request.method in ("GET", "HEAD") and answer.status == 200 and headers["ETag"] in known:
        return Answer(304, b"", headers, content_type="")
    return replace(answer, headers=headers)


def unauthorized() -> Refusal:
    """No API key, or an invalid one."""
    return Refusal(401, {"message": "Unauthorized", "statusCode": 401})


def not_built() -> Refusal:
    """The organization has lost its database: a 401 whose body says 400."""
    text = "Tenant database is not migrated with application schema yet."
    kinds = [{"type": "TENANT.DATABASE.NOT.INITALIZED"}]
    return Refusal(401, {"statusCode": 400, "error": "Bad Request", "message": text, "errors": kinds})


def no_route(method: str, target: str) -> Refusal:
    """No such route, for any caller."""
    return Refusal(404, {"message": f"Cannot {method} {target}", "error": "Not Found", "statusCode": 404})


def not_found() -> Refusal:
    """No record with this id, or not a valid id."""
    return Refusal(404, {"statusCode": 404, "message": "NotFoundError"})


def invalid(faults: list[dict[str, Any]]) -> Refusal:
    """Format A: the fields that failed validation."""
    return Refusal(400, {"message": faults, "error": "Bad Request", "statusCode": 400})


def against_rule(kind: str, status: int = 400) -> Refusal:
    """Format B: a business rule is violated."""
    return Refusal(status, {"errors": [{"statusCode": status, "type": kind, "message": None}]})


def bad_request(text: str) -> Refusal:
    """Format C: the request is invalid before its fields are checked."""
    return Refusal(400, {"message": text, "error": "Bad Request", "statusCode": 400})


def too_large() -> Refusal:
    """A body of more than 100 KB, refused before anything is looked at."""
    return Refusal(413, {"statusCode": 413, "message": "request entity too large"})


def unhandled(status: int = 500) -> Refusal:
    """The bare 500 of an unhandled exception."""
    return Refusal(status, {"statusCode": status, "message": "Internal server error"})


def throttled(headers: dict[str, str]) -> Refusal:
    """Too many requests; a header with the limiter's own suffix says how long to wait."""
    return Refusal(429, {"statusCode": 429, "message": "ThrottlerException: Too Many Requests"}, headers)


def gateway_timeout() -> Answer:
    """The proxy's timeout; the server itself has none."""
    return Answer(504, _TIMED_OUT, content_type="text/html")


def refuse_at_once(fault: Fault) -> None:
    """Raises a fault that replaces the whole request; ignores other faults."""
    if fault.kind == "internal":
        raise unhandled()
    if fault.kind == "not_built":
        raise not_built()
    if fault.kind == "rate_limited":
        raise throttled({"Retry-After-auth": str(math.ceil(fault.seconds or 60))})
    if fault.kind == "refuse":
        _refuse(int(fault.details.get("status", 400)), fault.details.get("message", "REFUSED"))


def _refuse(status: int, kind: str) -> NoReturn:
    if status >= 500:
        raise unhandled(status)
    if status == 403:
        raise Refusal(403, {"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403})
    if status == 401:
        raise unauthorized()
    if status == 404:
        raise not_found()
    if status == 429:
        raise throttled({"Retry-After-auth": "60"})
    raise against_rule(kind, status)
