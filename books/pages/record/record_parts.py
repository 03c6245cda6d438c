"""What a record's page consists of: sections, values with their links, printed addresses, small tables, key figures."""

from dataclasses import dataclass, field
from typing import NamedTuple

from records.fields import FieldSection


class PageValue(NamedTuple):
    """A label and its value: the whole text, and its pieces, each with its link or "".

    `is_copied`: it has a button that copies it. `reads_as_none`: it is a value, though it looks like a blank one.
    """

    label: str
    text: str
    pieces: tuple[tuple[str, str], ...] = ()
    is_copied: bool = False
    reads_as_none: bool = False


@dataclass(frozen=True, slots=True)
class PrintedField:
    """An address or a similar group, line by line as it prints, with the members that are not printed."""

    label: str
    lines: list[str]
    others: list[PageValue] = field(default_factory=list)
    mark: str = ""

    @property
    def is_filled(self) -> bool:
        return bool(self.lines or self.others)


@dataclass(frozen=True, slots=True)
class ListEntries:
    """A list inside a record as a small table."""

    label: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class FieldBlock:
    """One entry of a list that is too wide for a table, as labels and values under a heading."""

    label: str
    values: list[PageValue]


@dataclass(frozen=True, slots=True)
class PagePart:
    """One section of a record's page."""

    section: FieldSection
    values: list[PageValue] = field(default_factory=list)
    printed: list[PrintedField] = field(default_factory=list)
    entries: list[ListEntries] = field(default_factory=list)
    blocks: list[FieldBlock] = field(default_factory=list)

    @property
    def filled(self) -> list[PageValue]:
        """The values that are not blank."""
        return [one for one in self.values if one.text]

    @property
    def addresses(self) -> list[PrintedField]:
        """The addresses, and similar groups, that are not blank."""
        return [one for one in self.printed if one.is_filled]

    @property
    def is_blank(self) -> bool:
        """Whether all fields of the section are blank."""
        return not (self.filled or self.addresses or self.entries or self.blocks)

    @property
    def empty(self) -> list[str]:
        """The labels of its blank fields."""
        addresses = [one.label for one in self.printed if not one.is_filled]
        return [*(one.label for one in self.values if not one.text), *addresses]


class PageParts(list[PagePart]):
    """All sections of a record's page, in reading order."""

    @property
    def unfolded(self) -> list[PagePart]:
        return [part for part in self if not part.section.is_folded]

    @property
    def folded(self) -> list[PagePart]:
        return [part for part in self if part.section.is_folded and not part.is_blank]

    @property
    def empty(self) -> list[tuple[str, list[str]]]:
        """The blank fields of each section, by its label."""
        return [(part.section.label, part.empty) for part in self.unfolded if part.empty]

    @property
    def empty_count(self) -> int:
        return sum(len(labels) for _, labels in self.empty)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the few values that a record's page shows large; `kind` is "is-text" for a value that is not a number."""

    label: str
    text: str
    note: str
    kind: str
