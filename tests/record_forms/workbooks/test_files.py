"""Files that can be taken and files that cannot: each is what its content is, and each refusal says what to do."""

import struct
import tracemalloc
from collections.abc import Sequence
from io import BytesIO
from zipfile import ZipFile

import pytest

from record_forms.workbooks import archive, cells
from record_forms.workbooks.cells import FileTable, UnreadableFile
from record_forms.workbooks.files import read_table
from tests.support.workbooks import HEAD, OFFICE, SheetParts, Written, make_excel, make_libre, pack

ROWS = [["Id", "Name"], ["1", "Larch"]]
SHEET = SheetParts("Bills", ROWS)
GOOD = make_excel(SHEET)


def is_ours(heads: Sequence[str]) -> bool:
    return "Id" in heads


def read(data: bytes, name: str = "a.xlsx") -> FileTable:
    return read_table(name, data, is_ours)


def refusal(data: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(UnreadableFile) as raised:
        read(data, name)
    return str(raised.value)


def with_part(name: str, content: bytes | str) -> bytes:
    return make_excel(SHEET, more={name: content if isinstance(content, str) else content.decode("latin-1")})


def lie(data: bytes) -> bytes:
    """Return a zipped file whose sheet says that it is ten bytes long."""
    with ZipFile(BytesIO(data)) as parts:
        size = parts.getinfo("xl/worksheets/sheet1.xml").file_size
    return data.replace(struct.pack("<L", size), struct.pack("<L", 10))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SAVE = "Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx) and upload that."
MARKUP = f"This is a web page or XML file, not a table. {SAVE}"
MACROS = "The workbook can hold macros (.xlsm). Save it as an Excel workbook (.xlsx) and upload that."
NEITHER = "This is neither a spreadsheet nor a text file. Save your table as .xlsx or .csv and upload that."
NO_WORKBOOK = "This file is no Excel workbook. Save your table as .xlsx or .csv and upload that."
MACRO_TYPE = "<Types><Override ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></Types>"
BIG = b" " * (archive.SMALL + 1)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.xlsx", "The file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "a.csv", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 9, "a.xlsx", f"This is a picture (PNG), not a table. {SAVE}"),
        (b"\xff\xd8\xff\xe0\0", "a.xlsx", f"This is a picture (JPEG), not a table. {SAVE}"),
        (b"%PDF-1.7\n", "a.csv", f"This is a PDF file, not a table. {SAVE}"),
        (b"<html><table><tr><td>Id", "a.xls", MARKUP),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "a.xml", MARKUP),
        (OLE, "a.xls", f"This is an old Excel file (.xls). {SAVE}"),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "The workbook is protected by a password. Save it without one and upload that.",
        ),
        (
            pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
            "a.ods",
            f"This is an OpenDocument file (.ods). {SAVE}",
        ),
        (GOOD, "A.XLSM", MACROS),
        (
            with_part("xl/vbaProject.bin", b"x"),
            "a.xlsx",
            MACROS,
        ),
        (
            with_part("[Content_Types].xml", MACRO_TYPE),
            "a.xlsx",
            MACROS,
        ),
        (pack({"a.txt": "x"}), "a.xlsx", NO_WORKBOOK),
        (GOOD[: len(GOOD) // 2], "a.xlsx", archive.DAMAGED),
        (GOOD[:-30], "a.xlsx", archive.DAMAGED),
        (GOOD.replace(b"PK\x01\x02", b"PK\x01\x03"), "a.xlsx", archive.DAMAGED),
        (lie(GOOD), "a.xlsx", archive.DAMAGED),
        (with_part("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"), "a.xlsx", archive.DAMAGED),
        (with_part("xl/big.bin", BIG), "a.xlsx", archive.TOO_LARGE),
        (b"\0\1\2\3binary" * 50, "a.csv", NEITHER),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_told_what_it_is(data: bytes, name: str, said: str) -> None:
    assert refusal(data, name) == said


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "x">]><worksheet/>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet/>',
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"])
def test_xml_with_definitions_is_not_read(part: str, text: str) -> None:
    assert refusal(with_part(part, text)) == archive.ODD_XML


def test_xml_with_definitions_in_another_encoding_is_not_read() -> None:
    odd = HEAD.replace("UTF-8", "UTF-16") + '<!DOCTYPE a [<!ENTITY b "x">]><worksheet/>'
    with ZipFile(BytesIO(GOOD)) as parts:
        known = {name: parts.read(name) for name in parts.namelist()}
    assert refusal(pack({**known, "xl/worksheets/sheet1.xml": odd.encode("utf-16")})) == archive.ODD_XML


def test_a_file_that_inflates_without_end_is_given_up_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_INFLATED", 2**20)
    rows = [["Id"], *([f"{n * 7919 % 10007}"] for n in range(20_000))]
    data = make_excel(SheetParts("Bills", rows))
    tracemalloc.start()
    said = refusal(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (said, peak < 12 * 2**20) == (archive.TOO_LARGE, True)


def test_parts_that_are_longer_together_than_the_file_lie_over_each_other() -> None:
    with ZipFile(BytesIO(GOOD)) as parts:
        unread = parts.getinfo("xl/calcChain.xml")
    listed = GOOD.rindex(b"xl/calcChain.xml") - 46 + 20  # in its entry of the directory at the end
    size = struct.pack("<L", unread.compress_size)
    assert GOOD[listed : listed + 4] == size
    assert refusal(GOOD[:listed] + struct.pack("<L", len(GOOD)) + GOOD[listed + 4 :]) == archive.DAMAGED


def test_a_sheet_with_too_many_rows_is_refused_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("record_forms.workbooks.sheet_rows.MOST_ROWS", 2)
    monkeypatch.setattr("record_forms.workbooks.delimited.MOST_ROWS", 2)
    rows = [["Id"], ["1"], ["2"], ["3"]]
    said = [refusal(make_excel(SheetParts("Bills", rows))), refusal(b"Id\n1\n2\n3\n", "a.csv")]
    assert said == [cells.TOO_MANY_ROWS] * 2


def test_two_sheets_with_records_are_refused_by_name() -> None:
    said = refusal(make_excel(SHEET, SheetParts("Old & new", ROWS)))
    assert said == "More than one sheet has records: “Bills” and “Old & new”. Delete all but the one to bring back."


def test_the_sheet_with_the_records_is_found_among_others() -> None:
    found = read(make_excel(SheetParts("Notes", [["Hello"]]), SHEET, SheetParts("Empty", [])))
    assert (found.sheet, found.heads, [row.cells for row in found.rows]) == ("Bills", ["Id", "Name"], [["1", "Larch"]])


def test_merged_cells_are_refused_by_place() -> None:
    said = refusal(make_excel(SheetParts("Bills", ROWS, merged=["A2:A3", "B2:B3"])))
    assert said == "Cells A2:A3 are merged. Unmerge all cells and save the file again."


def test_hidden_rows_are_read_and_marked() -> None:
    found = read(make_excel(SheetParts("Bills", [*ROWS, ["2", "Pine"]], hidden=[3])))
    assert [(row.number, row.is_hidden) for row in found.rows] == [(2, False), (3, True)]


@pytest.mark.parametrize("data", [GOOD, make_libre(SHEET)], ids=["excel", "libreoffice"])
def test_files_of_both_programs_are_read(data: bytes) -> None:
    assert [row.cells for row in read(data, "renamed.csv").rows] == [["1", "Larch"]]


def test_a_workbook_whose_parts_have_prefixes_and_no_addresses_is_read() -> None:
    sheet = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>Id</x:t></x:is></x:c></x:row>'
        "<x:row><x:c><x:v>7</x:v></x:c><x:c t='b'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    found = read(make_excel(SHEET, more={"xl/worksheets/sheet1.xml": sheet}))
    assert [(row.number, row.cells) for row in found.rows] == [(2, [7, True])]


def test_blank_rows_do_not_count_and_addresses_stay_those_of_the_sheet() -> None:
    found = read(make_excel(SheetParts("Bills", [[], ["Id"], [Written(style="money")], ["", "x"], ["1"]])))
    assert (found.heads, [(row.number, row.cells) for row in found.rows]) == (
        ["Id"], [(4, [None, "x"]), (5, ["1"])],
    )  # fmt: skip


def test_a_workbook_of_another_type_is_named() -> None:
    binary = f"<Types><Override ContentType='{OFFICE}.binary.macroEnabled.main'/></Types>"
    link = '<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>'
    data = pack({"[Content_Types].xml": binary, "_rels/.rels": link, "xl/workbook.bin": b"x"})
    assert refusal(data) == "This is a binary workbook (.xlsb). Save it as an Excel workbook (.xlsx) and upload that."
