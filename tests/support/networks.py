"""A network of its own for the processes of one machine, which can be cut off: a network namespace of Linux.

What is served here is reached from there through relays. Needs root; `is_possible` says whether this machine allows it.
"""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

HERE, THERE = "10.213.7.1", "10.213.7.2"
INSIDE = "desk-tests"  # the namespace
LINK, PEER = "desk-here", "desk-there"
SET_UP = (
    f"ip netns add {INSIDE}",
    f"ip link add {LINK} type veth peer name {PEER}",
    f"ip link set {PEER} netns {INSIDE}",
    f"ip addr add {HERE}/30 dev {LINK}",
    f"ip link set {LINK} up",
    f"ip -n {INSIDE} addr add {THERE}/30 dev {PEER}",
    f"ip -n {INSIDE} link set {PEER} up",
    f"ip -n {INSIDE} link set lo up",
)
Address = tuple[str, int] | str  # of a host, or the file of a socket


def is_possible() -> bool:
    """Whether this machine lets us make a network."""
    if shutil.which("ip") is None:
        return False
    with suppress(subprocess.CalledProcessError), made():
        return True
    return False


@contextmanager
def made() -> Iterator[None]:
    """Make the network until the end of the block. Raises CalledProcessError where that is not allowed."""
    _remove()
    try:
        for command in SET_UP:
            _run(command)
        yield
    finally:
        _remove()


def _remove() -> None:
    for command in (f"ip link del {LINK}", f"ip netns del {INSIDE}"):
        with suppress(subprocess.CalledProcessError):
            _run(command)


def cut_off() -> None:
    """Let nothing through, in either direction, and tell neither end."""
    _run(f"ip link set {LINK} down")


def join() -> None:
    """Let everything through again."""
    _run(f"ip link set {LINK} up")


def run_inside(command: list[str]) -> list[str]:
    """Return the command that runs another one in the network."""
    return [shutil.which("ip") or "ip", "netns", "exec", INSIDE, *command]


def _run(command: str) -> None:
    subprocess.run(command.split(), check=True, capture_output=True)


@contextmanager
def relayed(target: Address) -> Iterator[int]:
    """Forward what arrives at HERE to a server of this machine; yield the port."""
    with socket.create_server((HERE, 0), backlog=200) as listener:
        Thread(target=_accept, args=(listener, target), daemon=True).start()
        yield int(listener.getsockname()[1])


def _accept(listener: socket.socket, target: Address) -> None:
    with suppress(OSError):  # the listener is closed
        while True:
            line, _ = listener.accept()
            Thread(target=_relay, args=(line, target), daemon=True).start()


def _relay(line: socket.socket, target: Address) -> None:
    """Forward both ways until one end closes."""
    kind = socket.AF_UNIX if isinstance(target, str) else socket.AF_INET
    with line, socket.socket(kind) as server, suppress(OSError):  # a server that is away
        server.connect(target)
        back = Thread(target=_forward, args=(server, line), daemon=True)
        back.start()
        _forward(line, server)
        back.join()


def _forward(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # one of the two is closed
        while piece := source.recv(65536):
            target.sendall(piece)
    for line in (source, target):
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
