"""The conflict page of any kind of record: a merge as rows to decide, parts combined, and sums.

Knows the field table and no field. Writes nothing and sends no request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from records.content import Content, get_at_path, is_blank
from records.fields import Field, FieldKind, Table
from records.merge.parts import Choice, MergePart, Side, is_same
from records.merge.three_way import ThreeWayMerge

from .custom_values import CustomValues, locate_part
from .labels import FIGURES, describe_clash, describe_result, list_moves, list_values
from .rows import CombinedPart, ConflictCell, ConflictColumn, ConflictOption, ConflictRow, TotalMove
from .totals import ConflictTotals, compute_totals
from .wording import ConflictWording

PREFIX = "choice-"


@dataclass(frozen=True)
class ConflictPage:
    """The data of `templates/edits/conflict.html`. `books` is the provider's name, `choices` a Choice for each key.

    `another` has the inputs for typed values, `decided` is the resulting record, None while anything is open, and
    `decided_total` its total if the kind of record has a rule for it.
    """

    merge: ThreeWayMerge
    table: Table
    books: str
    words: ConflictWording
    choices: Mapping[str, str] = field(default_factory=dict)
    another: CustomValues | None = None
    decided: Content | None = None
    decided_total: Decimal | None = None

    @cached_property
    def rows(self) -> tuple[ConflictRow, ...]:
        return tuple(self._row(part) for part in self.merge.clashes)

    @cached_property
    def combined(self) -> tuple[CombinedPart, ...]:
        return tuple(self._combined(part) for part in self.merge.combined)

    @cached_property
    def alike(self) -> tuple[str, ...]:
        """The names of the parts that both sides changed in the same way."""
        return tuple(p.label for p in self.merge.same)

    @property
    def open(self) -> int:
        """The number of rows still to decide."""
        return len(self.merge.undecided(self.choices))

    @property
    def has_base(self) -> bool:
        return self.merge.base is not None

    @property
    def changed_at(self) -> datetime | None:
        """The vendor's time of the record's last change."""
        path = self.table.columns.get("changed_at", "")
        found = get_at_path(self.merge.theirs, path) if path else None
        return found if isinstance(found, datetime) else None

    @cached_property
    def same(self) -> tuple[int, int]:
        """The numbers of filled-in fields and of lines that are the same on both sides."""
        mine, theirs = self.merge.mine, self.merge.theirs
        equal = [
            f for f in mine.shape.writable if is_same(f, mine[f.name], theirs[f.name]) and not is_blank(mine[f.name])
        ]
        fields = sum(f.kind is not FieldKind.LIST for f in equal)
        lists = [f for f in mine.shape.writable if f.kind is FieldKind.LIST]
        return fields, sum(_list_equal_lines(f, mine[f.name], theirs[f.name]) for f in lists)

    @cached_property
    def totals(self) -> ConflictTotals | None:
        """The sums of the lines; None for a kind of record without amounts in its lines."""
        found = compute_totals(self.merge, self.decided)
        return replace(found, decided=self.decided_total) if found and self.decided_total is not None else found

    def _combined(self, part: MergePart) -> CombinedPart:
        is_mine = part.side is Side.MINE
        found = tuple(TotalMove(*move) for move in list_moves(part))
        return CombinedPart(part.label, found, self.words.said["mine"] if is_mine else self.words.theirs, is_mine)

    def _row(self, part: MergePart) -> ConflictRow:
        shown, words = list_values(part), self.words
        options = {choice: self._option(part, choice) for choice in part.choices}
        return ConflictRow(
            name=PREFIX + part.key,
            what=part.where or part.what,
            field=part.what if part.where else "",
            note=describe_clash(part, words),
            was=self._column(part, part.was, "not there" if self.has_base else "no longer known"),
            yours=self._column(part, part.mine, words.gone if part.was else "not there"),
            now=self._column(part, part.theirs, words.missing if part.was else "not there"),
            keep=options[Choice.MINE],
            take=options[Choice.THEIRS],
            back=options.get(Choice.WAS),
            other=options.get(Choice.OTHER),
            inputs=self.another.inputs(part) if self.another and part.fields else (),
            is_figures=all(leaf.field.kind in FIGURES for leaf in shown),
        )

    def _option(self, part: MergePart, choice: Choice) -> ConflictOption:
        words, is_chosen = self.words, self.choices.get(part.key) == choice
        starts = {Choice.MINE: words.keep, Choice.THEIRS: words.take, Choice.WAS: words.back}
        if choice is Choice.OTHER:
            # Typed values have a result only when everything is decided and can be read.
            place = locate_part(part, self.decided) if self.decided is not None and is_chosen else None
            text = f"Enter another: {describe_result(part, place.holder)}" if place else "Enter another"
        else:
            holder = {Choice.MINE: part.mine, Choice.THEIRS: part.theirs, Choice.WAS: part.was}[choice]
            text = f"{starts[choice]}: {describe_result(part, holder)}"
        return ConflictOption(choice, text, words.said[choice], is_chosen)

    def _column(self, part: MergePart, holder: Content | None, instead: str) -> ConflictColumn:
        """Return one side of a clash; without a base, differences between the two sides are marked."""
        if holder is None:
            return ConflictColumn((), instead)
        against = part.was or (part.theirs if holder is part.mine else part.mine)
        return ConflictColumn(
            tuple(
                ConflictCell(
                    leaf.field.label, leaf.shown(holder), against is not None and leaf.differs(against, holder)
                )
                for leaf in list_values(part)
            )
        )


def list_choices(posted: Mapping[str, str]) -> dict[str, str]:
    """Return the choices made on the page, by the key of the clash."""
    return {name.removeprefix(PREFIX): str(posted[name]) for name in posted if name.startswith(PREFIX)}


def keep_decided(posted: Mapping[str, str]) -> dict[str, str]:
    """Return what a page has posted for that of the edit that it made, whose own values are those that were decided.

    What a choice names by its side is another value there: the record that the page showed has become the original.
    """
    chosen = {f"{PREFIX}{key}": choice for key, choice in list_choices(posted).items()}
    own = dict.fromkeys((name for name, choice in chosen.items() if choice != Choice.OTHER), Choice.MINE.value)
    return {name: own.get(name, str(posted[name])) for name in posted}


def _list_equal_lines(f: Field, mine: tuple[Content, ...], theirs: tuple[Content, ...]) -> int:
    known = {line[f.key]: line for line in theirs}
    return sum(line[f.key] in known and is_same(f, (line,), (known[line[f.key]],)) for line in mine)
