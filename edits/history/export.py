"""Exports the history as CSV: one row for each change of each entry.

No cell can be executed as a formula, even if a spreadsheet splits the file at semicolons or tabs. Such a spreadsheet
ignores quotation marks inside its cells, so quoting alone gives no protection.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone

from books import registry
from records.diff import Change
from tenants.models import Tenant

from .entries import HistoryEntry, describe_outcome

MARK = "\ufeff"  # without it Excel does not detect UTF-8
# Characters that start a formula, after those that a spreadsheet may skip: blanks, invisible characters, quotation
# marks.
PASSED_OVER = r"\s\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff" + '"'
FORMULA = re.compile(rf"(^|[;\t\r\n])(?=[{PASSED_OVER}]*[=+\-@＝＋－＠]|[\t\r])")
NUMBER = re.compile(r"[+\-−]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
HEADS = (
    *("Person", "Record", "Kind", "Record id", "Field or line", "From", "To", "Note", "Outcome"),
    *("Revision before", "Revision after", "Request id", "Not before", "Saved as"),
)
NO_CHANGE = Change("", "", "")


class _Echo:
    """A file object that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def stream_rows(tenant: Tenant, found: Iterable[HistoryEntry]) -> Iterator[str]:
    """Yield the lines of the file. Times are in the configured time zone, which the first heading names."""
    writer: Any = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    zone = timezone.get_current_timezone_name()
    yield MARK + writer.writerow([f"When ({zone})", *HEADS])
    books = registry.get_description(tenant).name
    for entry in found:
        noun = registry.get_table(tenant, entry.kind).noun
        for change, answered in _list_cells(entry):
            yield writer.writerow([escape_formula(value) for value in _make_row(entry, change, answered, noun, books)])


def escape_formula(value: str) -> str:
    """Return the value so that a spreadsheet shows it without executing it; a plain number stays one."""
    text = value.replace("\x00", "")  # some spreadsheets end the cell there
    if NUMBER.fullmatch(text):
        return text.replace("−", "-")  # the minus sign that spreadsheets parse
    return FORMULA.sub(r"\1'", text)


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
