"""Exports the history as CSV or XLSX: one row for each change of each entry."""

from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils import timezone

from books import registry
from books.pages.spreadsheet import stream_lines, write_workbook
from records.diff import Change
from tenants.models import Tenant

from .entries import HistoryEntry, describe_outcome

HEADS = (
    *("Person", "Record", "Kind", "Record id", "Field or line", "From", "To", "Note", "Outcome"),
    *("Revision before", "Revision after", "Request id", "Not before", "Saved as"),
)
NO_CHANGE = Change("", "", "")


def stream_rows(tenant: Tenant, found: Iterable[HistoryEntry]) -> Iterator[str]:
    """The lines of the file. Times are in the configured time zone, which the first heading names."""
    return stream_lines(_make_heads(), _make_rows(tenant, found))


def write_rows(file: IO[bytes], tenant: Tenant, found: Iterable[HistoryEntry]) -> Iterator[int]:
    """Write the same as an XLSX file; yield now and then how many rows are written."""
    return write_workbook(file, "History", _make_heads(), _make_rows(tenant, found))


def _make_heads() -> list[str]:
    return [f"When ({timezone.get_current_timezone_name()})", *HEADS]


def _make_rows(tenant: Tenant, found: Iterable[HistoryEntry]) -> Iterator[tuple[str, ...]]:
    books = registry.get_description(tenant).name
    for entry in found:
        noun = registry.get_table(tenant, entry.kind).noun
        for change, answered in _list_cells(entry):
            yield _make_row(entry, change, answered, noun, books)


def _list_cells(entry: HistoryEntry) -> Iterator[tuple[Change, str]]:
    """Yield each change and, if the vendor saved another value, that; then such values that are no change alone."""
    answered = {one.name: one for one in entry.differs}
    for change in entry.changes or [NO_CHANGE]:
        found = answered.pop(change.label, None)
        yield change, found.answered if found else ""
    for one in entry.differs:
        if one.name in answered:
            yield Change(one.name, "", one.asked), one.answered


def _make_row(entry: HistoryEntry, change: Change, answered: str, noun: str, books: str) -> tuple[str, ...]:
    who = entry.who or f"Changed in {books}"
    outcome = describe_outcome(entry, books)
    return (
        *(_format_moment(entry.at), who, entry.record_name, noun, entry.remote_id),
        *(*change, entry.reason, outcome),
        *(entry.before, entry.after, entry.request_id, _format_moment(entry.since) if entry.since else ""),
        answered,
    )


def _format_moment(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
