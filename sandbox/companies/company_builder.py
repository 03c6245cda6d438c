"""Builds a company file: allocates ids and references, and writes records to the store as they are made."""

import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sandbox.conductor.file import records
from sandbox.conductor.file.records import Record
from sandbox.conductor.http.resources import ONE_LIST, RESOURCES
from sandbox.conductor.http.shapes import whole
from sandbox.store import Row, Store

# The current day of the invented data: bills due before it are overdue.
TODAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
_CHUNK = 500


class Setup:
    """Collects the records of one company."""

    def __init__(self, store: Store, company: str, offset: int, seed: int) -> None:
        self.store, self.company, self.offset = store, company, offset
        self.zone = timezone(timedelta(minutes=offset))
        self.chance = random.Random(seed)
        self.taken: set[str] = set()
        self.references: dict[str, list[Record]] = {}
        self._by_name: dict[tuple[str, str], Record] = {}
        self.numbers: dict[str, int] = {}
        self._rows: list[Row] = []
        self._newest = 0

    def new_id(self, resource: str) -> str:
        """The next id of a kind: list ids start with 8, transaction and line ids are plain numbers."""
        number = self.next_number(resource)
        moment = 1_500_000_000 + number * 977
        return f"{number + 0x1000:X}-{moment}" if resource in ("transactions", "lines") else f"8{number:07X}-{moment}"

    def next_number(self, resource: str) -> int:
        """The next number of a list. Some of the API's lists are one in QuickBooks, and so have distinct ids."""
        one_list = next((together[0] for together in ONE_LIST if resource in together), resource)
        self.numbers[one_list] = self.numbers.get(one_list, 0) + 1
        return self.numbers[one_list]

    def moment(self, seconds: int) -> str:
        """A time as this company's PC writes it."""
        return datetime.fromtimestamp(seconds, self.zone).isoformat()

    def make(self, resource: str, key: str | None = None, /, **known: Any) -> Record:
        """A complete record with id and times, not yet added."""
        created = self.chance.randrange(1_560_000_000, 1_750_000_000)
        updated = self.chance.randrange(created, int(TODAY.timestamp()))
        kind = RESOURCES[resource].kind
        stamps = {"createdAt": self.moment(created), "updatedAt": self.moment(updated), "revisionNumber": str(updated)}
        record = whole(kind, **{"id": key or self.new_id(resource), **stamps, **known})
        if "isActive" in record and record["isActive"] is None:
            record["isActive"] = True
        if "fullName" in record and record["fullName"] is None:
            record["fullName"], record["sublevel"] = record["name"], 0
        return record

    def add(self, resource: str, record: Record) -> Record:
        """Adds a record; returns the reference to it."""
        row = records.to_row(self.company, resource, record)
        self._newest = max(self._newest, row.updated)
        self._rows.append(row)
        if len(self._rows) >= _CHUNK:
            self._flush()
        reference = records.reference(record)
        if resource not in ("customers", "bills", "purchase-orders"):
            self.references.setdefault(resource, []).append(reference)
            self._by_name[resource, reference["fullName"]] = reference
        return reference

    def put(self, resource: str, name: str, key: str | None = None, /, **known: Any) -> Record:
        """Makes and adds a record of a list, by name; `Parent:Child` names are split."""
        parent, _, own = name.rpartition(":")
        if parent:
            known["parent"] = self.ref(resource, parent)
            known.update(fullName=name, sublevel=name.count(":"))
        return self.add(resource, self.make(resource, key, name=own, **known))

    def ref(self, resource: str, name: str) -> Record:
        """The reference to a record of a list, by full name."""
        return self._by_name[resource, name]

    @property
    def payables(self) -> Record:
        """The accounts payable account of bills."""
        return next(account for account in self.references["accounts"] if "Payable" in account["fullName"])

    def pick(self, resource: str) -> Record:
        """The reference to any record of a list."""
        return self.chance.choice(self.references[resource])

    def finish(self, facts: dict[str, Any], state: str = "ok", success: str | None = None) -> None:
        """Writes the remaining records, and the company itself."""
        self._flush()
        known = {"utcOffset": self.offset, **facts}
        original = json.dumps([state, success, success])
        values = (self.company, state, json.dumps(known, ensure_ascii=False), success, success, original)
        self.store.execute("INSERT INTO companies VALUES (?, ?, ?, ?, ?, ?)", *values)
        self.store.execute("INSERT INTO counters VALUES (?, ?)", f"newest {self.company}", self._newest)

    def _flush(self) -> None:
        self.store.fill(self._rows)
        self._rows.clear()
