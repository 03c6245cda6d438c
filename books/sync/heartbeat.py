"""A sign of life for whoever watches this process: a file that a thread renews while the process makes progress.

Progress is a statement sent to the database or a pause while that is away. Knows nothing of the work itself.
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
    """Say that the work has got on."""
    global _progress
    _progress = time.monotonic()


def start(name: str) -> None:
    """Renew this process's file from now on; call it in the thread that works. Does nothing where no folder is set."""
    if not settings.HEARTBEAT_FOLDER:
        return
    connection.execute_wrappers.append(_note_statement)
    note_progress()
    file = Path(settings.HEARTBEAT_FOLDER) / f"{name}{SUFFIX}"
    threading.Thread(target=_keep_beating, args=(file, settings.STALLED_SECONDS), daemon=True).start()


def read_ages() -> dict[str, float]:
    """How many seconds ago each process has given its sign, by its name."""
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
        time.sleep(BEAT_SECONDS)  # a sign of life is given by the clock; nothing else wakes this thread


def renew(file: Path) -> None:
    """Set the file's time to now. On a full disk that still works, once the file is there."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError as error:
        log.warning("No sign of life could be left in %s: %s", file, error)
