"""A bill's lines as table rows: text until entered, then inputs. Written here and not in a template because a page of
500 lines has to be drawn in milliseconds and stay small (tags that HTML lets out are let out, and a closed line is
known by the value of its button, from which the script numbers it too).

`static/js/lines.js` opens a line in place from `blank`, so that the markup of an open line stands here alone.
"""

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlencode

from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.safestring import SafeString

from record_forms.form_data import ID, SPLIT
from record_forms.lists.members import list_typed_members
from record_forms.typed.parse import format_typed
from record_forms.widgets import NUMBERS, Picker, make_attributes
from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind, Shape
from records.formatting import format_value, format_value_html
from tenants.models import Tenant

from .columns import GridColumn
from .group_totals import format_group_total
from .line_parser import ParsedLine
from .select_options import make_choices

STYLED = ("c-item", "c-qty", "c-cost", "c-amount")  # the other columns take their look from the head alone
PLAIN = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.REFERENCE)
CHUNK = 10  # lines


def format_cell(f: Field, value: Value) -> str:
    """A cell of a closed line; nothing at all where it is blank."""
    if value is None or value == "":
        return ""
    return escape(str(value) if f.kind in PLAIN else format_value(f, value), quote=False)


def make_cell_tags(columns: Iterable[GridColumn], shape: Shape) -> list[tuple[str, Field | None]]:
    """For each column the tag of its cells in a closed line and the member that stands there."""
    members = [(column, column.member(shape)) for column in columns]
    return [(f"<td class={column.css}>" if f and column.css in STYLED else "<td>", f) for column, f in members]


def render_cells(plan: Iterable[tuple[str, Field | None]], line: Content) -> list[str]:
    """The cells of a closed line, with a class only where the style sheet asks for one."""
    return [tag + format_cell(f, line[f.name]) if f else tag for tag, f in plan]


def chunk_rows(rows: Sequence[str]) -> SafeString:
    """Rows, the full chunks of them each in a body of its own: a browser leaves out those that are off the screen."""
    cut = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    parts = [f"<tbody{' class=chunk' if len(part) == CHUNK else ''}>{''.join(part)}" for part in cut]
    return format_value_html(parts)


def display_name(line: ParsedLine) -> str:
    """What a line is called where it is spoken of: its account, item or group."""
    return next((str(v) for f, v in zip(line.shape.fields, line.value.values(), strict=True) if f.required and v), "")


class RowRenderer:
    """Draws lines under one set of columns."""

    def __init__(self, tenant: Tenant, bill: str, columns: tuple[GridColumn, ...], off: frozenset[str]) -> None:
        self.tenant, self.bill, self.columns, self.off = tenant, bill, columns, off
        self.plans: dict[str, list[tuple[str, Field | None]]] = {}
        self.tags: dict[str, list[tuple[str, Field | None]]] = {}
        self.unseen: dict[str, list[Field]] = {}
        self.looks: dict[tuple[str, str], str] = {}

    def rows(self, lines: list[ParsedLine]) -> SafeString:
        """The rows of a section, each followed by what is wrong with it and by the lines inside it."""
        return chunk_rows([self._row(line) for line in lines])

    def row(self, line: ParsedLine) -> SafeString:
        """The rows of one line alone."""
        return format_value_html([self._row(line)])

    def blank(self, section: str, f: Field) -> SafeString:
        """An open line without name or value, for the browser to fill in; inside a group the group's is `@`."""
        line = ParsedLine(f, section, 0, Content(f.shape, {}), {}, "@" if "-" in section else "")
        return format_value_html([self._open(line, "")])

    def _row(self, line: ParsedLine) -> str:
        row = self._open(line, line.prefix) if line.is_open else self._closed(line)
        return row + self._errors(line) + "".join([self._row(one) for one in line.inside])

    def _plan(self, line: ParsedLine) -> list[tuple[str, Field | None]]:
        kind = line.section.rpartition("-")[2]
        if kind not in self.plans:
            self.plans[kind] = [(column.css, column.member(line.shape)) for column in self.columns]
        return self.plans[kind]

    def _tags(self, line: ParsedLine) -> list[tuple[str, Field | None]]:
        kind = line.section.rpartition("-")[2]
        if kind not in self.tags:
            self.tags[kind] = make_cell_tags(self.columns, line.shape)
        return self.tags[kind]

    def _closed(self, line: ParsedLine) -> str:
        prefix, value = line.prefix, line.value
        cells = render_cells(self._tags(line), value)
        if line.is_gone:
            act, hidden = (
                "undo",
                "".join([_render_hidden(f"{prefix}-{n}", text) for n, text in (line.typed or {}).items()]),
            )
            told = f' data-also-changed="{escape(display_name(line) or "new line")} removed"'
        else:
            act, hidden, told = (
                "open",
                _render_hidden(f"{prefix}-{ID}", line.key) if line.typed else "",
                self._unseen(line),
            )
        kind = f"line{' member' if line.is_inside else ''}{' is-gone' if line.is_gone else ''}"
        kind = f'"{kind}"' if " " in kind else kind
        return (
            f'<tr class={kind} data-id="{escape(line.key)}"{told}><td class=c-no>{"".join(cells)}'
            f"<td class=c-act>{hidden}<button class=link name={act} value={prefix}>"
            f"{'Undo' if line.is_gone else 'Edit'}</button>\n"
        )

    def _unseen(self, line: ParsedLine) -> str:
        """What a closed line holds in columns that the person has hidden, for the script that opens it."""
        kind = line.section.rpartition("-")[2]
        if kind not in self.unseen:
            self.unseen[kind] = [
                f for f in list_typed_members(line.shape) if f not in [one for _, one in self._plan(line)]
            ]
        held = {f.name: text for f in self.unseen[kind] if (text := format_typed(f, line.value[f.name]))}
        return f' data-unseen="{escape(urlencode(held))}"' if held else ""

    def _open(self, line: ParsedLine, prefix: str) -> str:
        """The line as inputs: those with a column in the first row, the others and the buttons in the second."""
        plan = self._plan(line)
        here = {f.name for _, f in plan if f}
        cells = "".join([self._cell(line, prefix, css, f) for css, f in plan])
        others = [f for f in list_typed_members(line.shape) if f.name not in here]
        rest = "".join([self._rest(line, prefix, f) for f in others if f.name not in self.off or self._holds(line, f)])
        is_new = line.base is None
        kind = f"line is-open{' is-new' if is_new else ''}{' member' if line.is_inside else ''}"
        told = f' data-also-changed="{escape(display_name(line) or "New line")} added"' if is_new else ""
        undo = "" if is_new else f"<button class=link name=undo value={_make_value(prefix)}>Undo</button>"
        name = escape(display_name(line))
        return (
            f'<tr class="{kind}" id={_make_value(prefix)} data-id="{escape(line.key)}" data-line-name="{name}"'
            f"{told}><td class=c-no>{line.index + 1}{_render_hidden(f'{prefix}-{ID}', line.key)}"
            f"{self._outer(line)}{cells}"
            f'<td class=c-act>{undo}<tr class="line-more"><td><td colspan={len(plan) + 1}><div class=line-rest>{rest}'
            f"{self._split(line, prefix)}"
            f"<span class=line-acts><button class=link name=copy value={_make_value(prefix)}>Copy</button> "
            f"<button class=link name=remove value={_make_value(prefix)}>Remove</button></span></div>\n"
        )

    def _holds(self, line: ParsedLine, f: Field) -> bool:
        return not is_blank(line.value[f.name]) or bool((line.typed or {}).get(f.name))

    def _split(self, line: ParsedLine, prefix: str) -> str:
        """Where a line with an amount of its own is told how to be split."""
        if "amount" not in line.shape:
            return ""
        text, bad = escape((line.typed or {}).get(SPLIT, "")), " aria-invalid=true" if SPLIT in line.errors else ""
        return (
            f'<div class="field line-split"><label for="{prefix}-{SPLIT}">Split into</label>'
            f'<input id="{prefix}-{SPLIT}" name="{prefix}-{SPLIT}" value="{text}"{bad} placeholder="3 or 50/30/20">'
            f"<button class=link name=split value={_make_value(prefix)}>Split</button></div>"
        )

    def _outer(self, line: ParsedLine) -> str:
        """A line inside a group travels with the group's own id."""
        return _render_hidden(f"{line.section.rpartition('-')[0]}-{ID}", line.outer_key) if line.is_inside else ""

    def _cell(self, line: ParsedLine, prefix: str, css: str, f: Field | None) -> str:
        if f is None:
            return "<td>"
        if not f.writable:
            return f"<td class={css}>{format_group_total(line) if f.follows else format_cell(f, line.value[f.name])}"
        control, was = self._control(line, prefix, f)
        kind = f"{css} cell{' num' if f.kind in NUMBERS else ''}{' is-changed' if was else ''}"
        return f'<td class="{kind}" data-label="{escape(f.label)}">{control}{was}'

    def _rest(self, line: ParsedLine, prefix: str, f: Field) -> str:
        control, was = self._control(line, prefix, f)
        kind = '"field is-changed"' if was else "field"
        return f'<div class={kind} data-field data-label="{escape(f.label)}">{control}{was}</div>'

    def _control(self, line: ParsedLine, prefix: str, f: Field) -> tuple[str, str]:
        """The label and the input of one member, and what it was where that differs."""
        stored = "" if line.base is None else format_typed(f, line.base[f.name])
        text = (line.typed or {}).get(f.name, stored)
        label = f'<label for="{prefix}-{f.name}">{escape(f.label)}</label>'
        look = self._look(line, f) + (
            f' aria-invalid=true aria-describedby="{prefix}-errors"' if f.name in line.errors else ""
        )
        was = f' data-was="{escape(stored)}"' if line.base is not None else ""
        head = f'id="{prefix}-{f.name}" name="{prefix}-{f.name}"{look}{was}'
        if f.kind is FieldKind.CHOICE:
            control = f"<select {head}>{make_choices(f, text, stored)}</select>"
        elif "\n" in text:
            control = f"<textarea {head} rows=1>\n{escape(text)}</textarea>"
        else:
            control = f'<input {head} value="{escape(text)}">'
        differs = line.base is not None and text.strip() != stored.strip()
        return label + control, f"<span class=was>was {escape(stored) or 'empty'}</span>" if differs else ""

    def _look(self, line: ParsedLine, f: Field) -> str:
        """The attributes of a member's inputs that are the same in every line."""
        key = (line.section.rpartition("-")[2], f.name)
        if key not in self.looks:
            attrs: dict[str, object] = {}
            if f.kind is FieldKind.REFERENCE:
                picker = Picker(reverse("reference_options", args=[self.tenant.slug, f.options]))
                attrs |= picker.get_context("", None, {})["widget"]["attrs"]
                if f.entry:
                    query = urlencode({"lines": key[0], "member": f.name})
                    attrs["data-fills"] = f"{reverse('line_entry', args=[self.tenant.slug, self.bill])}?{query}"
            elif f.kind in (*NUMBERS, FieldKind.DATE):
                attrs |= make_attributes(f)
            if f.required:
                attrs["aria-required"] = "true"
            self.looks[key] = flatatt({name: value for name, value in attrs.items() if value != ""})
        return self.looks[key]

    def _errors(self, line: ParsedLine) -> str:
        """What is wrong with the line, then what has to be agreed to."""
        wrong = [
            text
            if name not in line.shape or text.startswith(line.shape[name].label)
            else f"{line.shape[name].label}: {text}"
            for name, texts in line.errors.items()
            for text in texts
        ]
        bad = self._said(wrong, f'line-errors id="{line.prefix}-errors"') if wrong else ""
        kind = f'"line-errors is-asked" id="{line.prefix}-asked"'
        return bad + (self._said(line.asked, kind) if line.asked else "")

    def _said(self, texts: Iterable[str], kind: str) -> str:
        items = "".join([f"<li>{escape(text)}" for text in texts])
        return f"<tr class={kind}><td colspan={len(self.columns) + 2}><ul>{items}</ul>\n"


def _render_hidden(name: str, text: str) -> str:
    return f'<input type=hidden name="{escape(name)}" value="{escape(text)}">'


def _make_value(prefix: str) -> str:
    return prefix or '""'
