"""Finds what a vendor's answer to a change lacks that the record had or was asked for. Pure; names no field.

A member that is absent says nothing of its value: only null and "" say that it is empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from records.changes import NEW_LINE
from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind
from records.formatting import lower_first


def list_lacking(base: Content, asked: Content, raw: Mapping[str, Any]) -> list[str]:
    """Return the labels of the members that the answer to a change from `base` to `asked` lacks, each once."""
    return list(dict.fromkeys(_find_lacking(base, asked, raw)))


def is_named(f: Field, raw: Mapping[str, Any]) -> bool:
    """Whether an answer has a field, under any of its names."""
    return any(name in raw for name in (f.wire, *f.also))


def _find_lacking(base: Content, asked: Content, raw: Mapping[str, Any]) -> Iterator[str]:
    for f in asked.shape.fields:
        was, wanted = base[f.name], asked[f.name]
        if is_blank(was) and was == wanted:
            continue
        if not f.flat and not is_named(f, raw):
            yield f.label
        elif f.members is not None:
            found = raw if f.flat else next(raw[name] for name in (f.wire, *f.also) if name in raw)
            inside = _find_in_lines if f.kind is FieldKind.LIST else _find_in_group
            yield from (f"{f.label}, {lower_first(label)}" for label in inside(f, was, wanted, found))


def _find_in_group(_: Field, was: Content, wanted: Content, raw: Value) -> Iterator[str]:
    if isinstance(raw, Mapping):
        yield from _find_lacking(was, wanted, raw)


def _find_in_lines(f: Field, was: Iterable[Content], wanted: Iterable[Content], rows: Value) -> Iterator[str]:
    """Find what a stored line lacks, and what any other lacks that every new line has."""
    before = {line[f.key]: line for line in was}
    asked = {line[f.key]: line for line in wanted if line[f.key] not in ("", NEW_LINE)}
    new = [line for line in wanted if line[f.key] not in before]
    filled = [m for m in f.shape.writable if new and not any(is_blank(line[m.name]) for line in new)]
    for row in rows if isinstance(rows, list | tuple) else ():
        if not isinstance(row, Mapping):
            continue
        key = row.get(f.shape[f.key].wire)
        if isinstance(key, str | int) and key in before:
            yield from _find_lacking(before[key], asked.get(key, before[key]), row)
        else:
            yield from (m.label for m in filled if not is_named(m, row))
