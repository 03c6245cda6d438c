"""Whether database, cache and disk work, and whether the processes run. Asks no vendor."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.engine.choice import is_worker_alive
from books.models import ServerOffset
from books.sync import heartbeat
from records.formatting import format_count

from .diagnosis import Diagnosis

EXTENSIONS = {"pg_trgm"}
OLDEST_POSTGRES = 14
LEAST_FREE = 1_000_000_000  # bytes
CLOCK_SECONDS = 5.0
WAITED_FOR = ("saves", "reads")
LONG_WAIT = timedelta(minutes=5)
START = "Start Ledgerdesk with make serve, or look at the end of its log if it runs."


class NothingIsKept(Exception):
    """Ends a transaction of which nothing shall be kept."""


def examine_database() -> Iterator[Diagnosis]:
    """The database's version, its extensions, whether it can be written, and whether it is up to date."""
    try:
        yield from _examine_version()
        _write_and_forget()
        yield Diagnosis("database writes", "It can be written.")
        yield _examine_migrations()
    except Error as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        step = "Check DATABASE_URL, that the server runs, that its disk is not full, and the rights of its user."
        yield Diagnosis("database", f"It cannot be used: {said}", step)


def _examine_version() -> Iterator[Diagnosis]:
    if connection.vendor == "sqlite":
        yield Diagnosis("database", f"SQLite {sqlite3.sqlite_version}, {connection.settings_dict['NAME']}.")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, extname FROM pg_extension")
        rows = cursor.fetchall()
    version, found = rows[0][0] // 10_000, {name for _, name in rows}
    if version < OLDEST_POSTGRES:
        yield Diagnosis("database", f"PostgreSQL {version}.", f"Upgrade it to {OLDEST_POSTGRES} or later.")
    elif missing := EXTENSIONS - found:
        step = f"Let its administrator run CREATE EXTENSION {', '.join(sorted(missing))} in it."
        yield Diagnosis("database", f"PostgreSQL {version} without {', '.join(sorted(missing))}.", step)
    else:
        yield Diagnosis("database", f"PostgreSQL {version} with {', '.join(sorted(EXTENSIONS))}.")


def _write_and_forget() -> None:
    try:
        with transaction.atomic():
            ServerOffset.objects.create(server=f"doctor-{uuid4()}", minutes=0)
            raise NothingIsKept
    except NothingIsKept:
        return


def _examine_migrations() -> Diagnosis:
    executor = MigrationExecutor(connection)
    left = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not left:
        return Diagnosis("database tables", "They are those of this version.")
    said = f"{format_count(left, 'migration')} of this version {'is' if left == 1 else 'are'} not applied."
    return Diagnosis("database tables", said, "Run manage.py migrate, or restart Ledgerdesk, which does it.")


def examine_clock() -> Iterator[Diagnosis]:
    """Whether the database's clock is that of this machine; SQLite has none of its own."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    yield judge_clock("clock of the database", (told - timezone.now()).total_seconds())


def judge_clock(subject: str, ahead: float) -> Diagnosis:
    """Say what it means that a clock is so many seconds ahead of ours."""
    if abs(ahead) <= CLOCK_SECONDS:
        return Diagnosis(subject, "It agrees with the clock of this machine.")
    said = f"It is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the clock of this machine."
    return Diagnosis(subject, said, "Let both machines set their clocks by the network (NTP).")


def examine_disk() -> Iterator[Diagnosis]:
    """Whether the disk of the data has room."""
    name = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else ""
    folder = Path(name).parent if name and Path(name).parent.is_dir() else Path(settings.BASE_DIR)
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:,.1f} GB free at {folder}."
    yield Diagnosis("disk", said, "" if free >= LEAST_FREE else "Make room: a full disk stops all saving.")


def examine_cache() -> Iterator[Diagnosis]:
    """Whether the cache keeps what is put into it."""
    key = f"doctor-{uuid4()}"
    cache.set(key, True, 10)
    if cache.get(key):
        cache.delete(key)
        yield Diagnosis("cache", "It works.")
    else:
        step = "Check CACHE_URL and that its server runs. Ledgerdesk works without it, only slower."
        yield Diagnosis("cache", "It does not keep what is put into it.", step)


def examine_processes() -> Iterator[Diagnosis]:
    """Whether a worker and the timetable run, and whether what people wait for is done."""
    alive = is_worker_alive()
    yield Diagnosis("worker", "A worker runs." if alive else "No worker runs: nothing is saved or read.", _or(alive))
    age = read_timetable_age()
    if age is None:
        yield Diagnosis("timetable", "It has given no sign on this machine.", START)
    else:
        is_alive = age < settings.HUNG_SECONDS
        yield Diagnosis("timetable", f"Its last sign was {age:.0f} s ago.", _or(is_alive))
    waiting = DBTaskResult.objects.ready().filter(queue_name__in=WAITED_FOR).order_by("enqueued_at").first()
    since = timezone.now() - waiting.enqueued_at if waiting else timedelta(0)
    said = f"The oldest task has waited for {since.total_seconds():,.0f} s." if waiting else "Nothing waits."
    yield Diagnosis("queue", said, _or(since < LONG_WAIT))


def _or(is_right: bool) -> str:
    return "" if is_right else START


def read_timetable_age() -> float | None:
    """Return how many seconds ago the timetable has given a sign; None if it never has on this machine."""
    folder = settings.HEARTBEAT_FOLDER or Path(os.environ.get("DESK_HOME") or settings.BASE_DIR / "var") / "heartbeats"
    file = Path(folder) / f"timetable{heartbeat.SUFFIX}"
    return max(0.0, time.time() - file.stat().st_mtime) if file.exists() else None
