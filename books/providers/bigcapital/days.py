"""The days in Bigcapital's answers, each sent as the midnight of a server whose time zone no answer names.

Replaces an instant that may mean two days by the one that it means (docs/vendors/bigcapital.md, section 8). Stores
nothing but the offset of a server: see `ServerOffset`.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.db import Error

from books.models import ServerOffset
from records.fields import Field, Table
from records.json_text import Json, RawRow, dump_json

from .date_formats import is_written_as
from .declare import camel

log = logging.getLogger(__name__)

# At these times of UTC a day begins both in the west and in the east: UTC-12 to UTC-10, and UTC+12 to UTC+14.
FIRST, LAST = time(10), time(12)
SAME_ZONE = 180  # minutes: daylight saving moves an offset by less


@dataclass(slots=True)
class ServerDays:
    """Decides the days in the answers of one server. `minutes` is its offset from UTC, as far as it was needed."""

    server: str
    minutes: int | None = None

    def settle_rows(self, table: Table, rows: Iterable[dict[str, Json]]) -> list[dict[str, Json]]:
        """Return the rows, with the midnight in UTC of its day in place of an ambiguous instant."""
        fields = [f for f in table.shape.fields if f.as_instant]
        found = [(row, list(_find_ambiguous(fields, row))) for row in rows]
        for row, ambiguous in found:
            for instant in ambiguous:
                self._learn(instant.read_offset(row))
        return [self._settle(row, ambiguous) if ambiguous else row for row, ambiguous in found]

    def _settle(self, row: dict[str, Json], ambiguous: "list[Ambiguous]") -> dict[str, Json]:
        days = {one.name: one.read_day(row) or one.choose_day(self._recall()) for one in ambiguous}
        settled = {**row, **{name: f"{day}T00:00:00.000Z" for name, day in days.items()}}
        if not isinstance(row, RawRow):
            return settled
        raw = RawRow(settled)
        raw.text, raw.request_id = dump_json(settled), row.request_id
        return raw

    def _learn(self, minutes: int | None) -> None:
        """Keep an offset that an answer has shown, unless it is the known one at another season."""
        if minutes is None or (self.minutes is not None and abs(self.minutes - minutes) < SAME_ZONE):
            return
        known, self.minutes = self._recall(), minutes
        if known is not None and abs(known - minutes) < SAME_ZONE:
            return
        try:
            ServerOffset.objects.update_or_create(server=self.server, defaults={"minutes": minutes})
        except Error as error:  # it only helps answers that do not write their days out
            log.warning("The time zone of %s is not noted: %s", self.server, error)

    def _recall(self) -> int | None:
        if self.minutes is None:
            try:
                known = ServerOffset.objects.filter(server=self.server).values_list("minutes", flat=True)
                self.minutes = known.first()
            except Error as error:  # it only helps answers that do not write their days out
                log.warning("The time zone of %s is not known: %s", self.server, error)
        return self.minutes


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A member whose instant begins a day in the west and the next one in the east."""

    name: str  # as in the answer
    written: tuple[str, str]  # the members that may have the day written out
    at: datetime

    @property
    def days(self) -> tuple[date, date]:
        return self.at.date(), self.at.date() + timedelta(days=1)

    def read_day(self, row: Mapping[str, Json]) -> date | None:
        """Return the day that the answer writes out; None if it does not, or in no known way."""
        text = next((row[name] for name in self.written if isinstance(row.get(name), str)), "")
        found = [day for day in self.days if is_written_as(day, text)]
        return found[0] if len(found) == 1 else None

    def read_offset(self, row: Mapping[str, Json]) -> int | None:
        """Return the minutes by which the server is east of UTC, if the answer writes the day out."""
        day = self.read_day(row)
        return None if day is None else self._measure(day)

    def choose_day(self, minutes: int | None) -> date:
        """Return the day by the server's offset; without one, that of the nearest midnight."""
        if minutes is None:
            return (self.at + timedelta(hours=12)).date()
        return min(self.days, key=lambda day: abs(self._measure(day) - minutes))

    def _measure(self, day: date) -> int:
        return round((datetime.combine(day, time(), UTC) - self.at).total_seconds() / 60)


def _find_ambiguous(fields: Iterable[Field], row: Mapping[str, Json]) -> Iterator[Ambiguous]:
    for f in fields:
        name = next((name for name in (f.wire, *f.also) if name in row), "")
        at = _read_instant(row.get(name))
        if at is not None and FIRST <= at.time() <= LAST:
            written = f"formatted_{f.wire}"
            yield Ambiguous(name, (written, camel(written)), at)


def _read_instant(raw: Json) -> datetime | None:
    """Return an instant in UTC; None for anything else, about which the decoder decides."""
    try:
        at = datetime.fromisoformat(cast(Any, raw)).astimezone(UTC)
        return at if date.min < at.date() < date.max else None
    except (TypeError, ValueError, OverflowError):
        return None
