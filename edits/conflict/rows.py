"""The rows of a conflict page: clashes to decide with their options, and parts that are combined."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField

from records.merge.parts import Choice

SHORT = 40


@dataclass(frozen=True, slots=True)
class ConflictCell:
    """One value in a column, marked if it differs from what the person opened."""

    label: str
    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ConflictColumn:
    """Was, yours or now of one row: its values, or the text shown instead."""

    cells: tuple[ConflictCell, ...]
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ConflictOption:
    """One radio button: `text` is the result of choosing it, `said` is the word for it once chosen."""

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
    """One clash as the page draws it; its options share the input `name`, and one that is not possible is None.

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
    """A part that only one side changed, and which side."""

    label: str
    moves: tuple[TotalMove, ...]
    whose: str
    is_mine: bool

    @property
    def short(self) -> str:
        """Its only change, if that is short enough for the collapsed line."""
        one = self.moves[0]
        text = f"{one.was} → {one.now}" if one.was else one.now
        return text if len(self.moves) == 1 and len(text) <= SHORT and not one.label else ""
