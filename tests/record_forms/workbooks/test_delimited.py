"""Text files: separators, encodings and quotation marks as spreadsheets write them."""

from collections.abc import Sequence
from typing import Any

import pytest

from record_forms.workbooks.cells import CellFault, UnreadableFile
from record_forms.workbooks.delimited import OTHER_LETTERS
from record_forms.workbooks.files import read_table

TEXT = 'Id;"Nämé"\r\n1;"Larch; ""Pine"", Fir\nOak"\r\n'
CELLS: list[list[Any]] = [["1", 'Larch; "Pine", Fir\nOak']]


def is_ours(heads: Sequence[str]) -> bool:
    return "Id" in heads


def read(data: bytes) -> list[list[Any]]:
    return [row.cells for row in read_table("a.csv", data, is_ours).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_encoding_of_spreadsheets_is_read(encoding: str) -> None:
    found = read_table("a.csv", TEXT.encode(encoding), is_ours)
    assert (found.heads, [row.cells for row in found.rows]) == (["Id", "Nämé"], CELLS)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("hint", ["", "sep={}\r\n"])
def test_the_separator_is_the_one_that_makes_the_heads(separator: str, hint: str) -> None:
    lines = [["Note, or; more", "Id"], ["x", "1"]]
    quoted = "\r\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    assert read(f"{hint.format(separator)}{quoted}".encode()) == [["x", "1"]]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_rows_are_numbered_as_a_spreadsheet_numbers_them(end: str) -> None:
    text = end.join(["Id,A", '1,"two\nlines"', ",", "2,x", ""])
    found = read_table("a.csv", text.encode(), is_ours)
    assert [(row.number, row.cells) for row in found.rows] == [(2, ["1", "two\nlines"]), (4, ["2", "x"])]


def test_a_line_with_fewer_cells_than_heads_is_marked() -> None:
    found = read_table("a.csv", b"Id,A,B,,\n1,x\n2,x,\n", is_ours)
    assert [(row.cells, row.ends_early) for row in found.rows] == [(["1", "x"], True), (["2", "x", None], False)]


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#DIV/0!", "#NV", "#BEZUG!", "#¿NOMBRE?", "#ССЫЛКА!", "Err:502"])
def test_an_error_is_no_text(text: str) -> None:
    assert read(f"Id,A\n1,{text}\n".encode()) == [["1", CellFault(text)]]


def test_a_column_that_was_too_narrow_has_lost_its_values() -> None:
    said = "########: the column was too narrow for its value when the file was saved"
    assert read(b"Id,A\n1,########\n") == [["1", CellFault(said)]]


@pytest.mark.parametrize("text", ["#1", "#12!", "#NEW", "No. #N/A", "#N/A seen"])
def test_a_text_with_a_number_sign_is_a_text(text: str) -> None:
    assert read(f"Id,A\n1,{text}\n".encode()) == [["1", text]]


def test_letters_that_no_western_program_writes_are_named_as_the_reason() -> None:
    with pytest.raises(UnreadableFile) as raised:
        read("Id,A\n1,Ťap\n".encode("cp1250"))
    assert str(raised.value) == OTHER_LETTERS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('Id,A\n1,"x\n', "row 2 does not end"),
        ('Id,A\n1,"x"y\n', "row 2 has quotation marks in the wrong place"),
        (f"Id,A\n1,x\n2,{'x' * 32_768}\n", "row 3 has a cell that is too long"),
        (f"Id,A\n1,{'x' * 200_000}\n", "row 2 has a cell that is too long"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read(text.encode())
    whole = f"The text file is damaged or incomplete: {said}. Save it again as .csv, or as .xlsx."
    assert str(raised.value) == whole
