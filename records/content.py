"""The content of records: frozen mappings described by their shape, and how JSON becomes one and back.

The JSON here is that of the vendor's answers. Knows no provider, no database and no form.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from hashlib import blake2b
from typing import Any

import msgspec

from . import row_splitter
from .fields import READ_DIGITS, Field, FieldKind, Shape

Json = Any
Value = Any
LETTERS = 65_535  # of one text: far beyond what either vendor stores, and short enough for any page
PLACES = 20  # behind the point; what is finer is noise
DAYS = (date(1000, 1, 1), date(9000, 1, 1))  # with room on both sides for time zones and for terms
# What a page's address and our tables can hold; names that we make up ourselves begin with a question mark.
ID = re.compile(r"(?!\.{1,2}\Z|[?\s])[^/\x00-\x1f\x7f]{1,64}")


class NotReadable(ValueError):
    """An answer of the vendor's that its description does not allow for, or that we could not keep or show."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to another record of the books: its id and its full name, either possibly blank."""

    id: str
    name: str

    def __str__(self) -> str:
        return self.name or self.id


class Content(Mapping[str, Value]):
    """A record, an address or a line: field name → value, immutable, equal when its values are."""

    __slots__ = ("_values", "shape")

    def __init__(self, shape: Shape, values: Mapping[str, Value]) -> None:
        self.shape = shape
        self._values = {name: values[name] if name in values else make_blank(f) for name, f in shape.items()}

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Content) and self._values == other._values

    def __hash__(self) -> int:
        return hash(tuple(self._values.values()))

    def __repr__(self) -> str:
        return f"Content({ {k: v for k, v in self._values.items() if v not in ('', None, ())} })"

    def replace(self, **values: Value) -> "Content":
        """The same record with some values exchanged."""
        return Content(self.shape, {**self._values, **values})

    @property
    def is_blank(self) -> bool:
        return all(is_blank(v) for v in self._values.values())


def make_blank(f: Field) -> Value:
    """What the field holds when nobody has filled it in."""
    if f.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CHOICE):
        return ""
    if f.kind is FieldKind.LIST:
        return ()
    if f.kind is FieldKind.GROUP:
        return Content(f.shape, {})
    return None


def is_blank(value: Value) -> bool:
    """True for nothing at all; zero and False are values."""
    return value in ("", None, ()) or (isinstance(value, Content) and value.is_blank)


def get_at_path(record: Content, path: str) -> Value:
    """The value at a dotted path: `vendor.name`, `billing_address.city`; None beyond a blank reference."""
    value: Value = record
    for step in path.split("."):
        value = value[step] if isinstance(value, Content) else getattr(value, step, None)
    return value


def parse_json(text: str | bytes) -> Json:
    """Parse JSON without a float: every number with a point becomes a Decimal. Raises NotReadable."""
    try:
        return _VALUE.decode(text)
    except _UNREADABLE as error:
        raise NotReadable("The answer is not JSON.") from error


class RawRow(dict[str, Json]):
    """One of the vendor's objects with the very text in which it came, so that storing it needs no writing anew.

    `why_not` says why the text is no object that can be read; then there is nothing else in it.
    """

    __slots__ = ("__dict__", "request_id", "text")
    text: str
    request_id: str
    why_not = ""


def parse_list(text: str | bytes, member: str = "data") -> dict[str, Json]:
    """Parse a list's answer as `loads` does, the rows in `member` as Given objects. Raises NotReadable.

    A row of sound JSON that goes beyond what can be parsed spoils none of the others.
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
    """Whether a text is JSON at all, also where it is nested too deep for any parser or holds half a sign."""
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


# Not JSON or not UTF-8, a number beyond any exponent, or nested deeper than the decoder goes.
_UNREADABLE = (msgspec.DecodeError, UnicodeError, ArithmeticError, RecursionError)
_VALUE: msgspec.json.Decoder[Json] = msgspec.json.Decoder(float_hook=Decimal)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def dump_json(value: Json) -> str:
    """JSON text in which a Decimal stands as the number it is."""
    return _ENCODER.encode(value).decode()


def decode(shape: Shape, raw: Mapping[str, Json]) -> Content:
    """Read one of the vendor's objects. Unknown members are passed over, older spellings taken.

    Raises NotReadable, naming the field, for a value that is not of its kind or beyond what we can keep and show.
    """
    if not isinstance(raw, Mapping):
        raise NotReadable(f"There is {_quoted(raw)} where an object belongs.")
    return Content(shape, {name: _decode_value(f, raw if f.flat else _find_value(f, raw)) for name, f in shape.items()})


def encode(record: Content) -> dict[str, Json]:
    """The record in the vendor's own response form, so that `decode` gives it back unchanged."""
    raw: dict[str, Json] = {}
    for f in record.shape.fields:
        value = encode_value(f, record[f.name])
        raw.update(value if f.flat else {f.wire: value})
    return raw


def hash_content(record: Content) -> str:
    """A hash of what can be written of a record, for vendors that number no revisions: equal where that is equal."""
    return blake2b(dump_json(_select_writable(record)).encode(), digest_size=16).hexdigest()


def _select_writable(record: Content) -> dict[str, Json]:
    fields = record.shape.writable
    return {
        f.name: _select_writable(v) if isinstance(v := record[f.name], Content) else encode_value(f, v) for f in fields
    }


def encode_value(f: Field, value: Value) -> Json:
    """One value as JSON, in the form in which `decode_value` reads it."""
    if f.kind is FieldKind.GROUP:
        return encode(value)
    if f.kind is FieldKind.LIST:
        return [encode(entry) for entry in value]
    if isinstance(value, Reference):
        return {"id": value.id, "fullName": value.name}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return value if f.kind is FieldKind.NUMBER else format(value, "f")
    return value


def decode_value(f: Field, raw: Json) -> Value:
    """One value from JSON. Raises NotReadable."""
    return _decode_value(f, raw)


def _find_value(f: Field, raw: Mapping[str, Json]) -> Json:
    for name in (f.wire, *f.also):
        if name in raw:
            return raw[name]
    return None


def _decode_value(f: Field, raw: Json) -> Value:
    if raw is None or raw == "":
        return make_blank(f)
    try:
        return _READ[f.kind](f, raw)
    except NotReadable as error:
        raise NotReadable(f"{f.label}: {error}") from error
    except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError) as error:
        raise NotReadable(f"{f.label} ({f.name}) is {_quoted(raw)}, which is not {_WHAT[f.kind]}.") from error


def _quoted(raw: Json) -> str:
    """A value of the vendor's in few words, however large it is."""
    if isinstance(raw, Mapping | list | tuple):
        return "an object" if isinstance(raw, Mapping) else "a list"
    if isinstance(raw, int) and raw.bit_length() > QUOTED:
        return "a huge number"
    text = str(raw)
    return f"“{text[:QUOTED]}{'…' if len(text) > QUOTED else ''}”"


QUOTED = 60  # letters of a value that a sentence quotes


def _read_text(f: Field, raw: Json) -> str:
    if type(raw) is not str and (isinstance(raw, bool) or not isinstance(raw, str | int | Decimal)):
        raise TypeError(raw)
    text = str(raw)
    if len(text) > LETTERS or "\0" in text:
        raise ValueError(text[:QUOTED])
    return text


def _read_money(f: Field, raw: Json) -> Decimal:
    amount = _read_number(f, raw)
    return amount if amount.as_tuple().exponent == -2 else _read_number(f, amount.quantize(Decimal("0.01")))


def _read_number(f: Field, raw: Json) -> Decimal:
    if isinstance(raw, float | bool | list | tuple):
        raise TypeError(raw)
    number = Decimal(raw)
    if not number.is_finite() or number.adjusted() >= READ_DIGITS[f.kind]:
        raise ValueError("too large")
    exponent = number.adjusted() + 1 - len(number.as_tuple().digits)
    return number if exponent >= -PLACES else _rounded(number)


def _rounded(number: Decimal) -> Decimal:
    """Without the places that are noise, so that it can be written out."""
    return number.quantize(Decimal(1).scaleb(-PLACES), context=Context(prec=PLACES + max(READ_DIGITS.values())))


def _read_boolean(f: Field, raw: Json) -> bool:
    if raw not in (True, False):
        raise ValueError(raw)
    return bool(raw)


def _read_date(f: Field, raw: Json) -> date:
    if f.as_instant:
        # The server's midnight lies at most half a day from that of Greenwich: the nearest one names the day.
        return (_read_moment(f, raw).astimezone(UTC) + timedelta(hours=12)).date()
    # Older answers give a date as midnight UTC; cutting is right, converting would move it (docs/vendors/conductor.md,
    # section 9).
    return _in_our_time(date.fromisoformat(raw.partition("T")[0]))


def _read_moment(f: Field, raw: Json) -> datetime:
    moment = datetime.fromisoformat(raw)
    _in_our_time(moment.date())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_our_time(day: date) -> date:
    if not DAYS[0] <= day <= DAYS[1]:
        raise ValueError(day)
    return day


def _read_reference(f: Field, raw: Json) -> Reference | None:
    id, name = raw.get("id"), raw.get("fullName")
    found = Reference("" if id in (None, "") else read_id(id), "" if name is None else _read_text(f, name))
    return found if found.id or found.name else None


def read_id(raw: Json) -> str:
    """An id of the vendor's. Raises NotReadable for what is none, or what no page could have as its address."""
    if isinstance(raw, bool) or not isinstance(raw, str | int) or not ID.fullmatch(_digits(raw)):
        raise NotReadable(f"There is {_quoted(raw)} where an id belongs.")
    return str(raw)


def _digits(raw: str | int) -> str:
    return raw if isinstance(raw, str) else str(raw) if raw.bit_length() < QUOTED * 3 else ""


def _read_group(f: Field, raw: Json) -> Content:
    return decode(f.shape, raw)


def _read_list(f: Field, raw: Json) -> tuple[Content, ...]:
    if not isinstance(raw, list | tuple):
        raise TypeError(raw)
    return tuple(decode(f.shape, entry) for entry in raw)


_READ = {
    FieldKind.TEXT: _read_text,
    FieldKind.LONG_TEXT: _read_text,
    FieldKind.CHOICE: _read_text,
    FieldKind.MONEY: _read_money,
    FieldKind.COST: _read_number,
    FieldKind.NUMBER: _read_number,
    FieldKind.BOOLEAN: _read_boolean,
    FieldKind.DATE: _read_date,
    FieldKind.MOMENT: _read_moment,
    FieldKind.REFERENCE: _read_reference,
    FieldKind.GROUP: _read_group,
    FieldKind.LIST: _read_list,
}
_WHAT = {
    FieldKind.TEXT: f"a text of up to {LETTERS:,} letters",
    FieldKind.LONG_TEXT: f"a text of up to {LETTERS:,} letters",
    FieldKind.CHOICE: "one of the words for it",
    FieldKind.MONEY: f"an amount of up to {READ_DIGITS[FieldKind.MONEY]} digits before the point",
    FieldKind.COST: f"a cost of up to {READ_DIGITS[FieldKind.COST]} digits before the point",
    FieldKind.NUMBER: f"a number of up to {READ_DIGITS[FieldKind.NUMBER]} digits before the point",
    FieldKind.BOOLEAN: "a yes or no",
    FieldKind.DATE: f"a date from {DAYS[0].year} to {DAYS[1].year}",
    FieldKind.MOMENT: f"a moment from {DAYS[0].year} to {DAYS[1].year}",
    FieldKind.REFERENCE: "a reference to another record",
    FieldKind.GROUP: "an object",
    FieldKind.LIST: "a list",
}
