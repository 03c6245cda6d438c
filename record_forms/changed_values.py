"""The values that a change brings in, each with what people call its place and where the form shows it.

Names no field and knows no provider.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from records.content import Content, Value
from records.fields import Field, FieldKind


class ChangedValue(NamedTuple):
    """One value: its field, where it is in words, the input that it is about, before and after.

    Positions in the path of the input count the entries that are kept.
    """

    field: Field
    where: str
    spot: str
    was: Value
    now: Value


def walk_changes(base: Content, edited: Content, where: str = "", path: str = "") -> Iterator[ChangedValue]:
    """Yield the single values that differ, those of groups and of entries of lists too. A new entry had none."""
    differing = base.find_differing(edited)
    for f in edited.shape.writable:
        if f.name not in differing:
            continue
        was, now, label = base[f.name], edited[f.name], f"{where}{f.label.lower() if where else f.label}"
        if f.kind is FieldKind.GROUP:
            yield from walk_changes(was, now, f"{label}, ", f"{path}{f.name}-")
        elif f.kind is FieldKind.LIST:
            yield from _walk_entries(f, was, now, label, f"{path}{f.name}")
        else:
            yield ChangedValue(f, label, f"{path}{f.name}", was, now)


def _walk_entries(
    f: Field, was: Sequence[Content], now: Sequence[Content], label: str, path: str
) -> Iterator[ChangedValue]:
    stored, blank = {entry[f.key]: entry for entry in was}, Content(f.shape, {})
    for number, entry in enumerate(now):
        before = stored.get(entry[f.key], blank)
        if entry != before:
            yield from walk_changes(before, entry, f"{label}, {f.one} {number + 1}, ", f"{path}-{number}-")
