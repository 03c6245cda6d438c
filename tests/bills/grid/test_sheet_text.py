"""The rows of blocks as Excel, LibreOffice, Google Sheets and our own pages put them into the clipboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bills.grid.sheet_text import is_total, read_rows

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), max_size=8)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\nc\td\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\rc\td", [["a", "b"], ["c", "d"]]),
        ("a\tb\t\t\n\t\t\t\n \t\u00a0\nc\td\t\t", [["a", "b", "", ""], ["c", "d", "", ""]]),
        ('Fuel\t"Diesel,\nJuly"\t5', [["Fuel", "Diesel,\nJuly", "5"]]),
        ('A\t"5"" pipe\nx"\t1', [["A", '5" pipe\nx', "1"]]),
        ('A\t"a\tb"\t5\nB\tc\t6', [["A", "a\tb", "5"], ["B", "c", "6"]]),
        (
            'Advertising\tPaint\t12.00\nAutomobile\t"\t3.00\nFuel\t"\t4.00\nInsurance\tlast\t5.00',
            [["Advertising", "Paint", "12.00"], ["Automobile", '"', "3.00"], ["Fuel", '"', "4.00"],
             ["Insurance", "last", "5.00"]],
        ),
        ('A\t"\nB\t"\n', [["A", '"'], ["B", '"']]),
        ('"\t"\t"\n', [['"', '"', '"']]),
        ('"Best" paint\t1\nPipe 2"\t3', [['"Best" paint', "1"], ['Pipe 2"', "3"]]),
        ('"Best\t1\nPipe 2"\t3', [['"Best', "1"], ['Pipe 2"', "3"]]),
        ('A\t12" pipe\t1\nB\t6"\t2', [["A", '12" pipe', "1"], ["B", '6"', "2"]]),
        ("", []),
        ("\n\t\n", []),
    ],
)  # fmt: skip
def test_a_text_is_read_as_the_cells_that_a_sheet_has(text: str, rows: list[list[str]]) -> None:
    assert read_rows(text, "") == rows


@pytest.mark.parametrize(
    ("html", "rows"),
    [
        ("<table><tr><td>A<td>\n  1,2\n  3</table>", [["A", "1,2 3"]]),
        ("<table><tr><td>A<br>\n b</td><td>&quot;</td></tr></table>", [["A\nb", '"']]),
        ("<table><tr><td colspan=2>A</td><td>3</td></tr><tr><td>B</td><td></td><td>4</td></tr></table>",
         [["A", "", "3"], ["B", "", "4"]]),
        ("<p>x</p><table><thead><tr><th>H</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table><table><tr><td>n",
         [["H"], ["1"]]),
        ("<table><tr><td><table><tr><td>in</td></tr></table>out</td></tr></table>", [["inout"]]),
        ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", [["a\nb"]]),
    ],
)  # fmt: skip
def test_a_table_is_read_before_the_text(html: str, rows: list[list[str]]) -> None:
    assert read_rows("other\ttext", f"<html><body>{html}</body></html>") == rows


@pytest.mark.parametrize("html", ["", "<b>bold</b>", "<table>", "<table><tr><td rowspan=2>a</td></tr></table>", "<tr"])
def test_without_a_table_that_tells_its_cells_the_text_is_read(html: str) -> None:
    assert read_rows("a\tb", html) == [["a", "b"]]


@given(st.lists(st.lists(CELLS.map(str.strip), min_size=2, max_size=4), min_size=1, max_size=4))
def test_what_a_sheet_writes_is_read_as_it_was(rows: list[list[str]]) -> None:
    """A cell with a line end comes in quotes, and every other as it is."""
    rows = [["x", *row[1:-1], f"m{row[-1]}\nend"] for row in rows]
    quoted = [[*row[:-1], '"' + row[-1].replace('"', '""') + '"'] for row in rows]
    if not any(cell.startswith('"') for row in rows for cell in row):
        assert read_rows("\n".join("\t".join(row) for row in quoted), "") == rows


@given(st.text(), st.text())
def test_any_clipboard_is_read_without_an_error(text: str, html: str) -> None:
    rows = read_rows(text, f"<table>{html}")
    assert all(any(row) for row in rows)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (["Total", "", "24.00"], True),
        (["", "Grand total:", "24.00"], True),
        (["Subtotal"], True),
        (["Automobile", "Total", "24.00"], False),
        (["Total loss", "24.00"], False),
        (["Total", "of July", "24.00"], False),
    ],
)
def test_a_total_row_has_nothing_but_its_word_and_figures(row: list[str], found: bool) -> None:
    assert is_total(row) is found
