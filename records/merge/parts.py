"""The parts of a merge: fields that change together, their labels, and when two values are the same.

Knows no provider and names no field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from records.content import Content, Reference, Value, is_blank
from records.fields import Field, FieldKind
from records.text import fold_blanks, reads_alike


class Side(StrEnum):
    """Who changed a part since the base, which decides whose value the merge takes."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"  # both sides made the same change: theirs is taken, in the vendor's spelling
    CLASH = "clash"


class Choice(StrEnum):
    """The possible decisions of a clash."""

    MINE = "mine"
    THEIRS = "theirs"
    WAS = "was"  # neither: the common base value
    OTHER = "other"  # another value, typed for it


@dataclass(frozen=True, slots=True)
class LinePlace:
    """The line of a part: the list that holds it, its key and number in the list, and its label."""

    field: Field
    key: str
    number: int
    title: str

    @property
    def label(self) -> str:
        """Item line 2, Stretch wrap 18 in."""
        one = self.field.one if self.field.one != "line" else self.field.name.removesuffix("s").replace("_", " ")
        one = one[:1].upper() + one[1:]
        return f"{one} {self.number}, {self.title}" if self.title else f"{one} {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MergePart:
    """The unit of a merge: a field, the fields decided together, or, without `fields`, the existence of a line.

    `was`, `mine` and `theirs` are the record or line that holds it; None if there is no such line or no base.
    """

    places: tuple[LinePlace, ...]
    fields: tuple[Field, ...]
    was: Content | None
    mine: Content | None
    theirs: Content | None
    side: Side

    def __repr__(self) -> str:
        return f"<Part {self.key} {self.side}>"

    @property
    def key(self) -> str:
        """Stable from one request to the next: `billing_address`, `item_lines:456DEF-1:quantity+cost+amount`."""
        where = "/".join(f"{p.field.name}:{p.key}" for p in self.places)
        return ":".join(filter(None, (where, "+".join(f.name for f in self.fields))))

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices that a person has for it.

        A whole line cannot be typed: a deleted line that somebody changed comes back as one of its three sides or not
        at all, and a new line is added on the form, where its account or item fills in its defaults.
        """
        back = self.was is not None and can_restore(self.fields, self.was, self.theirs)
        return (
            Choice.MINE,
            Choice.THEIRS,
            *((Choice.WAS,) if back else ()),
            *((Choice.OTHER,) if self.fields else ()),
        )

    @property
    def where(self) -> str:
        """The line in words, "" on the record itself."""
        return ", ".join(p.label for p in self.places)

    @property
    def what(self) -> str:
        """The fields in words: Terms and due date."""
        names = [f.label for f in self.differing]
        names[1:] = [name[:1].lower() + name[1:] for name in names[1:]]
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))

    @property
    def label(self) -> str:
        return ": ".join(filter(None, (self.where, self.what)))

    @property
    def differing(self) -> tuple[Field, ...]:
        """The fields in which the sides are not all alike."""
        sides = [side for side in (self.was, self.mine, self.theirs) if side is not None]
        return tuple(f for f in self.fields if not all(is_same(f, sides[0][f.name], s[f.name]) for s in sides[1:]))


def index_lines(f: Field, lines: Sequence[Content]) -> dict[str, tuple[int, Content]]:
    """Return key → number from 1 and line; a repeated key (new lines share one) is made unique by a count.

    A key that people type is folded: a name in other capitals or with other blanks names the same entry.
    """
    is_typed = f.shape[f.key].writable
    found: dict[str, tuple[int, Content]] = {}
    times: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        key = fold_blanks(str(line[f.key])) if is_typed else str(line[f.key])
        times[key] = times.get(key, 0) + 1
        found[f"{key}#{times[key]}" if times[key] > 1 else key] = (number, line)
    return found


def can_restore(fields: Sequence[Field], wanted: Content | None, now: Content | None) -> bool:
    """Whether the fields can be reset to their values in `wanted`: some cannot be emptied once they are set."""
    if wanted is None or now is None:
        return True
    return all(
        can_restore(f.shape.writable, wanted[f.name], now[f.name])
        if f.kind is FieldKind.GROUP
        else f.clearable or f.kind is FieldKind.LIST or not is_blank(wanted[f.name]) or is_blank(now[f.name])
        for f in fields
    )


def is_same(f: Field, one: Value, other: Value, *, in_history: bool = False) -> bool:
    """Whether the field is unchanged between the two values: a renamed reference is still the same one,
    and so is a text with other line ends or decomposed accents. A reference without an id is known by its name.

    Of groups and entries it compares what people can write, or with `in_history` all that the history reports.
    """
    if one is other or one == other:
        return True
    if isinstance(one, Reference) and isinstance(other, Reference):
        has_ids = bool(one.id and other.id) and not f.by_name
        return one.id == other.id if has_ids else one.name.casefold() == other.name.casefold()
    if f.kind is FieldKind.GROUP:
        return is_alike(_list_members(f, in_history), one, other, in_history=in_history)
    if f.kind is FieldKind.LIST:
        return len(one) == len(other) and all(
            a == b or (a[f.key] == b[f.key] and is_alike(_list_members(f, in_history), a, b, in_history=in_history))
            for a, b in zip(one, other, strict=True)
        )
    return reads_alike(one, other)


def is_alike(fields: Sequence[Field], one: Content, other: Content, *, in_history: bool = False) -> bool:
    return all(is_same(f, one[f.name], other[f.name], in_history=in_history) for f in fields)


def _list_members(f: Field, in_history: bool) -> Sequence[Field]:
    return f.shape.in_history if in_history else f.shape.writable
