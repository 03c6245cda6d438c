"""Limits the size of the processes' log files. Each process appends to its own through an open handle."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

OLDER = ".1"
DAY_SECONDS = 86_400


def bound(log: Path, most_bytes: int) -> None:
    """Move a log that is too large to a single older file beside it, and truncate it.

    The process keeps writing to the same file, so it is truncated, not replaced. On a full disk no older file is kept.
    """
    with suppress(OSError):  # what cannot be limited now can be later
        if log.stat().st_size > most_bytes:
            _move(log, log.with_name(log.name + OLDER))


def _move(log: Path, older: Path) -> None:
    try:
        older.unlink(missing_ok=True)
        shutil.copy2(log, older)
    except OSError:
        older.unlink(missing_ok=True)
    with log.open("r+b") as file:
        file.truncate()


def clear_older(folder: Path, days: float) -> None:
    """Delete the older files that have not been written to for this many days."""
    for older in folder.glob(f"*{OLDER}"):
        with suppress(OSError):
            if time.time() - older.stat().st_mtime > days * DAY_SECONDS:
                older.unlink()
