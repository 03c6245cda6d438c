"""Files for spreadsheets: XLSX as another library reads it. CSV is tested with the history."""

import tempfile
import tracemalloc
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from books.pages.spreadsheet import stream_lines, write_workbook
from record_forms.workbooks.layout import FileLayout, RecordCells
from record_forms.workbooks.write import write_editable

HEADS = ["Name", "Value"]
ROW = RecordCells(["larch", "80000001", "r1"])


def write_shown(rows: Iterable[RecordCells]) -> Generator[int]:
    yield from write_workbook(BytesIO(), "Bills", HEADS, rows)


def write_to_edit(rows: Iterable[RecordCells]) -> Generator[int]:
    yield from write_editable(BytesIO(), "Bills", FileLayout(()), rows, [])


def read_back(rows: Sequence[Sequence[Any]], title: str = "Bills") -> Any:
    """Return the sheet that such rows make."""
    file = BytesIO()
    assert list(write_workbook(file, title, HEADS, rows))[-1] == len(rows)
    return load_workbook(file).active


@pytest.mark.parametrize(
    ("value", "kind", "read"),
    [
        ("=1+2", "s", "=1+2"),
        ("+49 30", "s", "+49 30"),
        ("https://example.com", "s", "https://example.com"),
        ("00123", "s", "00123"),
        ("line\nline", "s", "line\nline"),
        ("", "n", None),
        (None, "n", None),
        (True, "b", True),
        (7, "n", 7),
        (Decimal("1234.50"), "n", 1234.5),
        (Decimal("1234.500"), "n", 1234.5),
        (Decimal("-0.125"), "n", -0.125),
        (Decimal("123456789012345.67"), "s", "123456789012345.67"),
        (10**15, "s", "1000000000000000"),
        (date(2026, 10, 28), "d", "2026-10-28 00:00:00"),
        (date(1899, 12, 31), "s", "1899-12-31"),
        (datetime(2026, 10, 28, 14, 5, tzinfo=UTC), "d", "2026-10-28 14:05:00"),
    ],
)
def test_each_cell_is_what_its_value_is(value: Any, kind: str, read: Any) -> None:
    cell = read_back([["Larch", value]])["B2"]
    found = str(cell.value) if cell.is_date else cell.value
    assert (cell.data_type, found) == (kind, read)


@pytest.mark.parametrize(
    ("title", "shown"), [("Bills: [all] / *?", "Bills   all"), ("", "Sheet1"), ("'", "Sheet1"), ("x" * 40, "x" * 31)]
)
def test_any_title_makes_a_sheet(title: str, shown: str) -> None:
    assert read_back([], title).title == shown


def test_characters_that_a_file_cannot_hold_leave_it_readable() -> None:
    assert read_back([["a\x00b\x1f\ufffe", ""]])["A2"].value is not None


def test_no_formula_link_or_macro_is_in_the_file() -> None:
    file = BytesIO()
    list(write_workbook(file, "Bills", HEADS, [["=cmd|' /C calc'!A0", "mailto:a@example.com"]]))
    with ZipFile(file) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert ("<f>" in sheet, "hyperlink" in sheet, [name for name in parts.namelist() if "vba" in name]) == (
            False, False, [],
        )  # fmt: skip


def test_its_memory_does_not_grow_with_its_rows() -> None:
    peaks = []
    for count in (2_000, 10_000):
        with tempfile.TemporaryFile() as file:
            tracemalloc.start()
            told = list(write_workbook(file, "Bills", HEADS, (["Larch", Decimal(number)] for number in range(count))))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert told == [*range(2_000, count + 1, 2_000), count]
    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.parametrize("write", [write_shown, write_to_edit])
def test_a_workbook_that_is_given_up_or_fails_leaves_nothing_on_the_disk(
    write: Callable[[Iterable[RecordCells]], Generator[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    given_up = write(repeat(ROW))
    assert (next(given_up), list(tmp_path.iterdir()) == []) == (2_000, False)
    given_up.close()
    with pytest.raises(ZeroDivisionError):
        list(write(ROW for number in (1, 0) if 1 / number))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1506.750"), "1506.75"),
        (Decimal("-0.125"), "-0.1250"),  # 125 where decimals follow a comma
        (Decimal("1.459"), "1.4590"),
        (Decimal("1.459000"), "1.459000"),
        (Decimal("1.31"), "1.31"),
        (Decimal("0.88125"), "0.88125"),
        (True, "yes"),
        (None, ""),
        (date(2026, 10, 28), "2026-10-28"),
        (datetime(2026, 10, 28, 14, 5, tzinfo=UTC), "2026-10-28 14:05:00"),
        ("=1+2", "'=1+2"),
    ],
)
def test_a_line_of_text_spells_its_values_so_that_a_spreadsheet_reads_them(value: Any, text: str) -> None:
    assert list(stream_lines(["Value"], [[value]]))[1] == f'"{text}"\r\n'
