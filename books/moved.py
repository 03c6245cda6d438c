"""Whether this database's rows have moved to another one: then what it holds may not be served, or is sent twice."""

from datetime import UTC, datetime

from .models import EngineLease

MOVED = "moved to another database"  # in place of the process that holds the engine's lease
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
WHY_NOT = (
    "Everything in this database was moved to another one: set DATABASE_URL to that. "
    "To use this one again, and not the other: manage.py move_database --undo"
)


def forbid() -> None:
    """Let nobody serve this database any more."""
    EngineLease.objects.update_or_create(pk=1, defaults={"holder": MOVED, "until": FOREVER})


def allow() -> None:
    """Let it be served again."""
    EngineLease.objects.filter(holder=MOVED).update(holder="", until=None)


def is_forbidden() -> bool:
    return EngineLease.objects.filter(holder=MOVED).exists()
