"""The lines of a bill as its page shows them: every value of every line, read only, under the columns of the form."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString

from record_forms.form_data import ID
from record_forms.lists.members import list_sections
from records.content import Content
from records.fields import Field

from .columns import COLUMNS, choose_columns, find_inner_list
from .lines import sum_stored
from .rows import chunk_rows, make_cell_tags, render_cells

TEXT = next(place for place, column in enumerate(COLUMNS) if column.css == "c-text")


@dataclass(frozen=True, slots=True)
class ReadOnlySection:
    """One section of lines as it is drawn."""

    name: str
    label: str
    count: int
    rows: SafeString
    sum: Decimal


class ReadOnlyLines:
    """All lines of one bill."""

    def __init__(self, bill: Content) -> None:
        self.sections = [(f, bill[f.name]) for f in list_sections(bill.shape)]
        self.columns = choose_columns([line for _, lines in self.sections for line in lines])
        self.total = sum((sum_stored(lines) for _, lines in self.sections), Decimal(0))

    @property
    def parts(self) -> list[ReadOnlySection]:
        """The sections that have lines."""
        return [
            ReadOnlySection(
                f.name,
                f.label,
                len(lines),
                self._rows(f, lines),
                sum_stored(lines),
            )
            for f, lines in self.sections
            if lines
        ]

    @property
    def before_amount(self) -> int:
        return 1 + next(place for place, column in enumerate(self.columns) if column.css == "c-amount")

    @property
    def after_amount(self) -> range:
        return range(len(self.columns) - self.before_amount)

    @property
    def width(self) -> int:
        return len(self.columns) + 1

    @property
    def has_more(self) -> bool:
        """Whether any line holds something that has no column of its own usually."""
        return len(self.columns) > len(COLUMNS)

    @property
    def is_wide(self) -> bool:
        """Whether there are more columns than a screen shows at once."""
        return len(self.columns) > len(COLUMNS) + 2

    def _rows(self, f: Field, lines: tuple[Content, ...]) -> SafeString:
        return chunk_rows([*self._each(f, lines, "line")])

    def _each(self, f: Field, lines: tuple[Content, ...], kind: str) -> Iterator[str]:
        tags = make_cell_tags(self.columns, f.shape)
        within = find_inner_list(f.shape)
        for number, line in enumerate(lines, 1):
            cells = render_cells(tags, line)
            cells[TEXT] += _render_custom_fields(line)
            yield f'<tr class="{kind}"><td class=c-no title="Line {escape(line[ID])}">{number}{"".join(cells)}</tr>\n'
            if within:
                yield from self._each(within, line[within.name], f"{kind} member")


def _render_custom_fields(line: Content) -> str:
    """A line's own fields behind its text; they are read, never written."""
    said = ", ".join(f"{entry['name']}: {entry['value']}" for entry in line["custom_fields"] if entry["value"])
    return f" <small class=aside>{escape(said)}</small>" if said else ""
