"""What a save of one record sends, and whether the record as read back holds it. Sends nothing itself."""

from typing import Any

from books.providers.errors import NoAnswer, Refused
from records.changes import list_changed_fields
from records.content import Content
from records.encoder import encode_value, hash_content
from records.fields import Field, FieldKind, Table
from records.json_text import Json

ALWAYS = ("customer_type", "display_name")  # every update has to carry both


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
    return body


def check_saved(
    base: Content,
    edited: Content,
    was: Content,
    stored: Content,
    after: dict[str, Json],
    trouble: NoAnswer | None,
) -> dict[str, Json]:
    """The record as read back, if it holds all that was asked for. Raises Refused for what it does not."""
    if trouble is None:
        return after  # it was accepted: what the answer holds otherwise is told of the saved edit
    missing = [f for f in _list_changed_paths(base, edited) if _get_value(stored, f) != _get_value(edited, f)]
    if not missing:
        return after
    names = ", ".join(_label_path(f) for f in missing)
    at = "-".join(f.name for f in missing[0])
    if hash_content(stored) == hash_content(was):
        code, detail = (trouble.code, trouble.detail) if trouble else ("ignored", names)
        why = "Bigcapital failed on this change and" if trouble else "Bigcapital reported a save, but"
        raise Refused(f"{why} did not save {names}.", field=at, code=code, detail=detail)
    error = Refused(
        f"The rest is saved, but Bigcapital now has another value: {names}. It did not keep yours, "
        "or someone else changed it at the same moment.",
        field=at,
        code="ignored",
        next_step="Load the record again and look at it.",
    )
    error.now = after
    raise error


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
