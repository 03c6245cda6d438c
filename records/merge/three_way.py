"""Three-way merge of one record: base, mine and theirs, by field and by line.

Iterates over the field table and names no field; knows no provider, no database and no page. Fields that only the
vendor writes are always theirs. Totals derived from lines (a bill's amount) are theirs until the vendor recalculates
them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from records.changes import NEW_LINE
from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind, Shape

from .parts import Choice, LinePlace, MergePart, Side, index_lines, is_alike, is_same

Decide = Callable[[MergePart], str]
Lines = dict[str, tuple[int, Content]]


class UndecidedClash(ValueError):
    """Clashes without a choice; `keys` names them in reading order."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(f"Not decided: {', '.join(keys)}.")
        self.keys = tuple(keys)


@dataclass(frozen=True, slots=True, repr=False)
class ThreeWayMerge:
    """The result of `merge_three_way`. `parts` holds every part that anybody changed, in reading order."""

    base: Content | None
    mine: Content
    theirs: Content
    parts: tuple[MergePart, ...]

    def __repr__(self) -> str:
        return f"<Merge {list(self.parts)}>"

    @property
    def clashes(self) -> tuple[MergePart, ...]:
        """The parts that somebody has to decide."""
        return tuple(p for p in self.parts if p.side is Side.CLASH)

    @property
    def combined(self) -> tuple[MergePart, ...]:
        """The parts that only one side changed; their `side` says which."""
        return tuple(p for p in self.parts if p.side in (Side.MINE, Side.THEIRS))

    @property
    def same(self) -> tuple[MergePart, ...]:
        """The parts that both sides changed alike."""
        return tuple(p for p in self.parts if p.side is Side.BOTH)

    def undecided(self, choices: Mapping[str, str]) -> tuple[str, ...]:
        """Return the keys of the clashes for which `choices` holds no valid choice."""
        return tuple(p.key for p in self.clashes if choices.get(p.key) not in p.choices)

    def content(self, choices: Mapping[str, str]) -> Content:
        """Return the merged record. Raises UndecidedClash; keys that belong to no clash are ignored.

        A part for which another value is typed has my value, which the caller replaces with the typed one.
        """
        if missing := self.undecided(choices):
            raise UndecidedClash(missing)
        chosen = {p.key: choices[p.key] for p in self.clashes}
        return _merge_part(self.base, self.mine, self.theirs, (), lambda p: chosen.get(p.key, p.side))


def merge_three_way(base: Content | None, mine: Content, theirs: Content) -> ThreeWayMerge:
    """Merge both sides' changes to `base`. Without a base every difference between the two is a clash.

    Lines are matched by their list's key. The result has their lines in their order, then those that only mine has.
    """
    parts: list[MergePart] = []

    def note(part: MergePart) -> str:
        parts.append(part)
        return part.side

    _merge_part(base, mine, theirs, (), note)
    return ThreeWayMerge(base, mine, theirs, tuple(parts))


def _merge_part(
    was: Content | None, mine: Content, theirs: Content, places: tuple[LinePlace, ...], decide: Decide
) -> Content:
    if was == mine == theirs:
        return theirs
    taken: dict[str, Value] = {}
    for fields in _collect_decisions(theirs.shape):
        name = fields[0].name
        if fields[0].kind is FieldKind.LIST:
            old = None if was is None else was[name]
            taken[name] = tuple(_merge_lines(fields[0], old, mine[name], theirs[name], places, decide))
        elif side := _pick_side(fields, was, mine, theirs):
            part = MergePart(places=places, fields=fields, was=was, mine=mine, theirs=theirs, side=side)
            source = _find_source(decide(part), was, mine, theirs)
            if source is not None and source is not theirs:
                taken.update({f.name: _take_side(f, source[f.name], theirs[f.name]) for f in fields})
    return theirs.replace(**taken)


def _find_source(decided: str, was: Content | None, mine: Content | None, theirs: Content | None) -> Content | None:
    """Return the side that a decision names."""
    if decided == Choice.WAS:
        return was
    return mine if decided in (Choice.MINE, Choice.OTHER) else theirs


def _collect_decisions(shape: Shape) -> Iterator[tuple[Field, ...]]:
    """Yield the writable fields, those that share a `decided_with` together at the place of the first."""
    together: dict[str, list[Field]] = {}
    for f in shape.writable:
        together.setdefault(f.decided_with or f"{f.name} alone", []).append(f)
    return (tuple(fields) for fields in together.values())


def _pick_side(fields: tuple[Field, ...], was: Content | None, mine: Content, theirs: Content) -> Side | None:
    """Return who changed the fields; None for nobody."""
    agreed = is_alike(fields, mine, theirs)
    if was is None:
        return None if agreed else Side.CLASH
    by_me, by_them = not is_alike(fields, was, mine), not is_alike(fields, was, theirs)
    if by_me and by_them:
        return Side.BOTH if agreed or _is_derived_alike(fields, was, mine, theirs) else Side.CLASH
    return Side.MINE if by_me else Side.THEIRS if by_them else None


def _is_derived_alike(fields: tuple[Field, ...], was: Content, mine: Content, theirs: Content) -> bool:
    """Both sides changed the factors alike, so the vendor derives the rest and its result is taken."""
    factors = [f for f in fields if not f.follows]
    whole = all(not is_blank(mine[f.name]) for f in factors)
    return whole and is_alike(factors, mine, theirs) and not is_alike(factors, was, mine)


def _take_side(f: Field, value: Value, theirs: Value) -> Value:
    """Return a side's value in the vendor's spelling, with their values for members that only the vendor writes."""
    if is_same(f, value, theirs):
        return theirs
    if f.kind is FieldKind.GROUP:
        return theirs.replace(**{m.name: _take_side(m, value[m.name], theirs[m.name]) for m in f.shape.writable})
    return value


def _merge_lines(
    f: Field,
    was: tuple[Content, ...] | None,
    mine: tuple[Content, ...],
    theirs: tuple[Content, ...],
    places: tuple[LinePlace, ...],
    decide: Decide,
) -> Iterator[Content]:
    old, my, their = index_lines(f, was or ()), index_lines(f, mine), index_lines(f, theirs)
    renamed = _find_renamed(f, old, my, their) if f.shape[f.key].writable else {}
    my, their = (_name_as_before(side, renamed, at) for at, side in enumerate((my, their)))
    # Entries identified by a typed name have no order of their own: mine is taken if theirs is unchanged.
    by_name = f.shape[f.key].writable and list(old) == list(their)
    for key in {**my, **old} if by_name else {**their, **my, **old}:
        number, line = (None if key in renamed else my.get(key)) or old.get(key) or their[key]
        place = (*places, LinePlace(f, key, number, _name_part(f, line)))
        sides = [side[key][1] if key in side else None for side in (old, my, their)]
        if key in renamed:
            part = MergePart(places=place, fields=(), was=sides[0], mine=sides[1], theirs=sides[2], side=Side.CLASH)
            kept = _find_source(decide(part), sides[0], sides[1], sides[2])
        else:
            kept = _merge_line(sides[0], sides[1], sides[2], place, decide, known=was is not None)
        if kept is not None:
            yield kept


def _find_renamed(f: Field, old: Lines, my: Lines, their: Lines) -> dict[str, tuple[str, str]]:
    """Return the entries to which each side has given another name: key → my new one and theirs.

    They are those that neither side has any more, each with a new entry of either side that is as it was but for its
    name, or that is the only new one there.
    """
    gone = [key for key in old if key not in my and key not in their]
    added = [[key for key in side if key not in old and key not in other] for side, other in ((my, their), (their, my))]
    rest = tuple(m for m in f.shape.writable if m.name != f.key)
    renamed: dict[str, tuple[str, str]] = {}
    for key in gone:
        found: list[str] = []
        for side, names in zip((my, their), added, strict=True):
            same = [name for name in names if is_alike(rest, old[key][1], side[name][1])]
            found += same[:1] or (names if len(names) == len(gone) == 1 else [])
        if len(found) == len(added):
            renamed[key] = (found[0], found[1])
            added = [[name for name in names if name not in found] for names in added]
    return renamed


def _name_as_before(side: Lines, renamed: Mapping[str, tuple[str, str]], at: int) -> Lines:
    before = {names[at]: key for key, names in renamed.items()}
    return {before.get(key, key): line for key, line in side.items()}


def _name_part(f: Field, line: Content) -> str:
    """Return a line's label: its name, its first text, or its account or item."""
    if f.called_by:
        return str(line[f.called_by])
    return next((str(line[f.name]) for f in line.shape.writable if not is_blank(line[f.name])), "")


def _merge_line(
    was: Content | None,
    mine: Content | None,
    theirs: Content | None,
    places: tuple[LinePlace, ...],
    decide: Decide,
    *,
    known: bool,
) -> Content | None:
    if mine is not None and theirs is not None:
        both_added = was is None and known
        return _merge_part(was, _leave_unticked(mine, theirs) if both_added else mine, theirs, places, decide)
    side = _merge_presence(was, mine, theirs, places[-1], known)
    part = MergePart(places=places, fields=(), was=was, mine=mine, theirs=theirs, side=side)
    return _find_source(decide(part), was, mine, theirs)


def _leave_unticked(mine: Content, theirs: Content) -> Content:
    """Return my entry with the boxes that neither side ticks as in theirs: a new entry has them blank, not "no"."""
    boxes = [f.name for f in mine.shape.writable if f.kind is FieldKind.BOOLEAN]
    return mine.replace(**{name: theirs[name] for name in boxes if not mine[name] and not theirs[name]})


def _merge_presence(
    was: Content | None, mine: Content | None, theirs: Content | None, place: LinePlace, known: bool
) -> Side:
    """Return who added or removed a line that one side lacks; a clash if the other side has changed it."""
    left = theirs if mine is None else mine
    if left is None:
        return Side.BOTH
    if was is None:
        new = known or left[place.field.key] in ("", NEW_LINE)
        return Side.CLASH if not new else Side.MINE if theirs is None else Side.THEIRS
    if not is_alike(left.shape.writable, was, left):
        return Side.CLASH
    return Side.MINE if mine is None else Side.THEIRS
