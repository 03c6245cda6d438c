"""Records and edits of them for property tests, drawn from the real field tables.

An edit is a script of small numbers: which field, which line, which value. Numbers shrink well and are drawn fast.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from books.conductor.bills import BILLS
from books.conductor.customers import CUSTOMERS
from books.fields import Field, Kind, Shape
from books.records import Content, Reference, Value, blank
from edits.merge import Merge, three_way

FIRST = date(2026, 1, 1)
scripts = st.lists(st.tuples(*[st.integers(0, 59)] * 5), max_size=6)
shapes = st.sampled_from([BILLS.shape, BILLS.shape, CUSTOMERS.shape])


def value(f: Field, n: int, mark: str = "") -> Value:
    """The `n`th value of a field; 0 is blank. The entries of a list are marked by whose they are."""
    if n == 0:
        return blank(f)
    match f.kind:
        case Kind.MONEY | Kind.COST | Kind.NUMBER:
            return Decimal(n) + Decimal("0.00")
        case Kind.BOOLEAN:
            return bool(n % 2)
        case Kind.DATE:
            return FIRST + timedelta(days=n)
        case Kind.MOMENT:
            return datetime(2026, 1, n, tzinfo=UTC)
        case Kind.REFERENCE:
            return Reference(f"id{n}", f"{f.label} {n}")
        case Kind.GROUP:
            return record(f.shape, n, mark)
        case Kind.LIST:
            return tuple(record(f.shape, n, f"{mark}{i}").replace(**{f.key: f"{mark}{i}"}) for i in range(n))
    return f"{f.name} {n}"


def record(shape: Shape, n: int, mark: str) -> Content:
    return Content(shape, {f.name: value(f, n, f"{mark}{f.name[:1]}") for f in shape.fields})


def edited(content: Content, script: list[tuple[int, ...]], new: str) -> Content:
    """The record after a script; lines added get the key `new`, or one of their own that starts with it."""
    for count, step in enumerate(script):
        content = _step(content, step, "-1" if new == "-1" else f"{new}{count}")
    return content


def _step(content: Content, step: tuple[int, ...], new: str) -> Content:
    which, n, *rest = step
    fields = content.shape.writable
    f = fields[which % len(fields)]
    if f.kind is Kind.LIST:
        return content.replace(**{f.name: _lines(f, content[f.name], n, rest, new)})
    if f.kind is Kind.GROUP:
        return content.replace(**{f.name: _step(content[f.name], (n, *rest, 1, 1), new)})
    return content.replace(**{f.name: value(f, n % 4)})


def _lines(f: Field, lines: tuple[Content, ...], n: int, rest: list[int], new: str) -> tuple[Content, ...]:
    action, at, *_ = rest
    if not lines or action % 5 == 0:
        return (*lines, record(f.shape, 1 + n % 3, new).replace(**{f.key: new}))
    at %= len(lines)
    if action % 5 == 1:
        return lines[:at] + lines[at + 1 :]
    return (*lines[:at], _step(lines[at], (n, *rest, 2, 3), new), *lines[at + 1 :])


@st.composite
def merges(draw: st.DrawFn) -> Merge:
    """Three sides of one record: up to six changes of mine and six of theirs."""
    shape = draw(shapes)
    base = edited(record(shape, 2, "B"), draw(scripts), "b")
    mine = edited(base, draw(scripts), "-1")
    theirs = edited(base, draw(scripts), "t").replace(revision_number="later")
    return three_way(base, mine, theirs)


def leaves(content: Content, path: str = "") -> Iterator[tuple[str, Value]]:
    """Every single value with the way to it; lines by their key."""
    for f in content.shape.fields:
        if f.kind is Kind.GROUP:
            yield from leaves(content[f.name], f"{path}.{f.name}")
        elif f.kind is Kind.LIST:
            for line in content[f.name]:
                yield from leaves(line, f"{path}.{f.name}[{line[f.key]}]")
        else:
            yield f"{path}.{f.name}", content[f.name]


def lists(*sides: Content) -> Iterator[list[set[str]]]:
    """For each list that can be written, the keys of its lines on each side; lists inside of common lines too."""
    for f in sides[0].shape.writable:
        if f.kind is Kind.LIST:
            keyed = [{line[f.key]: line for line in side[f.name]} for side in sides]
            yield [set(lines) for lines in keyed]
            for key in set.intersection(*map(set, keyed)):
                yield from lists(*(lines[key] for lines in keyed))
