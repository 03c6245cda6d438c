"""Whose work is whose: a mark for each process, and whether the process behind a mark is gone.

Only what is certain counts: of a process on another machine nothing is known, so its leases have to lapse.
"""

import os
from functools import cache
from pathlib import Path

PROC = Path("/proc")


def get_process_mark() -> str:
    """This process's mark: machine, process id and start, so that a process id used again is another mark."""
    return _make_mark(os.getpid())


def is_process_gone(held_by: str) -> bool:
    """Whether the process that left this mark has certainly ended."""
    machine, _, rest = held_by.partition(":")
    pid, _, started = rest.partition(":")
    return bool(started) and pid.isdigit() and machine == _identify_machine() and _read_start(int(pid)) != started


@cache
def _make_mark(pid: int) -> str:
    return f"{_identify_machine()}:{pid}:{_read_start(pid)}"


@cache
def _identify_machine() -> str:
    """The machine since its last start and the space in which its process ids count; "" where that cannot be told."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{(PROC / 'self/ns/pid').readlink().name.strip('pid:[]')}"
    except OSError:
        return ""


def _read_start(pid: int) -> str:
    """When a process started, in the kernel's ticks; "" where there is none or it is only waiting to be buried."""
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else fields[18]
