"""Records and edits of them for property tests, drawn from the real field tables.

An edit is a script of steps, each a handful of numbers: which field, which line, which value. The numbers are spread
evenly by a seed, as Hypothesis by itself would mostly try the first field; how many steps there are is its to shrink.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from records.content import Content, Reference, Value, make_blank
from records.fields import Field, FieldKind, Shape
from records.merge.three_way import ThreeWayMerge, merge_three_way

often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST = date(2026, 1, 1)
Step = tuple[int, ...]


@st.composite
def scripts(draw: st.DrawFn, least: int = 0) -> list[Step]:
    dice = Random(draw(st.integers(0, 2**32)))
    return [tuple(dice.randrange(60) for _ in range(6)) for _ in range(draw(st.integers(least, 5)))]


shapes = st.sampled_from([BILLS.shape, BILLS.shape, CUSTOMERS.shape])


def value(f: Field, n: int, mark: str = "") -> Value:
    """The `n`th value of a field; 0 is blank. The entries of a list are marked by whose they are."""
    if n == 0:
        return make_blank(f)
    match f.kind:
        case FieldKind.MONEY | FieldKind.COST | FieldKind.NUMBER:
            return Decimal(n) + Decimal("0.00")
        case FieldKind.BOOLEAN:
            return bool(n % 2)
        case FieldKind.DATE:
            return FIRST + timedelta(days=n)
        case FieldKind.MOMENT:
            return datetime(2026, 1, n, tzinfo=UTC)
        case FieldKind.REFERENCE:
            return Reference(f"id{n}", f"{f.label} {n}")
        case FieldKind.GROUP:
            return record(f.shape, n, mark)
        case FieldKind.LIST:
            return tuple(record(f.shape, n, f"{mark}{i}").replace(**{f.key: f"{mark}{i}"}) for i in range(n))
    return f"{f.name} {n}"


def record(shape: Shape, n: int, mark: str) -> Content:
    return Content(shape, {f.name: value(f, n, f"{mark}{f.name[:1]}") for f in shape.fields})


def edited(content: Content, script: list[Step], new: str) -> Content:
    """The record after a script; lines added get the key `new`, or one of their own that starts with it."""
    for count, step in enumerate(script):
        content = _step(content, step, "-1" if new == "-1" else f"{new}{count}")
    return content


def _step(content: Content, step: Step, new: str) -> Content:
    which, n, *rest = step
    lists = tuple(f for f in content.shape.writable if f.kind is FieldKind.LIST)
    fields = lists if lists and which % 2 else content.shape.writable
    f = fields[which // 2 % len(fields)]
    if f.kind is FieldKind.LIST:
        return content.replace(**{f.name: _lines(f, content[f.name], n, rest, new)})
    if f.kind is FieldKind.GROUP:
        return content.replace(**{f.name: _step(content[f.name], (n, *rest, 1, 1), new)})
    return content.replace(**{f.name: value(f, n % 4)})


def _lines(f: Field, lines: tuple[Content, ...], n: int, rest: list[int], new: str) -> tuple[Content, ...]:
    action, at, *_ = rest
    if not lines or action % 5 == 0:
        return (*lines, record(f.shape, 1 + n % 3, new).replace(**{f.key: new}))
    at %= len(lines)
    if action % 5 == 1:
        return lines[:at] + lines[at + 1 :]
    # A line under another key is another line, so a step leaves that alone.
    changed = _step(lines[at], (n, *rest, 2, 3), new).replace(**{f.key: lines[at][f.key]})
    return (*lines[:at], changed, *lines[at + 1 :])


@st.composite
def merges(draw: st.DrawFn) -> ThreeWayMerge:
    """Three sides of one record. Some of their steps are my own, the same or a little beside, so that they meet."""
    shape = draw(shapes)
    base = edited(record(shape, 2, "B"), draw(scripts()), "b")
    script = draw(scripts(least=2))
    dice = Random(draw(st.integers(0, 2**32)))
    beside = [_beside(step, dice.choice((1, 2)), dice.randrange(4)) for step in script]
    mine = edited(base, script, "-1")
    theirs = edited(base, [*beside, *draw(scripts())], "t").replace(revision_number="later")
    return merge_three_way(base, mine, theirs)


def _beside(step: Step, at: int, by: int) -> Step:
    """The same step with one number moved: another value, another line, or no difference at all."""
    return (*step[:at], step[at] + by, *step[at + 1 :])


def leaves(content: Content, path: str = "") -> Iterator[tuple[str, Value]]:
    """Every single value with the way to it; lines by their key."""
    for f in content.shape.fields:
        if f.kind is FieldKind.GROUP:
            yield from leaves(content[f.name], f"{path}.{f.name}")
        elif f.kind is FieldKind.LIST:
            for line in content[f.name]:
                yield from leaves(line, f"{path}.{f.name}[{line[f.key]}]")
        else:
            yield f"{path}.{f.name}", content[f.name]


def lists(*sides: Content) -> Iterator[list[set[str]]]:
    """For each list that can be written, the keys of its lines on each side; lists inside of common lines too."""
    for f in sides[0].shape.writable:
        if f.kind is FieldKind.LIST:
            keyed = [{line[f.key]: line for line in side[f.name]} for side in sides]
            yield [set(lines) for lines in keyed]
            for key in set.intersection(*map(set, keyed)):
                yield from lists(*(lines[key] for lines in keyed))
