"""What the page draws on which changes meet: rows to decide with their options, and parts that are combined."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField

from records.merge.parts import Choice

SHORT = 40


@dataclass(frozen=True, slots=True)
class ConflictCell:
    """One value in a column, marked where it differs from what the person opened."""

    label: str
    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ConflictColumn:
    """Was, yours or now of one row: its values, or what is said in their place."""

    cells: tuple[ConflictCell, ...]
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ConflictOption:
    """One radio button: `text` repeats what choosing it results in, `said` is the word for it once chosen."""

    value: Choice
    text: str
    said: str
    is_chosen: bool

    @property
    def key(self) -> int:
        """The key that chooses it."""
        return [*Choice].index(self.value) + 1


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One clash as the page draws it; its options go by `name`, None where there is no such choice.

    `inputs` are those of the option `other`.
    """

    name: str
    what: str
    field: str
    note: str
    was: ConflictColumn
    yours: ConflictColumn
    now: ConflictColumn
    keep: ConflictOption
    take: ConflictOption
    back: ConflictOption | None
    other: ConflictOption | None
    inputs: Sequence[BoundField]
    is_figures: bool

    @property
    def options(self) -> list[ConflictOption]:
        return [option for option in (self.keep, self.take, self.back, self.other) if option is not None]

    @property
    def decided(self) -> str:
        return next((option.said for option in self.options if option.is_chosen), "")


@dataclass(frozen=True, slots=True)
class TotalMove:
    """A value that was combined: `was` is "" for something added."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class CombinedPart:
    """A part that only one side changed, and whose it is."""

    label: str
    moves: tuple[TotalMove, ...]
    whose: str
    is_mine: bool

    @property
    def short(self) -> str:
        """Its only move where that is short enough for the folded line."""
        one = self.moves[0]
        text = f"{one.was} → {one.now}" if one.was else one.now
        return text if len(self.moves) == 1 and len(text) <= SHORT and not one.label else ""
