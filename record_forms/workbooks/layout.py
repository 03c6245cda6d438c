"""The columns of a file that can be edited and brought back, by the field table, and the cells of one record.

Every head is unique. Those of Ledgerdesk's own columns say which company, record, line and version a row is of. The
version comes last: a line of text that was cut off has none. Knows the field table and no field.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind, Shape, Table
from records.formatting import AmountPlaces, join_words, lower_first, set_places

from .cells import LONGEST_CELL, CellValue

COMPANY, ID, LINE_ID, LINE_OF = "Ledgerdesk company", "Ledgerdesk id", "Ledgerdesk line id", "Line: Kind"
REVISION = "Ledgerdesk revision"
NEEDED = (COMPANY, ID, REVISION)
REVISION_MARK = "r"  # so that no spreadsheet makes a number of it, which it would round
FIRST_SURE_DAY = date(1900, 3, 1)  # earlier ones are counted differently by Excel and LibreOffice
TOO_LONG = "(This text is too long for a cell. It is kept as it is.)"
NO_CELL = (FieldKind.LIST, FieldKind.GROUP, FieldKind.MOMENT)
LINE = "line"  # the noun for entries of a list that have rows of their own


@dataclass(frozen=True, slots=True)
class RecordColumn:
    """A column of a record's own value. `name` is that of its form's input, `group` the field that it is a part of."""

    head: str
    name: str
    field: Field
    group: Field | None = None

    @property
    def can_change(self) -> bool:
        return self.field.writable and (self.group is None or self.group.writable)

    def is_shown(self, shape: Shape) -> bool:
        """Whether a record of this shape, which may be reduced to what somebody may see, has the value."""
        if self.group is None:
            return self.field.name in shape
        return self.group.name in shape and self.field.name in shape[self.group.name].shape

    def read(self, content: Content) -> Value:
        return content[self.group.name][self.field.name] if self.group else content[self.field.name]


@dataclass(frozen=True, slots=True)
class LineColumn:
    """A column of the lines: the members of this label, by the name of the list that a line is in."""

    head: str
    members: Mapping[str, Field]

    @property
    def can_change(self) -> bool:
        return any(f.writable for f in self.members.values())

    @property
    def field(self) -> Field:
        """The first of its members, by which the column is drawn."""
        return next(iter(self.members.values()))


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One stored line: the prefix of its form's inputs, its list, and the prefixes and ids of the lines around it."""

    prefix: str
    field: Field
    entry: Content
    around: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        return str(self.entry[self.field.key])


class RecordCells(list[CellValue]):
    """The cells of one row; `places` are the decimals of its amounts, also of those that somebody will type."""

    places = AmountPlaces()


@dataclass(frozen=True)
class FileLayout:
    """The columns of a file, of which those of lines give each line a row of its own."""

    columns: tuple[RecordColumn, ...]
    lines: tuple[LineColumn, ...] = ()

    @cached_property
    def heads(self) -> list[str]:
        own = [LINE_ID, LINE_OF, *(column.head for column in self.lines)] if self.lines else []
        return [COMPANY, ID, *(column.head for column in self.columns), *own, REVISION]

    @cached_property
    def fields(self) -> list[Field | None]:
        """The field of each column; None for Ledgerdesk's own."""
        own: list[Field | None] = [None, None, *(column.field for column in self.lines)] if self.lines else []
        return [None, None, *(column.field for column in self.columns), *own, None]

    @cached_property
    def amounts(self) -> list[tuple[int, Field]]:
        """The columns of amounts, by their places, with their fields."""
        return [(at, f) for at, f in enumerate(self.fields) if f is not None and f.kind is FieldKind.MONEY]

    @cached_property
    def changeable(self) -> list[bool]:
        """Whether a change of each column is taken."""
        own = [False, False, *(column.can_change for column in self.lines)] if self.lines else []
        return [False, False, *(column.can_change for column in self.columns), *own, False]

    def make_rows(
        self, company: str, remote_id: str, revision: str, content: Content, places: AmountPlaces = RecordCells.places
    ) -> Iterator[RecordCells]:
        """Yield the rows of a record: one, or one for each line with the record's own values in each."""
        start = [company, remote_id, *(make_cell(one.field, one.read(content)) for one in self.columns)]
        blank: list[CellValue] = [None] * (len(self.lines) + 2)
        found = [[place.key, place.field.label, *self._read_line(place)] for place in walk_places(content)]
        for line in (found or [blank]) if self.lines else [[]]:
            row = RecordCells([*start, *line, f"{REVISION_MARK}{revision}"])
            row.places = places
            for at, f in self.amounts:
                if isinstance(value := row[at], Decimal):
                    row[at] = set_places(value, places.find(f))
            yield row

    def _read_line(self, place: StoredLine) -> Iterator[CellValue]:
        for column in self.lines:
            member = column.members.get(place.field.name)
            yield None if member is None else make_cell(member, place.entry[member.name])


def make_layout(table: Table, names: Collection[str] | None = None, *, with_lines: bool = False) -> FileLayout:
    """Return a file's columns: those of these inputs' names, in this order, or of all that can be changed.

    What a record is called by comes first.
    """
    known = {column.name: column for column in list_columns(table.shape)}
    wanted = [name for name, column in known.items() if column.can_change] if names is None else names
    chosen = [known[name] for name in dict.fromkeys([table.title, *wanted]) if name in known]
    return FileLayout(tuple(chosen), list_line_columns(table.shape) if with_lines else ())


def list_columns(shape: Shape) -> list[RecordColumn]:
    """Return a column for every value of a record that fits into a cell."""
    found = []
    for f in shape.fields:
        if f.kind is FieldKind.GROUP:
            inside = [m for m in f.shape.fields if m.kind not in NO_CELL]
            found += [RecordColumn(f"{f.label}: {m.label}", f"{f.name}-{m.name}", m, f) for m in inside]
        elif f.kind not in NO_CELL:
            found.append(RecordColumn(f.label, f.name, f))
    return found


def list_line_columns(shape: Shape) -> tuple[LineColumn, ...]:
    """Return the columns of a record's lines: members of one label share one, whatever list they are of."""
    by_label: dict[str, dict[str, Field]] = {}
    for f in _walk_lists(shape):
        for m in f.shape.fields:
            if m.kind not in NO_CELL and m.name != f.key:
                by_label.setdefault(m.label, {})[f.name] = m
    return tuple(LineColumn(f"Line: {lower_first(label)}", members) for label, members in by_label.items())


def has_lines(table: Table) -> bool:
    """Whether its records have lines that a file can hold."""
    return any(True for _ in _walk_lists(table.shape))


def _walk_lists(shape: Shape) -> Iterator[Field]:
    """Yield the lists of lines, each followed by those inside its entries that have other members than it."""
    seen: set[str] = set()
    for f in shape.lists:
        if f.one == LINE and f.key in f.shape and f.name not in seen:
            seen.add(f.name)
            yield f
            yield from (inner for inner in _walk_lists(f.shape) if inner.name not in seen)


def walk_places(content: Content, around: tuple[tuple[str, str], ...] = ()) -> Iterator[StoredLine]:
    """Yield every stored line of a record, each followed by the lines inside it."""
    start = f"{around[-1][0]}-" if around else ""
    for f in content.shape.lists:
        if f.one != LINE or f.key not in f.shape:
            continue
        for index, entry in enumerate(content[f.name]):
            place = StoredLine(f"{start}{f.name}-{index}", f, entry, around)
            yield place
            yield from walk_places(entry, (*around, (place.prefix, place.key)))


def make_cell(f: Field, value: Value) -> CellValue:
    """Return what the cell of a value holds: a number, a day, yes or no as themselves, all else as people read it."""
    if is_blank(value):
        return None
    if f.kind is FieldKind.CHOICE:
        return dict(f.choices).get(value, str(value))
    if f.kind is FieldKind.REFERENCE:
        return str(value)
    if isinstance(value, date):
        return value if value >= FIRST_SURE_DAY else value.isoformat()
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        return TOO_LONG
    return value


def name_left_out(table: Table, layout: FileLayout) -> str:
    """Return the labels of the lists that can be changed and that the file does not have, for a sentence."""
    left = [lower_first(f.label) for f in table.shape.lists if not (layout.lines and f.one == LINE)]
    return join_words(left)
