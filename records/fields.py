"""The field table: what a record is made of, said once and read by everything above.

Decoding, forms, validation, differences, merges, history and columns all walk these descriptions; none of them
names a field. This module must not know any provider: each provider's folder declares its own tables with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field holds, and so how it is read, shown, typed, compared and written."""

    TEXT = "text"  # str, "" when blank: the vendors mix null and "" and mean the same
    LONG_TEXT = "long_text"  # as TEXT, typed into several lines
    MONEY = "money"  # Decimal of two places, or None
    COST = "cost"  # Decimal of up to five places, or None
    NUMBER = "number"  # Decimal, or None: quantities and exchange rates
    BOOLEAN = "boolean"  # bool, or None where the vendor says nothing
    CHOICE = "choice"  # one of the field's choices, "" when blank
    DATE = "date"  # date, or None; never shifted by a time zone
    MOMENT = "moment"  # aware datetime, or None
    REFERENCE = "reference"  # records.Reference, or None
    GROUP = "group"  # a Content of the field's members: an address, a card
    LIST = "list"  # a tuple of Contents of the field's members: lines, notes, contacts


# Digits before the point: what the vendors take in an update (docs/vendors/conductor.md, section 9), and what can be
# read of them. Of an amount no more can be kept either, as a column of SQLite holds 15 digits exactly; a cost may
# follow from others.
WHOLE_DIGITS: Mapping[FieldKind, int] = {FieldKind.MONEY: 13, FieldKind.COST: 10, FieldKind.NUMBER: 10}
READ_DIGITS: Mapping[FieldKind, int] = {FieldKind.MONEY: 13, FieldKind.COST: 15, FieldKind.NUMBER: 15}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceEntry:
    """What an entry picked for a field means for the other members of the same line.

    `fills` maps a member to the dotted paths of the entry's record that may hold its value, the first that does
    counting. `units` is the path of the unit set that says what may stand in the member `unit`, unless the line names
    a set of its own in `own_units`. `without` maps a kind of entry to the members that take no value with it.
    `holds` is the list of the entry's record from which the vendor makes the lines inside this one: their members go by
    the same names.
    """

    fills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str = ""
    units: str = ""
    own_units: str = ""
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    holds: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record, a group or a list entry.

    `wire` is its name in the vendor's answers, `also` other spellings still read, `write` its name in an update
    ("" where it cannot be written; `why_read_only` then says why to a person). `options` names the reference list
    that its picker searches, `entry` says what an entry of it brings along, `unstorable` is a pattern of signs that
    the vendor cannot store. A `flat` group's members stand among the record's own, and a date `as_instant` comes as
    the moment at which the server's day began.
    `needs` is the path of a company's preference and what it has to be for the company to have any use of the field.
    Fields of one shape that share a `decided_with` are one decision in a conflict, and `follows` marks a value that
    the vendor or the form derives from the others of that decision. What is `told` stands in the history though no
    update carries it: people in the books change it.

    Limits that a form checks before anything is sent: `limit` letters, a text that is `shaped` by a pattern (with what
    to say where it is not), a number that is `positive`, a whole number `between` two, the fields of one
    `together` filled in all or not at all, and in a list `most` entries, of which `only_one` may be ticked. A value is
    unique in its list where the list says `unique`, and in the books under the same `unique_under` and, at the top,
    also among the other kinds of `unique_among`. `levels` is how deep records may stand below each other. A field is
    not changed where the amount `fixed_while` is not zero, or, if `childless`, where records stand below this one.

    A list's entries are each `one`, known by the member `key` and to people by `called_by`. They go out with all their
    members where they are `whole`, else with those `sent_along` and what has changed. `why_closed` says why none is
    added or removed.
    An address is filled from the other group that `copied_from` names.
    """

    name: str
    label: str
    kind: FieldKind
    wire: str
    write: str = ""
    also: tuple[str, ...] = ()
    section: str = ""
    limit: int | None = None
    unstorable: str = ""
    shaped: tuple[str, str] | None = None
    positive: bool = False
    flat: bool = False
    as_instant: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    options: str = ""
    entry: ChoiceEntry | None = None
    needs: tuple[str, object] | None = None
    clearable: bool = False
    required: bool = False
    members: "Shape | None" = None
    between: tuple[int, int] | None = None
    together: str = ""
    unique_under: str = ""
    unique_among: tuple[str, ...] = ()
    levels: int | None = None
    fixed_while: str = ""
    childless: bool = False
    copied_from: str = ""
    key: str = "id"
    one: str = "line"
    called_by: str = ""
    most: int | None = None
    unique: bool = False
    only_one: bool = False
    whole: bool = False
    sent_along: bool = False
    why_closed: str = ""
    clear_flag: str = ""
    sent_with: tuple[str, ...] = ()
    decided_with: str = ""
    follows: bool = False
    why_read_only: str = ""
    told: bool = False
    hint: str = ""

    @property
    def writable(self) -> bool:
        return bool(self.write)

    @property
    def shape(self) -> "Shape":
        """The members of a group or of a list's entries."""
        assert self.members is not None, f"{self.name} has no members"
        return self.members

    @property
    def is_address(self) -> bool:
        """Whether it is a group, or a list of entries, with the free lines of an address."""
        return self.members is not None and "line1" in self.members


class Shape(Mapping[str, Field]):
    """The fields of a record, a group or a list entry, in the order in which people read them.

    `writable` are those that an update can carry, `lists` the lists among them and `typed` the rest, which a person
    types; `told` are the writable ones and the others whose changes people want to know of.
    """

    __slots__ = ("_by_name", "fields", "lists", "told", "typed", "writable")

    def __init__(self, *fields: Field) -> None:
        self._by_name = {f.name: f for f in fields}
        self.fields = fields
        self.writable = tuple(f for f in fields if f.writable)
        self.lists = tuple(f for f in self.writable if f.kind is FieldKind.LIST)
        self.typed = tuple(f for f in self.writable if f.kind is not FieldKind.LIST)
        self.told = tuple(f for f in fields if f.writable or f.told)

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


@dataclass(frozen=True, slots=True)
class FieldSection:
    """A headed part of a record's page and form, with the names of its fields in reading order."""

    name: str
    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All of one kind of record at one provider.

    `kind` is the vendor's own plural word and our URL's ("customers"), `noun` the word for one of them. `columns`
    maps a column of the mirror to the dotted path of the value that it holds; `search` lists the columns searched.
    `revision` is the member that carries a record's revision; where the vendor has none it is "", and the desk takes
    a hash of what can be written. `figures` are the fields that a record's page shows large. A `single` table is one
    object without id or list, whose one row goes by the table's own kind.
    """

    kind: str
    noun: str
    path: str
    shape: Shape
    title: str
    sections: tuple[FieldSection, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    revision: str = "revisionNumber"
    paged: bool = True
    single: bool = False
    always: Mapping[str, str] = field(default_factory=dict)
    deleted_as: str = ""

    def __hash__(self) -> int:
        return hash(self.kind)

    def in_section(self, name: str) -> tuple[Field, ...]:
        section = next(s for s in self.sections if s.name == name)
        return tuple(self.shape[f] for f in section.fields)
