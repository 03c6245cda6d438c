"""The values that a change brings in, each with what people call its place and where the form shows it.

Names no field and knows no provider.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from records.content import Content, Value
from records.fields import Field, FieldKind


class ChangedValue(NamedTuple):
    """One value: its field, where it is in words, the input or the line (by id) that it is about, before and after."""

    field: Field
    where: str
    spot: str
    was: Value
    now: Value


def walk_changes(base: Content, edited: Content) -> Iterator[ChangedValue]:
    """Yield the single values that differ, those of groups and of entries of lists too. A new entry had none."""
    return _walk(base, edited, "", "", "")


def _walk(base: Content, edited: Content, where: str, path: str, line: str) -> Iterator[ChangedValue]:
    """`line` is the id of the line that holds the values, "" for the record."""
    for f in edited.shape.writable:
        was, now, label = base[f.name], edited[f.name], f"{where}{f.label.lower() if where else f.label}"
        if now == was:
            continue
        if f.kind is FieldKind.GROUP:
            yield from _walk(was, now, f"{label}, ", f"{path}{f.name}-", line)
        elif f.kind is FieldKind.LIST:
            yield from _walk_entries(f, was, now, label)
        else:
            yield ChangedValue(f, label, line or f"{path}{f.name}", was, now)


def _walk_entries(f: Field, was: Sequence[Content], now: Sequence[Content], label: str) -> Iterator[ChangedValue]:
    stored, blank = {entry[f.key]: entry for entry in was}, Content(f.shape, {})
    for number, entry in enumerate(now, 1):
        before = stored.get(entry[f.key], blank)
        if entry != before:
            yield from _walk(before, entry, f"{label}, {f.one} {number}, ", "", str(entry[f.key]))
