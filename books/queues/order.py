"""The queues of a company's line, and the company that a task belongs to. Knows no engine and no table."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

QUEUES_OF_PEOPLE = ("saves", "reads")


def list_queues() -> list[str]:
    """Return the queues in the order of a line; the last one is the background."""
    return list(settings.TASKS["default"]["QUEUES"])


def is_waited_for(queue: str) -> bool:
    """Whether a person waits for the tasks of a queue; a bulk change has its own page and time."""
    return queue in QUEUES_OF_PEOPLE


def count_waited_for() -> int:
    """Return how many queues a person waits for: the first ones of a line."""
    return sum(is_waited_for(name) for name in list_queues())


def find_company(args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    """Return the number of a task's company: its argument `tenant_id`, else its first one."""
    return int(kwargs.get("tenant_id") or (args[0] if args else 0))
