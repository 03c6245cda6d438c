"""Writes records as a workbook to edit and bring back: what may be changed looks different, and a sheet says how.

Knows the columns of a layout and no record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from books.pages.spreadsheet import (
    AMOUNT_FORMATS,
    DAY_FORMAT,
    FORMATS,
    TOLD_EACH,
    choose_number_format,
    name_sheet,
    open_workbook,
    write_cell,
)
from records.fields import Field, FieldKind
from records.numbers import USUAL_PLACES

from .cell_values import NUMBERS
from .cells import MOST_ROWS, CellValue
from .layout import FileLayout, RecordCells

RECORDS = "Ledgerdesk records"  # the property that says how many records a file was written with
ROWS = "Ledgerdesk rows"
WIDTHS: Mapping[FieldKind, int] = {FieldKind.LONG_TEXT: 40, FieldKind.DATE: 12, FieldKind.BOOLEAN: 9}
USUAL_WIDTH, OWN_WIDTH = 18, 14
LONGEST_SOURCE = 255  # letters of the entries of a cell's list
CLOSED = {"font_color": "#6b6b6b", "bg_color": "#eeeeee"}
OPEN_HEAD = {"bold": True, "bg_color": "#dbe9ff", "bottom": 1}
CLOSED_HEAD = {"bold": True, "italic": True, **CLOSED, "bottom": 1}
TEXT, GENERAL = "@", "General"  # text: what is typed stays as it is typed
SHOWN = (*FORMATS, TEXT, GENERAL)
NOTES = "How to use"
NOTES_WIDTH = 110


def write_editable(
    file: IO[bytes], title: str, layout: FileLayout, rows: Iterable[RecordCells], notes: Sequence[str]
) -> Iterator[int]:
    """Write the workbook; yield now and then how many rows are written. It is whole after the last number."""
    number, ids = 0, set[tuple[CellValue, CellValue]]()
    with open_workbook(file) as book:
        sheet = book.add_worksheet(name_sheet(title))
        styles = {(shown, is_open): _make_style(book, shown, is_open) for shown in SHOWN for is_open in (True, False)}
        usual, amounts = [_choose_format(f) for f in layout.fields], dict(layout.amounts)
        _write_heads(book, sheet, layout, [styles[one] for one in zip(usual, layout.changeable, strict=True)])
        for number, row in enumerate(rows, 1):
            ids.add((row[0], row[1]))
            for place, value in enumerate(row):
                f = amounts.get(place)
                shown = _choose_amount_format(value, row.places.find(f)) if f else usual[place]
                _write_styled(sheet, number, place, value, styles[shown, layout.changeable[place]])
            if number % TOLD_EACH == 0:
                yield number
        sheet.autofilter(0, 0, max(number, 1), len(layout.heads) - 1)
        _offer_choices(sheet, layout, max(number, 1))
        book.set_custom_property(RECORDS, len(ids), "number")
        book.set_custom_property(ROWS, number, "number")
        _write_notes(book, notes)
    yield number


def _write_heads(book: Any, sheet: Any, layout: FileLayout, styles: Sequence[Any]) -> None:
    """Write the names of the columns, and give each column its width and, for cells that have none, its style."""
    heads = {True: book.add_format(OPEN_HEAD), False: book.add_format(CLOSED_HEAD)}
    sheet.freeze_panes(1, 2)
    for place, (head, is_open) in enumerate(zip(layout.heads, layout.changeable, strict=True)):
        sheet.set_column(place, place, _find_width(layout.fields[place]), styles[place])
        sheet.write_string(0, place, head, heads[is_open])


def _choose_format(f: Field | None) -> str:
    """Return the usual format of a column: that of a number shows no point after a whole one."""
    if f is None:
        return TEXT
    if f.kind is FieldKind.DATE:
        return DAY_FORMAT
    if f.kind is FieldKind.MONEY:
        return AMOUNT_FORMATS[USUAL_PLACES]
    return GENERAL if f.kind in NUMBERS or f.kind is FieldKind.BOOLEAN else TEXT


def _choose_amount_format(value: CellValue, places: int) -> str:
    """Return the format of an amount; that of a blank shows what is typed with the decimals of its currency."""
    return choose_number_format(value) if isinstance(value, Decimal) else AMOUNT_FORMATS[places]


def _make_style(book: Any, shown: str, is_open: bool) -> Any:
    return book.add_format({"num_format": shown, **({} if is_open else CLOSED)})


def _find_width(f: Field | None) -> int:
    return OWN_WIDTH if f is None else WIDTHS.get(f.kind, USUAL_WIDTH)


def _write_styled(sheet: Any, row: int, place: int, value: CellValue, style: Any) -> None:
    """Write a value as what it is, and a blank with the look of its column."""
    if value is None or value == "":
        sheet.write_blank(row, place, None, style)
    else:
        write_cell(sheet, row, place, value, style)


def _offer_choices(sheet: Any, layout: FileLayout, last: int) -> None:
    """Let the cells of a choice offer its entries, as far as a cell can list them."""
    for place, (f, is_open) in enumerate(zip(layout.fields, layout.changeable, strict=True)):
        labels = [label for _, label in f.choices] if f is not None and is_open else []
        if f is not None and is_open and f.kind is FieldKind.BOOLEAN:
            labels = ["TRUE", "FALSE"]
        if labels and len(",".join(labels)) <= LONGEST_SOURCE and not any("," in label for label in labels):
            offered = {"validate": "list", "source": labels, "error_type": "warning"}
            sheet.data_validation(1, place, last, place, offered)


def _write_notes(book: Any, notes: Sequence[str]) -> None:
    sheet = book.add_worksheet(NOTES)
    sheet.set_column(0, 0, NOTES_WIDTH, book.add_format({"text_wrap": True, "valign": "top"}))
    for number, note in enumerate(notes):
        sheet.write_string(number, 0, note)


def make_notes(company: str, noun: str, *, with_lines: bool, books: str, left_out: str = "") -> list[str]:
    """Return what the sheet of notes says, a line each; `left_out` are the lists that the file does not have."""
    notes = [
        f"Change the white cells, save the file and bring it back: {company}, Export, “Bring back from Excel”.",
        "Nothing is changed before you have seen and confirmed what it would do.",
        "Gray cells cannot be changed. The Ledgerdesk columns say which record and version a row is of; keep them.",
        "You may sort and filter rows, delete rows that you do not need, and delete or move columns.",
        f"A row that you delete changes nothing, and a new row adds no {noun}. A cleared cell clears the value.",
        "Do not rename columns, merge cells, or leave formulas: copy their cells and paste them as values.",
        f"Names of terms, accounts and the like must be in {books} already. Write dates as dates, or like 28 Oct 2026.",
        f"A file can bring back up to {MOST_ROWS:,} rows. Leave out rows that you have not changed.",
    ]
    if left_out:
        notes.append(f"Not in this file: {left_out}.")
    if with_lines:
        notes.append(
            f"Each line has a row of its own. The values of the {noun} are in each of its rows: change one of them, or "
            "all in the same way. Amounts are calculated again if you change a quantity or a cost."
        )
    return notes
