"""The lines of a bill on its page: every value of every line, read only, under the columns of the form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from books.mirror import pickers
from record_forms.form_data import ID
from records.content import Content, Reference
from records.fields import Field
from records.merge.answer import Difference
from tenants.access import Member

from .columns import COLUMNS, choose_columns, find_inner_list, has_amounts, measure_scrolled, style_table
from .lines import sum_stored
from .rows import CHUNK, chunk_rows, format_cell, plan_cells

CUSTOMERS = "customers"
PAYEES = (CUSTOMERS, "payees")  # the pickers of members that may hold a customer
TEXT = next(place for place, column in enumerate(COLUMNS) if column.css == "c-text")


@dataclass(frozen=True, slots=True)
class ReadOnlySection:
    """One section of lines as it is drawn."""

    name: str
    label: str
    count: int
    rows: SafeString
    sum: Decimal | None


class SheetRow(NamedTuple):
    """One line as it is drawn; a cell is its class, its text, an addition to that text, and where the text leads."""

    css: str
    key: str
    number: int
    cells: list[tuple[str, str, str, str]]


class ReadOnlyLines:
    """All lines of one bill. `differs` are the values that a save came to otherwise than asked, told in their cells.

    Those without a cell are `others`, told above the lines. `pages` are the addresses of the customers in them.
    """

    def __init__(
        self, bill: Content, differs: Sequence[Difference] = (), pages: Mapping[Reference, str] | None = None
    ) -> None:
        self.pages = pages or {}
        self.sections = [(f, bill[f.name]) for f in bill.shape.lists]
        self.columns = choose_columns([line for _, lines in self.sections for line in lines])
        total = sum((sum_stored(lines) for _, lines in self.sections), Decimal(0))
        self.total = total if has_amounts(bill.shape) else None
        own = [one for one in differs if one.path[0] in [f.name for f, _ in self.sections]]
        shown = {name for column in self.columns for name in column.names}
        self.told = {one.path[-2:]: one.asked for one in own if one.label and one.path[-1] in shown}
        self.others = [one for one in own if one.path[-2:] not in self.told]

    @property
    def parts(self) -> list[ReadOnlySection]:
        """The sections that have lines."""
        return [
            ReadOnlySection(
                f.name,
                f.label,
                len(lines),
                self._rows(f, lines),
                None if self.total is None else sum_stored(lines),
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
    def look(self) -> str:
        """The classes of its table."""
        return style_table(self.columns)

    @property
    def scrolled(self) -> int:
        """Whether it needs more than the width of a screen: its width then, in hundreds of pixels."""
        return measure_scrolled(self.columns)

    def _rows(self, f: Field, lines: tuple[Content, ...]) -> SafeString:
        chunks = chunk_rows([*self._each(f, lines, "line")])
        return render_to_string("bills/sheet_rows.html", {"chunks": chunks, "full": CHUNK}, using="jinja2")

    def _each(self, f: Field, lines: tuple[Content, ...], css: str) -> Iterator[SheetRow]:
        plan = plan_cells(self.columns, f.shape)
        within = find_inner_list(f.shape)
        for number, line in enumerate(lines, 1):
            cells = [(css, *self._fill(line, f)) for css, f in plan]
            is_told = any(told for _, _, told, _ in cells)
            if line["custom_fields"]:
                of_text, text, told, page = cells[TEXT]
                cells[TEXT] = (of_text, text, " ".join(filter(None, (told, _list_custom_fields(line)))), page)
            has_lines = any("\n" in text for _, text, _, _ in cells)
            look = f"{css} has-lines told" if is_told else f"{css} has-lines" if has_lines else css
            yield SheetRow(look, line[ID], number, cells)
            if within:
                yield from self._each(within, line[within.name], f"{css} member")

    def _fill(self, line: Content, f: Field | None) -> tuple[str, str, str]:
        if f is None:
            return "", "", ""
        value = line[f.name]
        page = self.pages.get(value, "") if f.options in PAYEES and value else ""
        return format_cell(f, value), self._tell(line, f), page

    def _tell(self, line: Content, f: Field | None) -> str:
        asked = self.told.get((line[ID], f.name)) if f and self.told else None
        return "" if asked is None else f"You asked for: {asked}"


def _list_custom_fields(line: Content) -> str:
    """Return a line's custom fields, which are shown after its text and cannot be edited."""
    return ", ".join(f"{entry['name']}: {entry['value']}" for entry in line["custom_fields"] if entry["value"])


def link_customers(member: Member, bill: Content) -> dict[Reference, str]:
    """Return the pages of the customers in a bill's lines, of those that have one. One query, none without any."""
    named = set(_list_payees(bill))
    rows = pickers.find_rows(member.tenant, CUSTOMERS, [one.id for one in named])
    known = {Reference(row.remote_id, row.full_name or "") for row in rows}  # a vendor may have the id of a customer
    return {one: reverse("customer_page", args=[member.tenant.slug, one.id]) for one in named & known}


def _list_payees(bill: Content) -> Iterator[Reference]:
    for line in (line for f in bill.shape.lists for line in bill[f.name]):
        within = find_inner_list(line.shape)
        for entry in (line, *(line[within.name] if within else ())):
            yield from (entry[m.name] for m in entry.shape.fields if m.options in PAYEES and entry[m.name])
