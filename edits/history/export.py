"""The history as a table for a spreadsheet: one row for each change of each entry.

No cell is carried out as a formula, also where a spreadsheet splits the file at semicolons or tabs. A spreadsheet that
does so reads no quotation mark in the middle of what it takes for a cell, so quoting alone protects nothing.
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

MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
# What a spreadsheet would carry out, behind what it may pass over: blanks, invisible characters, quotation marks.
PASSED_OVER = r"\s\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff" + '"'
FORMULA = re.compile(rf"(^|[;\t\r\n])(?=[{PASSED_OVER}]*[=+\-@＝＋－＠]|[\t\r])")
NUMBER = re.compile(r"[+\-−]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
HEADS = (
    *("Person", "Record", "Kind", "Record id", "Field or line", "From", "To", "Note", "Outcome"),
    *("Revision before", "Revision after", "Request id", "Not before"),
)
NO_CHANGE = Change("", "", "")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def stream_rows(tenant: Tenant, found: Iterable[HistoryEntry]) -> Iterator[str]:
    """The lines of the file. Its moments are those of the desk's time zone, which the first head names."""
    writer: Any = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    zone = timezone.get_current_timezone_name()
    yield MARK + writer.writerow([f"When ({zone})", *HEADS])
    books = registry.get_description(tenant).name
    for entry in found:
        noun = registry.get_table(tenant, entry.kind).noun
        for change in entry.changes or [NO_CHANGE]:
            yield writer.writerow([escape_formula(value) for value in _make_row(entry, change, noun, books)])


def escape_formula(value: str) -> str:
    """The value so that a spreadsheet shows it and does not carry it out; a plain number stays one."""
    text = value.replace("\x00", "")  # at which some spreadsheets end the cell
    if NUMBER.fullmatch(text):
        return text.replace("−", "-")  # which is the sign that spreadsheets read
    return FORMULA.sub(r"\1'", text)


def _make_row(entry: HistoryEntry, change: Change, noun: str, books: str) -> tuple[str, ...]:
    who = entry.who or f"Changed in {books}"
    outcome = describe_outcome(entry, books)
    return (
        *(_format_moment(entry.at), who, entry.record_name, noun, entry.remote_id, *change, entry.reason, outcome),
        *(entry.before, entry.after, entry.request_id, _format_moment(entry.since) if entry.since else ""),
    )


def _format_moment(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
