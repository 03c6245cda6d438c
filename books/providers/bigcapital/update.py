"""What a save of one record sends, and the record that its answer makes. Sends nothing itself."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from books.providers.errors import BadAnswer, Refused
from records.changes import list_changed_fields
from records.content import Content
from records.encoder import encode_value
from records.fields import Field, FieldKind, Shape, Table
from records.json_text import Json, dump_json
from records.merge.lacking import is_named

ALWAYS = ("customer_type", "display_name")  # every update has to carry both
MOST_BYTES = 102_400  # of a body, by docs/vendors/bigcapital.md, section 4


def check_size(table: Table, base: Content, edited: Content) -> None:
    """Raise Refused, naming the longest field, for a change that is too large for one request."""
    body = {table.shape[name].write: base[name] for name in ALWAYS} | _compose_changes(base, edited)
    size = _measure(body)
    if size > MOST_BYTES:
        paths = _list_changed_paths(base, edited)
        longest = max(paths, key=lambda path: _measure(body[path[-1].write]))
        raise Refused(
            f"Too much for one save: {ceil(size / 1024)} KB, 100 KB allowed.",
            field="-".join(f.name for f in longest),
            code="too_large",
            next_step=f"Shorten {_label_path(longest)}.",
        )


def compose_body(current: Content, table: Table, base: Content, edited: Content) -> dict[str, Json]:
    """The changed members under their written names, with the two that every update has to carry."""
    body = {table.shape[name].write: current[name] for name in ALWAYS}
    body |= _compose_changes(base, edited)
    for name in ALWAYS:
        if not body[table.shape[name].write]:
            label = table.shape[name].label
            raise Refused(
                f"{label} is empty in Bigcapital, and no change is accepted without it.", field=name, code="required"
            )
    return body


def _compose_changes(base: Content, edited: Content) -> dict[str, Json]:
    """The changed members under their written names; what was emptied is null."""
    values = [(path[-1], _get_value(edited, path)) for path in _list_changed_paths(base, edited)]
    return {f.write: None if value == "" else encode_value(f, value) for f, value in values}


def _measure(value: Json) -> int:
    return len(dump_json(value).encode())


def merge_answer(
    table: Table, base: Content, edited: Content, before: Mapping[str, Json], answer: Mapping[str, Json]
) -> dict[str, Json]:
    """Return the record after a write: its answer, and of the read `before` it the few members that an answer lacks.

    Raises BadAnswer for an answer without a member that was written (docs/vendors/bigcapital.md, section 5.1).
    """
    lacking = [path for path in _list_changed_paths(base, edited) if not is_named(path[-1], answer)]
    if lacking:
        raise BadAnswer(f"The answer lacks what was saved: {', '.join(map(_label_path, lacking))}.")
    named = {name for f in _list_leaves(table.shape) if is_named(f, answer) for name in (f.wire, *f.also)}
    kept = {name: value for name, value in before.items() if name not in named and not name.startswith("formatted")}
    return {**kept, **answer}


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
