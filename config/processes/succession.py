"""The web's first process goes over to the code that is there now, and no client is refused meanwhile.

It replaces its own program and keeps its listening socket and its serving processes, which answer until new ones do.
Knows nothing of requests.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress

log = logging.getLogger(__name__)

RETIRE = signal.SIGUSR1  # to a serving process: accept no more clients, and end when those that you have are gone
LISTENER, SERVING = "WEB_LISTENER", "WEB_PREDECESSORS"  # what the program before hands over in its environment


class Predecessors:
    """The serving processes that still have the code from before."""

    def __init__(self, pids: Iterable[int]) -> None:
        self.pids, self._are_retired = list(pids), False

    def __bool__(self) -> bool:
        """Whether one of them still runs."""
        return bool(self.pids)

    def retire(self) -> None:
        """Let them accept no more clients, once; forget those that have ended since."""
        if not self._are_retired:
            self._send(RETIRE)
            self._are_retired = True
        self.pids = [pid for pid in self.pids if not _has_ended(pid)]

    def stop(self) -> None:
        """Let them finish their responses and end; what is left ends with this process."""
        self._send(signal.SIGTERM)

    def hand_over(self, listener: socket.socket, serving: Iterable[int], environment: Mapping[str, str]) -> None:
        """Become the program that is there now, in this environment, if it can be loaded; else change nothing."""
        tried = subprocess.run(
            [sys.executable, "-c", "import config.wsgi, config.processes.web"],
            env=environment,
            capture_output=True,
            text=True,
        )
        if tried.returncode:
            log.error("The new code cannot be loaded, so the old one goes on: %s", tried.stderr.strip()[-500:])
            return
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the new program handles it, it would end it
        listener.set_inheritable(True)
        left = {LISTENER: str(listener.fileno()), SERVING: " ".join(map(str, [*self.pids, *serving]))}
        command = [sys.executable, "-m", "config.processes.web", *sys.argv[1:]]
        os.execve(sys.executable, command, {**environment, **left})  # noqa: S606 - our own program

    def _send(self, what: signal.Signals) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, what)


def take_over() -> Predecessors:
    """Return the serving processes that the program before has left to this one; none at a first start."""
    return Predecessors(map(int, os.environ.pop(SERVING, "").split()))


def take_listener() -> socket.socket | None:
    """Return the listening socket that the program before has left to this one."""
    number = os.environ.pop(LISTENER, "")
    if not number:
        return None
    listener = socket.socket(fileno=int(number))
    listener.set_inheritable(False)
    return listener


def _has_ended(pid: int) -> bool:
    """Whether a process has ended. It is a child of this one, which has the number of the program before."""
    try:
        return os.waitpid(pid, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return True
