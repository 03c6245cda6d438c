"""What a save of one record sends, and the record that its answer makes. Sends nothing itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from books.providers.errors import BadAnswer, Refused
from records.changes import list_changed_fields
from records.content import Content
from records.encoder import encode_value
from records.fields import Field, FieldKind, Shape, Table
from records.json_text import Json, dump_json

ALWAYS = ("customer_type", "display_name")  # every update has to carry both
BYTES_OF_BODY = 102_400  # a longer one is refused unread (docs/vendors/bigcapital.md, section 5)


def compose_body(current: Content, table: Table, base: Content, edited: Content) -> dict[str, Json]:
    """The changed members under their written names, with the two that every update has to carry."""
    body = {table.shape[name].write: current[name] for name in ALWAYS}
    for path in _list_changed_paths(base, edited):
        body[path[-1].write] = (
            encode_value(path[-1], _get_value(edited, path)) if _get_value(edited, path) != "" else None
        )
    for name in ALWAYS:
        if not body[table.shape[name].write]:
            label = table.shape[name].label
            raise Refused(
                f"{label} is empty in Bigcapital, and no change is accepted without it.", field=name, code="required"
            )
    if (size := len(dump_json(body).encode())) > BYTES_OF_BODY:
        longest = max(_list_changed_paths(base, edited), key=lambda path: len(str(_get_value(edited, path))))
        raise Refused(
            f"Bigcapital takes at most {BYTES_OF_BODY:,} bytes at once; this change has {size:,}.",
            next_step="Shorten it. Line ends and quotation marks count twice.",
            field="-".join(f.name for f in longest),
            code="too_long",
        )
    return body


def merge_answer(
    table: Table, base: Content, edited: Content, before: Mapping[str, Json], answer: Mapping[str, Json]
) -> dict[str, Json]:
    """Return the record after a write: its answer, and of the read `before` it the few members that an answer lacks.

    Raises BadAnswer for an answer without a member that was written (docs/vendors/bigcapital.md, section 5.1).
    """
    lacking = [path for path in _list_changed_paths(base, edited) if not _is_named(path[-1], answer)]
    if lacking:
        raise BadAnswer(f"The answer lacks what was saved: {', '.join(map(_label_path, lacking))}.")
    named = {name for f in _list_leaves(table.shape) if _is_named(f, answer) for name in (f.wire, *f.also)}
    kept = {name: value for name, value in before.items() if name not in named and not name.startswith("formatted")}
    return {**kept, **answer}


def _is_named(f: Field, answer: Mapping[str, Json]) -> bool:
    return any(name in answer for name in (f.wire, *f.also))


def _list_leaves(shape: Shape) -> Iterator[Field]:
    """Yield the fields, and those of each address in its place."""
    for f in shape.fields:
        yield from _list_leaves(f.shape) if f.kind is FieldKind.GROUP else (f,)


FieldPath = tuple[Field, ...]


def _list_changed_paths(base: Content, edited: Content) -> list[FieldPath]:
    """Return the changed paths: the field alone, or the address and its member."""
    found: list[FieldPath] = []
    for f in list_changed_fields(base, edited):
        inner = list_changed_fields(base[f.name], edited[f.name]) if f.kind is FieldKind.GROUP else ()
        found += [(f, member) for member in inner] or [(f,)]
    return found


def _get_value(record: Content, path: FieldPath) -> Any:
    value: Any = record
    for f in path:
        value = value[f.name]
    return value


def _label_path(path: FieldPath) -> str:
    return ", ".join([path[0].label, *(f.label.lower() for f in path[1:])])
