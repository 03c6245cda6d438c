"""A company at its vendor, as the machine asks, changes and disturbs it: in QuickBooks or in Bigcapital."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from books import registry
from books.models import Version
from tenants.models import Tenant
from tests.support.vendor import Sandbox

from .layout import Layout
from .spots import spots

ABC = "end_usr_1234567abcdefg"
JUNIPER = "org_junipergrove01"
HELD = 3_600  # seconds: a late write is pending until the machine carries it out
Place = tuple[str, str]  # kind and id of a record
Fault = Mapping[str, Any]

# Faults of any vendor and of the line to it.
COMMON: dict[str, Fault] = {
    "slow": {"fault": "slow", "seconds": 0.01},
    "timeout": {"fault": "timeout"},
    "line cut before": {"fault": "cut_before"},
    "line cut after": {"fault": "cut_after"},
    "lands late": {"fault": "land_late", "seconds": HELD},
    "lands late, line cut": {"fault": "land_late", "seconds": HELD, "cut": True},
    "half an answer": {"fault": "half"},
    "garbage after": {"fault": "garbage"},
    "502 from between": {"fault": "garbage", "status": 502},
    "500": {"fault": "internal"},
}
QUICKBOOKS: dict[str, Fault] = {
    "refused": {"fault": "refuse", "integrationCode": "3180"},
    "in part": {"fault": "refuse", "integrationCode": "550", "written": True},
    "asks to wait": {"fault": "rate_limited", "seconds": 0.01},
    "PC off": {"fault": "not_active"},
    "file closed": {"fault": "closed"},
    "in use": {"fault": "busy"},
    "in use for long": {"fault": "busy", "count": 2},
    "key refused": {"fault": "forbidden"},
}
_TOO_MANY = {"statusCode": 429, "message": "ThrottlerException: Too Many Requests"}
BIGCAPITAL: dict[str, Fault] = {
    "refused": {"fault": "refuse"},
    "asks to wait": {"fault": "says", "status": 429, "headers": {"Retry-After-auth": "0"}, "body": _TOO_MANY},
    "key refused": {"fault": "refuse", "status": 401},
    "gone": {"fault": "refuse", "status": 404},
}
OF_READINGS = ("timeout", "500", "PC off", "garbage after", "line cut before", "asks to wait", "key refused")


@dataclass(frozen=True)
class Company:
    """One company. `whose` names it in the sandbox's controls, `writes` is the method of an update.

    `unwritten` are the statuses that prove that nothing was written.
    """

    tenant: Tenant
    sandbox: Sandbox
    whose: Mapping[str, str]
    writes: str
    faults: Mapping[str, Fault]
    unwritten: tuple[int, ...]
    path: str
    headers: Mapping[str, str]

    @property
    def layouts(self) -> Mapping[str, Layout]:
        tables = registry.get_description(self.tenant).tables
        return {kind: Layout(table) for kind, table in tables.items() if table.is_editable}

    @property
    def reading_faults(self) -> Mapping[str, Fault]:
        return {name: self.faults[name] for name in OF_READINGS if name in self.faults}

    def history(self, place: Place, *, is_known: bool) -> list[Any]:
        """Return a record after each write, its original first; one that was never written is read once."""
        query = {**self.whose, "resource": place[0], "id": place[1]}
        found: list[Any] = self.sandbox.http.get("/_sandbox/history", params=query).json()
        if found or is_known:
            return found
        url = f"{self.path}/{place[0]}/{place[1]}"
        return [self.sandbox.http.get(url, headers=dict(self.headers)).raise_for_status().json()]

    def change(self, place: Place, changes: Any) -> None:
        """Change a record like a person in the books."""
        self.sandbox.change(**self.whose, resource=place[0], id=place[1], changes=changes)

    def fault(self, operation: str, fault: Fault) -> None:
        self.sandbox.fault(**self.whose, operation=operation, **{"count": 1, **fault})

    def list_writes(self) -> list[int | None]:
        """Return the statuses of the updates that the vendor has received since it was asked to forget."""
        (company,) = self.whose.values()
        return [one["status"] for one in self.sandbox.requests(company) if one["method"] == self.writes]

    def state(self, place: Place, record: Any) -> str:
        """Return what tells one state of a record from another: its revision, or all that can be written of it."""
        table = self.layouts[place[0]].table
        if table.revision:
            return str(record[table.revision])
        found = spots(record)
        return repr([found.get(leaf.spot, "") for leaf in self.layouts[place[0]].part.leaves])

    def state_seen(self, place: Place, revision: str) -> str:
        """Return the same for a revision as Ledgerdesk calls it, from the answer that it has kept for it."""
        if self.layouts[place[0]].table.revision:
            return revision
        kept = self._versions(place).filter(revision=revision).values_list("content", flat=True).first()
        return self.state(place, self._under_first_names(place, json.loads(kept))) if kept else ""

    def _under_first_names(self, place: Place, record: Any) -> Any:
        """Return a kept record with its values as a read names them: the answer to a write may use another name."""
        fields = self.layouts[place[0]].table.shape.typed
        others = {f.wire: other for f in fields for other in f.also if other in record}
        return {wire: record[other] for wire, other in others.items()} | record

    def states_seen(self, place: Place) -> set[str]:
        """Return the states in which Ledgerdesk has ever read a record."""
        return {self.state_seen(place, one) for one in self._versions(place).values_list("revision", flat=True)}

    def _versions(self, place: Place) -> QuerySet[Version]:
        kind, key = place
        return Version.objects.filter(record__tenant=self.tenant, record__kind=kind, record__remote_id=key)
