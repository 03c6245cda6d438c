"""Workbooks as Excel and LibreOffice write them, part by part, without either program.

Excel shares its texts, numbers its styles and adds a calculation chain and attributes of its own; LibreOffice writes
another order of parts, its own styles, and texts of formulas as `str`. Cells are given as `Written`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from record_forms.workbooks.cells import name_cell

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
EXCEL_NAMES = (
    f'xmlns="{MAIN}" xmlns:r="{LINKS}" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
FORMATS = {
    "": "General",
    "day": "m/d/yyyy",
    "long": "[$-F800]dddd, mmmm dd, yyyy",
    "moment": "m/d/yy h:mm",
    "percent": "0.00%",
    "money": "#,##0.00",
    "euro": "#,##0.00 [$€-407]",
    "dollar": '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)',
    "text": "@",
}
STYLES = list(FORMATS)
LIBRE_ROW = ' customFormat="false" ht="12.8" customHeight="false" outlineLevel="0" collapsed="false"'
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True)
class Written:
    """A cell as its XML has it: `kind` is its `t`, `value` its text, `style` one of FORMATS, `formula` its formula."""

    value: str = ""
    kind: str = "n"
    style: str = ""
    formula: str = ""


@dataclass(frozen=True)
class SheetParts:
    """A sheet: its rows of values or Written cells, hidden rows by number, merged ranges, and what else its XML has."""

    name: str
    rows: Sequence[Sequence[Any]]
    hidden: Sequence[int] = ()
    merged: Sequence[str] = ()
    extra: str = ""


def make_excel(*sheets: SheetParts, is_1904: bool = False, more: Mapping[str, str] | None = None) -> bytes:
    """Return a workbook as Excel writes it; `more` are further parts or other ones."""
    texts: list[str] = []
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    drawn = [_draw_excel(sheet, texts, first) for sheet in sheets]
    shared = "".join(f'<si><t xml:space="preserve">{escape(_escape(text))}</t></si>' for text in texts)
    parts = {
        "[Content_Types].xml": _list_types(len(sheets)),
        "_rels/.rels": _link(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": _draw_book(sheets, is_1904=is_1904),
        "xl/_rels/workbook.xml.rels": _link(
            *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            ("calcChain", "calcChain.xml"),
        ),
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(drawn, 1)},
        "xl/styles.xml": _draw_styles(),
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}" count="{len(texts)}">{shared}</sst>',
        "xl/calcChain.xml": f'{HEAD}<calcChain xmlns="{MAIN}"><c r="A1" i="1"/></calcChain>',
        **(more or {}),
    }
    return pack(parts)


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zipped file of these parts."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def make_libre(sheet: SheetParts) -> bytes:
    """Return a workbook as LibreOffice writes it: absolute targets, its own attributes and formats, no calculation."""
    with ZipFile(BytesIO(make_excel(sheet))) as archive:
        parts = {part: archive.read(part).decode() for part in archive.namelist() if "calcChain" not in part}
    links = parts["xl/_rels/workbook.xml.rels"].replace('Target="', 'Target="/xl/').replace("calcChain", "theme")
    parts["xl/_rels/workbook.xml.rels"] = links
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace("m/d/yyyy", "yyyy\\-mm\\-dd")
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("<workbookPr/>", '<workbookPr date1904="false"/>')
    rows = parts["xl/worksheets/sheet1.xml"].replace(' hidden="1"', ' hidden="true"')
    rows = rows.replace("<f>", '<f aca="false">').replace(' x14ac:dyDescent="0.25"', LIBRE_ROW)
    parts["xl/worksheets/sheet1.xml"] = rows.replace("</sheetData>", f'<row r="1048576"{LIBRE_ROW}/></sheetData>')
    parts["docProps/app.xml"] = f"{HEAD}<Properties><Application>LibreOffice/24.2</Application></Properties>"
    return pack(dict(reversed(parts.items())))


def write_value(value: Any, texts: list[str], first: date) -> Written:
    """Return a plain value as a cell."""
    if isinstance(value, Written):
        return value
    if isinstance(value, bool):
        return Written("1" if value else "0", "b")
    if isinstance(value, datetime):
        days = (value.date() - first).days + Decimal(value.hour * 60 + value.minute) / 1440
        return Written(f"{days}", style="moment")
    if isinstance(value, date):
        return Written(str((value - first).days), style="day")
    if isinstance(value, int | Decimal):
        return Written(repr(float(value)), style="money")
    texts.append(str(value))
    return Written(str(len(texts) - 1), "s")


def _escape(text: str) -> str:
    return text.replace("\r", "_x000D_")


def _draw_excel(sheet: SheetParts, texts: list[str], first: date) -> str:
    rows = []
    for number, row in enumerate(sheet.rows, 1):
        cells = [
            _draw_cell(write_value(value, texts, first), number, place)
            for place, value in enumerate(row)
            if value is not None
        ]
        hidden = ' hidden="1"' if number in sheet.hidden else ""
        spans = f'spans="1:{len(row)}"'
        rows.append(f'<row r="{number}" {spans}{hidden} x14ac:dyDescent="0.25">{"".join(cells)}</row>')
    merged = "".join(f'<mergeCell ref="{one}"/>' for one in sheet.merged)
    return (
        f'{HEAD}<worksheet {EXCEL_NAMES}><sheetPr filterMode="1"/><dimension ref="A1"/><sheetData>{"".join(rows)}'
        f'</sheetData><autoFilter ref="A1:Z9"/>{f"<mergeCells>{merged}</mergeCells>" if merged else ""}{sheet.extra}'
        "</worksheet>"
    )


def _draw_cell(cell: Written, number: int, place: int) -> str:
    kind = "" if cell.kind == "n" else f' t="{cell.kind}"'
    start = f'<c r="{name_cell(number, place)}" s="{STYLES.index(cell.style)}"{kind}>'
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    if cell.kind == "inlineStr":
        return f"{start}<is>{cell.value}</is></c>"
    return f"{start}{formula}<v>{escape(cell.value)}</v></c>" if cell.value else f"{start}{formula}</c>"


def _draw_book(sheets: Sequence[SheetParts], *, is_1904: bool) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>' for n, sheet in enumerate(sheets, 1)
    )
    flag = '<workbookPr date1904="1" defaultThemeVersion="166925"/>' if is_1904 else "<workbookPr/>"
    return f"{HEAD}<workbook {EXCEL_NAMES}>{flag}<sheets>{listed}</sheets></workbook>"


def _draw_styles() -> str:
    codes = [(164 + n, FORMATS[name]) for n, name in enumerate(STYLES)]
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode={quoteattr(code)}/>' for n, code in codes)
    styles = "".join(f'<xf numFmtId="{n}" fontId="0" applyNumberFormat="1"/>' for n, _ in codes)
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs count="1"><xf numFmtId="14"/>'
        f"</cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>"
    )


def _link(*links: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(links, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def _list_types(count: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{OFFICE}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{OFFICE}.sheet.main+xml"/>{sheets}</Types>'
    )
