"""A block of a sheet that is pasted into the lines of a bill: which cell goes where, and what it means there.

Each cell is read as if it had been typed, but for calculations: a sheet shows results, so 2026-0042 is no difference.
One that is not understood stays as it is, with the reason.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from books import registry
from record_forms.lists.members import find_list
from record_forms.typed.arithmetic import is_sum
from record_forms.typed.parse import format_typed, parse_value
from records.content import Content, Value
from records.fields import Field, FieldKind, Shape
from records.formatting import format_count
from tenants.models import Tenant

from .columns import find_named_member, fold_head
from .item_defaults import find_item_defaults
from .lines import describe_too_many_new, is_too_long
from .sheet_text import Rows, is_total, read_rows

LONGEST = 2_000_000  # letters of a block; that of a thousand lines has a tenth of it
ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|ERROR!|#+)|Err:\d+", re.IGNORECASE)
TITLES = 6  # the first rows of a block, among which its columns may be named


class PastedBlock(forms.Form):
    """What is posted to `bill_paste`: the block as text and as HTML, the kind of line, and the members on screen.

    The members are those of the line's columns from left to right; the block begins at that with the number `start`.
    `others` is the number of the form's lines that the block does not fill.
    """

    section = forms.CharField(max_length=60)
    members = forms.CharField(max_length=2000)
    start = forms.IntegerField(min_value=0, max_value=100)
    text = forms.CharField(max_length=LONGEST, required=False, strip=False)
    html = forms.CharField(max_length=10 * LONGEST, required=False)
    others = forms.IntegerField(min_value=0, max_value=100_000, required=False)

    def __init__(self, data: QueryDict, *, bill: Content) -> None:
        super().__init__(data)
        self.bill = bill

    def clean(self) -> None:
        found, _ = find_list(self.bill, self.cleaned_data.get("section", ""))
        names = self.cleaned_data.get("members", "").split(",")
        if found is None or not set(names) <= found.shape.keys():
            raise forms.ValidationError("A bill has no such lines.")
        self.shape, self.names = found.shape, names

    def read(self, tenant: Tenant, find_code: Callable[[], str]) -> dict[str, Any]:
        """Return the lines of the block for the script of the line grid, and what to say of it."""
        rows = read_rows(self.cleaned_data["text"], self.cleaned_data["html"])
        members, rows, above = _place_columns(self.shape, self.names, self.cleaned_data["start"], rows, find_code())
        reader = _CellReader(tenant, self.shape, find_code)
        kept = [row for row in rows if not (is_total(row) and not reader.names_entry(members, row))]
        count = (self.cleaned_data["others"] or 0) + len(kept)
        if is_too_long(count):
            why = describe_too_many_new(count, registry.get_description(tenant).name)
            return {"lines": [], "said": (f"Nothing was pasted. {why}", "")}
        lost = sum(bool(cell) for row in kept for cell, name in zip(row, _pad(members, row), strict=True) if not name)
        lines = [reader.read(dict(zip(members, row, strict=False))) for row in kept]
        said = _describe(lines, lost, len(rows) - len(kept), above)
        return {"lines": [asdict(line) for line in lines], "said": said}


@dataclass(slots=True)
class PastedLine:
    """One line: the text of each cell by member, why some are not understood, and what its entry brings along."""

    texts: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    brings: dict[str, Any] | None = None


class _CellReader:
    def __init__(self, tenant: Tenant, shape: Shape, find_code: Callable[[], str]) -> None:
        self.tenant, self.shape, self.find_code = tenant, shape, find_code
        self.known: dict[tuple[str, str], tuple[str, str]] = {}
        self.brought: dict[tuple[str, str], dict[str, Any]] = {}

    def read(self, cells: dict[str, str]) -> PastedLine:
        line = PastedLine()
        for name, cell in cells.items():
            # A blank beside figures from which it follows empties nothing.
            if name and (cell or not self.shape[name].decided_with):
                line.texts[name], wrong = self._read_cell(self.shape[name], cell)
                if wrong:
                    line.wrong[name] = f"{self.shape[name].label}: {wrong}"
        entry = next((f for f in self.shape.typed if f.entry and line.texts.get(f.name)), None)
        if entry and entry.name not in line.wrong:
            brought = self._find_brought(entry, line.texts[entry.name])
            values = {name: text for name, text in brought["values"].items() if not line.texts.get(name)}
            line.brings = {**brought, "values": values}
        return line

    def names_entry(self, members: Sequence[str], row: Sequence[str]) -> bool:
        """Whether the row is of an entry that the line has to have: an item may be called Subtotal."""
        entries = [f for f in self.shape.typed if f.required and f.kind is FieldKind.REFERENCE]
        cells = dict(zip(members, row, strict=False))
        return any(cells.get(f.name) and not self._read_cell(f, cells[f.name])[1] for f in entries)

    def _read_cell(self, f: Field, cell: str) -> tuple[str, str]:
        """Return the text for the input, and why it is not understood."""
        if (f.name, cell) not in self.known:
            self.known[f.name, cell] = self._parse_cell(f, cell)
        return self.known[f.name, cell]

    def _parse_cell(self, f: Field, cell: str) -> tuple[str, str]:
        if not cell:
            return "", ""
        if ERROR.fullmatch(cell):
            return cell, f"“{cell}” is an error in the spreadsheet."
        text = next((value for value, label in f.choices if label.casefold() == cell.casefold()), cell)
        try:
            value: Value = parse_value(f, text, None, self.tenant, self.find_code)
        except ValidationError as error:
            return cell, " ".join(error.messages)
        if isinstance(value, Decimal) and is_sum(cell):
            return cell, f"“{cell}” is not a number. Enter the result of a calculation."
        return text if isinstance(value, str) else format_typed(f, value), ""

    def _find_brought(self, f: Field, text: str) -> dict[str, Any]:
        if (f.name, text) not in self.brought:
            self.brought[f.name, text] = find_item_defaults(self.tenant, self.shape, f, text).to_json()
        return self.brought[f.name, text]


class PlacedBlock(NamedTuple):
    """The member of each column of a block, "" for none, its rows of lines, and how many rows above are left out."""

    members: list[str]
    rows: Rows
    above: int = 0


def _place_columns(shape: Shape, names: Sequence[str], start: int, rows: Rows, code: str) -> PlacedBlock:
    """Return where the columns of a block go: by the first rows, if one of them names the columns, else by position.

    A row names them if it names several of them; above it a sheet has its title, number and date. A single column is
    named by the first row. Of columns that mean the same member, that with the field's own label counts, or the first.
    """
    wide = sum(any(cells) for cells in zip_longest(*rows))
    for above, row in enumerate(rows[: min(TITLES if wide > 1 else 1, len(rows) - 1)]):
        heads = [fold_head(cell, code) for cell in row]
        named = [find_named_member(shape, names, cell, code) for cell in row]
        if sum(map(bool, named)) >= min(2, wide):
            return PlacedBlock(_choose_columns(shape, heads, named), rows[above + 1 :], above)
    return PlacedBlock(list(names[start:]), rows)


def _choose_columns(shape: Shape, heads: Sequence[str], named: Sequence[str]) -> list[str]:
    """Return the member of each column, "" for one whose member another column has."""
    own = [name != "" and head == shape[name].label.casefold() for name, head in zip(named, heads, strict=True)]
    places: dict[str, int] = {}
    for place in sorted(range(len(named)), key=lambda place: not own[place]):
        places.setdefault(named[place], place)
    return [name if places[name] == place else "" for place, name in enumerate(named)]


def _pad(members: Sequence[str], row: Sequence[str]) -> list[str]:
    return [*members, *[""] * len(row)][: len(row)]


def _describe(lines: Sequence[PastedLine], *left_out: int) -> tuple[str, str]:
    """Return what to say before and behind the sum of the lines: "4 lines pasted", "1 cell is not understood"."""
    return f"{format_count(len(lines), 'line')} pasted", "".join(_list_remarks(lines, *left_out))


def _list_remarks(lines: Sequence[PastedLine], lost: int, totals: int, above: int) -> Iterator[str]:
    if above:
        yield f", {format_count(above, 'row')} above the column names left out"
    if lost:
        yield f", {format_count(lost, 'cell')} had no column"
    if totals:
        yield f", {format_count(totals, 'total row')} left out"
    if wrong := sum(len(line.wrong) for line in lines):
        yield f", {format_count(wrong, 'cell')} not understood"
