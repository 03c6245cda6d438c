"""From the JSON of the vendor's answers to a record's content, within the limits of what can be kept and shown.

Knows no provider: the field table says what belongs where.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache

from .content import Content, Reference, Value, make_blank
from .fields import READ_DIGITS, Field, FieldKind, Shape
from .json_text import Json, NotReadable
from .numbers import CENT, round_amount

LETTERS = 65_535  # of one text: far beyond what either vendor stores, and short enough for any page
PLACES = 20  # behind the point; what is finer is noise
DAYS = (date(1000, 1, 1), date(9000, 1, 1))  # with room on both sides for time zones and for terms
REPEATED = 250  # letters of a name that is remembered
PLAIN_MONEY = re.compile(r"-?\d{1,13}\.\d\d", re.ASCII).fullmatch  # of an amount that is read as it is
_PLAIN_NUMBER = re.compile(r"-?\d{1,13}(?:\.\d{1,9})?", re.ASCII).fullmatch
# What a page's address and our tables can hold; names that we make up ourselves begin with a question mark.
ID = re.compile(r"(?!\.{1,2}\Z|[?\s])[^/\x00-\x1f\x7f]{1,64}")


def decode(shape: Shape, raw: Mapping[str, Json]) -> Content:
    """Decode a vendor object. Unknown members are ignored, older spellings accepted.

    Raises NotReadable, naming the field, for a value of the wrong kind or one that cannot be stored and shown.
    """
    if type(raw) is not dict and not isinstance(raw, Mapping):
        raise NotReadable(f"There is {_quote(raw)} where an object belongs.")
    values = {}
    for f in shape.fields:  # a loop without calls: most values of most records are blank or texts
        found = raw if f.flat else raw.get(f.wire)
        if found is None and f.also:
            found = _find_other(f, raw)
        values[f.name] = make_blank(f) if found is None or found == "" else _read_value(f, found)
    return Content(shape, values) if shape.hidden else Content.make_whole(shape, values)


def decode_value(f: Field, raw: Json) -> Value:
    """Decode one value from JSON. Raises NotReadable."""
    return make_blank(f) if raw is None or raw == "" else _read_value(f, raw)


def _find_other(f: Field, raw: Mapping[str, Json]) -> Json:
    """Find a value that is not there under the field's own name; null there means that there is none."""
    return None if f.wire in raw else next((raw[name] for name in f.also if name in raw), None)


def _read_value(f: Field, raw: Json) -> Value:
    try:
        return _READ[f.kind](f, raw)
    except NotReadable as error:
        raise NotReadable(f"{f.label}: {error}") from error
    except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError) as error:
        raise NotReadable(f"{f.label} ({f.name}) is {_quote(raw)}, which is not {_WHAT[f.kind]}.") from error


def _quote(raw: Json) -> str:
    """Quote a vendor value briefly, however large it is."""
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
    return _check_text(str(raw))


def _check_text(text: str) -> str:
    if len(text) > LETTERS or "\0" in text:
        raise ValueError(text[:QUOTED])
    return text


def _read_money(f: Field, raw: Json) -> Decimal:
    if type(raw) is str and PLAIN_MONEY(raw):
        return Decimal(raw)
    amount = _read_number(f, raw)
    if amount.as_tuple().exponent == -2:
        return amount
    return _read_number(f, round_amount(amount, CENT if f.places is None else Decimal(1).scaleb(-f.places)))


def _read_number(f: Field, raw: Json) -> Decimal:
    if type(raw) is str and _PLAIN_NUMBER(raw):
        return Decimal(raw)
    if isinstance(raw, float | bool | list | tuple):
        raise TypeError(raw)
    number = Decimal(raw)
    if not number.is_finite() or number.adjusted() >= READ_DIGITS[f.kind]:
        raise ValueError("too large")
    exponent = number.adjusted() + 1 - len(number.as_tuple().digits)
    return number if exponent >= -PLACES else _round_number(number)


def _round_number(number: Decimal) -> Decimal:
    """Return the number without the decimal places that are noise, so that it can be written out."""
    return number.quantize(Decimal(1).scaleb(-PLACES), context=Context(prec=PLACES + max(READ_DIGITS.values())))


def _read_boolean(f: Field, raw: Json) -> bool:
    if raw not in (True, False):
        raise ValueError(raw)
    return bool(raw)


def _read_date(f: Field, raw: Json) -> date:
    if f.as_instant:
        # The server's midnight is at most half a day from that of UTC: the nearest one names the day.
        return (_read_moment(f, raw).astimezone(UTC) + timedelta(hours=12)).date()
    # Older answers give a date as midnight UTC. Truncate it; a conversion would move it (docs/vendors/conductor.md,
    # section 9).
    return _check_day(date.fromisoformat(raw.partition("T")[0]))


def _read_moment(f: Field, raw: Json) -> datetime:
    moment = datetime.fromisoformat(raw)
    _check_day(moment.date())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_day(day: date) -> date:
    if not DAYS[0] <= day <= DAYS[1]:
        raise ValueError(day)
    return day


def _read_reference(f: Field, raw: Json) -> Reference | None:
    id, name = raw.get("id"), raw.get("fullName")
    if type(id) is str and type(name) is str and len(name) <= REPEATED:
        return _make_reference(id, name)
    found = Reference("" if id in (None, "") else read_id(id), "" if name is None else _read_text(f, name))
    return found if found.id or found.name else None


@lru_cache(maxsize=2048)
def _make_reference(id: str, name: str) -> Reference | None:
    """Return the same reference for the same texts: the lines of a long bill name few entries over and over."""
    return Reference(read_id(id) if id else "", _check_text(name)) if id or name else None


def read_id(raw: Json) -> str:
    """Read a vendor id. Raises NotReadable for an invalid one, or one that cannot be part of a URL."""
    text = raw if isinstance(raw, str) else _write_id(raw)
    if not ID.fullmatch(text):
        raise NotReadable(f"There is {_quote(raw)} where an id belongs.")
    return text


def _write_id(raw: Json) -> str:
    is_number = isinstance(raw, int) and not isinstance(raw, bool)
    return str(raw) if is_number and raw.bit_length() < QUOTED * 3 else ""


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
    FieldKind.TEXT: f"a text of up to {LETTERS:,} characters",
    FieldKind.LONG_TEXT: f"a text of up to {LETTERS:,} characters",
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
