"""Files that would hang a reader or fill its memory: each is refused before it does."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import ZipFile

import pytest

from books.pages.spreadsheet import escape_formula
from record_forms.workbooks import archive, cells, sheet_rows
from record_forms.workbooks.cells import UnreadableFile
from record_forms.workbooks.files import read_table
from record_forms.workbooks.number_formats import NumberFormat
from records.text import clean_text, is_kept_as
from tests.support.workbooks import SheetParts, Written, make_excel

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ROWS = [["Id", "Name"], ["1", "Larch"]]
GOOD = make_excel(SheetParts("Bills", ROWS))
LONG = random.Random(21).randbytes(2**20).hex()  # that no archive makes much shorter


def refusal(data: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(UnreadableFile) as raised:
        read_table(name, data, lambda heads: "Id" in heads)
    return str(raised.value)


def with_part(name: str, content: str) -> bytes:
    return make_excel(SheetParts("Bills", ROWS), more={name: content})


@contextmanager
def soon(seconds: float = 1) -> Iterator[None]:
    """Fail if what is done within takes longer, in seconds of this process."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


@pytest.mark.parametrize(
    "text",
    [
        "<worksheet>" + "<a>" * 100 + "</a>" * 100 + "</worksheet>",
        f"<worksheet><!--{LONG}--></worksheet>",
        f"<worksheet><a b='{LONG}'/></worksheet>",
        f"<worksheet><?a {LONG}?></worksheet>",
    ],
    ids=["deep", "comment", "attribute", "instruction"],
)
@pytest.mark.parametrize("part", [SHEET, TEXTS])
def test_xml_that_takes_long_is_not_read(part: str, text: str) -> None:
    assert refusal(with_part(part, text)) == archive.ODD_XML


@pytest.mark.parametrize("text", ["<row/>", "<row><c/></row>", "<t/>"])
def test_the_elements_of_a_file_are_counted(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(archive, "MOST_ELEMENTS", 1_000)
    assert refusal(with_part(SHEET, f"<worksheet>{text * 1_001}</worksheet>")) == archive.TOO_LARGE


@pytest.mark.parametrize(
    "value",
    [
        "x" * 32_768,
        Written("x" * 32_768, "str"),
        Written(f"<t>{'x' * 32_768}</t>", "inlineStr"),
        Written("<t>x</t>" * 32_768, "inlineStr"),
    ],
    ids=["shared", "str", "inline", "pieces"],
)
def test_a_text_that_no_cell_can_hold_is_refused(value: object) -> None:
    assert refusal(make_excel(SheetParts("Bills", [["Id"], [value]]))) == cells.TOO_LONG_CELL


def test_cells_that_share_one_long_text_count_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_rows, "MOST_LETTERS", 1_000)
    data = make_excel(SheetParts("Bills", [["Id"], *([["x" * 100]] * 11)]))
    assert refusal(data) == cells.TOO_MUCH_TEXT


def test_blank_cells_before_a_cell_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_rows, "MOST_CELLS", 100)
    rows: list[list[str | None]] = [["Id"], [*[None] * 59, "x"], [*[None] * 59, "x"]]
    assert refusal(make_excel(SheetParts("Bills", rows))) == cells.TOO_MANY_CELLS


def test_a_cell_beyond_the_last_column_is_refused_if_it_has_a_value() -> None:
    with ZipFile(BytesIO(GOOD)) as parts:
        sheet = parts.read(SHEET).decode()
    blank = sheet.replace("</row>", '<c r="XFD1" s="1"/></row>')
    found = read_table("a.xlsx", with_part(SHEET, blank), lambda heads: "Id" in heads)
    assert [row.cells for row in found.rows] == [["1", "Larch"]]
    assert refusal(with_part(SHEET, blank.replace('s="1"/>', "><v>1</v></c>"))) == cells.TOO_WIDE


def test_a_workbook_of_very_many_sheets_is_refused() -> None:
    said = "The workbook has more than 250 sheets. Delete all but the one to use."
    assert refusal(make_excel(*(SheetParts(f"Sheet{n}", []) for n in range(251)))) == said


@pytest.mark.parametrize(
    "work",
    [
        lambda: NumberFormat("[" * 200_000),
        lambda: escape_formula("\n" * 32_000 + "x"),
        lambda: escape_formula(";" + " " * 32_000 + "x"),
        lambda: clean_text("é" + " " * 32_000 + "é"),
        lambda: is_kept_as("Ж" * 60, "?" * 90 + "!"),
    ],
    ids=["format", "lines", "blanks", "text", "question marks"],
)
def test_no_text_takes_long(work: Callable[[], object]) -> None:
    with soon():
        work()


@pytest.mark.parametrize("encoding", ["gb2312", "utf-32", "rot13", "nonsense"])
def test_xml_in_an_encoding_that_no_program_writes_makes_the_file_damaged(encoding: str) -> None:
    assert refusal(with_part(SHEET, f"<?xml version='1.0' encoding='{encoding}'?><worksheet/>")) == archive.DAMAGED


def test_a_part_whose_own_name_is_no_text_makes_the_file_damaged() -> None:
    named = make_excel(SheetParts("Bills", ROWS), more={"xl/é.xml": "x"})  # so that its name is said to be UTF-8
    odd = named.replace("xl/é.xml".encode(), b"xl/\xff\xff.xml", 1)
    with pytest.raises(UnreadableFile) as raised:
        list(archive.Archive(odd).stream("xl/é.xml"))
    assert str(raised.value) == archive.DAMAGED


@pytest.mark.parametrize("seed", range(20))
def test_a_file_with_damaged_bytes_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(10):
        data = bytearray(GOOD)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        read_or_refuse(bytes(data))


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_a_part_with_damaged_letters_is_read_or_refused(part: str) -> None:
    chance = random.Random(part)
    with ZipFile(BytesIO(GOOD)) as parts:
        text = parts.read(part).decode()
    for _ in range(60):
        letters = list(text)
        for _ in range(chance.randrange(1, 4)):
            letters[chance.randrange(len(letters))] = chance.choice("<>/&;\"'=0123456789EN-+ \0é")
        read_or_refuse(with_part(part, "".join(letters)))


def read_or_refuse(data: bytes) -> None:
    try:
        read_table("a.xlsx", data, lambda heads: "Id" in heads)
    except UnreadableFile as error:
        assert str(error)
