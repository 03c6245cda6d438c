"""A vendor's answer: its body as JSON, within limits of values and depth, and how long it asks to wait.

Knows no connection and no vendor.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from records.json_text import Json, NotReadable, parse_json, parse_list

from .errors import BadAnswer

ANSWER_VALUES = 6_000_000  # those 150 bills have about 1,000,000; "[],[],…" would otherwise take twenty times its bytes
DEEPEST = 40  # vendor objects have seven levels; one with a thousand could not be encoded again after reading
LONGEST_WAIT = 3600.0  # after which Ledgerdesk asks again, whatever the vendor said


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer of a vendor's server: its body, its duration in seconds, and the bytes that were received."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    received: int = 0  # fewer than `body` has where that came compressed

    @property
    def text(self) -> str:
        """The beginning of the body, for an operator to read."""
        return self.body[:200].decode(errors="replace")

    @property
    def is_web_page(self) -> bool:
        """Whether the answer is a web page: the answer of a proxy or a guest network."""
        return self.body[:200].lstrip().startswith(b"<")

    def json(self) -> Json:
        """Return the body as JSON. Raises BadAnswer."""
        try:
            _check_size(self.body)
            value = parse_json(self.body)
            _check_depth(value, self.body)
        except NotReadable as error:
            raise self._bad("The answer was not JSON.") from error
        return value

    def page(self, rows: str = "data") -> dict[str, Json]:
        """Return the body as a list's page, its `rows` with their own text. Raises BadAnswer."""
        try:
            _check_size(self.body)
            page = parse_list(self.body, rows)
            for row in page.get(rows, ()):
                _check_depth(row, row.text)
        except NotReadable as error:
            raise self._bad("The answer was not a list in JSON.") from error
        return page

    def wait(self, *names: str, usual: float) -> float:
        """Return the seconds to wait in the first of these headers, up to a limit; `usual` if none has a number."""
        told = next((self.headers[name] for name in names if self.headers.get(name)), "")
        seconds = _seconds(told)
        return usual if seconds is None else min(max(0.0, seconds), LONGEST_WAIT)

    def _bad(self, error_message: str) -> BadAnswer:
        if not self.is_web_page:
            return BadAnswer(error_message, detail=self.text)
        return BadAnswer(
            "A web page came instead of an answer.",
            detail=self.text,
            next_step="Ask your Ledgerdesk administrator to check for a proxy, a firewall or a guest network.",
        )


def _check_size(body: bytes) -> None:
    """Refuse a body that would take too much memory when parsed. Commas and brackets within texts count too."""
    if len(body) > ANSWER_VALUES and body.count(b",") + body.count(b"[") + body.count(b"{") > ANSWER_VALUES:
        raise NotReadable("The answer holds too many values.")


def _check_depth(value: Json, text: str | bytes) -> None:
    """Refuse a body nested deeper than any record: whatever is parsed here must be parsable everywhere else."""
    opened = text.count(b"[") + text.count(b"{") if isinstance(text, bytes) else text.count("[") + text.count("{")
    if opened <= DEEPEST:
        return
    level: list[Json] = [list(_list_members(value))] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _list_members(one) if type(inner) in _HOLDERS]
        if not level:
            return
    raise NotReadable("The answer is nested too deep.")


_HOLDERS = (dict, list)


def _list_members(value: Json) -> Iterable[Json]:
    return value.values() if isinstance(value, dict) else value


def _seconds(told: str) -> float | None:
    """Return the seconds of a Retry-After header, which holds a number or a date. None for anything else."""
    try:
        seconds = float(told)
    except ValueError:
        seconds = math.nan
    if math.isfinite(seconds):
        return seconds
    try:
        moment = parsedate_to_datetime(told)
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
