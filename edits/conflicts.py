"""The conflict page of any kind of record: a merge as rows to decide, parts combined, and sums.

Knows the field table and no field; makes nothing permanent and calls nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from books.fields import Field, Kind, Table
from books.records import Content, follow, is_blank

from .differences import FIGURES, amount_field, leaves, moves, note, result
from .merge import Merge
from .parts import Part, Side, same

PREFIX = "choice-"
SHORT = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in a column, marked where it differs from what the person opened."""

    label: str
    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Was, yours or now of one row: its values, or what is said in their place."""

    cells: tuple[Cell, ...]
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button: `text` repeats what choosing it results in, `said` is the word for it once chosen."""

    value: str
    text: str
    said: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One clash as the page draws it; its two options go by `name` and carry "mine" and "theirs"."""

    name: str
    what: str
    field: str
    note: str
    was: Column
    yours: Column
    now: Column
    keep: Option
    take: Option
    is_figures: bool

    @property
    def decided(self) -> str:
        return next((option.said for option in (self.keep, self.take) if option.is_chosen), "")


@dataclass(frozen=True, slots=True)
class Move:
    """A value that was combined: `was` is "" for something added."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Combined:
    """A part that only one side changed, and whose it is."""

    label: str
    moves: tuple[Move, ...]
    whose: str
    is_mine: bool

    @property
    def short(self) -> str:
        """Its only move where that is short enough for the folded line."""
        one = self.moves[0]
        text = f"{one.was} → {one.now}" if one.was else one.now
        return text if len(self.moves) == 1 and len(text) <= SHORT and not one.label else ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the lines: as opened (None without a base), as the books have it, and by who wins all clashes."""

    was: Decimal | None
    now: Decimal
    with_yours: Decimal
    with_theirs: Decimal

    @property
    def depends(self) -> bool:
        """Whether the decisions change the sum."""
        return self.with_yours != self.with_theirs

    @property
    def yours_more(self) -> Decimal:
        return self.with_yours - self.now

    @property
    def theirs_more(self) -> Decimal:
        return self.with_theirs - self.now


@dataclass(frozen=True)
class Conflict:
    """What `templates/edits/conflict.html` draws. `books` is their name, `choices` are keys → "mine" or "theirs"."""

    merge: Merge
    table: Table
    books: str
    choices: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._row(part) for part in self.merge.clashes)

    @cached_property
    def combined(self) -> tuple[Combined, ...]:
        return tuple(self._combined(part) for part in self.merge.combined)

    @cached_property
    def alike(self) -> tuple[str, ...]:
        """What both sides changed in the same way, by name."""
        return tuple(p.label for p in self.merge.same)

    @property
    def open(self) -> int:
        """How many rows are still to decide."""
        return len(self.merge.undecided(self.choices))

    @property
    def has_base(self) -> bool:
        return self.merge.base is not None

    @property
    def changed_at(self) -> datetime | None:
        """When the books say that the record was last changed."""
        path = self.table.columns.get("changed_at", "")
        found = follow(self.merge.theirs, path) if path else None
        return found if isinstance(found, datetime) else None

    @cached_property
    def same(self) -> tuple[int, int]:
        """How many filled-in fields, and how many lines, are the same on both sides."""
        mine, theirs = self.merge.mine, self.merge.theirs
        equal = [f for f in mine.shape.writable if same(f, mine[f.name], theirs[f.name]) and not is_blank(mine[f.name])]
        fields = sum(f.kind is not Kind.LIST for f in equal)
        lists = [f for f in mine.shape.writable if f.kind is Kind.LIST]
        return fields, sum(_equal_lines(f, mine[f.name], theirs[f.name]) for f in lists)

    @cached_property
    def totals(self) -> Totals | None:
        """None for a kind of record without amounts in its lines."""
        shape = self.table.shape
        if not any(f.kind is Kind.LIST and Kind.MONEY in {m.kind for m in f.shape.fields} for f in shape.writable):
            return None
        merge = self.merge
        yours, theirs = (merge.content({p.key: side for p in merge.clashes}) for side in (Side.MINE, Side.THEIRS))
        was = None if merge.base is None else total(merge.base)
        return Totals(was, total(merge.theirs), total(yours), total(theirs))

    def _combined(self, part: Part) -> Combined:
        is_mine = part.side is Side.MINE
        found = tuple(Move(*move) for move in moves(part))
        return Combined(part.label, found, "yours" if is_mine else self.books, is_mine)

    def _row(self, part: Part) -> Row:
        chosen = self.choices.get(part.key, "")
        shown = leaves(part)
        keep, take = f"Keep yours: {result(part, part.mine)}", f"Take from {self.books}: {result(part, part.theirs)}"
        return Row(
            name=PREFIX + part.key,
            what=part.where or part.what,
            field=part.what if part.where else "",
            note=note(part, self.books),
            was=self._column(part, part.was, "not there" if self.has_base else "no longer known"),
            yours=self._column(part, part.mine, "removed by you" if part.was else "not there"),
            now=self._column(part, part.theirs, f"no longer in {self.books}" if part.was else "not there"),
            keep=Option(Side.MINE, keep, "yours", chosen == Side.MINE),
            take=Option(Side.THEIRS, take, f"from {self.books}", chosen == Side.THEIRS),
            is_figures=all(leaf.field.kind in FIGURES for leaf in shown),
        )

    def _column(self, part: Part, holder: Content | None, instead: str) -> Column:
        """One side of a clash; without a base the two sides are marked against each other."""
        if holder is None:
            return Column((), instead)
        against = part.was or (part.theirs if holder is part.mine else part.mine)
        return Column(
            tuple(
                Cell(leaf.field.label, leaf.shown(holder), against is not None and leaf.differs(against, holder))
                for leaf in leaves(part)
            )
        )


def _equal_lines(f: Field, mine: tuple[Content, ...], theirs: tuple[Content, ...]) -> int:
    known = {line[f.key]: line for line in theirs}
    return sum(line[f.key] in known and same(f, (line,), (known[line[f.key]],)) for line in mine)


def total(record: Content) -> Decimal:
    """The sum of the record's lines; a line that holds lines counts as theirs."""
    found = Decimal("0.00")
    for f in record.shape.writable:
        for line in record[f.name] if f.kind is Kind.LIST else ():
            amount = amount_field(line)
            nested = any(m.kind is Kind.LIST and m.writable for m in line.shape.fields)
            found += total(line) if nested else (line[amount.name] if amount else None) or 0
    return found
