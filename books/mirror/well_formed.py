"""Checks that a vendor object can be stored and shown completely, before any of it enters the mirror.

msgspec accepts in one pass over the text what plainly matches the field table; any other object goes through the
decoder, which decides. So `records.content.decode` reads every object that `check` accepts.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple

import msgspec

from books.providers.base import Row
from records.content import Content
from records.decoder import LETTERS, decode, read_id
from records.encoder import hash_content
from records.fields import READ_DIGITS, Field, FieldKind, Shape, Table
from records.json_text import NotReadable, RawRow, dump_json, parse_json

from .unreadable import UnreadableRow

LONGEST = 10_000_000  # characters of one object; the longest bills have a tenth of that


class Sound(NamedTuple):
    """A vendor object that can be read completely, with its id, its revision and its text."""

    id: str
    revision: str
    row: Row
    text: str


def check(table: Table, row: Row) -> Sound:
    """Return the object if all of it can be stored and shown. Raises only NotReadable, with a message for a person."""
    if isinstance(row, RawRow) and row.why_not:
        raise NotReadable(row.why_not)
    text = row.text if isinstance(row, RawRow) else _write_row(row)
    if len(text) > LONGEST:
        raise NotReadable(f"It has {len(text):,} characters, more than any record can have.")
    id, content = read_id(row.get("id")), None
    if "\\u0000" in text or not _is_plain(table, text):
        row = parse_json(text)
        content = decode(table.shape, row)
    return Sound(id, _read_revision(table, row, content), row, text)


def split_rows(table: Table, rows: Iterable[Row]) -> tuple[list[Sound], list[UnreadableRow]]:
    """Return the readable rows, one per id, and the others with the reason.

    Two different rows with one id cannot both be that record, so neither is stored.
    """
    sound: dict[str, Sound] = {}
    aside: dict[str, UnreadableRow] = {}
    others = []
    for row in rows:
        try:
            found = check(table, row)
        except NotReadable as error:
            others.append(UnreadableRow(row, str(error)))
            continue
        same = sound.setdefault(found.id, found)
        if same is not found and same.text != found.text:
            aside[found.id] = UnreadableRow(row, "The list holds two different rows with this id.")
    return [one for id, one in sound.items() if id not in aside], [*others, *aside.values()]


def get_revision(table: Table, row: Row) -> str:
    """Return the revision of a vendor object, or a content hash if the vendor has no revisions."""
    return _read_revision(table, row, None)


def _read_revision(table: Table, row: Row, content: Content | None) -> str:
    if not table.revision:
        return hash_content(content or decode(table.shape, row))
    revision = row.get(table.revision)
    return read_id(revision) if revision else ""


def _write_row(row: Row) -> str:
    try:
        return dump_json(row)
    except (msgspec.MsgspecError, UnicodeError, TypeError, ValueError, RecursionError) as error:
        raise NotReadable("It cannot be written as JSON.") from error


def _is_plain(table: Table, text: str) -> bool:
    try:
        _make_decoder(table).decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


@cache
def _make_decoder(table: Table) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_make_struct(table.kind, table.shape))


def _make_struct(name: str, shape: Shape) -> type[msgspec.Struct]:
    """Return a type into which msgspec reads only plainly well-formed objects; each spelling of a field is a member."""
    members = dict(_list_members(shape))
    names = [f"m{number}" for number in range(len(members))]
    wires = dict(zip(names, members, strict=True))
    fields = [(name, members[wire], None) for name, wire in wires.items()]
    return msgspec.defstruct(name, fields, rename=wires, gc=False)


def _list_members(shape: Shape) -> Iterator[tuple[str, Any]]:
    for f in shape.fields:
        if f.flat:
            yield from _list_members(f.shape)
        else:
            for wire in (f.wire, *f.also):
                yield wire, _get_type(f) | None


def _get_type(f: Field) -> Any:
    if f.kind is FieldKind.GROUP:
        return _make_struct(f.name, f.shape)
    if f.kind is FieldKind.LIST:
        return list[_make_struct(f.name, f.shape)]  # type: ignore[misc]  # msgspec takes types made at run time
    if f.kind in READ_DIGITS:
        return _number(f.kind)
    return _PLAIN[FieldKind.MOMENT if f.as_instant else f.kind]


def _number(kind: FieldKind) -> Any:
    digits, places = READ_DIGITS[kind], 2 if kind is FieldKind.MONEY else 9
    as_text = Annotated[str, msgspec.Meta(pattern=rf"^-?[0-9]{{1,{digits}}}(\.[0-9]{{1,{places}}})?\Z")]
    most = float(10**digits - 1)
    return as_text | Annotated[float, msgspec.Meta(ge=-most, le=most)]


_TEXT = Annotated[str, msgspec.Meta(max_length=LETTERS)]
_DAY = (
    r"[1-8][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    r"|(?:0[13578]|1[02])-31)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{3}|\.[0-9]{6})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"


class _Pointer(msgspec.Struct, gc=False):
    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,64}\Z")] | None = None
    fullName: _TEXT | None = None


_PLAIN: dict[FieldKind, Any] = {
    FieldKind.TEXT: _TEXT,
    FieldKind.LONG_TEXT: _TEXT,
    FieldKind.CHOICE: _TEXT,
    FieldKind.BOOLEAN: bool,
    FieldKind.DATE: Annotated[str, msgspec.Meta(pattern=rf"^{_DAY}\Z")],
    FieldKind.MOMENT: Annotated[str, msgspec.Meta(pattern=rf"^{_DAY}T{_TIME}\Z")],
    FieldKind.REFERENCE: _Pointer,
}
