"""Heartbeat of a process: a file that a thread touches while the process makes progress.

Progress is a statement sent to the database, or a wait while that is unavailable. Knows nothing of the work itself.
"""

import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
SUFFIX = ".beat"

_progress = time.monotonic()


def note_progress() -> None:
    """Note that the work has progressed."""
    global _progress
    _progress = time.monotonic()


def start(name: str) -> None:
    """Touch this process's file from now on; call it in the working thread. Does nothing if no folder is configured."""
    if not settings.HEARTBEAT_FOLDER:
        return
    connection.execute_wrappers.append(_note_statement)
    note_progress()
    file = Path(settings.HEARTBEAT_FOLDER) / f"{name}{SUFFIX}"
    threading.Thread(target=_keep_beating, args=(file, settings.STALLED_SECONDS), daemon=True).start()


def read_ages() -> dict[str, float]:
    """Return the age of each process's heartbeat in seconds, by process name."""
    folder = Path(settings.HEARTBEAT_FOLDER or os.devnull)
    return {file.stem: max(0.0, time.time() - file.stat().st_mtime) for file in sorted(folder.glob(f"*{SUFFIX}"))}


def _note_statement(execute: Callable[..., Any], *arguments: Any) -> Any:
    note_progress()
    return execute(*arguments)


def _keep_beating(file: Path, stalled_seconds: float) -> None:
    stalled = False
    while True:
        still = time.monotonic() - _progress > stalled_seconds
        if not still:
            renew(file)
        elif not stalled:
            log.error("Nothing has moved here for %.0f seconds. This is where:", stalled_seconds)
            faulthandler.dump_traceback(sys.stderr)
        stalled = still
        time.sleep(BEAT_SECONDS)  # heartbeats follow the clock; nothing else wakes this thread


def renew(file: Path) -> None:
    """Set the file's time to now. That works on a full disk, once the file exists."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError as error:
        log.warning("The heartbeat file %s could not be touched: %s", file, error)
