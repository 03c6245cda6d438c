"""An edit in words: what was changed, from what to what, by field and by line."""

from collections.abc import Iterator
from dataclasses import dataclass

from books.fields import Field, Kind
from books.records import Content, Value
from books.shown import shown
from books.writing import changed_fields

from . import wishes
from .models import Edit


@dataclass(frozen=True, slots=True)
class Change:
    """One difference as people read it."""

    label: str
    was: str
    now: str


def described(edit: Edit) -> list[Change]:
    """The changes that an edit asked for."""
    return differences(wishes.base(edit), wishes.wanted(edit))


def differences(was: Content, now: Content) -> list[Change]:
    """What was changed between two contents of a record, in the fields that people can write."""
    return [change for f in changed_fields(was, now) for change in _of(f, was[f.name], now[f.name])]


def _of(f: Field, was: Value, now: Value) -> Iterator[Change]:
    if f.kind is Kind.LIST:
        yield from _lines(f, was, now)
    elif f.kind is Kind.GROUP:
        for m in changed_fields(was, now):
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
        for m in changed_fields(old, line):
            for inner in _of(m, old[m.name], line[m.name]):
                yield Change(f"{f.label}, {f.one} {place}, {inner.label.lower()}", inner.was, inner.now)
    for key, (place, old) in before.items():
        if key not in kept:
            yield Change(f"{f.label}, {f.one} {place}", _line(old), "removed")


def _line(line: Content) -> str:
    """A line in one row of text: its first words and its amount."""
    parts = [shown(f, line[f.name]) for f in line.shape.writable if line[f.name] not in ("", None, ())]
    return " · ".join(parts[:4])
