"""Cells as the programs write them: what each is, whatever its style, its encoding and the signs in it."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from record_forms.workbooks.cells import CellAmount, CellFault, CellFormula, CellPercentage, UnreadableFile, name_cell
from record_forms.workbooks.files import read_table
from tests.support.workbooks import SheetParts, Written, make_excel

EARLY = "a date before 1 March 1900, which spreadsheet programs count differently. Write it as text, like 15 Jan 1900"
RICH = "<t>Lar</t><rPh sb='0' eb='1'><t>reading aid</t></rPh><r><rPr><b/></rPr><t xml:space='preserve'>ch </t></r>"


def read_cell(value: Any, **book: Any) -> Any:
    data = make_excel(SheetParts("Bills", [["Id"], [value, "x"]]), **book)
    return read_table("a.xlsx", data, lambda heads: "Id" in heads).rows[0].cells[0]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (Written("12.5"), Decimal("12.5")),
        (Written("12.300000000000001"), Decimal("12.3")),
        (Written("0.30000000000000004"), Decimal("0.3")),
        (Written("1E+3"), Decimal(1000)),
        (Written("1E+29"), Decimal(10**29)),
        (Written("1E+309"), CellFault("“1E+309”")),
        (Written("1E+9999999"), CellFault("“1E+9999999”")),
        (Written("1E-9999999"), Decimal(0)),
        (Written("1E-400"), Decimal(0)),
        (Written("1.2345678901234E+12"), Decimal("1234567890123.4")),
        (Written("5.0000000000000003E-2", style="percent"), CellPercentage(Decimal("0.05"))),
        (Written("12.5", style="euro"), CellAmount(Decimal("12.5"), "€")),
        (Written("-12.5", style="dollar"), CellAmount(Decimal("-12.5"), "$")),
        (Written("12.5", style="money"), Decimal("12.5")),
        (Written("12.5", style="text"), Decimal("12.5")),
        (Written("46323", style="day"), date(2026, 10, 28)),
        (Written("46323", style="long"), date(2026, 10, 28)),
        (Written("46323.5", style="moment"), datetime(2026, 10, 28, 12)),  # noqa: DTZ001 - a cell has no zone
        (Written("46323.99999999999", style="day"), date(2026, 10, 29)),
        (Written("61", style="day"), date(1900, 3, 1)),
        (Written("60", style="day"), CellFault(EARLY)),
        (Written("0.25", style="moment"), CellFault("a time without a date")),
        (Written("2026-10-28T00:00:00", "d", "day"), date(2026, 10, 28)),
        (Written("1", "b"), True),
        (Written("#N/A", "e"), CellFault("#N/A")),
        (Written("#REF!", "e", formula="A1"), CellFormula(CellFault("#REF!"))),
        (Written("12.5", formula="A1*2"), CellFormula(Decimal("12.5"))),
        (Written("Larch", "str", formula='"Lar"&"ch"'), CellFormula("Larch")),
        (Written("Larch", "str"), "Larch"),
        (Written("\n 0 ", "s"), "Id"),
        (Written("", formula="A1"), CellFormula(None)),
        (Written("", "str", formula="A1"), CellFormula("")),
        (Written("<t>Larch</t>", "inlineStr"), "Larch"),
        ("a_x000D_\nb", "a\r\nb"),
        ("_x005F_x000D_", "_x000D_"),
        ("  Larch ", "  Larch "),
        ("Tab\tand\nline", "Tab\tand\nline"),
        ("😀", "😀"),
    ],
)  # fmt: skip
def test_a_cell_is_what_its_program_wrote(written: Any, read: Any) -> None:
    assert read_cell(written) == read


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    written = Written("44861", style="day")
    assert [read_cell(written), read_cell(written, is_1904=True)] == [date(2022, 10, 27), date(2026, 10, 28)]


def test_of_a_rich_text_only_its_letters_are_read() -> None:
    shared = f"<sst><si><t>Id</t></si><si>{RICH}</si><si><t>x</t></si></sst>"
    assert read_cell("Larch", more={"xl/sharedStrings.xml": shared}) == "Larch "


@pytest.mark.parametrize("number", ["99", "-1", "x", "00000000099", "9" * 5000])
def test_a_text_that_is_not_there_makes_the_file_damaged(number: str) -> None:
    with pytest.raises(UnreadableFile):
        read_cell(Written(number, "s"))


@pytest.mark.parametrize(("place", "name"), [(0, "A5"), (25, "Z5"), (26, "AA5"), (701, "ZZ5"), (702, "AAA5")])
def test_the_address_of_a_cell_is_that_of_spreadsheets(place: int, name: str) -> None:
    assert name_cell(5, place) == name


LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
VALUES = st.one_of(
    st.text(LETTERS, min_size=1, max_size=8).filter(lambda text: not text.startswith("=") and text.strip()),
    st.decimals(-(10**9), 10**9, places=4),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.booleans(),
    st.none(),
)


@settings(max_examples=20)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=5))
def test_what_another_library_writes_is_read_as_it_was(rows: list[list[Any]]) -> None:
    book, file = Workbook(), BytesIO()
    book.active.append(["Id"])
    for number, row in enumerate(rows, 2):
        for place, value in enumerate(["x", *row], 1):
            cell = book.active.cell(number, place, value)
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
    book.save(file)
    found = read_table("a.xlsx", file.getvalue(), lambda heads: "Id" in heads)
    assert [[row.cell(place) for place in range(1, len(rows[n]) + 1)] for n, row in enumerate(found.rows)] == rows
