"""Runs programs as child processes that end with this process, however it ends. Knows nothing of the programs."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .private_files import UMASK, private_opener

PR_SET_PDEATHSIG = 1


def tie_to_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """Ask Linux to send this process the signal `how` when its parent ends; do nothing on other systems."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


@dataclass
class Child:
    """One program in its own process group, with its output in a log file."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program, after ending what is left of an earlier run of it."""
        self.send(signal.SIGKILL)
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.log, "ab", opener=private_opener) as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self.environment, "PYTHONUNBUFFERED": "1"},
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=tie_to_parent,
                umask=UMASK,
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, what: signal.Signals) -> None:
        """Send a signal to the whole process group, grandchildren included."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, what)
            except ProcessLookupError:
                return

    def kill(self) -> None:
        """Kill the whole group at once."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def last_line(self) -> str:
        """Return the program's last line of output, to report why it ended."""
        try:
            lines = end_of(self.log).strip().splitlines() if self.log.exists() else []
        except OSError as error:
            return f"its log cannot be read: {error.strerror}"
        return lines[-1][:200] if lines else "it said nothing"

    @property
    def stopped(self) -> bool:
        """Whether the program is halted (SIGSTOP), if the system shows that."""
        if self.process is None:
            return False
        try:
            return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        except OSError:
            return False


def end_of(file: Path, most_bytes: int = 10_000) -> str:
    """Return the last part of a text file."""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - most_bytes))
        return opened.read().decode(errors="replace")


def stop_children(children: Iterable[Child], *, grace: float = 6) -> None:
    """Ask all to stop, wait up to `grace` seconds for all together, then kill the rest."""
    asked = list(children)
    for child in asked:
        child.send(signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(child.running for child in asked) and time.monotonic() < deadline:
        time.sleep(0.05)  # Popen.wait waits for one child; these all share the same few seconds
    for child in asked:
        child.kill()
