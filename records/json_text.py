"""JSON text to plain values and back: without a float, and row by row where a list holds rows that cannot be read.

Knows nothing of what the values mean.
"""

import json
from decimal import Decimal
from typing import Any

import msgspec

from . import row_splitter

Json = Any


class NotReadable(ValueError):
    """A vendor answer that its description does not allow, or that Ledgerdesk could not store or show."""


def parse_json(text: str | bytes) -> Json:
    """Parse JSON without floats: every number with a decimal point becomes a Decimal. Raises NotReadable."""
    try:
        return _VALUE.decode(text)
    except _UNREADABLE as error:
        raise NotReadable("The answer is not JSON.") from error


class RawRow(dict[str, Json]):
    """A vendor object with its original text, so that it is stored without encoding it again.

    `why_not` is the reason if the text is not a readable object; the mapping is then empty.
    """

    __slots__ = ("__dict__", "request_id", "text")
    text: str
    request_id: str
    why_not = ""


def parse_list(text: str | bytes, member: str = "data") -> dict[str, Json]:
    """Parse a list's answer as `parse_json` does, the rows in `member` as RawRow objects. Raises NotReadable.

    A row of valid JSON that exceeds the parser's limits does not affect the others.
    """
    try:
        members = _MEMBERS.decode(text)
        texts = [bytes(row) for row in _ROWS.decode(members[member])] if member in members else None
        others = {name: parse_json(bytes(value)) for name, value in members.items() if name != member}
    except _UNREADABLE as error:
        found = row_splitter.split(text if isinstance(text, str) else text.decode("utf-8", "replace"), member)
        if found is None or not all(map(_is_sound, found.rows)):
            raise NotReadable("The answer is not a list in JSON.") from error
        others, texts = parse_json(found.others), [row.encode("utf-8", "replace") for row in found.rows]
    return others if texts is None else {**others, member: [_parse_row(row) for row in texts]}


def _is_sound(text: str) -> bool:
    """Whether a text is valid JSON, even if it is nested too deeply for the parser or has an unpaired surrogate."""
    try:
        json.loads(text, parse_int=str, parse_float=str)  # as numbers, the longest are none to Python
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _parse_row(text: bytes) -> RawRow:
    try:
        value, why_not = parse_json(text), "It is not an object."
    except NotReadable:
        value, why_not = None, "It is not JSON that can be read."
    row = RawRow(value if isinstance(value, dict) else {})
    row.text, row.request_id = text.decode("utf-8", "replace"), ""
    if not isinstance(value, dict):
        row.why_not = why_not
    return row


# Not JSON or not UTF-8, a number beyond any exponent, or nested deeper than the decoder allows.
_UNREADABLE = (msgspec.DecodeError, UnicodeError, ArithmeticError, RecursionError)
_VALUE: msgspec.json.Decoder[Json] = msgspec.json.Decoder(float_hook=Decimal)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def dump_json(value: Json) -> str:
    """Return JSON text in which a Decimal is written as a number."""
    return _ENCODER.encode(value).decode()
