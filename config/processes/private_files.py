"""Restricts files to their owner: databases and logs contain companies' accounting data.

Knows files and their modes, not their content.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UMASK = 0o077


def keep_private() -> None:
    """Set a umask so that nobody else can read what this process and its children write."""
    os.umask(UMASK)


def private_opener(path: str, flags: int) -> int:
    """For `open`: create the file for its owner only, whatever the process's umask."""
    return os.open(path, flags, 0o600)


def restrict_home(home: Path) -> None:
    """Remove other users' access to files of earlier runs: the folder, its logs and its databases."""
    for path in (home, *home.glob("*.sqlite3*"), *_list_below(home / "log")):
        restrict(path)


def restrict_database(name: str) -> None:
    """Remove other users' access to a SQLite database and its write-ahead files."""
    for ending in ("", "-wal", "-shm", "-journal"):
        restrict(Path(f"{name}{ending}"))


def restrict(path: Path) -> None:
    """Restrict a file or folder to its owner. Skips one that is missing, another user's, or shared by all."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if not mode & stat.S_ISVTX and path != Path(path.anchor):
            path.chmod(stat.S_IMODE(mode) & ~UMASK)


def is_open(path: Path) -> bool:
    """Whether anybody else may read a file."""
    return path.exists() and bool(path.stat().st_mode & UMASK)


def _list_below(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.glob("**/*")
