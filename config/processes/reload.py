"""`python -m config.processes.reload` asks the supervisor that serves here to reload, and says what came of it.

The two know each other by a folder: the supervisor keeps its number there, locked as long as it runs, and its answer.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from .services import NOT_RELOADED, RELOADED, CannotServe, Services

ASK = signal.SIGUSR1
NUMBER, ANSWER = "supervisor.pid", "reloaded.txt"
WITHIN = 600.0  # seconds; migrations may take long

_locked: list[TextIOWrapper] = []  # as long as it is referenced, the file stays locked


def listen(desk: Services) -> None:
    """Be the only one that serves with this folder, and let a signal ask for a reload, from now on.

    Raises CannotServe if another one does, or the folder cannot be written.
    """
    signal.signal(ASK, lambda number, frame: setattr(desk, "is_asked_to_reload", True))
    try:
        file = (desk.home / NUMBER).open("a+")  # which leaves the number of another one as it is
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        (desk.home / ANSWER).unlink(missing_ok=True)
    except BlockingIOError:
        said = f"Ledgerdesk is served with the folder {desk.home} already, by process {find_supervisor(desk.home)}."
        raise CannotServe(f"{said} Stop that one, or choose another folder with DESK_HOME.") from None
    except OSError as error:
        raise CannotServe(f"The folder {desk.home} (DESK_HOME) cannot be used: {error.strerror}.") from None
    _locked.append(file)


def report(desk: Services, text: str, say: Callable[[str], None]) -> None:
    """Say something, and leave it for the command if it is the answer to it and the disk has room."""
    say(text)
    if text.startswith((NOT_RELOADED, RELOADED)):
        unfinished = desk.home / f"{ANSWER}.new"
        with suppress(OSError):  # the command says then that there was no answer
            unfinished.write_text(text)
            unfinished.replace(desk.home / ANSWER)


def find_supervisor(home: Path) -> int | None:
    """Return the number of the supervisor that runs with this folder."""
    try:
        with (home / NUMBER).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read())
    except (OSError, ValueError):
        return None
    return None


def main() -> int:
    """Ask, wait for the answer, and print it. Returns the exit status."""
    from .supervisor import print_line, read_home

    home = read_home()
    number = find_supervisor(home)
    if number is None:
        sys.stderr.write(f"No Ledgerdesk is served with the folder {home}. Start it with make serve.\n")
        return 1
    answer, ends = home / ANSWER, time.monotonic() + WITHIN
    answer.unlink(missing_ok=True)
    os.kill(number, ASK)
    while not answer.exists() and time.monotonic() < ends:
        time.sleep(0.1)  # the supervisor is another process, and sends no signal here
    said = answer.read_text() if answer.exists() else "There was no answer; see what make serve says."
    print_line(said)
    return 0 if said == RELOADED else 1


if __name__ == "__main__":
    sys.exit(main())
