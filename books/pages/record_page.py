"""A record as its page shows it: every field in its section, in words, for any kind of record.

Names no field; recognizes an address by its members.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from records.content import Content, get_at_path, is_blank
from records.fields import Field, FieldKind, FieldSection, Table
from records.formatting import UNPRINTED, format_address, format_or_blank, format_value, lower_first

WIDEST = 6  # columns of a small table


@dataclass(frozen=True, slots=True)
class PrintedField:
    """An address or a similar group, line by line as it prints, with the members that are not printed."""

    label: str
    lines: list[str]
    note: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class ListEntries:
    """A list inside a record as a small table."""

    label: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class FieldBlock:
    """One entry of a list that is too wide for a table, as labels and values under a heading."""

    label: str
    values: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PagePart:
    """One section of a record's page."""

    section: FieldSection
    values: list[tuple[str, str]] = field(default_factory=list)
    printed: list[PrintedField] = field(default_factory=list)
    entries: list[ListEntries] = field(default_factory=list)
    blocks: list[FieldBlock] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether all fields of the section are blank."""
        return not any(text for _, text in self.values) and not (self.printed or self.entries or self.blocks)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the few values that a record's page shows large; `kind` is "is-text" for a value that is not a number."""

    label: str
    text: str
    note: str
    kind: str


def list_key_figures(table: Table, content: Content) -> list[KeyFigure]:
    """Return the table's `figures`: amounts with their currency, the last modification with its revision."""
    currency = table.columns.get("currency", "")
    notes = {
        FieldKind.MONEY: get_at_path(content, currency) if currency else "",
        FieldKind.MOMENT: _get_revision(content),
    }
    fields = [table.shape[name] for name in table.figures]
    return [
        KeyFigure(
            f.label,
            format_or_blank(f, content[f.name]),
            "" if is_blank(content[f.name]) else notes.get(f.kind) or "",
            "" if f.kind is FieldKind.MONEY else "is-text",
        )
        for f in fields
    ]


def _get_revision(content: Content) -> str:
    number = content.get("revision_number")
    return f"…{number[-4:]}" if number else ""


def list_parts(table: Table, content: Content, leave_out: tuple[str, ...] = ()) -> list[PagePart]:
    """Return all sections of a record except those in `leave_out`, with every field that has or can have a value."""
    return [_make_part(table, s, content) for s in table.sections if s.name not in leave_out]


def _make_part(table: Table, section: FieldSection, content: Content) -> PagePart:
    part = PagePart(section)
    for f in table.in_section(section.name):
        value = content[f.name]
        if f.kind is FieldKind.LIST:
            _add_list(part, f, value)
        elif f.kind is FieldKind.GROUP:
            _add_group(part, f, value)
        else:
            part.values.append((f.label, format_or_blank(f, value)))
    return part


def _add_group(part: PagePart, f: Field, value: Content) -> None:
    if f.is_address:
        part.printed.append(PrintedField(f.label, format_address(value), _join_unprinted(f, value)))
    elif not is_blank(value):
        part.values.extend(
            (f"{f.label}, {lower_first(m.label)}", format_value(m, value[m.name])) for m in _is_filled(f, [value])
        )


def _join_unprinted(f: Field, address: Content) -> str:
    """Note: ring twice · Phone: 555-0100."""
    others = (m for m in f.shape.fields if m.name in UNPRINTED and not is_blank(address[m.name]))
    return " · ".join(f"{m.label}: {format_value(m, address[m.name])}" for m in others)


def _add_list(part: PagePart, f: Field, value: tuple[Content, ...]) -> None:
    if not value:
        return
    if f.is_address:
        ticked = next((m for m in f.shape.fields if m.kind is FieldKind.BOOLEAN), None)
        for entry in value:
            mark = ticked.label if ticked and entry[ticked.name] else ""
            part.printed.append(
                PrintedField(f"Ship to “{entry['name']}”", format_address(entry), _join_unprinted(f, entry), mark)
            )
        return
    if set(f.shape) == {"name", "value"}:
        part.values.extend((entry["name"], entry["value"]) for entry in value)
        return
    columns = list(_is_filled(f, value))
    if len(columns) > WIDEST:
        part.blocks.extend(_make_block(f, number, entry) for number, entry in enumerate(value, 1))
        return
    rows = [[_make_cell(m, entry) for m in columns] for entry in value]
    part.entries.append(ListEntries(f.label, [m.label for m in columns], rows))


def _make_block(f: Field, number: int, entry: Content) -> FieldBlock:
    return FieldBlock(
        f"{f.one[:1].upper()}{f.one[1:]} {number}", [(m.label, _make_cell(m, entry)) for m in _is_filled(f, [entry])]
    )


def _make_cell(m: Field, entry: Content) -> str:
    """Return a value for a small table; a nested list is shown with every entry: Main Phone: 555-0100."""
    if m.kind is not FieldKind.LIST or is_blank(entry[m.name]):
        return format_or_blank(m, entry[m.name])
    return "\n".join(": ".join(format_value(f, one[f.name]) for f in m.shape.fields) for one in entry[m.name])


def _is_filled(f: Field, entries: list[Content] | tuple[Content, ...]) -> Iterator[Field]:
    """Yield the members that at least one entry has filled in."""
    return (m for m in f.shape.fields if any(not is_blank(e[m.name]) for e in entries))
