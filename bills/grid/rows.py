"""A bill's lines as the rows of its table, drawn by `templates/jinja2/bills/line_rows.html`.

What is the same in every line (columns, attributes of inputs) is computed once, because a page of 500 lines has to be
drawn in milliseconds.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from record_forms.form_data import ID
from record_forms.lists.entry import walk_entries
from record_forms.typed.parse import format_typed
from record_forms.widgets import AUTO, NUMBERS, Picker, make_attributes
from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind, Shape
from records.formatting import format_value
from records.text import TEXTS, clean_value
from tenants.models import Tenant

from .columns import GridColumn
from .group_totals import GroupFigure, format_group_total
from .items.unit_cost import UnitCosts
from .line_parser import ParsedLine, write_drawn
from .select_options import list_options

STYLED = ("c-item", "c-qty", "c-cost", "c-amount")  # the style sheet needs no class for the cells of other columns
PLAIN = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.REFERENCE)
CHUNK = 10  # lines of one table body: a browser skips the bodies that are off the screen

Plan = list[tuple[str, Field | None]]  # for a kind of line: each column's class and the member that it shows
R = TypeVar("R")


class Control(NamedTuple):
    """The input of one member of an open line.

    `stored` is None in a new line, `look` is the same in every line, and `wrong` is the id of its error messages.
    """

    name: str
    label: str
    text: str
    stored: str | None
    look: SafeString
    options: Sequence[tuple[str, str]]
    wrong: str
    is_changed: bool
    has_lines: bool


class OpenLine(NamedTuple):
    """A line as inputs: members with a column in its first row, the others and the buttons in its second."""

    line: ParsedLine
    prefix: str
    name: str
    cells: list[tuple[str, Control | None, GroupFigure | None]]
    rest: list[Control]

    @property
    def outer(self) -> str:
        """The prefix of the group around the line, whose id is sent with it."""
        return self.line.section.rpartition("-")[0]

    @property
    def title(self) -> str:
        """What its inputs are named after. The script names those that it makes, and keeps the numbers of new lines."""
        if not self.prefix:
            return ""
        return f"Group line {self.line.number}" if self.line.is_inside else f"Line {self.line.number}"

    @property
    def drawn(self) -> str:
        return write_drawn(self.line)


class LineRow(NamedTuple):
    """A line: as text, unless it is `opened`, and the messages `said` below it (the end of their id, sentences).

    `unseen` are its values in columns that the person has hidden, for the script that opens it; `removed` is the name
    of a removed line; `hidden` are the inputs sent for a removed line or a line in a group.
    """

    prefix: str
    key: str
    cells: list[tuple[str, str]]
    css: str = ""
    unseen: str = ""
    removed: str = ""
    hidden: Iterable[tuple[str, str]] = ()
    opened: OpenLine | None = None
    said: Iterable[tuple[str, list[str]]] = ()


def format_cell(f: Field, value: Value) -> str:
    """Return the text of a cell of a closed line, "" if it is blank."""
    if value is None or value == "":
        return ""
    return format_typed(f, value) if f.kind in PLAIN else format_value(f, value)


def plan_cells(columns: Iterable[GridColumn], shape: Shape) -> Plan:
    """Return the plan of a closed line, with a class only where the style sheet needs one."""
    members = [(column.css, column.member(shape)) for column in columns]
    return [(css if f and css in STYLED else "", f) for css, f in members]


def chunk_rows(rows: list[R]) -> list[list[R]]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]


def display_name(line: ParsedLine) -> str:
    """Return the name of a line for messages: its account, item or group."""
    return next((str(v) for f, v in zip(line.shape.fields, line.value.values(), strict=True) if f.required and v), "")


class RowRenderer:
    """Draws lines under one set of columns."""

    def __init__(self, tenant: Tenant, bill: str, columns: tuple[GridColumn, ...], off: frozenset[str]) -> None:
        self.tenant, self.bill, self.columns, self.off = tenant, bill, columns, off
        self.unit_costs = UnitCosts(tenant)
        self.plans: dict[int, tuple[Plan, Plan, list[Field]]] = {}
        self.looks: dict[tuple[str, str], SafeString] = {}

    def rows(self, lines: list[ParsedLine]) -> SafeString:
        """Return the rows of a section, each followed by its messages and by the lines inside it."""
        chunks: list[list[list[LineRow]]] = []
        room = 0
        for rows in map(self._rows, lines):
            if room <= 0:
                chunks.append([])
                room = CHUNK
            chunks[-1].append(rows)
            room -= len(rows)
        return self._render(chunks, in_bodies=True)

    def row(self, line: ParsedLine) -> SafeString:
        """Return the rows of one line alone."""
        return self._render([[self._rows(line)]])

    def blank(self, section: str, f: Field) -> SafeString:
        """Return an open line without name or value for the browser to fill in; its group, if any, has the key `@`."""
        line = ParsedLine(f, section, 0, Content(f.shape, {}), {}, "@" if "-" in section else "")
        return self._render([[[LineRow("", "", [], opened=self._open(line, ""))]]])

    def _render(self, chunks: list[list[list[LineRow]]], *, in_bodies: bool = False) -> SafeString:
        context = {"chunks": chunks, "in_bodies": in_bodies, "full": CHUNK, "width": len(self.columns) + 2}
        return render_to_string("bills/line_rows.html", context, using="jinja2")

    def _rows(self, line: ParsedLine) -> list[LineRow]:
        return [self._row(one) for one in walk_entries([line])] if line.lists else [self._row(line)]

    def _row(self, line: ParsedLine) -> LineRow:
        prefix, said = line.prefix, _list_messages(line) if line.errors or line.asked else ()
        if line.is_open:
            return LineRow(prefix, line.key, [], opened=self._open(line, prefix), said=said)
        plan, _, others = self._plan(line)
        value, typed, css = line.value, line.typed or {}, "member" if line.is_inside else ""
        cells = [(css, format_cell(f, value[f.name]) if f else "") for css, f in plan]
        if line.is_gone:
            name = display_name(line) or "new line"
            return LineRow(prefix, line.key, cells, f"{css} is-gone".strip(), "", name, typed.items(), said=said)
        unseen = urlencode({f.name: text for f in others if (text := format_typed(f, value[f.name]))}) if others else ""
        return LineRow(prefix, line.key, cells, css, unseen, hidden=[(ID, line.key)] if typed else (), said=said)

    def _plan(self, line: ParsedLine) -> tuple[Plan, Plan, list[Field]]:
        """Return for a kind of line: its cells as text, its cells as inputs, and the members without a column."""
        if id(line.field) not in self.plans:
            plan = [(column.css, column.member(line.shape)) for column in self.columns]
            here = [f for _, f in plan]
            others = [f for f in line.shape.typed if f not in here]
            inputs = [(_style_input(css, f), f) for css, f in plan]
            self.plans[id(line.field)] = (plan_cells(self.columns, line.shape), inputs, others)
        return self.plans[id(line.field)]

    def _open(self, line: ParsedLine, prefix: str) -> OpenLine:
        _, plan, others = self._plan(line)
        cells = [
            (css, self._control(line, f, prefix) if f and f.writable else None, _make_fixed(line, f)) for css, f in plan
        ]
        rest = [self._control(line, f, prefix) for f in others if f.name not in self.off or _holds(line, f)]
        return OpenLine(line, prefix, display_name(line), cells, rest)

    def _control(self, line: ParsedLine, f: Field, prefix: str) -> Control:
        stored = "" if line.base is None else format_typed(f, line.base[f.name])
        text = (line.typed or {}).get(f.name, stored)
        options = list_options(f, text, stored) if f.kind is FieldKind.CHOICE else ()
        wrong = f"{prefix}-errors" if f.name in line.errors else ""
        was = stored if line.base is not None else None
        is_changed = was is not None and clean_value(f, text).strip() != was.strip()
        has_lines = f.kind is FieldKind.LONG_TEXT
        return Control(
            f"{prefix}-{f.name}", f.label, text, was, self._look(line, f), options, wrong, is_changed, has_lines
        )

    def _look(self, line: ParsedLine, f: Field) -> SafeString:
        """Return the attributes of a member's inputs that are the same in every line."""
        key = (line.field.name, f.name)
        if key not in self.looks:
            attrs: dict[str, Any] = {}
            if f.kind is FieldKind.REFERENCE:
                picker = Picker(reverse("reference_options", args=[self.tenant.slug, f.options]))
                attrs |= picker.get_context("", None, {})["widget"]["attrs"]
                attrs["data-under"] = f.under
                if f.entry:
                    query = urlencode({"lines": key[0], "member": f.name})
                    attrs["data-fills"] = f"{reverse('line_entry', args=[self.tenant.slug, self.bill])}?{query}"
            elif f.kind in (*NUMBERS, FieldKind.DATE):
                attrs |= make_attributes(f)
            elif f.kind in TEXTS:
                attrs |= AUTO
            if f.required:
                attrs["aria-required"] = "true"
            self.looks[key] = flatatt({name: value for name, value in attrs.items() if value != ""})
        return self.looks[key]


def _style_input(css: str, f: Field | None) -> str:
    if f is None or not f.writable:
        return css if f else ""
    return f"{css} cell num" if f.kind in NUMBERS else f"{css} cell"


def _make_fixed(line: ParsedLine, f: Field | None) -> GroupFigure | None:
    """Return the text shown instead of an input for a value that is calculated or that only the vendor changes."""
    if f is None or f.writable:
        return None
    return format_group_total(line) if f.follows else GroupFigure(format_cell(f, line.value[f.name]), False)


def _holds(line: ParsedLine, f: Field) -> bool:
    return not is_blank(line.value[f.name]) or bool((line.typed or {}).get(f.name))


def _list_messages(line: ParsedLine) -> Iterator[tuple[str, list[str]]]:
    """Yield the errors of the line, each with its label, then what has to be confirmed."""
    labels = {name: line.shape[name].label if name in line.shape else "" for name in line.errors}
    wrong = [
        text if text.startswith(labels[name]) else f"{labels[name]}: {text}"
        for name, texts in line.errors.items()
        for text in texts
    ]
    if wrong:
        yield "errors", wrong
    if line.asked:
        yield "asked", line.asked
