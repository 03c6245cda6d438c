"""Whether a record contains a change: distinguishes a save whose answer was lost from one that never arrived. Pure."""

import operator
from collections.abc import Container, Iterator

from records.changes import list_changed_fields
from records.content import Content, Value
from records.fields import Field, FieldKind
from records.text import is_kept_as

from .parts import is_same

Lines = tuple[Content, ...]


def is_applied(theirs: Content, base: Content, mine: Content) -> bool:
    """Whether `theirs` contains every change from `base` to `mine`; new lines are recognized by their typed values."""
    return all(_is_same(f, base[f.name], mine[f.name], theirs[f.name]) for f in list_changed_fields(base, mine))


def match_lines(base: Content, mine: Content, theirs: Content) -> Content:
    """Return `mine`, with each line new since `base` that `theirs` already has replaced by theirs."""
    lists = [f for f in mine.shape.writable if f.kind is FieldKind.LIST and not f.shape[f.key].writable]
    return mine.replace(**{f.name: tuple(_match_list(f, base[f.name], mine[f.name], theirs[f.name])) for f in lists})


def _match_list(f: Field, base: Lines, mine: Lines, theirs: Lines) -> Iterator[Content]:
    old, there = {line[f.key]: line for line in base}, {line[f.key]: line for line in theirs}
    known = old.keys() | {line[f.key] for line in mine}
    fresh = [line for key, line in there.items() if key not in known]
    for line in mine:
        key = line[f.key]
        if key in old:
            yield match_lines(old[key], line, there[key]) if key in there else line
            continue
        found = next((one for one in fresh if _is_line_applied(None, line, one)), None)
        if found is not None:
            fresh.remove(found)
        yield line if found is None else found


def _is_same(f: Field, base: Value, mine: Value, theirs: Value) -> bool:
    if f.kind is FieldKind.GROUP and f.flat:  # only the members that changed are written
        return is_applied(theirs, base, mine)
    if f.kind is FieldKind.GROUP:
        return all(_is_same(m, base[m.name], mine[m.name], theirs[m.name]) for m in f.shape.writable)
    if f.kind is not FieldKind.LIST:
        return is_same(f, mine, theirs) or is_kept_as(mine, theirs)
    was = {line[f.key]: line for line in base}
    if f.shape[f.key].writable:  # entries identified by a typed name: the vendor chooses their order
        theirs = _arrange_by_name(f, mine, theirs)
    return len(mine) == len(theirs) and all(
        _is_same_line(f, was, m, t) and _is_line_applied(was.get(m[f.key]), m, t)
        for m, t in zip(mine, theirs, strict=True)
    )


def _arrange_by_name(f: Field, mine: Lines, theirs: Lines) -> Lines:
    """Return `theirs` in the order of `mine`: the same name first, then one that it may have been kept as."""
    left, found = list(theirs), dict[int, Content]()
    for is_found in (operator.eq, is_kept_as):
        for number, entry in enumerate(mine):
            named = (one for one in left if is_found(_fold_name(f, entry), _fold_name(f, one)))
            if number not in found and (one := next(named, None)) is not None:
                found[number] = one
                left.remove(one)
    return (*(found[number] for number in sorted(found)), *left)


def _fold_name(f: Field, entry: Content) -> str:
    return str(entry[f.key]).casefold()


def _is_same_line(f: Field, was: Container[Value], mine: Content, theirs: Content) -> bool:
    """Whether a stored line is the sent one: it has the same id or, for a new line, an id that no line had."""
    if f.shape[f.key].writable:
        return is_kept_as(_fold_name(f, mine), _fold_name(f, theirs))
    one, other = mine[f.key], theirs[f.key]
    return bool(one == other) if one in was else other not in was


def _is_line_applied(base: Content | None, mine: Content, theirs: Content) -> bool:
    """Whether a stored line is the sent one; values that QuickBooks derives or fills in may differ.

    A derived value counts where it was all that was changed, as the amount of a line without a quantity.
    """
    blank = base or Content(mine.shape, {})
    changed = list_changed_fields(blank, mine)
    sent = [f for f in changed if not f.follows] or changed
    return all(_is_same(f, blank[f.name], mine[f.name], theirs[f.name]) for f in sent)
