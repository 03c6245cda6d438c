"""Finds which line asked for became which line of the vendor's answer. Pure; names no field.

A new line has no id before, so it is found by its values or its place; so is an entry whose typed name came back
otherwise.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from unicodedata import normalize

from records.changes import list_changed_fields
from records.content import Content, Reference, Value
from records.fields import Field, FieldKind

Lines = tuple[Content, ...]
Count = Callable[[Content, Content], int]
NESTED = (FieldKind.LIST, FieldKind.GROUP)
MOST_TRIED = 400  # pairs of lines that are compared to find the most alike
MOST_ALIKE = 20  # lines with the same texts that are compared to find the one that fits


def spell_alike(text: str) -> str:
    """Return a text so that two are equal which differ only in how an accent or the end of a line is written."""
    return normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")


def match_answer(f: Field, was: Lines, asked: Lines, answered: Lines, count: Count) -> dict[int, int]:
    """Return which line asked for became which line answered, by their numbers from 0.

    `count` says in how many values a line answered differs from a new line asked for.

    Stored lines are found by their key. New lines, and entries whose typed name came back otherwise, are found by
    their values: those that fit exactly first, then in order or, if some are missing, the most alike.
    """
    has_name = f.shape[f.key].writable
    old = {line[f.key] for line in was}
    there: dict[Value, list[int]] = {}
    for number, line in enumerate(answered):
        there.setdefault(line[f.key], []).append(number)
    became = {
        n: there[line[f.key]].pop(0)
        for n, line in enumerate(asked)
        if (has_name or line[f.key] in old) and there.get(line[f.key])
    }
    used = set(became.values())
    left = [n for n, line in enumerate(asked) if n not in became and (has_name or line[f.key] not in old)]
    fresh = [n for n, line in enumerate(answered) if n not in used and (has_name or line[f.key] not in old)]
    became |= _match_exactly(asked, answered, left, fresh, count)
    used = set(became.values())
    left = [n for n in left if n not in became]
    return became | _match_alike(asked, answered, left, [n for n in fresh if n not in used], count)


def _match_exactly(asked: Lines, answered: Lines, left: list[int], fresh: list[int], count: Count) -> dict[int, int]:
    """Find the lines that came back as asked for, through an index, as there may be hundreds."""
    index: dict[tuple[str, ...], dict[Value, list[int]]] = {}
    became: dict[int, int] = {}
    used: set[int] = set()
    for number in left:
        blank = Content(asked[number].shape, {})
        fields = [f for f in list_changed_fields(blank, asked[number]) if f.kind not in NESTED and not f.decided_with]
        names = tuple(f.name for f in fields)
        if names not in index:
            index[names] = {}
            for n in fresh:
                index[names].setdefault(_sign(fields, answered[n]), []).append(n)
        alike = (n for n in index[names].get(_sign(fields, asked[number]), ()) if n not in used)
        fit = next((n for n in islice(alike, MOST_ALIKE) if not count(asked[number], answered[n])), None)
        if fit is not None:
            became[number] = fit
            used.add(fit)
    return became


def _sign(fields: Sequence[Field], line: Content) -> tuple[Value, ...]:
    """Return the values of a line so that those are equal which are the same to a vendor."""
    values = (line[f.name] for f in fields)
    return tuple(
        spell_alike(v) if isinstance(v, str) else (v.id or v.name) if isinstance(v, Reference) else v for v in values
    )


def _match_alike(asked: Lines, answered: Lines, left: list[int], fresh: list[int], count: Count) -> dict[int, int]:
    if len(left) == len(fresh) or len(left) * len(fresh) > MOST_TRIED:
        return dict(zip(left, fresh, strict=False))
    pairs = sorted((count(asked[one], answered[other]), one, other) for one in left for other in fresh)
    became: dict[int, int] = {}
    for _, one, other in pairs:
        if one not in became and other not in became.values():
            became[one] = other
    return became
