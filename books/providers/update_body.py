"""Composes the body of an update: only the difference between the record that a person saw and the edited one.

The rules are the vendor's (docs/vendors/conductor.md, section 8): references by id; whole addresses; a whole line array
or none, with an untouched line as its id alone and `"-1"` for a new one; the clear flag for an emptied array; and every
entry of a list without ids in full.
"""

from collections.abc import Iterable, Mapping

from records.amounts import Amounts, choose_sent
from records.changes import NEW_LINE, list_changed_fields
from records.content import Content, Value, is_blank
from records.encoder import encode_value
from records.fields import Field, FieldKind, Shape
from records.json_text import Json

from .errors import Refused


def compose_body(base: Content, edited: Content, books: str = "the accounting system") -> dict[str, Json]:
    """Return the members of an update that turns `base` into `edited`; the caller adds the revision.

    `books` is the name of the accounting system. Raises Refused for a list that cannot be emptied.
    """
    body: dict[str, Json] = {}
    changed = {f.name for f in list_changed_fields(base, edited)}
    for f in base.shape.writable:
        if f.kind is FieldKind.LIST:
            together = {f.name, *f.sent_with}
            if together & changed and (base[f.name] or edited[f.name]):
                if why := describe_closed_list(f, base[f.name], edited, books):
                    raise Refused(why)
                body.update(_compose_lines(f, base[f.name], edited[f.name]))
        elif f.name in changed:
            body[f.write] = _compose_member(f, edited[f.name])
    return body


def describe_closed_list(f: Field, base: Iterable[Content], edited: Mapping[str, Value], books: str) -> str:
    """Return why a list that held lines cannot be sent as it was edited, or "" if it can be.

    A line whose id the vendor does not say (docs/vendors/conductor.md, section 11) can be neither named nor kept.
    """
    if not f.shape[f.key].writable and any(is_blank(line[f.key]) for line in base):
        return f"The {f.label.lower()} can only be changed in {books}, as it does not say which stored line is which."
    return _describe_emptied_list(f, edited, books)


def _describe_emptied_list(f: Field, edited: Mapping[str, Value], books: str) -> str:
    """Return why a list that held lines cannot be emptied, or "" if it is not emptied or can be.

    The flag that empties one half of a table probably empties the other too (docs/vendors/conductor.md, section 8.8).
    """
    if edited[f.name]:
        return ""
    last = f"The last of the {f.label.lower()} can only be removed in {books}"
    if not f.clear_flag:
        return f"{last}."
    if any(edited[name] for name in f.sent_with):
        others = " and ".join(name.removesuffix("_lines").replace("_", " ") for name in f.sent_with if edited[name])
        return (
            f"{last} while the bill has {others} lines, as removing it here could remove those too. "
            "Keep one of them and change it to what you need."
        )
    return ""


def _compose_lines(f: Field, base: Iterable[Content], edited: tuple[Content, ...]) -> dict[str, Json]:
    if not edited:
        return {f.clear_flag: True}
    known = {line[f.key]: line for line in base}
    return {f.write: [_compose_entry(f, entry, known.get(entry[f.key])) for entry in edited]}


def _compose_entry(f: Field, entry: Content, base: Content | None) -> dict[str, Json]:
    if f.whole:
        return {m.write: _compose_member(m, entry[m.name]) for m in f.shape.writable if entry[m.name] is not None}
    blank = base or Content(entry.shape, {})
    along = {m.write or m.wire: _compose_member(m, entry[m.name]) for m in f.shape.fields if m.sent_along}
    if base is None:
        along[f.shape[f.key].wire] = NEW_LINE
    return {**along, **_drop_derived(entry, blank, compose_body(blank, entry))}


def _drop_derived(line: Content, base: Content, body: dict[str, Json]) -> dict[str, Json]:
    """Of quantity, cost and amount send two; QuickBooks derives the third.

    Source: docs/vendors/conductor.md, section 8.9.
    """
    parts = [f for f in line.shape.writable if f.decided_with == "amount"]
    if len(parts) != 3 or not any(f.write in body for f in parts):
        return body
    sent = choose_sent(*(Amounts(*(one[f.name] for f in parts)) for one in (base, line)))
    others = {name: value for name, value in body.items() if name not in {f.write for f in parts}}
    return others | {parts[n].write: _compose_member(parts[n], line[parts[n].name]) for n in sent}


def _compose_member(f: Field, value: Value) -> Json:
    if f.kind is FieldKind.REFERENCE:
        return value.id if value else ""
    if f.kind is FieldKind.GROUP:
        return _compose_group(f.shape, value)
    if f.kind is FieldKind.MONEY and value is not None:
        return format(value, ".2f")
    return encode_value(f, value)


def _compose_group(shape: Shape, value: Content) -> dict[str, Json]:
    # It is not documented whether omitted members of a sent address are kept, so all are sent
    # (docs/vendors/conductor.md, section 8.6). A member without a value can only be omitted: null is refused
    # (docs/vendors/conductor.md, section 8.5).
    return {f.write: _compose_member(f, value[f.name]) for f in shape.writable if value[f.name] is not None}
