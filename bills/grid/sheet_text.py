"""The rows of a block that was copied from a sheet: its HTML table, else text with tabs between its cells. Pure."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

BLANKS = re.compile(r"[ \t\r\n\f]+")
LINE_END = "\v"  # stands for <br> until the other line ends, which say nothing in HTML, are gone
CELL_END = re.compile(r"[\t\n]")
QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=[\t\n])')
WORDS = re.compile(r"(?:grand |sub-?)?totals?:?", re.IGNORECASE)

Rows = list[list[str]]


def read_rows(text: str, html: str) -> Rows:
    """Return the rows with their cells, without blank rows. A table says for certain where a cell ends."""
    rows = _read_table(html) or _read_text(text)
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def is_total(row: list[str]) -> bool:
    """Whether the row is a sheet's total: its first word is, and all else in it are figures."""
    said = [cell for cell in row if cell]
    return bool(WORDS.fullmatch(said[0])) and all(re.search(r"\d", cell) for cell in said[1:])


def _read_table(html: str) -> Rows:
    """Return the rows of the first table; none if there is none, or if cells reach over several rows."""
    parser = _Table()
    parser.feed(html)
    parser.close()
    return [] if parser.is_merged else parser.rows


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Rows = []
        self.depth = 0
        self.is_in_cell = self.is_merged = self.is_done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "table"
        if self.is_done or self.depth != 1:
            return
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            spans = {name: int(value) for name, value in attrs if value and value.isdecimal()}
            self.rows = self.rows or [[]]
            self.rows[-1] += [""] * max(1, min(spans.get("colspan", 1), 100))
            self.width = max(1, min(spans.get("colspan", 1), 100))
            self.is_merged |= spans.get("rowspan", 1) > 1
            self.is_in_cell = True
        elif tag in ("br", "p", "div") and self.is_in_cell and self.rows[-1][-self.width]:
            self.rows[-1][-self.width] += LINE_END

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.depth -= 1
            self.is_done = self.is_done or self.depth == 0
        if tag in ("td", "th", "tr") and self.depth == 1 and self.is_in_cell:
            row = self.rows[-1]
            row[-self.width] = re.sub(rf" *{LINE_END} *", "\n", row[-self.width]).strip()
            self.is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_in_cell:
            row = self.rows[-1]
            row[-self.width] = BLANKS.sub(" ", row[-self.width] + data)


def _read_text(text: str) -> Rows:
    """Return the rows of a text.

    A cell in quotes may hold line ends, and quotes that are doubled. A cell may also just begin with a quote: a ditto
    mark, or inches. So a quoted cell that holds a tab is one only where that makes all rows as long as the first.
    """
    whole = re.sub(r"\r\n?", "\n", text).removesuffix("\n") + "\n"
    without, within = (list(_split_rows(whole, takes_tabs)) for takes_tabs in (False, True))
    return within if len({len(row) for row in within}) == 1 < len({len(row) for row in without}) else without


def _split_rows(text: str, takes_tabs: bool) -> Iterator[list[str]]:
    row: list[str] = []
    place = 0
    while place < len(text):
        quoted = QUOTED.match(text, place)
        if quoted and _is_quoted(quoted[1], takes_tabs):
            row.append(quoted[1].replace('""', '"'))
            place = quoted.end()
        else:
            found = CELL_END.search(text, place)
            end = found.start() if found else len(text)
            row.append(text[place:end])
            place = end
        if text[place : place + 1] == "\n":
            yield row
            row = []
        place += 1


def _is_quoted(inside: str, takes_tabs: bool) -> bool:
    """Whether what stands between two quotes is one cell: it neither begins nor ends with the end of another."""
    return inside == inside.strip("\t\n") and (takes_tabs or "\t" not in inside)
