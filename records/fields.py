"""The field table: what a record is made of, said once and read by everything above.

Decoding, forms, validation, differences, merges, history and columns all walk these descriptions; none of them
names a field. This module must not know any provider: each provider's folder declares its own tables with it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
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


class LinkKind(StrEnum):
    """What the page of a record makes a link of a text to."""

    NONE = ""
    EMAIL = "email"  # one or several addresses
    PHONE = "phone"
    WEB = "web"
    CONTACT = "contact"  # an address or a number, as what stands before it says


# Digits before the point: what the vendors take in an update (docs/vendors/conductor.md, section 9), and what can be
# read of them. Of an amount no more can be kept either, as a column of SQLite holds 15 digits exactly; a cost may
# follow from others.
WHOLE_DIGITS: Mapping[FieldKind, int] = {FieldKind.MONEY: 13, FieldKind.COST: 10, FieldKind.NUMBER: 10}
READ_DIGITS: Mapping[FieldKind, int] = {FieldKind.MONEY: 13, FieldKind.COST: 15, FieldKind.NUMBER: 15}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceEntry:
    """What an entry picked for a field means for the other members of the same line."""

    fills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # member → paths in the entry; the first wins
    unit: str = ""  # the member that takes one unit of the set at `units`
    units: str = ""  # path in the entry of the unit set
    own_units: str = ""  # the member that names a unit set of the line's own, used before that of the entry
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # kind of entry → members that take no value
    discount: tuple[str, str] = ("", "")  # paths in the entry of a discount: in percent of the line above, in money
    holds: str = ""  # the entry's list from which the vendor makes the lines inside this one; members of the same names


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record, a group or a list entry. What each attribute means is said beside it, by concern."""

    name: str  # ours, in snake_case: the key in a Content and the name of the form's input
    label: str  # what people read
    kind: FieldKind

    # How the vendor reads and writes it.
    wire: str  # its name in an answer
    also: tuple[str, ...] = ()  # other names under which an answer may have it
    write: str = ""  # its name in an update; "" where it cannot be written
    flat: bool = False  # of a group: its members are among the record's own
    as_instant: bool = False  # of a date: it comes as the moment at which the server's day began
    clear_flag: str = ""  # of a list: what to send in an update so that it is emptied
    sent_with: tuple[str, ...] = ()  # of a list: the lists that go out with it
    whole: bool = False  # of a list: entries go out with all members, else with the changed and those `sent_along`
    sent_along: bool = False  # of an entry's member: goes out with every entry

    # What it may hold. A form checks this before anything is sent.
    required: bool = False  # never blank
    clearable: bool = False  # once filled, the vendor can make it blank again
    limit: int | None = None  # of a text: letters
    unstorable: str = ""  # of a text: pattern of a letter that the vendor cannot store
    limit_bytes: int | None = None  # of a text: bytes of its UTF-8
    # Of a text: returns what is stored of what was typed. Raises ValueError with the reason if nothing can be.
    read_text: Callable[[str], str] | None = None
    positive: bool = False  # of a number: above zero
    places: int | None = None  # of a number: decimals, where not those of its kind
    between: tuple[int, int] | None = None  # of a whole number: least and most
    together: str = ""  # fields with the same words here are filled in all or not at all; the words name them
    most: int | None = None  # of a list: entries
    unique: bool = False  # of a list: no two entries have the same `key`
    only_one: bool = False  # of an entry's tick box: ticked in one entry at most

    # What other records allow it to hold.
    unique_under: str = ""  # no other record with the same value in the field named here has this value
    unique_among: tuple[str, ...] = ()  # where that field is blank: nor has one of these kinds
    levels: int | None = None  # of the record above: how deep records may be nested
    fixed_while: str = ""  # cannot be changed while the amount named here is not zero
    childless: bool = False  # cannot be changed while other records are below this one
    needs: tuple[str, object] | None = None  # path of a company's preference, and the value that gives the field a use

    # What it is chosen from.
    choices: tuple[tuple[str, str], ...] = ()  # of a choice: value and label
    options: str = ""  # of a reference: the list that its picker searches
    entry: ChoiceEntry | None = None  # of a reference: what the picked entry means for the rest of the line
    by_name: bool = False  # of a reference: its name tells which entry it is, as the vendor may change the id
    under: str = ""  # of a reference: the member of the same line whose entry is the parent of this one

    # What it consists of.
    members: "Shape | None" = None  # of a group, or of each entry of a list
    key: str = "id"  # of a list: the member by which an entry is known
    one: str = "line"  # of a list: the noun for an entry
    called_by: str = ""  # of a list: the member that people know an entry by
    why_closed: str = ""  # of a list: why none is added or removed

    # How a change of it is compared, merged and reported.
    decided_with: str = ""  # fields with the same word here are one decision in a conflict
    follows: bool = False  # the vendor or the form derives it from the others of that decision
    in_history: bool = False  # reported though no update carries it: people change it in the books

    # What the form and the page say.
    hint: str = ""  # help beside the input
    in_home: bool = False  # of an amount: in the company's own currency, whatever that of the record
    why_read_only: str = ""  # why it cannot be typed, where it cannot be written
    copied_from: str = ""  # of an address: the group that a button fills it from
    link: LinkKind = LinkKind.NONE  # of a text: what the page makes a link of it to
    copied: bool = False  # of a text: the page has a button that copies it, as it has for one with a link
    technical: bool = False  # of an entry's member: an id or the like, which the page folds away

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
    types; `in_history` are the writable ones and the others whose changes are reported. `declared` has the `hidden`
    ones too, which are in no other listing and only found by name (see `records/visible.py`).
    """

    __slots__ = ("_by_name", "declared", "fields", "hidden", "in_history", "lists", "typed", "writable")

    def __init__(self, *declared: Field, hidden: Collection[str] = ()) -> None:
        self._by_name = {f.name: f for f in declared}
        self.declared, self.hidden = declared, frozenset(hidden)
        self.fields = fields = tuple(f for f in declared if f.name not in self.hidden)
        self.writable = tuple(f for f in fields if f.writable)
        self.lists = tuple(f for f in self.writable if f.kind is FieldKind.LIST)
        self.typed = tuple(f for f in self.writable if f.kind is not FieldKind.LIST)
        self.in_history = tuple(f for f in fields if f.writable or f.in_history)

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name and name not in self.hidden

    def __iter__(self) -> Iterator[str]:
        return (f.name for f in self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def declares(self, name: str) -> bool:
        """Whether a field has this name, hidden or not."""
        return name in self._by_name


@dataclass(frozen=True, slots=True)
class FieldSection:
    """A headed part of a record's page and form, with the names of its fields in reading order."""

    name: str
    label: str
    fields: tuple[str, ...]
    is_folded: bool = False  # on the page it opens when asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All of one kind of record at one provider. What each attribute means is said beside it."""

    # What people and addresses call it.
    kind: str  # the vendor's plural and that of our addresses: "customers"
    noun: str  # for one of them: "customer"
    title: str  # the field that a record is called by
    shape: Shape
    sections: tuple[FieldSection, ...] = ()  # of the page and the form, in reading order
    figures: tuple[str, ...] = ()  # the fields that the page shows large

    # How the mirror keeps it.
    columns: Mapping[str, str] = field(default_factory=dict)  # column of `Record` → path of the value that it holds
    search: tuple[str, ...] = ()  # what a search looks through: columns, and paths of texts without one; amounts last
    hides: bool = False  # it lacks something that the reader of a page may not see
    hidden_columns: frozenset[str] = frozenset()  # the columns with values of that

    # How the vendor serves it.
    path: str
    always: Mapping[str, str] = field(default_factory=dict)  # query of every request
    paged: bool = True  # a list comes in pages
    single: bool = False  # one object without id or list; its one row has the kind as its id
    revision: str = "revisionNumber"  # the member with a record's revision; "": a hash of what can be written is one
    deleted_as: str = ""  # its name in the vendor's list of deletions

    def __hash__(self) -> int:
        return hash(self.kind)

    @property
    def is_editable(self) -> bool:
        """Whether people list, open and change its records, so that it has pages, forms and a history."""
        return bool(self.shape.writable)

    def in_section(self, name: str) -> tuple[Field, ...]:
        section = next(s for s in self.sections if s.name == name)
        return tuple(self.shape[f] for f in section.fields)
