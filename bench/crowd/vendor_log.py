"""What the vendor itself recorded: which requests came, when, and how they were answered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PREFIX = "/v1/quickbooks-desktop/"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: from which company, when (of `time.time`), for what, and the status of its answer, if any yet."""

    company: str
    at: float
    method: str
    path: str
    query: str
    status: int | None

    @property
    def is_write(self) -> bool:
        """Whether it changed a record."""
        return self.method == "POST" and self.status == 200


def read_log(entries: Iterable[dict[str, Any]]) -> list[Asked]:
    """Return the requests of the sandbox's journal for company files, in order of arrival."""
    return [
        Asked(
            entry["endUserId"],
            datetime.fromisoformat(entry["at"]).timestamp(),
            entry["method"],
            entry["path"].removeprefix(PREFIX),
            entry["query"],
            entry["status"],
        )
        for entry in entries
        if entry["endUserId"] and entry["path"].startswith(PREFIX)
    ]


def first_writes(log: Sequence[Asked]) -> dict[str, float]:
    """Return when each company's first write arrived."""
    found: dict[str, float] = {}
    for asked in log:
        if asked.is_write:
            found.setdefault(asked.company, asked.at)
    return found


def most_writes(log: Sequence[Asked]) -> int:
    """Return how many writes the company with the most has received: 1 if nothing was written twice."""
    return max(Counter(asked.company for asked in log if asked.is_write).values(), default=0)
