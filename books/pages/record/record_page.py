"""A record as its page shows it: every field in its section, in words, for any kind of record.

Names no field; recognizes an address by its members.
"""

from collections.abc import Iterable, Iterator

from django.urls import NoReverseMatch, reverse

from books.mirror.currencies import get_code
from records.content import Content, Reference, Value, get_at_path, is_blank
from records.fields import Field, FieldKind, FieldSection, Shape, Table
from records.formatting import UNPRINTED, format_address, format_or_blank, format_value, lower_first
from tenants.models import Tenant

from .links import split_links
from .record_parts import FieldBlock, KeyFigure, ListEntries, PagePart, PageParts, PageValue, PrintedField

WIDEST = 6  # columns of a small table
PAGES = {"customers": "customer_page", "vendors": "vendor_page"}  # where the entries of a picker have a page
NAME_AND_VALUE = {"name", "value"}  # the members of a list that is shown as labels and values
LIKE_NONE = ("none", "empty")  # values that people take for a blank field


def list_key_figures(table: Table, content: Content, tenant: Tenant | None = None) -> list[KeyFigure]:
    """Return the table's `figures`: amounts with the code of their currency, if the company is given."""
    path = table.columns.get("currency", "")
    name = (get_at_path(content, path) if path else "") or ""
    code = get_code(tenant, name) if tenant else name
    fields = [table.shape[name] for name in table.figures]
    return [
        KeyFigure(
            f.label,
            format_or_blank(f, content[f.name]),
            code if f.kind is FieldKind.MONEY and not is_blank(content[f.name]) else "",
            "" if f.kind is FieldKind.MONEY else "is-text",
        )
        for f in fields
    ]


def list_parts(
    table: Table, content: Content, leave_out: tuple[str, ...] = (), tenant: Tenant | None = None
) -> PageParts:
    """Return all sections of a record, with every field that has or can have a value.

    `leave_out` are sections and fields that the page shows elsewhere. With the company, references lead to the pages
    that they have there, and its currency is written as beside amounts.
    """
    return _Page(table, tenant, leave_out).list_parts(content)


class _Page:
    """How the values of one record are shown in one company; collects the ids of entries for the folded section."""

    def __init__(self, table: Table, tenant: Tenant | None, leave_out: tuple[str, ...]) -> None:
        self.table, self.tenant, self.leave_out = table, tenant, leave_out
        self.currency = table.columns.get("currency", "").partition(".")[0]
        self.technical: list[PageValue] = []

    def list_parts(self, content: Content) -> PageParts:
        found = PageParts(self._make_part(s, content) for s in self.table.sections if s.name not in self.leave_out)
        if found and found[-1].section.is_folded:
            found[-1].values.extend(self.technical)
        return found

    def _make_part(self, section: FieldSection, content: Content) -> PagePart:
        part = PagePart(section)
        for f in self.table.in_section(section.name):
            value = content[f.name]
            if f.name in self.leave_out:
                self._fold_technical(f, value if f.kind is FieldKind.LIST else ())
            elif f.kind is FieldKind.LIST:
                self._add_list(part, f, value)
            elif f.kind is FieldKind.GROUP:
                self._add_group(part, f, value)
            else:
                part.values.append(self._make_value(f, value))
        return part

    def _make_value(self, f: Field, value: Value, label: str = "") -> PageValue:
        text = format_or_blank(f, value)
        if f.name == self.currency and text and self.tenant:
            text = get_code(self.tenant, text)
        is_text = f.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT)
        page = self._find_page(f, value)
        pieces = [(text, page)] if page else split_links(f.link, text) if is_text else [(text, "")]
        is_copied = bool(text) and (f.copied or any(link for _, link in pieces if not page))
        return PageValue(label or f.label, text, tuple(pieces), is_copied, text.strip().casefold() in LIKE_NONE)

    def _find_page(self, f: Field, value: Value) -> str:
        if not (self.tenant and isinstance(value, Reference) and value.id and f.options in PAGES):
            return ""
        try:
            return reverse(PAGES[f.options], args=[self.tenant.slug, value.id])
        except NoReverseMatch:  # the kind has no pages here
            return ""

    def _add_group(self, part: PagePart, f: Field, value: Content) -> None:
        if f.is_address:
            part.printed.append(self._make_printed(f, f.label, value))
        elif not is_blank(value):
            part.values.extend(
                self._make_value(m, value[m.name], f"{f.label}, {lower_first(m.label)}") for m in _is_filled(f, [value])
            )

    def _make_printed(self, f: Field, label: str, address: Content, mark: str = "") -> PrintedField:
        others = (m for m in f.shape.fields if m.name in UNPRINTED and not is_blank(address[m.name]))
        return PrintedField(
            label, format_address(address), [self._make_value(m, address[m.name]) for m in others], mark
        )

    def _add_list(self, part: PagePart, f: Field, value: tuple[Content, ...]) -> None:
        if not value:
            return
        if f.is_address:
            ticked = next((m for m in f.shape.fields if m.kind is FieldKind.BOOLEAN), None)
            for entry in value:
                mark = ticked.label if ticked and entry[ticked.name] else ""
                part.printed.append(self._make_printed(f, f"Ship to “{entry['name']}”", entry, mark))
            return
        self._fold_technical(f, value)
        columns = [m for m in _is_filled(f, value) if not m.technical]
        if _has_names_and_values(f.shape):
            part.values.extend(self._list_named(f, value))
        elif len(columns) > WIDEST or any(m.kind is FieldKind.LIST for m in columns):
            part.blocks.extend(self._make_block(f, number, entry) for number, entry in enumerate(value, 1))
        else:
            rows = [[format_or_blank(m, entry[m.name]) for m in columns] for entry in value]
            part.entries.append(ListEntries(f.label, [m.label for m in columns], rows))

    def _fold_technical(self, f: Field, entries: Iterable[Content]) -> None:
        for number, entry in enumerate(entries, 1):
            for m in _is_filled(f, [entry]):
                if m.technical:
                    label = f"{_name_entry(f, number)}, {lower_first(m.label)}"
                    self.technical.append(self._make_value(m, entry[m.name], label))

    def _make_block(self, f: Field, number: int, entry: Content) -> FieldBlock:
        values: list[PageValue] = []
        for m in _is_filled(f, [entry]):
            if m.kind is FieldKind.LIST and _has_names_and_values(m.shape):
                values += self._list_named(m, entry[m.name])
            elif m.kind is FieldKind.LIST:
                values.append(PageValue(m.label, text := _make_cell(m, entry), ((text, ""),)))
            elif not m.technical:
                values.append(self._make_value(m, entry[m.name]))
        return FieldBlock(_name_entry(f, number), values)

    def _list_named(self, f: Field, entries: Iterable[Content]) -> Iterator[PageValue]:
        return (self._make_value(f.shape["value"], one["value"], one["name"]) for one in entries)


def _has_names_and_values(shape: Shape) -> bool:
    return {m.name for m in shape.fields if not m.technical} == NAME_AND_VALUE


def _name_entry(f: Field, number: int) -> str:
    return f"{f.one[:1].upper()}{f.one[1:]} {number}"


def _make_cell(m: Field, entry: Content) -> str:
    """Return a value for a small table; a nested list is shown with every entry: Main Phone: 555-0100."""
    if m.kind is not FieldKind.LIST or is_blank(entry[m.name]):
        return format_or_blank(m, entry[m.name])
    return "\n".join(": ".join(format_value(f, one[f.name]) for f in m.shape.fields) for one in entry[m.name])


def _is_filled(f: Field, entries: list[Content] | tuple[Content, ...]) -> Iterator[Field]:
    """Yield the members that at least one entry has filled in."""
    return (m for m in f.shape.fields if any(not is_blank(e[m.name]) for e in entries))
