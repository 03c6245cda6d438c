"""From a record's content to the JSON of the vendor's answers, and to a hash of what can be written of it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import blake2b

from .content import Content, Reference, Value
from .fields import Field, FieldKind
from .json_text import Json, dump_json


def encode(record: Content) -> dict[str, Json]:
    """Encode the record in the vendor's response format; `decode` returns it unchanged."""
    raw: dict[str, Json] = {}
    for f in record.shape.fields:
        value = encode_value(f, record[f.name])
        raw.update(value if f.flat else {f.wire: value})
    return raw


def encode_fields(record: Content, fields: Iterable[Field]) -> dict[str, Json]:
    """Encode some fields of a record, by their names: what a change of them asks for."""
    return {f.name: encode_value(f, record[f.name]) for f in fields}


def hash_content(record: Content) -> str:
    """Return a hash of a record's writable values, for vendors without revisions: equal if those are equal."""
    return blake2b(dump_json(_select_writable(record)).encode(), digest_size=16).hexdigest()


def _select_writable(record: Content) -> dict[str, Json]:
    fields = record.shape.writable
    return {
        f.name: _select_writable(v) if isinstance(v := record[f.name], Content) else encode_value(f, v) for f in fields
    }


def encode_value(f: Field, value: Value) -> Json:
    """Encode one value as JSON, in the format that `decode_value` reads."""
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
