"""Which process is at the other end of a connection, as its command line. Says nothing without /proc."""

import socket
import struct
import threading
from pathlib import Path

_PROC = Path("/proc")
_lock = threading.Lock()
_recent: list[str] = []  # the ids of the processes found last, which are looked at first
_MOST_RECENT = 16


def find_command(client: tuple[str, int], server: tuple[str, int]) -> str:
    """The command line of the process that has opened the connection; "" if it cannot be known."""
    inode = _find_inode(client, server)
    if not inode:
        return ""
    with _lock:
        known = list(_recent)
    everybody = [entry.name for entry in _PROC.iterdir() if entry.name.isdigit()]
    for pid in (*known, *(pid for pid in everybody if pid not in known)):
        if _has_open(pid, f"socket:[{inode}]"):
            _remember(pid)
            return _read_command(pid)
    return ""


def _find_inode(client: tuple[str, int], server: tuple[str, int]) -> str:
    """The inode of the caller's socket: the line that has its address as the local one."""
    wanted = f" {_to_hex(client)} {_to_hex(server)} "
    try:
        lines = (_PROC / "net/tcp").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split()[9] for line in lines if wanted in line), "")


def _to_hex(address: tuple[str, int]) -> str:
    (number,) = struct.unpack("=I", socket.inet_aton(address[0]))
    return f"{number:08X}:{address[1]:04X}"


def _has_open(pid: str, target: str) -> bool:
    folder = _PROC / pid / "fd"
    try:
        return any(_read_link(file) == target for file in folder.iterdir())
    except OSError:
        return False


def _read_link(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:
        return ""


def _read_command(pid: str) -> str:
    try:
        return (_PROC / pid / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _remember(pid: str) -> None:
    with _lock:
        if pid in _recent:
            _recent.remove(pid)
        _recent.insert(0, pid)
        del _recent[_MOST_RECENT:]
