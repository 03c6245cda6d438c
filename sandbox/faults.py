"""Faults set by a caller: which request is to fail, and how. Knows nothing of what the request does."""

import threading
from dataclasses import dataclass, field, replace
from typing import Any

# Faults that any vendor can have; the rest is specific to Conductor and QuickBooks.
COMMON = (
    "slow",
    "refuse",
    "timeout",
    "cut_before",
    "cut_after",
    "land_late",
    "half",
    "garbage",
    "says",
    "drip",
    "huge",
    "bomb",
    "deep",
    "altered",
    "rate_limited",
    "internal",
)
OF_BIGCAPITAL = (*COMMON, "not_built")
KINDS = (*OF_BIGCAPITAL, "not_set_up", "not_active", "closed", "busy", "forbidden", "cursor_lost")
_OF_CONDUCTOR = tuple(kind for kind in KINDS if kind in COMMON or kind not in OF_BIGCAPITAL)
_PAUSING = ("slow", "timeout", "cut_before", "cut_after", "half")
_DETAILS = (
    *("seconds", "integrationCode", "message", "status", "cut", "hresult", "written"),
    *("at", "body", "headers", "id", "changes", "raw", "members"),
)
DRIPS = ("head", "body", "chunk", "interim")
_WHEN = ("skip", "after")
_MEMBERS = frozenset(("endUserId", "organizationId", "operation", "resource", "count", "fault", *_WHEN, *_DETAILS))
OPERATIONS = ("list", "retrieve", "update", "create", "delete", "*")


@dataclass
class Fault:
    """One fault: which requests it applies to, how many more (None: until cleared), and its details.

    It lets `skip` of these requests pass first, and all of them until the company has sent an `after`, an operation.
    """

    kind: str
    company: str | None = None
    operation: str = "*"
    resource: str | None = None
    left: int | None = 1
    skip: int = 0
    after: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    # The parameter that named the company: an end user of Conductor, an organization of Bigcapital.
    named: str = "endUserId"

    def meets(self, company: str, operation: str, resource: str) -> bool:
        """Whether this fault applies to such a request."""
        return (
            self.company in (None, company) and self.operation in ("*", operation) and self.resource in (None, resource)
        )

    def is_due(self) -> bool:
        """Whether it applies to this request, which it meets: it is the first one that is not let pass."""
        if self.after or self.skip:
            self.skip -= 0 if self.after else 1
            return False
        return True

    @property
    def seconds(self) -> float:
        """Its duration, if relevant."""
        return float(self.details.get("seconds", 0))

    @property
    def members(self) -> dict[str, Any]:
        """The members that a write is to store otherwise, by their paths."""
        found: dict[str, Any] = self.details.get("members", {}) if self.kind == "altered" else {}
        return found

    @property
    def after_altering(self) -> "Fault | None":
        """What is left of the fault once other values are stored: with `cut` the answer gets lost."""
        return replace(self, kind="cut_after", details={}) if self.details.get("cut") else None

    @property
    def pause(self) -> float:
        """How long the vendor waits before anything happens."""
        return self.seconds if self.kind in _PAUSING else 0.0


class Faults:
    """The pending faults, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def clear(self) -> None:
        """Clears all faults."""
        with self._lock:
            self._waiting.clear()

    def add(self, wanted: dict[str, Any]) -> None:
        """Adds a fault from a control call; raises ValueError with the reason if it is invalid."""
        fault = _parse(wanted)
        with self._lock:
            self._waiting.append(fault)

    def take(
        self, company: str, operation: str, resource: str, kinds: tuple[str, ...] = KINDS, *, is_named: bool = False
    ) -> Fault | None:
        """The fault of these kinds that applies to this request; its count is reduced by one.

        With `is_named` only one that names the company.
        """
        with self._lock:
            named = (company,) if is_named else (None, company)
            of_company = [fault for fault in self._waiting if fault.company in named]
            of_kinds = (fault for fault in of_company if fault.kind in kinds)
            found = next((one for one in of_kinds if one.meets(company, operation, resource) and one.is_due()), None)
            if found and found.left is not None:
                found.left -= 1
                if found.left <= 0:
                    self._waiting.remove(found)
            for fault in of_company:
                if fault.after in ("*", operation):
                    fault.after = ""
        return found

    def shown(self) -> list[dict[str, Any]]:
        """The pending faults in readable form."""
        with self._lock:
            return [
                {
                    "fault": fault.kind,
                    fault.named: fault.company,
                    "operation": fault.operation,
                    "resource": fault.resource,
                    "count": fault.left,
                    **{name: value for name in _WHEN if (value := getattr(fault, name))},
                    **fault.details,
                }
                for fault in self._waiting
            ]


def _parse(wanted: dict[str, Any]) -> Fault:
    unknown = sorted(set(wanted) - _MEMBERS)
    if unknown:
        raise ValueError(f"Unknown members: {', '.join(unknown)}.")
    if wanted.get("fault") not in KINDS:
        raise ValueError(f'"fault" must be one of {", ".join(KINDS)}.')
    if wanted.get("operation", "*") not in OPERATIONS:
        raise ValueError(f'"operation" must be one of {", ".join(OPERATIONS)}.')
    count = wanted.get("count", 1)
    if count is not None and (not isinstance(count, int) or count < 1):
        raise ValueError('"count" must be a whole number from 1, or null.')
    skip, after = wanted.get("skip", 0), wanted.get("after", "")
    if not isinstance(skip, int) or skip < 0:
        raise ValueError('"skip" must be a whole number from 0.')
    if after not in ("", *OPERATIONS):
        raise ValueError(f'"after" must be one of {", ".join(OPERATIONS)}.')
    details = {name: wanted[name] for name in _DETAILS if wanted.get(name) is not None}
    _check_details(details)
    named = _company_word(wanted)
    operation, resource = wanted.get("operation", "*"), wanted.get("resource")
    return Fault(wanted["fault"], wanted.get(named), operation, resource, count, skip, after, details, named)


def _check_details(details: dict[str, Any]) -> None:
    if not isinstance(details.get("seconds", 0), int | float):
        raise ValueError('"seconds" must be a number.')
    if details.get("at", "body") not in DRIPS:
        raise ValueError(f'"at" must be one of {", ".join(DRIPS)}.')
    if not isinstance(details.get("members", {}), dict):
        raise ValueError('"members" must be an object.')
    headers = details.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise ValueError('"headers" must be an object of texts.')


def _company_word(wanted: dict[str, Any]) -> str:
    if wanted.get("organizationId") is None:
        if wanted["fault"] not in _OF_CONDUCTOR:
            raise ValueError(f'Conductor knows no "{wanted["fault"]}".')
        return "endUserId"
    if wanted.get("endUserId") is not None:
        raise ValueError('Name a company by "endUserId" or by "organizationId", not by both.')
    if wanted["fault"] not in OF_BIGCAPITAL:
        raise ValueError(f'Bigcapital knows no "{wanted["fault"]}", only {", ".join(OF_BIGCAPITAL)}.')
    return "organizationId"
