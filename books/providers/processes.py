"""Process marks: a mark for each process, and whether the process behind a mark has ended.

Only certain knowledge counts: nothing is known about a process on another machine, so its leases have to lapse.
"""

import os
from functools import cache
from pathlib import Path

from django.conf import settings

PROC = Path("/proc")


def get_process_mark() -> str:
    """Return this process's mark: machine, process id and start time, as process ids are reused."""
    return _make_mark(os.getpid())


def is_process_gone(held_by: str) -> bool:
    """Whether the process with this mark has certainly ended."""
    machine, _, rest = held_by.partition(":")
    pid, _, started = rest.partition(":")
    return bool(started) and pid.isdigit() and machine == _identify_machine() and _read_start(int(pid)) != started


@cache
def _make_mark(pid: int) -> str:
    return f"{_identify_machine()}:{pid}:{_read_start(pid)}"


@cache
def _identify_machine() -> str:
    """Return the machine since its last boot and its process id namespace; "" if unknown."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = (PROC / "self/ns/pid").readlink().name.strip("pid:[]")
        return "/".join(filter(None, [boot, space, settings.MACHINE.replace(":", "")[:40]]))
    except OSError:
        return ""


def _read_start(pid: int) -> str:
    """Return when a process started, in kernel ticks; "" if there is none or it is a zombie."""
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else fields[18]
