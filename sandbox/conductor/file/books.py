"""The data of one company file: its records by kind, its settings, its clock. All endpoints work on this."""

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.conductor.http.resources import RESOURCES
from sandbox.store import Store

from . import records
from .records import Record


class Books:
    """The records of one company file."""

    def __init__(self, store: Store, company: str, facts: dict[str, Any]) -> None:
        self.store, self.company, self.facts = store, company, facts
        self.preferences: dict[str, Any] = facts["preferences"]
        self.zone = timezone(timedelta(minutes=facts["utcOffset"]))

    @property
    def home_currency(self) -> Record | None:
        """The home currency, or None without multi-currency."""
        multi = self.preferences["multiCurrency"]
        home: Record | None = multi["homeCurrency"] if multi["isMultiCurrencyEnabled"] else None
        return home

    @property
    def closing_date(self) -> str | None:
        """The last closed day."""
        day: str | None = self.preferences["accounting"]["closingDate"]
        return day

    def get(self, resource: str, key: str) -> Record | None:
        """A record, or None."""
        row = self.store.get(self.company, resource, key)
        return None if row is None else records.to_record(row)

    def find(self, resources: tuple[str, ...], key: str) -> Record | None:
        """A record that may be of several kinds, or None."""
        for resource in resources:
            record = self.get(resource, key)
            if record is not None:
                return record
        return None

    def first(self, resource: str, kind: str | None = None) -> Record | None:
        """The oldest record of a kind; for accounts of one type."""
        where = "company = ? AND resource = ? AND (? IS NULL OR kind = ?) AND active ORDER BY seq LIMIT 1"
        key = self.store.value(f"SELECT id FROM records WHERE {where}", self.company, resource, kind, kind)
        return None if key is None else self.get(resource, key)

    def put(self, resource: str, record: Record) -> None:
        """Writes a record."""
        self.store.put(records.to_row(self.company, resource, record))

    def remove(self, resource: str, record: Record) -> None:
        """Deletes a record and lists it among the deleted."""
        created = record["createdAt"]
        name = record.get("refNumber") if "transactionDate" in record else records.label(record)
        with self.store.transaction():
            self.store.remove(self.company, resource, record["id"])
            self.store.execute(
                "INSERT INTO deletions VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                *(self.company, resource, record["id"], RESOURCES[resource].deleted_as or record["transactionType"]),
                *(created, self.now(), name),
            )

    def touch(self, record: Record) -> None:
        """Gives a record its next revision and modification time."""
        moment = self.now()
        record["revisionNumber"] = str(max(moment, int(record["revisionNumber"]) + 1))
        record["updatedAt"] = self.moment(moment)

    def now(self) -> int:
        """The time in whole seconds, never earlier than the file's newest record, unless the clock was set."""
        off = self.store.value("SELECT value FROM counters WHERE name = ?", f"clock {self.company}")
        if off is not None:
            return int(time.time()) + int(off)
        newest = self.store.value("SELECT value FROM counters WHERE name = ?", f"newest {self.company}")
        return max(int(time.time()), newest or 0)

    def set_clock(self, seconds: int) -> None:
        """Sets the PC's clock to so many seconds after the right time."""
        self.store.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", f"clock {self.company}", seconds)

    def moment(self, seconds: int) -> str:
        """A time as this company's PC writes it."""
        return datetime.fromtimestamp(seconds, self.zone).isoformat()

    def new_id(self, prefix: str = "8") -> str:
        """An unused id: a sequential number and the time of creation."""
        number = self.store.next_number(f"ids {self.company}")
        if prefix == "8":
            return f"8{number + 0x1000000:07X}-{self.now()}"
        return f"{number + 0x100000:X}-{self.now()}"

    def rename_references(self, old: Record, new: Record) -> None:
        """Updates the name in every reference to a renamed record; the revisions are unchanged."""
        if old != new:
            self.store.replace_text(self.company, records.encode(old), records.encode(new))


def open_books(store: Store, company: str) -> Books | None:
    """The data of an end user's company file, or None if there is no such end user."""
    facts = store.value("SELECT facts FROM companies WHERE id = ? AND state <> 'deleted'", company)
    return None if facts is None else Books(store, company, json.loads(facts))
