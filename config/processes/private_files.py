"""What the desk writes is for its owner alone: databases and logs hold what companies keep in their books.

Knows files and their modes, nothing of what is in them.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UMASK = 0o077


def keep_private() -> None:
    """Let nobody else read what this process and its children write from now on."""
    os.umask(UMASK)


def private_opener(path: str, flags: int) -> int:
    """For `open`: makes the file for its owner alone, whatever the process's umask."""
    return os.open(path, flags, 0o600)


def restrict_home(home: Path) -> None:
    """Take from all others what earlier runs left readable: the folder, its logs and its databases."""
    for path in (home, *home.glob("*.sqlite3*"), *_list_below(home / "log")):
        restrict(path)


def restrict_database(name: str) -> None:
    """Take a SQLite database from all others, and the files beside it that it writes ahead."""
    for ending in ("", "-wal", "-shm", "-journal"):
        restrict(Path(f"{name}{ending}"))


def restrict(path: Path) -> None:
    """Leave a file or folder to its owner. One that is missing, somebody else's or shared by all stays as it is."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if not mode & stat.S_ISVTX and path != Path(path.anchor):
            path.chmod(stat.S_IMODE(mode) & ~UMASK)


def is_open(path: Path) -> bool:
    """Tell whether anybody else may read a file."""
    return path.exists() and bool(path.stat().st_mode & UMASK)


def _list_below(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.glob("**/*")
