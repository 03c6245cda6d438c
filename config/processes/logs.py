"""Keeps the log files of a desk's processes small. Each process appends to its own through a handle that it keeps."""

import shutil
import time
from pathlib import Path

OLDER = ".1"
DAY_SECONDS = 86_400


def bound(log: Path, most_bytes: int) -> None:
    """Move what a log holds to one older file beside it when it has become too large, and empty it.

    The process goes on in the same file, so it is emptied and not replaced. A full disk keeps no older file.
    """
    if not log.exists() or log.stat().st_size <= most_bytes:
        return
    older = log.with_name(log.name + OLDER)
    try:
        older.unlink(missing_ok=True)
        shutil.copy2(log, older)
    except OSError:
        older.unlink(missing_ok=True)
    with log.open("r+b") as file:
        file.truncate()


def clear_older(folder: Path, days: float) -> None:
    """Remove the older files that nobody has written to for so many days."""
    for older in folder.glob(f"*{OLDER}"):
        if time.time() - older.stat().st_mtime > days * DAY_SECONDS:
            older.unlink(missing_ok=True)
