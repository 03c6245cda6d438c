"""What the processes of an installation use, as Linux reports it in /proc. Names no process but the vendor's.

Memory is the proportional set size (PSS): a page that several processes share is counted once in their sum.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.processes.services import Services

VENDOR = "sandbox"
WEB = "web"
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.5  # Linux walks all pages of a process for its PSS, which takes a few milliseconds


@dataclass(frozen=True, slots=True)
class Usage:
    """Megabytes (PSS), threads and open files of all processes together."""

    memory: float
    threads: int
    files: int


def find_processes(desk: Services) -> dict[int, str]:
    """Return the process ids of an installation, each with the name of the child that it belongs to."""
    children = desk.children.items()
    sessions = {str(child.process.pid): name for name, child in children if child.process and name != VENDOR}
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # a process that has ended meanwhile
            session = stat.read_text().rpartition(")")[2].split()[3]
            if session in sessions:
                found[int(stat.parent.name)] = sessions[session]
    return found


def read_usage(desk: Services) -> Usage:
    """Return what all processes but the vendor's use now."""
    memory, threads, files = 0.0, 0, 0
    for pid in find_processes(desk):
        with suppress(OSError):  # the process may have ended meanwhile
            memory += read_pss(pid)
            threads += count_entries(pid, "task")
            files += count_entries(pid, "fd")
    return Usage(memory, threads, files)


def find_children(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def read_pss(pid: int) -> float:
    """Return the megabytes of a process."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.partition("\nPss:")[2].split()[0]) / 1024


def count_entries(pid: int, folder: str) -> int:
    """Return how many threads ("task") or open files ("fd") a process has."""
    return sum(1 for _ in Path(f"/proc/{pid}/{folder}").iterdir())


def read_seconds(desk: Services) -> dict[str, float]:
    """Return the processor time of each child so far, with its own children; the vendor's too."""
    seconds = dict.fromkeys(desk.children, 0.0)
    pids = find_processes(desk)
    vendor = desk.children.get(VENDOR)
    if vendor and vendor.process:
        pids[vendor.process.pid] = VENDOR
    for pid, name in pids.items():
        with suppress(OSError):  # the process may have ended meanwhile
            used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            seconds[name] += sum(map(int, used)) / TICKS
    return seconds


def spent(before: dict[str, float], after: dict[str, float]) -> tuple[float, float, float]:
    """Return the seconds of processor time between two readings: of the web, of the other processes, of the vendor."""
    took = {name: after[name] - before.get(name, 0.0) for name in after}
    return took.get(WEB, 0.0), sum(took[name] for name in took if name not in (WEB, VENDOR)), took.get(VENDOR, 0.0)


@dataclass
class Peak:
    """The most that was in use at any sample, and what each process used then."""

    memory: float = 0.0
    threads: int = 0
    parts: dict[str, float] = field(default_factory=dict)

    def note(self, desk: Services) -> None:
        """Take a sample."""
        parts: dict[str, float] = {}
        for pid, name in find_processes(desk).items():
            with suppress(OSError):  # the process may have ended meanwhile
                parts[name] = parts.get(name, 0.0) + read_pss(pid)
                self.threads = max(self.threads, count_entries(pid, "task"))
        if sum(parts.values()) > self.memory:
            self.memory, self.parts = sum(parts.values()), parts

    def __str__(self) -> str:
        return " + ".join(f"{name} {megabytes:.0f}" for name, megabytes in self.parts.items())


@contextmanager
def watch_peak(desk: Services) -> Iterator[Peak]:
    """Sample an installation until the block ends."""
    peak, ended = Peak(), threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            peak.note(desk)

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield peak
    finally:
        ended.set()
        sampler.join()
        peak.note(desk)
