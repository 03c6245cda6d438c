"""The table of the history of a company: its columns, each declared here alone, and its rows."""

from collections.abc import Iterable, Iterator

from books.pages.list_table import Column, TableRow

from .entries import HistoryEntry

CELLS = "edits/cells"
COLUMNS = (
    Column("at", "When", "when", phone="sub", look="w-fit muted"),
    Column("who", "Who", "who", phone="date", look="w-fit"),
    Column("record_name", "Record", "record", phone="title", look="text w-30"),
    Column("changes", "What changed", "entry_changes", phone="badges", look="text w-30"),
    Column("reason", "Note", look="text w-20 muted low-priority"),
    Column("outcome", "Outcome", "outcome", phone="state", look="w-fit"),
)


def make_rows(found: Iterable[HistoryEntry], books: str) -> Iterator[TableRow]:
    """The rows of the table; `books` is the name of what holds the company's books."""
    for entry in found:
        anchor = f"row{entry.url.replace('/', '-')}"
        yield TableRow(entry, entry.url, entry.who[:1].upper() + entry.who[1:] or books, anchor=anchor)
