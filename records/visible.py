"""A field table without the fields that somebody may not see, and the hidden values put back before a save.

A hidden field is in no listing of its shape, so nothing decodes, draws, reads or searches it; by name it is still
found, and blank. Knows paths of fields, and nobody's rights.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from .content import Content, Value
from .diff import Change, has_several
from .fields import Field, FieldKind, Shape, Table

NAMING = ("name", "full_name", "vendor_name")  # columns that a record is called by on every page
PARTLY_HIDDEN = "Part of it is not shown to you."


@lru_cache(maxsize=256)
def reduce_table(table: Table, hidden: frozenset[str]) -> Table:
    """Return the table without the fields at these paths, such as `customers.billing_address.line1`.

    What a record or an entry is called by, and the key of an entry, cannot be hidden.
    """
    start = f"{table.kind}."
    paths = {path.removeprefix(start) for path in hidden if path.startswith(start)}
    called = {path.partition(".")[0] for name, path in table.columns.items() if name in NAMING}
    shape = _reduce_shape(table.shape, paths, "", {"id", table.title, *called})
    if shape is table.shape:
        return table
    columns = {name: path for name, path in table.columns.items() if _is_path_shown(shape, path)}
    return replace(
        table,
        shape=shape,
        sections=tuple(replace(s, fields=tuple(name for name in s.fields if name in shape)) for s in table.sections),
        figures=tuple(name for name in table.figures if name in shape),
        columns=columns,
        hides=True,
        hidden_columns=frozenset(table.columns.keys() - columns.keys()),
    )


def reduce_content(shape: Shape, content: Content) -> Content:
    """Return a content by a reduced shape of its own: what is hidden there is blank."""
    if content.shape is shape:
        return content
    return Content(shape, {f.name: _reduce_value(f, content[f.name]) for f in shape.fields})


def list_searched(table: Table) -> list[int] | None:
    """Return the numbers of what is searched in a reduced table and not hidden; None for all."""
    shown = [
        number
        for number, name in enumerate(table.search)
        if name in table.columns or (name not in table.hidden_columns and _is_path_shown(table.shape, name))
    ]
    return shown if len(shown) < len(table.search) else None


def restore_hidden(shape: Shape, was: Content, edited: Content) -> Content:
    """Return a content of a reduced shape as one of the whole `shape`: what was hidden or closed is as it `was`.

    An entry keeps the hidden values of the entry with its key; those of a new entry are blank.
    """
    if edited.shape is shape:
        return edited
    return Content(shape, {f.name: _restore_value(f, was[f.name], edited) for f in shape.fields})


def list_hidden_changes(reduced: Shape, was: Content, now: Content) -> list[Field]:
    """Return the hidden fields of a reduced shape that differ between two whole contents, however deep they are."""
    differing = was.find_differing(now)
    changed = [f for f in reduced.declared if f.name in differing]
    found = [f for f in changed if f.name in reduced.hidden]
    for f in changed:
        if f.name in reduced and f.kind is FieldKind.GROUP:
            found += list_hidden_changes(f.shape, was[f.name], now[f.name])
        elif f.name in reduced and f.kind is FieldKind.LIST:
            stored = {entry[f.key]: entry for entry in was[f.name]}
            for entry in now[f.name]:
                found += list_hidden_changes(f.shape, stored.get(entry[f.key]) or Content(entry.shape, {}), entry)
    return found


def list_shown_changes(shape: Shape, changes: list[Change]) -> list[Change]:
    """Return those of a history's changes that are about fields of a reduced shape.

    They are text: where a part is hidden, a label that is not clearly that of a shown field hides its change, and a
    new or removed entry is named without its values.
    """
    if not shape.hidden and not any(_is_partly_hidden(f) for f in shape.fields):
        return changes
    return [shown for change in changes for shown in _show_change(shape, change)]


def is_path_shown(shape: Shape, path: Sequence[str]) -> bool:
    """Whether the value at a path is shown: names of fields, and after that of a list the key of an entry."""
    if not path or path[0] not in shape:
        return not path
    f, rest = shape[path[0]], path[2 if shape[path[0]].kind is FieldKind.LIST else 1 :]
    return not rest or f.members is None or is_path_shown(f.shape, rest)


def is_shown_whole(shape: Shape, names: Iterable[str]) -> bool:
    """Whether all of these fields are shown, with everything in them."""
    return not any(name in shape.hidden or (name in shape and _is_partly_hidden(shape[name])) for name in names)


def describe_hidden(labels: Iterable[str]) -> str:
    """Return why a change of hidden fields with these labels is refused."""
    named = ", ".join(f"“{label}”" for label in dict.fromkeys(labels))
    return f"{named} cannot be changed, as it is not shown to you. What was entered there was not used."


def list_hidden_inputs(shape: Shape, names: Collection[str]) -> list[str]:
    """Return the labels of the hidden fields that inputs of a form are for: `billing_address-line1`."""
    found = (_find_hidden(shape, [step for step in name.split("-") if not step.isdigit()]) for name in names)
    return list(dict.fromkeys(f.label for f in found if f))


def _reduce_shape(shape: Shape, hidden: Collection[str], prefix: str, kept: Collection[str]) -> Shape:
    gone = {f.name for f in shape.fields if f"{prefix}{f.name}" in hidden and f.name not in kept}
    gone |= set(_list_derivable(shape, gone))
    declared = [f if f.name in gone else _reduce_members(f, hidden, f"{prefix}{f.name}.") for f in shape.fields]
    if not gone and all(f is old for f, old in zip(declared, shape.fields, strict=True)):
        return shape
    return Shape(*declared, hidden=gone)


def _list_derivable(shape: Shape, gone: Collection[str]) -> Iterator[str]:
    """Yield the names of fields from which a hidden one can be calculated, as a cost from quantity and amount."""
    derived = {f.decided_with for f in shape.fields if f.follows and f.decided_with}
    decisions = {f.decided_with for f in shape.fields if f.name in gone} & derived
    return (f.name for f in shape.fields if f.decided_with in decisions)


def _reduce_members(f: Field, hidden: Collection[str], prefix: str) -> Field:
    if f.members is None:
        return f
    members = _reduce_shape(f.members, hidden, prefix, (f.key, f.called_by) if f.kind is FieldKind.LIST else ())
    if members is f.members:
        return f
    if f.kind is FieldKind.LIST and f.members[f.key].writable:
        # An entry with another name would be a new entry, and its hidden values would be lost.
        return replace(f, members=members, write="", why_read_only=PARTLY_HIDDEN)
    return replace(f, members=members)


def _is_path_shown(shape: Shape, path: str) -> bool:
    name, _, rest = path.partition(".")
    if name not in shape:
        return False
    return not rest or shape[name].members is None or _is_path_shown(shape[name].shape, rest)


def _is_partly_hidden(f: Field) -> bool:
    return f.members is not None and (bool(f.shape.hidden) or any(map(_is_partly_hidden, f.shape.fields)))


def _show_change(shape: Shape, change: Change) -> Iterator[Change]:
    """Yield the change if its label is that of a shown field: Memo; Bill to, city; Item lines, line 2, quantity."""
    for f in shape.fields:
        start = f"{f.label}, "
        if change.label == f.label or (change.label.startswith(start) and not _is_partly_hidden(f)):
            yield change
        elif change.label.startswith(start):
            yield from _show_part(f, change, change.label.removeprefix(start).casefold())


def _show_part(f: Field, change: Change, rest: str) -> Iterator[Change]:
    hidden = _list_labels(f.shape, shown=False)
    shown = _list_labels(f.shape, shown=True) - hidden
    if f.kind is FieldKind.GROUP:
        yield from (change,) if rest in shown else ()
    elif any(rest.endswith(f", {label}") for label in hidden):
        return
    elif has_several(f) and change.now != "removed" and any(rest.endswith(f", {label}") for label in shown):
        yield change
    else:
        yield Change(change.label, "", "removed" if change.now == "removed" else "")


def _list_labels(shape: Shape, *, shown: bool) -> set[str]:
    """Return the labels of the shown or of the hidden members, those inside them included."""
    found = set()
    for f in shape.declared:
        if (f.name in shape) is shown:
            found.add(f.label.casefold())
        if f.members is not None:
            is_hidden = f.name not in shape and not shown
            found |= _list_labels(f.shape, shown=True) if is_hidden else _list_labels(f.shape, shown=shown)
    return found


def _reduce_value(f: Field, value: Value) -> Value:
    if f.kind is FieldKind.GROUP:
        return reduce_content(f.shape, value)
    return tuple(reduce_content(f.shape, entry) for entry in value) if f.kind is FieldKind.LIST else value


def _restore_value(f: Field, was: Value, edited: Content) -> Value:
    shown, now = edited.shape[f.name], edited[f.name]
    if shown is f and f.name in edited.shape:
        return now
    if f.name not in edited.shape or not shown.writable:
        return was
    if f.kind is FieldKind.GROUP:
        return restore_hidden(f.shape, was, now)
    stored, blank = {entry[f.key]: entry for entry in was}, Content(f.shape, {})
    return tuple(restore_hidden(f.shape, stored.get(entry[f.key], blank), entry) for entry in now)


def _find_hidden(shape: Shape, steps: list[str]) -> Field | None:
    if not steps or not shape.declares(steps[0]):
        return None
    f = shape[steps[0]]
    if f.name not in shape:
        return f
    return _find_hidden(f.shape, steps[1:]) if f.members is not None else None
