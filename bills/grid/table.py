"""The data for the template of a bill's lines: the columns, and each section with its rows, sum and blank line."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from record_forms.form_data import ID
from record_forms.lists.entry import walk_entries
from record_forms.suggestions import TAKE
from records.content import Content

from .columns import (
    FIXED,
    choose_columns,
    filter_shown,
    find_inner_list,
    list_unneeded,
    measure_scrolled,
    style_table,
)
from .group_totals import GroupTotals
from .line_parser import sum_lines
from .lines import BillLines, sum_stored
from .rows import RowRenderer


@dataclass(frozen=True, slots=True)
class GridSection:
    """One section as it is drawn."""

    name: str
    label: str
    one: str
    count: int
    rows: SafeString
    sum: Decimal | None
    was: Decimal | None
    said: list[str]


@dataclass(frozen=True, slots=True)
class LineOffer:
    """A cost that can be put into an open line with one press: the line's id, what it is called, the cost, and why."""

    prefix: str
    number: str
    cost: str
    why: str
    button: str = TAKE

    @property
    def text(self) -> str:
        return f"cost {self.cost}"

    @property
    def value(self) -> str:
        """What its button sends: see `record_forms.suggestions`."""
        return f"{self.prefix}-cost={self.cost}"


@dataclass(frozen=True, slots=True)
class BlankLine:
    """An open line for the browser to fill in, for a section or for the lines inside it."""

    name: str
    row: SafeString


class Grid:
    """The lines of one form, ready to be drawn."""

    def __init__(self, lines: BillLines, preferences: Content | None = None, hidden: Collection[str] = ()) -> None:
        self.lines = lines
        base = [line for section in lines.lists for line in section.base]
        shapes = [section.field.shape for section in lines.lists]
        shapes += [within.shape for shape in shapes if (within := find_inner_list(shape))]
        off = frozenset().union(*(list_unneeded(shape, preferences) for shape in shapes))
        self.possible = filter_shown(choose_columns(base), base, off, ())
        self.columns = filter_shown(self.possible, base, frozenset(), hidden)
        self._rows = RowRenderer(lines.tenant, lines.base[ID], self.columns, off)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """The columns that a person may hide: key, label, and whether each is shown."""
        free = [column for column in self.possible if column.css not in FIXED]
        return [(column.key, column.label, column in self.columns) for column in free]

    @property
    def look(self) -> str:
        """The classes of its table."""
        return style_table(self.columns)

    @property
    def parts(self) -> Iterator[GridSection]:
        for section in self.lines.lists:
            yield GridSection(
                section.section,
                section.field.label,
                section.field.label.removesuffix("s").lower().split()[-1],  # of item groups: group
                len(section.kept),
                self._rows.rows(section.entries),
                sum_lines(section.kept) if self.lines.shows_total else None,
                sum_stored(section.base) if self.lines.shows_total else None,
                section.problems,
            )

    @property
    def blanks(self) -> Iterator[BlankLine]:
        for section in self.lines.lists:
            yield BlankLine(section.section, self._rows.blank(section.section, section.field))
            if within := find_inner_list(section.field.shape):
                name = f"{section.section}-@-{within.name}"
                yield BlankLine(name, self._rows.blank(name, within))

    @property
    def offers(self) -> Iterator[LineOffer]:
        """The cost of each open line for the unit that it was given."""
        opened = (one for section in self.lines.lists for one in walk_entries(section.entries) if one.is_open)
        for line in opened:
            if found := self._rows.unit_costs.find(line.value, line.base):
                yield LineOffer(line.prefix, str(line.number), found.text, f"{found.why}")

    @property
    def forecast(self) -> GroupTotals:
        """The totals of its groups after the save."""
        return GroupTotals(self.lines)

    @property
    def before_amount(self) -> int:
        """The number of columns left of the amounts, including the line number."""
        return 1 + next(place for place, column in enumerate(self.columns) if column.css == "c-amount")

    @property
    def after_amount(self) -> range:
        """One item for each column right of the amounts, including the buttons."""
        return range(len(self.columns) + 1 - self.before_amount)

    @property
    def width(self) -> int:
        return len(self.columns) + 2

    @property
    def scrolled(self) -> int:
        """Whether it needs more than the width of a screen: its width then, in hundreds of pixels."""
        return measure_scrolled(self.columns)
