"""An edit in words: what was changed, from what to what, by field and by line."""

from collections.abc import Iterator
from typing import NamedTuple

from edits.lifecycle import requested
from edits.models.edit import Edit

from .content import Content, NotReadable, Value, dumps, loads
from .fields import Field, Kind
from .formatting import shown
from .merge.parts import same


class Change(NamedTuple):
    """One difference as people read it."""

    label: str
    was: str
    now: str


def described(edit: Edit) -> list[Change]:
    """The changes that an edit asked for, in the words of the day it was made."""
    if edit.changes:
        return read(edit.changes)
    try:
        return differences(requested.base(edit), requested.wanted(edit))
    except NotReadable:  # stored before the desk kept such things aside
        return []


def written(changes: list[Change]) -> str:
    """Changes as the history keeps them."""
    return dumps(changes)


def read(text: str) -> list[Change]:
    """The changes that `written` made a text of."""
    return [Change(*one) for one in loads(text)]


def differences(was: Content, now: Content) -> list[Change]:
    """What was changed between two contents of a record, in the fields that the history tells of."""
    return [change for f in changed(was, now) for change in _of(f, was[f.name], now[f.name])]


def changed(was: Content, now: Content) -> list[Field]:
    """The fields that the history tells of and in which the two differ; another name of the same entry is none."""
    return [f for f in was.shape.told if not same(f, was[f.name], now[f.name], told=True)]


def _of(f: Field, was: Value, now: Value) -> Iterator[Change]:
    if f.kind is Kind.LIST:
        yield from _lines(f, was, now)
    elif f.kind is Kind.GROUP:
        for m in changed(was, now):
            yield Change(f"{f.label}, {m.label.lower()}", shown(m, was[m.name]), shown(m, now[m.name]))
    else:
        yield Change(f.label, shown(f, was), shown(f, now))


def _lines(f: Field, was: tuple[Content, ...], now: tuple[Content, ...]) -> Iterator[Change]:
    before = {line[f.key]: (place, line) for place, line in enumerate(was, 1)}
    kept = {line[f.key] for line in now}
    for line in now:
        if line[f.key] not in before:
            yield Change(f"{f.label}, new {f.one}", "", _line(line))
            continue
        place, old = before[line[f.key]]
        for m in changed(old, line):
            for inner in _of(m, old[m.name], line[m.name]):
                what = f", {inner.label[:1].lower()}{inner.label[1:]}" if _has_several(f) else ""
                yield Change(f"{f.label}, {_called(f, old, place)}{what}", inner.was, inner.now)
    for key, (place, old) in before.items():
        if key not in kept:
            yield Change(f"{f.label}, {_called(f, old, place)}", _line(old), "removed")


def _called(f: Field, line: Content, place: int) -> str:
    return str(line[f.called_by]) if f.called_by else f"{f.one} {place}"


def _has_several(f: Field) -> bool:
    """Whether an entry has more to it than its name and one value."""
    return sum(m.name != f.key for m in f.shape.told) > 1


def _line(line: Content) -> str:
    """A line in one row of text: its first words and its amount."""
    parts = [shown(f, line[f.name]) for f in line.shape.told if line[f.name] not in ("", None, ())]
    return " · ".join(parts[:4])
