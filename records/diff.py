"""Differences between two contents of a record in words: from what to what, by field and by line."""

from collections.abc import Iterator
from typing import NamedTuple

from .content import Content, Value
from .fields import Field, FieldKind, Shape
from .formatting import format_count, format_value, lower_first, name_line, summarize_line
from .json_text import dump_json, parse_json
from .merge.parts import is_same


class Change(NamedTuple):
    """One difference as people read it."""

    label: str
    was: str
    now: str


DELETED = Change("Record", "", "Deleted")  # of the record as a whole


def dump_changes(changes: list[Change]) -> str:
    """Encode changes for the history."""
    return dump_json(changes)


def load_changes(text: str) -> list[Change]:
    """Decode the changes that `dump_changes` encoded."""
    return [Change(*one) for one in parse_json(text)]


def count_changes(shape: Shape, changes: list[Change]) -> str:
    """How much was changed, in words: "2 fields and 1 line". A line counts once, however much of it was changed."""
    lists = {f.label: f.one for f in shape.in_history if f.kind is FieldKind.LIST}
    seen: dict[str, set[str]] = {}
    for number, change in enumerate(changes):
        label, _, rest = change.label.partition(", ")
        one, which = (lists[label], rest.partition(", ")[0]) if label in lists else ("field", "")
        is_of_a_line = which and which != f"new {one}"
        seen.setdefault(one, set()).add(f"{label}, {which}" if is_of_a_line else str(number))
    return " and ".join(format_count(len(found), one) for one, found in seen.items())


def diff_records(was: Content, now: Content) -> list[Change]:
    """Return the differences between two contents of a record, in the fields that the history shows."""
    return [change for f in list_told_changes(was, now) for change in _diff_field(f, was[f.name], now[f.name])]


def list_told_changes(was: Content, now: Content) -> list[Field]:
    """Return the shown fields in which the two differ; a renamed reference to the same entry is no difference."""
    differing = was.find_differing(now)
    shown = [f for f in was.shape.in_history if f.name in differing]
    return [f for f in shown if not is_same(f, was[f.name], now[f.name], in_history=True)]


def _diff_field(f: Field, was: Value, now: Value) -> Iterator[Change]:
    if f.kind is FieldKind.LIST:
        yield from _diff_lines(f, was, now)
    elif f.kind is FieldKind.GROUP:
        for m in list_told_changes(was, now):
            yield Change(
                f"{f.label}, {lower_first(m.label)}", format_value(m, was[m.name]), format_value(m, now[m.name])
            )
    else:
        yield Change(f.label, format_value(f, was), format_value(f, now))


def _diff_lines(f: Field, was: tuple[Content, ...], now: tuple[Content, ...]) -> Iterator[Change]:
    before = {line[f.key]: (place, line) for place, line in enumerate(was, 1)}
    kept = {line[f.key] for line in now}
    for line in now:
        if line[f.key] not in before:
            yield Change(f"{f.label}, new {f.one}", "", summarize_line(line))
            continue
        place, old = before[line[f.key]]
        for m in list_told_changes(old, line):
            for inner in _diff_field(m, old[m.name], line[m.name]):
                what = f", {lower_first(inner.label)}" if has_several(f) else ""
                yield Change(f"{f.label}, {name_line(f, old, place)}{what}", inner.was, inner.now)
    for key, (place, old) in before.items():
        if key not in kept:
            yield Change(f"{f.label}, {name_line(f, old, place)}", summarize_line(old), "removed")


def has_several(f: Field) -> bool:
    """Whether an entry has more than its name and one value."""
    return sum(m.name != f.key for m in f.shape.declared if m.writable or m.in_history) > 1
